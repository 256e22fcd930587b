"""Whether what was signed is still what is stored: every snapshot, report and revision is looked through each night.

Triggers refuse changes, but whoever owns the database can take triggers away. The signatures cannot be made anew.
"""

import json
import logging
import uuid
from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils import translation

from checklists.canonical import canonical_json, sha256_hex
from reviews.actions.audit import broken_trails
from reviews.actions.rows import rows_problem
from reviews.actions.storing import Altered, NotStored, opened
from reviews.actions.trail import record
from reviews.actions.transaction import writing
from reviews.actions.verify_report import trusted_stamps
from reviews.models import (
    Event,
    EventKind,
    Evidence,
    EvidenceKind,
    Report,
    ReportRevision,
    ReportState,
    Review,
    Role,
    Snapshot,
    User,
)
from reviews.report import signing_identity
from reviews.report.contained import BY_COMMAND, verify_contained

log = logging.getLogger(__name__)


def check_everything() -> int:
    """Check all that was signed, record what is broken, and say how many records are; each is recorded once.

    Raises `keys.KeyStoreError` where there is no authority to hold signatures against.
    """
    broken = 0
    for review_id, what, problem in _all_problems():
        broken += 1
        log.error("%s of review %s: %s", what, review_id, problem)
        _record_once(review_id, what, problem)
    return broken


def broken_for(user: User) -> QuerySet[Event]:
    """What was found altered, latest first, for those who have to act: administrators, and the teams' leads."""
    reviews = Review.objects.visible_to(user)
    if not user.is_superuser:
        led = user.memberships.filter(role=Role.LEAD).values("team")
        reviews = reviews.filter(workload__team__in=led)
    found = Event.objects.filter(kind=EventKind.INTEGRITY_BROKEN, review__in=reviews)
    return found.select_related("review__workload").order_by("-id")


def broken_in(review: Review, user: User) -> QuerySet[Event]:
    """What was found altered in one review, for the same people."""
    return broken_for(user).filter(review=review)


def _all_problems() -> Iterator[tuple[uuid.UUID, str, str]]:
    """What is wrong with what was signed; where nothing is, what is wrong with the rows beside it."""
    broken = set()
    for found in _problems():
        broken.add(found[0])
        yield found
    for snapshot_id, review_id in Snapshot.objects.order_by("pk").values_list("pk", "review"):
        # Read twice, as a report may be signed or marked while its rows are read one after the other.
        if review_id not in broken and rows_problem(snapshot_id) and (problem := rows_problem(snapshot_id)):
            yield review_id, f"rows of snapshot {snapshot_id}", problem
    yield from _evidence_problems()
    for trail in broken_trails():
        if trail.review_id is None:
            log.error("%s", trail)
        else:
            yield trail.review_id, "trail", str(trail)


def _problems() -> Iterator[tuple[uuid.UUID, str, str]]:
    """Each broken record: review, which record, and what is wrong with it."""
    for snapshot in Snapshot.objects.order_by("pk").iterator(chunk_size=20):
        if problem := _snapshot_problem(snapshot):
            yield snapshot.review_id, f"snapshot {snapshot.pk}", problem
    ready = Report.objects.filter(state=ReportState.READY).order_by("ready_at", "pk")
    for report_id in ready.values_list("pk", flat=True).iterator():
        report = Report.objects.select_related("snapshot").get(pk=report_id)
        pdf = bytes(report.pdf or b"")
        review_id = report.snapshot.review_id
        if problem := _pdf_problem(pdf, report.pdf_sha256, report.snapshot):
            yield review_id, f"report {report.pk}", problem
        for revision in report.revisions.all():
            if problem := _revision_problem(revision, pdf, report.snapshot):
                yield review_id, f"report {report.pk}, revision {revision.number}", problem


def _evidence_problems() -> Iterator[tuple[uuid.UUID, str, str]]:
    """Each file of evidence in a signed review that is gone or another; of a storage that is down nothing is said."""
    signed = Snapshot.objects.values("review")
    pieces = Evidence.objects.filter(kind=EvidenceKind.FILE, removed_at=None, review__in=signed)
    for piece in pieces.order_by("pk").iterator():
        try:
            with translation.override("en"), opened(piece):
                pass
        except Altered as problem:
            yield piece.review_id, f"evidence {piece.pk}", str(problem)
        except NotStored:
            log.warning("the evidence %s was not looked at", piece.pk)


def _snapshot_problem(snapshot: Snapshot) -> str:
    content = snapshot.content.encode()
    if sha256_hex(content) != snapshot.sha256:
        return "its content is not the one whose SHA-256 was kept"
    try:
        canonical = canonical_json(json.loads(content))
    except (ValueError, RecursionError):
        return "its content is no JSON"
    return "" if canonical == content else "its content is not written in its canonical form"


def _revision_problem(revision: ReportRevision, before: bytes, snapshot: Snapshot) -> str:
    pdf = bytes(revision.pdf)
    if not pdf.startswith(before):
        return "it does not begin with the report that it is a later form of"
    return _pdf_problem(pdf, revision.pdf_sha256, snapshot)


def _pdf_problem(pdf: bytes, kept: str, snapshot: Snapshot) -> str:
    if sha256_hex(pdf) != kept:
        return "its bytes are not those whose SHA-256 was kept"
    verdict = verify_contained(
        pdf,
        signing_identity().authorities,
        limits=BY_COMMAND,
        stamps_trusted=trusted_stamps(),
        compare_pages=False,
    )
    if not verdict.valid:
        return " ".join(verdict.problems)
    if verdict.data.embedded and verdict.data.sha256 != snapshot.sha256:
        return "the data in it are not the snapshot that is kept"
    return ""


def _record_once(review_id: uuid.UUID, what: str, problem: str) -> None:
    with writing():
        review = Review.objects.get(pk=review_id)
        known = review.events.filter(kind=EventKind.INTEGRITY_BROKEN)
        # In Python: not every database of ours can look into JSON alike.
        if all(event.detail.get("record") != what for event in known):
            record(review, EventKind.INTEGRITY_BROKEN, None, record=what, problem=problem[:1000])
