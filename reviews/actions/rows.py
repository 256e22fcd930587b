"""Whether the rows beside a signed report still say what the snapshot in it says.

Pages show decisions, the trail and what became of a report from their own rows, and the worker signs what it finds
in them. The snapshot and the trail of the signing give away who altered one and not the other.
"""

from collections.abc import Iterator
from typing import Any

from reviews.actions.freeze import evidence_of, sign_offs_of, time, trail_of
from reviews.models import EventKind, MarkKind, Report, ReportState, ReviewState, Snapshot

_MARKS = {EventKind.REPORT_WITHDRAWN: MarkKind.WITHDRAWN, EventKind.REPORT_SUPERSEDED: MarkKind.SUPERSEDED}


def rows_problem(snapshot_id: int) -> str:
    """What of the rows contradicts the snapshot or the trail, in a sentence's rest; empty where nothing does."""
    snapshot = Snapshot.objects.select_related("review").get(pk=snapshot_id)
    wrong = list(_wrong(snapshot, Report.objects.filter(snapshot=snapshot).first()))
    return f"rows beside it say otherwise: {', '.join(wrong)}" if wrong else ""


def _wrong(snapshot: Snapshot, report: Report | None) -> Iterator[str]:
    review, said = snapshot.review, snapshot.data
    if review.state != ReviewState.APPROVED:
        yield "the review is not approved any more"
    # Snapshots of the first format have none of what follows.
    if not has_its_end(snapshot):
        yield "how long the approval lasts"
    if "sign_offs" in said and not _alike(said["sign_offs"], sign_offs_of(review)):
        yield "the sign-offs"
    trail = said.get("trail", [])
    if not _alike(trail, trail_of(review)[: len(trail)]):
        yield "the trail of the review"
    if "since" in said and not Snapshot.objects.filter(sha256=said["since"]["review"]["sha256"]).exists():
        yield "the approval that it is compared with"
    if not _same_evidence(snapshot):
        yield "the evidence"
    if report is None:
        yield "the report is not there"
        return
    events = list(review.events.filter(kind__in=[*_MARKS, EventKind.REPORT_SIGNED, EventKind.REPORT_STAMPED]))
    told = {(_MARKS[EventKind(each.kind)], each.at) for each in events if each.kind in _MARKS}
    if told != {(mark.kind, mark.at) for mark in report.marks.all()}:
        yield "whether the report was withdrawn or superseded"
    signed = [each.detail for each in events if each.kind == EventKind.REPORT_SIGNED]
    there = {"sha256": report.pdf_sha256, "snapshot": snapshot.sha256}
    if len(signed) > 1 or any(each != there or report.state != ReportState.READY for each in signed):
        yield "the report that was signed"
    stamped = {each.detail.get("sha256") for each in events if each.kind == EventKind.REPORT_STAMPED}
    if stamped != {*report.revisions.values_list("pdf_sha256", flat=True)}:
        yield "the report that was time-stamped"


def has_its_end(snapshot: Snapshot) -> bool:
    """Whether the approval ends, by its row, when the snapshot says; snapshots of the first format say no end."""
    said = snapshot.data.get("valid_until")
    return said is None or (snapshot.valid_until is not None and time(snapshot.valid_until) == said)


def _same_evidence(snapshot: Snapshot) -> bool:
    """Whether each question has the evidence that it had; snapshots of earlier formats say nothing of evidence."""
    questions = [question for section in snapshot.data["sections"] for question in section["questions"]]
    rows = evidence_of(snapshot.review)
    return all(_alike(each["evidence"], rows.get(each["id"], [])) for each in questions if "evidence" in each)


def _alike(said: list[dict[str, Any]], rows: list[dict[str, Any]]) -> bool:
    return len(said) == len(rows) and all(_same(*pair) for pair in zip(said, rows, strict=True))


def _same(said: dict[str, Any], row: dict[str, Any]) -> bool:
    """People may have another name by now, or another address."""
    people = [each.get("by") or each.get("actor") or {} for each in (said, row)]
    same_person = any(people[0].get(key) == people[1].get(key) for key in ("username", "email"))
    left_out = {"by", "actor", "text"}
    return same_person and all(row.get(key) == value for key, value in said.items() if key not in left_out)
