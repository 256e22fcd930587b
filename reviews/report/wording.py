"""How the report says things: times, scores, the verdict, and texts that cannot deceive the eye."""

import re
from datetime import UTC, datetime
from typing import Any

from reviews.report.snapshot import SnapshotData

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

# Control characters have no shape, and the two overrides (U+202D, U+202E) turn the text after them around.
_INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202d\u202e]")


def moment(at: str | datetime) -> str:
    """A time as “24 Nov 2026, 13:20 UTC”, in English whatever the process's locale.

    Takes ISO 8601 or an aware datetime. Raises ValueError for text that is no time.
    """
    when = (datetime.fromisoformat(at) if isinstance(at, str) else at).astimezone(UTC)
    return f"{when.day} {_MONTHS[when.month - 1]} {when:%Y, %H:%M} UTC"


def whole(score: float | None) -> str:
    """A score, 0 to 100, as a whole number, halves rounded up; a dash where there is none."""
    return "–" if score is None else str(int(score + 0.5))


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


def shortened(text: str, length: int) -> str:
    """The text, cut to so many letters, the last of which is then an ellipsis."""
    return text if len(text) <= length else f"{text[: length - 1]}…"


def visible(value: Any) -> Any:
    """The value with every text in it made safe to look at: what hides or reorders text becomes U+FFFD (�).

    For showing only; the digest is of the snapshot as it is.
    """
    if isinstance(value, str):
        return _INVISIBLE.sub("\N{REPLACEMENT CHARACTER}", value)
    if isinstance(value, dict):
        return {key: visible(each) for key, each in value.items()}
    if isinstance(value, list):
        return [visible(each) for each in value]
    return value
