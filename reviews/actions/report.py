"""Making the report of an approved review, once, whatever dies meanwhile."""

import logging
import uuid
from datetime import timedelta
from typing import cast

from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from checklists.canonical import sha256_hex
from reviews.access import Actor, Deed, ReviewAccess
from reviews.actions.certificates import revoked, write_down
from reviews.actions.errors import Invalid
from reviews.actions.holding import locked_review
from reviews.actions.nudge import make_report_later
from reviews.actions.stamp import add_revision, pause, server_for_new_reports
from reviews.actions.trail import record
from reviews.actions.transaction import writing
from reviews.models import EventKind, Report, ReportState, Review
from reviews.report import MadeReport, make_report, signing_identity
from reviews.report.snapshot import SnapshotData

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 3
"""After so many failures a person has to ask again."""


def produce_report(report_id: uuid.UUID, *, worker: str) -> bool:
    """Render and sign a report that is wanted; returns whether this call made it ready.

    Claims the report first, so that a second worker leaves it alone while the lease lasts. The result is only
    written where none is there yet: of two workers that both finish, one counts.
    """
    if not _claim(report_id, worker):
        return False
    report = Report.objects.select_related("snapshot__review").get(pk=report_id)
    try:
        made = _make(cast(SnapshotData, report.snapshot.data))
    except Exception as problem:
        log.exception("report %s could not be made", report_id)
        _failed(report_id, worker, problem)
        raise
    return _finish(report, made)


def produce_next(*, worker: str) -> bool:
    """Make the report that waits longest; returns whether there was one. Raises as `produce_report` does."""
    return any(produce_report(report_id, worker=worker) for report_id in unmade())


def release(worker: str) -> None:
    """Free the reports that a worker of this name had claimed when it died."""
    _give_up(Q(worker=worker))
    Report.objects.filter(state=ReportState.MAKING, worker=worker).update(state=ReportState.WANTED, worker="")


def unmade() -> list[uuid.UUID]:
    """The reports that somebody should make now: wanted, or claimed so long ago that the claim has lapsed.

    They are made in this order: as they were asked for, and those that failed after those that were not tried yet.
    """
    _give_up(_lapsed())
    waiting = Report.objects.filter(_claimable()).order_by("attempts", "wanted_at", "pk")
    return list(waiting.values_list("pk", flat=True))


def retry_report(actor: Actor, *, review_id: uuid.UUID) -> Report:
    """Ask again for a report that failed. Raises Review.DoesNotExist, `Refused`, and `Invalid` in other states."""
    with writing():
        review = locked_review(actor.user, review_id)
        ReviewAccess(actor.user, review).require(Deed.RETRY_REPORT)
        report = Report.objects.get(snapshot__review=review)
        if report.state != ReportState.FAILED:
            raise Invalid({"": _("The report does not wait for another attempt; there is nothing to retry.")})
        report.state, report.attempts, report.error = ReportState.WANTED, 0, ""
        report.save(update_fields=["state", "attempts", "error"])
        make_report_later()
    return report


def _claimable() -> Q:
    return Q(state=ReportState.WANTED) | _lapsed()


def _lapsed() -> Q:
    begun = timezone.now() - timedelta(seconds=settings.REPORT_LEASE_SECONDS)
    return Q(state=ReportState.MAKING, started_at__lt=begun)


def _give_up(claims: Q) -> None:
    """A report over which worker after worker dies is left to people, lest it take down the others' work for ever."""
    said = f"A worker ended while making it, {MAX_ATTEMPTS} times in a row; its memory or its log may tell why."
    Report.objects.filter(claims, state=ReportState.MAKING, attempts__gte=MAX_ATTEMPTS).update(
        state=ReportState.FAILED, worker="", error=said
    )


def _claim(report_id: uuid.UUID, worker: str) -> bool:
    claimed = Report.objects.filter(_claimable(), pk=report_id).update(
        state=ReportState.MAKING, worker=worker, started_at=timezone.now(), attempts=F("attempts") + 1, error=""
    )
    return bool(claimed)


def _failed(report_id: uuid.UUID, worker: str, problem: Exception) -> None:
    """Give the claim back: to be tried again, or, after the last attempt, with the reason for people to read."""
    mine = Report.objects.filter(pk=report_id, state=ReportState.MAKING, worker=worker)
    said = f"{type(problem).__name__}: {problem}"[:2000]
    mine.filter(attempts__gte=MAX_ATTEMPTS).update(state=ReportState.FAILED, worker="", error=said)
    mine.update(state=ReportState.WANTED, worker="", error=said)


def _make(snapshot: SnapshotData) -> MadeReport:
    server = server_for_new_reports()
    if server is None:
        return make_report(snapshot, signing_identity())
    made = make_report(snapshot, signing_identity(), server=server, revoked=revoked())
    if made.server_down:
        pause()
    return made


def _finish(report: Report, made: MadeReport) -> bool:
    """Write the PDF and the certificates in it, where nobody was first; then, if there is one, its time stamp."""
    review: Review = report.snapshot.review
    with writing():
        now = timezone.now()
        digest = sha256_hex(made.pdf)
        first = (
            Report.objects.filter(pk=report.pk)
            .exclude(state=ReportState.READY)
            .update(state=ReportState.READY, pdf=made.pdf, pdf_sha256=digest, ready_at=now, worker="", error="")
        )
        if first:
            write_down(report, made.issued)
            record(review, EventKind.REPORT_SIGNED, None, at=now, sha256=digest, snapshot=report.snapshot.sha256)
            if made.stamped is not None:
                add_revision(report, made.stamped)
    return bool(first)
