"""The data inside a report: the one attached file, read as strictly as it was written."""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from pyhanko.pdf_utils.reader import PdfFileReader

from checklists.canonical import canonical_json, sha256_hex
from reviews.report import attachments
from reviews.report.snapshot import SnapshotData
from reviews.report.verdict import About, DataVerdict, in_short
from reviews.report.wording import shortened


@dataclass(frozen=True)
class Embedded:
    """What was found of the data; `snapshot` is None where they are not there or cannot be read.

    `problem` is what is wrong with that in a sentence, empty where nothing is: the first reports have no data.
    """

    verdict: DataVerdict
    snapshot: SnapshotData | None = None
    problem: str = ""


def embedded_data(reader: PdfFileReader) -> Embedded:
    """The data that a document carries. Raises `revisions.Broken`."""
    files = attachments.attached(reader)
    if not files:
        return Embedded(DataVerdict(said="No data are embedded."))
    if len(files) > 1 or files[0].name != attachments.NAME:
        names = ", ".join(f"“{shortened(each.name, 40)}”" for each in files[:5])
        return Embedded(
            DataVerdict(embedded=True, said="The data are not the only attached file."),
            problem=f"A report has one attached file, {attachments.NAME}; this one has {names}.",
        )
    content = files[0].content
    data = DataVerdict(embedded=True, sha256=sha256_hex(content))
    try:
        value = json.loads(content, object_pairs_hook=_without_doubles, parse_constant=_no_constant)
        snapshot = _as_snapshot(value)
        if canonical_json(value) != content:
            raise ValueError("it is not written in its canonical form")
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError) as problem:
        return Embedded(
            replace(data, said="The embedded data cannot be read."),
            problem=f"The embedded {attachments.NAME} is no snapshot of a review. ({in_short(problem)})",
        )
    return Embedded(data, snapshot)


def about(snapshot: SnapshotData | None) -> About | None:
    """Which report the data are of; None where they do not say so."""
    if snapshot is None:
        return None
    try:
        review = snapshot["review"]
        return About(
            review_id=str(review["id"])[:64],
            workload=shortened(str(snapshot["workload"]["name"]), 200),
            kind=shortened(str(review["kind_title"]), 200),
            number=int(review["number"]),
            approved_at=str(snapshot["approval"]["at"])[:40],
            valid_until=str(snapshot.get("valid_until", ""))[:40],
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _as_snapshot(value: Any) -> SnapshotData:
    """The value as a snapshot, where it has what is read from it here; raises as careless reading does."""
    if not (isinstance(value, dict) and str(value["format"]).startswith("ai-platform-review-snapshot/")):
        raise ValueError("it does not say that it is one")
    for sign_off in [*value.get("sign_offs", []), value["approval"]]:
        by = sign_off["by"]
        texts = [by["name"], by["username"], by["email"], sign_off["role"], sign_off["statement"]]
        if not all(isinstance(text, str) for text in texts):
            raise ValueError("a sign-off is not made of texts")
        if datetime.fromisoformat(sign_off["at"]).tzinfo is None:
            raise ValueError("a sign-off has no time")
    return cast(SnapshotData, value)


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a name occurs twice in one place")
    return dict(pairs)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number")
