"""How the report says things: times, scores, the verdict, and texts that cannot deceive the eye."""

import re
from datetime import UTC, datetime
from typing import Any

from fontTools.unicodedata import script

from reviews.report.snapshot import PolicyData, SnapshotData

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

# Control characters have no shape; explicit embeddings, overrides and isolates (U+202A to U+202E, U+2066 to U+2069)
# turn around the text after them, and one that is not closed the text of others; PDF/A forbids U+FEFF.
_DECEIVING = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")
# Nobody outside knows what a private code point stands for, and PDF/A-3a wants it said.
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")
# Pango would end the paragraph there, and WeasyPrint would lose the rest.
_LINE_ENDS = re.compile("[\x85\u2028\u2029]")
# Letters and signs without a shape. In a name they make two people out of one.
_SHAPELESS = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u2060-\u206f\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0000-\U000e0fff]"
    # Joiners belong into words of Persian or Hindi, not into ours.
    "|(?<![\u0600-\u109f\u1780-\u18af])[\u200c\u200d]"
)
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\U00010800-\U00010fff\U0001e800-\U0001efff]")
_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[^\W\d_]+")
_ALIKE = {"Latn": "Latin", "Grek": "Greek", "Cyrl": "Cyrillic", "Armn": "Armenian", "Cher": "Cherokee"}
"""Scripts with letters that look the same."""

_PERSON = {"name", "username", "email"}


def moment(at: str | datetime) -> str:
    """A time as “24 Nov 2026, 13:20 UTC”, in English whatever the process's locale.

    Takes ISO 8601 or an aware datetime. Raises ValueError for text that is no time, or none that UTC has.
    """
    try:
        when = (datetime.fromisoformat(at) if isinstance(at, str) else at).astimezone(UTC)
    except OverflowError as problem:
        raise ValueError(str(problem)) from problem
    return f"{when.day} {_MONTHS[when.month - 1]} {when:%Y, %H:%M} UTC"


def whole(score: float | None) -> str:
    """A score, 0 to 100, as a whole number, halves rounded up; a dash where there is none."""
    return "–" if score is None else str(int(score + 0.5))


def size(count: int) -> str:
    """A number of bytes as people say it: “812 bytes”, “4.1 kB”, “1.2 MB”."""
    if count < 1000:
        return f"{count} byte{'' if count == 1 else 's'}"
    return f"{count / 1000:.1f} kB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"


def verdict(snapshot: SnapshotData) -> str:
    """The outcome in one sentence: what was approved with how much left open."""
    counts = snapshot["score"]["counts"]
    named = [(counts[risk], risk) for risk in ("high", "medium") if counts[risk]]
    if named:
        risks = " and ".join(f"{count} {risk}" for count, risk in named)
        noun = "risk" if len(named) == 1 and named[0][0] == 1 else "risks"
        outcome = f"Approved with {risks} {noun} open"
    else:
        outcome = "Approved with no high or medium risk open"
    unanswered = counts["unanswered"]
    if unanswered:
        outcome += f", and {unanswered} question{'' if unanswered == 1 else 's'} unanswered"
    return f"{outcome}."


def completeness(snapshot: SnapshotData) -> str:
    """How much of the checklist was answered, in one sentence."""
    score, not_applicable = snapshot["score"], snapshot["score"]["counts"]["not_applicable"]
    said = f"{score['answered']} of {score['total']} questions are answered"
    if not_applicable:
        said += f", {not_applicable} of them with “does not apply” and a reason"
    return f"{said}."


def policy(policy: PolicyData) -> list[tuple[str, str]]:
    """What the approval took, as terms and what they were set to."""
    needed = f"{policy['approvers']}, by the role {policy['approver_role']}"
    days = policy["valid_days"]
    return [
        ("Approvals needed", needed),
        ("Open high risks", "Block the approval" if policy["blocks_on_high"] else "Do not block the approval"),
        ("An approval lasts", f"{days} day{'' if days == 1 else 's'}"),
    ]


_MOST_LINES = 1_000
_TOGETHER = 100


def lines(text: str) -> list[str]:
    """A text's lines, each to be a block of its own: one huge block would not break over pages well.

    Each takes a millisecond to lay out: of more than a thousand, many stand in one, with a ¶ where they ended.
    """
    every = text.splitlines()
    if len(every) <= _MOST_LINES:
        return every
    return [" ¶ ".join(every[start : start + _TOGETHER]) for start in range(0, len(every), _TOGETHER)]


def shortened(text: str, length: int) -> str:
    """The text, cut to so many letters, the last of which is then an ellipsis."""
    return text if len(text) <= length else f"{text[: length - 1]}…"


def visible(value: Any) -> Any:
    """The value with every text in it made safe to look at. For showing only; the digest is of the snapshot as it is.

    What hides or reorders text becomes U+FFFD (�), private code points their number. A text that has letters written
    from right to left is isolated, so that it keeps its place in a line (Unicode Standard Annex 9). In the names and
    addresses of people, nothing without a shape is left, and where a word mixes the letters of scripts that look
    alike, the text says so (Unicode Technical Standard 39).
    """
    if isinstance(value, str):
        return _isolated(_shown(value))
    if isinstance(value, dict):
        if value.keys() >= _PERSON:
            return {key: _isolated(person(each)) if key in _PERSON else visible(each) for key, each in value.items()}
        return {key: visible(each) for key, each in value.items()}
    if isinstance(value, list):
        return [visible(each) for each in value]
    return value


def person(text: str) -> str:
    """Somebody's name or address as it is shown wherever people rely on it; see `visible`."""
    shown = _SHAPELESS.sub("\N{REPLACEMENT CHARACTER}", _shown(text))
    for word in _WORD.findall(shown):
        mixed = {_ALIKE[code] for code in map(script, word) if code in _ALIKE}
        if len(mixed) > 1:
            return f"{shown} [mixes {' and '.join(sorted(mixed))} letters]"
    return shown


def is_right_to_left(text: str) -> bool:
    """Whether the first letter is one that is written from right to left."""
    first = _LETTER.search(text)
    return bool(first and _RIGHT_TO_LEFT.match(first.group()))


def code_point(letter: str) -> str:
    """How a letter is written that cannot be drawn: [U+E000]."""
    return f"[U+{ord(letter):04X}]"


def _shown(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    text = _LINE_ENDS.sub("\n", _DECEIVING.sub("\N{REPLACEMENT CHARACTER}", text))
    return _PRIVATE.sub(lambda found: code_point(found.group()), text)


def _isolated(text: str) -> str:
    if "\n" in text or not _RIGHT_TO_LEFT.search(text):
        return text
    return f"\N{FIRST STRONG ISOLATE}{text}\N{POP DIRECTIONAL ISOLATE}"
