"""Adding time stamps to reports that have none yet, because there was no server for them, or it was down."""

import logging
import uuid

from django.conf import settings
from django.core.cache import cache
from django.db import IntegrityError
from django.db.models import Max
from django.utils import timezone

from checklists.canonical import sha256_hex
from reviews.actions.certificates import revoked
from reviews.actions.trail import record
from reviews.actions.transaction import writing
from reviews.models import EventKind, Report, ReportRevision, ReportState
from reviews.report import signing_identity
from reviews.report.errors import STAMPED, ServerDown, TimeStampError, TimeStampServer

log = logging.getLogger(__name__)

PAUSE_SECONDS = 300
"""For so long new reports do not wait for a server that did not answer; the sweep looks for it all the same."""


def unstamped() -> list[uuid.UUID]:
    """The reports that somebody should stamp now, the oldest first; none where no server is configured."""
    if not settings.TSA_URL:
        return []
    ready = Report.objects.filter(state=ReportState.READY).exclude(revisions__level=STAMPED)
    return list(ready.order_by("ready_at", "pk").values_list("pk", flat=True))


def stamp_reports() -> int:
    """Stamp what is unstamped, and say how many; stops as soon as the server does not answer, until the next time."""
    stamped = 0
    for report_id in unstamped():
        try:
            stamped += stamp_report(report_id)
        except ServerDown as problem:
            log.warning("%s", problem)
            pause()
            break
        except TimeStampError:
            # This report's own trouble: the others do not wait for it.
            log.exception("report %s could not be time-stamped", report_id)
    return stamped


def stamp_report(report_id: uuid.UUID) -> bool:
    """Append validation data and a time stamp to a report as a new revision; returns whether this call did.

    Asks the server outside of any transaction; of two calls at once, one counts. Raises `TimeStampError`.
    """
    # pyHanko takes a second to load, which processes that stamp nothing need not wait for.
    from reviews.report.time_stamp import time_stamp

    report = Report.objects.select_related("snapshot__review").get(pk=report_id)
    server = time_stamp_server()
    if server is None or report.state != ReportState.READY or _is_stamped(report):
        return False
    before = report.revisions.last()
    pdf = before.pdf if before else report.pdf or b""
    stamped = time_stamp(bytes(pdf), signing_identity(), server, revoked())
    cache.delete(_paused())
    try:
        with writing():
            if _is_stamped(report):
                return False
            add_revision(report, stamped)
    except IntegrityError:  # Another call wrote the revision of this number.
        return False
    return True


def add_revision(report: Report, stamped: bytes) -> None:
    """Keep the stamped form of a report beside the one before it. Call inside the transaction."""
    number = (report.revisions.aggregate(last=Max("number"))["last"] or 0) + 1
    digest, now = sha256_hex(stamped), timezone.now()
    ReportRevision.objects.create(
        report=report, number=number, level=STAMPED, pdf=stamped, pdf_sha256=digest, made_at=now
    )
    record(report.snapshot.review, EventKind.REPORT_STAMPED, None, at=now, sha256=digest, level=STAMPED)


def time_stamp_server() -> TimeStampServer | None:
    """The server that the settings name."""
    return TimeStampServer(settings.TSA_URL, settings.TSA_TIMEOUT) if settings.TSA_URL else None


def server_for_new_reports() -> TimeStampServer | None:
    """The server to ask while a report is made; none during a pause, when reports come out and are stamped later."""
    return None if cache.get(_paused()) else time_stamp_server()


def pause() -> None:
    """Remember that the server does not answer, lest each report after this one waits `TSA_TIMEOUT` for it.

    Each process remembers for itself, as its cache does: each has to wait once.
    """
    cache.set(_paused(), True, PAUSE_SECONDS)


def _paused() -> str:
    return f"time-stamp-server-down-{sha256_hex(settings.TSA_URL.encode())}"


def _is_stamped(report: Report) -> bool:
    return report.revisions.filter(level=STAMPED).exists()
