"""What is different since the approval before, as the report's template shows it."""

from collections.abc import Mapping, Sequence
from typing import Any

from reviews.comparing import FINDINGS
from reviews.report import wording
from reviews.report.charts import RISKS
from reviews.report.snapshot import AnswerSinceData, PieceData, RiskSinceData, SinceData

_CONTEXT = 8
"""So many words of a note that did not change are shown on either side of those that did."""

_MOST_WORDS = 120
"""So many words of a longer run that changed are shown: the note is in this report, or in the one before."""

_SAME = 0.05
"""Scores that differ by less are the same to one decimal."""


def shown(since: SinceData) -> dict[str, Any]:
    """What the template shows of it, in words."""
    review = since["review"]
    return {
        "number": review["number"],
        "approved_at": wording.moment(review["approved_at"]),
        "digest": review["sha256"],
        "sentence": _sentence(since),
        "scores": [_score(since["overall"] | {"title": "Overall"}), *map(_score, since["pillars"])],
        "checklists": since["checklists"] if since["checklists"][0] != since["checklists"][1] else [],
        "risks": [
            {"title": title, "changes": [_change(each) for each in changes]}
            for title, changes in (
                ("New", since["appeared"]),
                ("Gone", since["gone"]),
                ("Changed", since["other_risks"]),
                ("As then", since["stayed"]),
            )
            if changes
        ],
        "answers": [{**each, "lines": _lines(each)} for each in since["answers"]],
        "facts": [
            {"text": each["text"], "before": each["before"] or "Not stated", "after": each["after"] or "Not stated"}
            for each in since["facts"]
        ],
        "new_questions": since["new_questions"],
        "gone_questions": since["gone_questions"],
    }


def _sentence(since: SinceData) -> str:
    """The difference in one sentence."""
    was, has = since["overall"]["before"], since["overall"]["after"]
    if was is None or has is None:
        score = f"The score was {wording.whole(was)} and is {wording.whole(has)}"
    elif abs(was - has) < _SAME:
        score = f"The score is {wording.whole(has)}, as it was"
    else:
        score = f"The score {'rose' if has > was else 'fell'} from {was:.1f} to {has:.1f}"
    still = [each for each in since["other_risks"] if each["before"] in FINDINGS and each["after"] in FINDINGS]
    counts = [
        (len(since["appeared"]), "new"),
        (len(since["gone"]), "gone"),
        (len(since["stayed"]) + len(still), "still there"),
    ]
    findings = ", ".join(f"{count} {word}" for count, word in counts if count)
    return f"{score}. Findings: {findings}." if findings else f"{score}. There was no finding, and there is none."


def _score(change: Mapping[str, Any]) -> dict[str, str]:
    was, has = change["before"], change["after"]
    by = "" if was is None or has is None else f"{has - was:+.1f}".replace("-", "−")
    return {
        "title": change["title"],
        "before": "–" if was is None else f"{was:.1f}",
        "after": "–" if has is None else f"{has:.1f}",
        "by": "0.0" if by in {"+0.0", "−0.0"} else by,
    }


def _change(change: RiskSinceData) -> dict[str, Any]:
    before, after = change["before"], change["after"]
    return {
        **change,
        "before_title": RISKS[before][0] if before else "Not asked",
        "after_title": RISKS[after][0] if after else "Not asked",
        "is_asked": bool(after),
    }


def _lines(change: AnswerSinceData) -> list[dict[str, Any]]:
    """What is different in an answer, a line each: what is said of it, and runs of words with what changed marked."""
    reason_then, reason_now = change["reasons"]
    said = [
        ("Then", change["dropped"]),
        ("Now", change["chosen"]),
        ("Applied then", change["left_out"]),
        ("Applies now", change["taken_in"]),
        ("Did not apply", [reason_then] if reason_then else []),
        ("Does not apply", [reason_now] if reason_now else []),
        ("Table", ["Has other rows than then."] if change["table_differs"] else []),
    ]
    lines = [{"term": term, "runs": [{"text": text, "changed": False}]} for term, texts in said for text in texts]
    for term, side in (("Note then", "old"), ("Note now", "new")):
        if change["note"]:
            lines.append({"term": term, "runs": _excerpt(change["note"], side)})
    return lines


def _excerpt(note: Sequence[PieceData], side: str) -> list[dict[str, Any]]:
    """One side of a note: what changed, cut where it is long, and a few words around it."""
    pieces = [each for each in note if each["where"] in {"both", side}]
    runs = []
    for place, piece in enumerate(pieces):
        words, changed = piece["text"].split(), piece["where"] == side
        room_before = 0 if place == 0 else _CONTEXT
        room_after = 0 if place == len(pieces) - 1 else _CONTEXT
        if changed:
            kept = [*words[:_MOST_WORDS], "…"] if len(words) > _MOST_WORDS else words
        elif len(words) > room_before + room_after + 1:
            kept = [*words[:room_before], "…", *words[len(words) - room_after :]]
        else:
            kept = words
        runs.append({"text": " ".join(kept), "changed": changed})
    return [run for run in runs if run["text"]] or [{"text": "–", "changed": False}]
