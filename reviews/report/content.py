"""Snapshot -> what the report's template shows, prepared so that the template decides nothing."""

from collections.abc import Iterator
from itertools import count
from typing import Any, cast

from checklists.canonical import canonical_json, sha256_hex
from reviews.report import changes, wording
from reviews.report.charts import RISKS, pillar_chart, qr_code, risk_chart, score_bar
from reviews.report.fields import SEAL, sign_off_field
from reviews.report.printed_notes import printed
from reviews.report.snapshot import CommentData, EvidenceData, QuestionData, SnapshotData, is_submission

_TOP_FINDINGS = 5
_RUNNING_NAME = 60
_LONG_NAME = 36
"""A name of more letters than this is set smaller on the cover."""


def content(snapshot: SnapshotData, *, paper: str) -> dict[str, Any]:
    """The template's context; `paper` names the stylesheet with its size.

    The texts in it are as people wrote them: the template escapes them.
    """
    digest = sha256_hex(canonical_json(snapshot))
    shown: SnapshotData = wording.visible(in_present_form(snapshot))
    numbers = count(1)
    sections: list[dict[str, Any]] = [
        {**section, "questions": [_question(question, numbers) for question in section["questions"]]}
        for section in shown["sections"]
    ]
    questions = [question for section in sections for question in section["questions"]]
    findings = [question for risk in ("high", "medium") for question in questions if question["risk"] == risk]
    score, policy = shown["score"], shown["policy"]
    return {
        "snapshot": shown,
        "paper": paper,
        "digest": digest,
        "editions": [shown["checklist"], *shown["added_checklists"]],
        "running_name": wording.shortened(shown["workload"]["name"], _RUNNING_NAME),
        "name_size": "long" if len(shown["workload"]["name"]) > _LONG_NAME else "short",
        "tone": "busy" if findings else "calm",
        "verdict": wording.verdict(shown),
        "completeness": wording.completeness(shown),
        "score": wording.whole(score["overall"]),
        "score_bar": score_bar(score["overall"]),
        "approved_at": wording.moment(shown["approval"]["at"]),
        "valid_until": wording.moment(shown["valid_until"]) if shown["valid_until"] else "",
        "policy": wording.policy(policy) if policy else [],
        "sign_offs": [
            {
                **each,
                "at": wording.moment(each["at"]),
                "submitted": is_submission(snapshot, number),
                "statement": _lines(each["statement"]),
                "field": sign_off_field(number),
                "field_title": f"Signature of {each['by']['name']}, {each['role']}",
            }
            for number, each in enumerate(shown["sign_offs"], start=1)
        ],
        "seal_field": SEAL,
        "qr_code": qr_code(snapshot["verify_url"]) if shown["verify_url"] else "",
        "created_at": wording.moment(shown["review"]["created_at"]),
        "contributors": ", ".join(person["name"] for person in shown["contributors"]),
        "regions": ", ".join(shown["workload"]["regions"]) or "Not stated",
        "facts": [
            {"text": fact["text"], "value": fact["said"] or "Not stated"} for fact in shown["workload"]["facts"]
        ],
        "pillar_chart": pillar_chart(score["pillars"]),
        "risk_chart": risk_chart(score["counts"]),
        "pillars": [{**pillar, "score": _exact(pillar["score"])} for pillar in score["pillars"]],
        "overall": _exact(score["overall"]),
        "findings": findings,
        "top_findings": findings[:_TOP_FINDINGS],
        "file_name": f"{snapshot['workload']['key']}-review-{snapshot['review']['number']}",
        "more_findings": max(0, len(findings) - _TOP_FINDINGS),
        "sections": sections,
        "since": changes.shown(shown["since"]) if "since" in shown else None,
        "comments": [_comment(comment) for comment in shown["comments"]],
        "evidence": [piece | {"question": question} for question in questions for piece in question["evidence"]],
        "trail": [
            {**event, "at": wording.moment(event["at"]), "statement": _lines(event["statement"])}
            for event in shown["trail"]
        ],
    }


def in_present_form(snapshot: SnapshotData) -> SnapshotData:
    """The snapshot with what later formats added to the one that it was written in.

    In format 1, facts were yes or no and answers were choices. Format 3 added that several people sign off, and by
    which policy: until then the approval alone was signed, for ever. Format 4 added evidence, and comments on the
    review as a whole.
    """
    old = cast(dict[str, Any], snapshot)
    if old["format"] == "ai-platform-review-snapshot/1":
        old = _second_form(old)
    if "sign_offs" not in old:
        old = old | {"sign_offs": [old["approval"]], "policy": None, "valid_until": "", "verify_url": ""}
    if "comments" not in old:
        sections = [
            section | {"questions": [{"evidence": [], **question} for question in section["questions"]]}
            for section in old["sections"]
        ]
        old = old | {"sections": sections, "comments": []}
    return cast(SnapshotData, old)


def _second_form(old: dict[str, Any]) -> dict[str, Any]:
    words = {True: "Yes", False: "No", None: ""}
    facts = [fact | {"said": words[fact["value"]]} for fact in old["workload"]["facts"]]
    added = {"tags": [], "regions_differ": False, "table": None}
    sections = [
        section
        | {
            "questions": [
                question
                | added
                | {
                    "name": question["id"],
                    "choices": [choice | {"do": "", "not_applicable": False} for choice in question["choices"]],
                }
                for question in section["questions"]
            ]
        }
        for section in old["sections"]
    ]
    return old | {"added_checklists": [], "workload": old["workload"] | {"facts": facts}, "sections": sections}


def _question(question: QuestionData, numbers: Iterator[int]) -> dict[str, Any]:
    choices = question["choices"]
    practices = question["kind"] == "practices" and not question["not_applicable"]
    return {
        **question,
        "risk_title": RISKS[question["risk"]][0],
        "mark": "several" if question["kind"] == "practices" else "one",
        "pillar_titles": ", ".join(question["pillar_titles"]),
        "chosen": [choice for choice in choices if choice["selected"]],
        "to_do": [
            choice["do"]
            for choice in choices
            if practices and choice["do"] and not (choice["selected"] or choice["not_applicable"])
        ],
        "answered_at": wording.moment(question["answered_at"]) if question["answered_at"] else "",
        "note": printed(_bare(question["note"])),
        "reason": _lines(question["reason"]),
        "evidence": [_evidence(piece, next(numbers)) for piece in question["evidence"]],
        "comments": [_comment(comment) for comment in question["comments"]],
    }


def _evidence(piece: EvidenceData, number: int) -> dict[str, Any]:
    """A piece with its number in the report, and what is said of it besides its title."""
    size = piece["size"]
    named = [each for each in (piece["file_name"], piece["source"]) if each and each != piece["title"]]
    return {
        **piece,
        "name": f"E{number}",
        "at": wording.moment(piece["at"]),
        "quote": _lines(piece["quote"]),
        "besides": [*named, wording.size(size)] if size is not None else named,
    }


def _comment(comment: CommentData) -> dict[str, Any]:
    return {**comment, "at": wording.moment(comment["at"]), "text": _lines(comment["text"])}


def _bare(text: str) -> str:
    """A text without the isolation that `wording.visible` puts around one: each part of a note has its direction."""
    return text.removeprefix("\N{FIRST STRONG ISOLATE}").removesuffix("\N{POP DIRECTIONAL ISOLATE}")


def _lines(text: str) -> list[dict[str, str]]:
    """A text's lines, each with its direction."""
    return [{"text": line, "dir": "rtl" if wording.is_right_to_left(line) else "ltr"} for line in wording.lines(text)]


def _exact(score: float | None) -> str:
    return "–" if score is None else f"{score:.1f}"
