"""Verifying a report with what this installation knows: its authorities, what it revoked, its reports and marks."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from checklists.canonical import sha256_hex
from reviews.actions.rows import has_its_end
from reviews.actions.transaction import writing
from reviews.models import IssuedCertificate, Report, ReportMark, ReportRevision, Snapshot
from reviews.models.standing import MarkKind, standing
from reviews.models.verification import Verification
from reviews.report import signing_identity
from reviews.report.contained import TOO_SLOW, Limits, verify_contained
from reviews.report.verdict import Here, Verdict, held_against_revocations

PER_ADDRESS = 10
"""Files that one address may have verified in `WINDOW`."""

AT_ONCE = 2
"""Files that are verified at the same time, by whomever they were sent: each takes a processor."""

WINDOW = timedelta(minutes=10)
_KEPT = timedelta(hours=1)
_GIVEN_UP = timedelta(minutes=2)
"""A verification that has not ended by then was cut off with its process."""


class Busy(Exception):
    """No verification now; the text says when."""


def verify_here(pdf: bytes, *, limits: Limits, compare_pages: bool = True) -> Verdict:
    """The verdict on a file with our authorities trusted, and what became of the report here.

    Only of reports whose signatures hold is anything said, and nothing that whoever holds the report may not know.
    Raises `keys.KeyStoreError`.
    """
    authorities = signing_identity().authorities
    verdict = verify_contained(
        pdf, authorities, limits=limits, stamps_trusted=trusted_stamps(), compare_pages=compare_pages
    )
    if not verdict.readable or not verdict.genuine:
        return verdict
    verdict = _with_revocations(verdict)
    here = _here(verdict, sha256_hex(pdf))
    if here.same_file and verdict.problems == (TOO_SLOW,):
        # It is the file that was made here, so that its pages are known to be the rendering of its data.
        verdict = replace(verdict, problems=(), notes=(*verdict.notes, TOO_SLOW))
    return replace(verdict, here=here)


def trusted_stamps() -> list[x509.Certificate]:
    """The certificates of time-stamp authorities that the settings name. Raises OSError and ValueError."""
    if not settings.TSA_TRUSTED:
        return []
    return x509.load_pem_x509_certificates(Path(settings.TSA_TRUSTED).read_bytes())


@contextmanager
def in_turn(address: str | None) -> Iterator[None]:
    """Hold a place among the verifications of the public page. Raises `Busy` where there is none."""
    sender = salted_hmac("reviews.verification", address or "", algorithm="sha256").hexdigest()
    with writing():
        now = timezone.now()
        Verification.objects.filter(at__lt=now - _KEPT).delete()
        if Verification.objects.filter(address=sender, at__gte=now - WINDOW).count() >= PER_ADDRESS:
            minutes = WINDOW.seconds // 60
            said = _("{files} files were verified for you in the last {minutes} minutes. Wait a little.")
            raise Busy(said.format(files=PER_ADDRESS, minutes=minutes))
        if Verification.objects.filter(ended_at=None, at__gte=now - _GIVEN_UP).count() >= AT_ONCE:
            raise Busy(_("Other files are being verified just now. Try again in a minute."))
        mine = Verification.objects.create(address=sender, at=now)
    try:
        yield
    finally:
        Verification.objects.filter(pk=mine.pk).update(ended_at=timezone.now())


def _with_revocations(verdict: Verdict) -> Verdict:
    """The verdict with the certificates that were revoked here, whether or not a list of them is in the file."""
    serials = [each.serial for each in verdict.signatures]
    rows = IssuedCertificate.objects.filter(serial__in=serials).exclude(revoked_at=None)
    revoked = {serial: at for serial, at in rows.values_list("serial", "revoked_at") if at is not None}
    signatures, problems = held_against_revocations(verdict.signatures, revoked)
    return replace(verdict, signatures=signatures, problems=(*verdict.problems, *problems))


def _here(verdict: Verdict, digest: str) -> Here:
    report = _report_of(verdict, digest)
    if report is None:
        return Here(known=False)
    marks: dict[str, ReportMark] = {mark.kind: mark for mark in report.marks.all()}
    same = report.pdf_sha256 == digest or report.revisions.filter(pdf_sha256=digest).exists()
    end = standing(report, timezone.now()).valid_until
    return Here(
        known=True,
        same_file=same,
        withdrawn_at=_iso(marks[MarkKind.WITHDRAWN].at) if MarkKind.WITHDRAWN in marks else "",
        superseded_at=_iso(marks[MarkKind.SUPERSEDED].at) if MarkKind.SUPERSEDED in marks else "",
        expired_at=_iso(end) if end and end <= timezone.now() else "",
        record_altered=_altered(report.snapshot, verdict.data.sha256),
    )


def _report_of(verdict: Verdict, digest: str) -> Report | None:
    """The report that a file is: by the file itself, by the hash of its data, by the review that they name."""
    reports = Report.objects.select_related("snapshot").prefetch_related("marks")
    revised = ReportRevision.objects.filter(pdf_sha256=digest).values("report")
    if found := reports.filter(Q(pdf_sha256=digest) | Q(pk__in=revised)).first():
        return found
    if not verdict.data.sha256:
        return None
    if found := reports.filter(snapshot__sha256=verdict.data.sha256).first():
        return found
    if verdict.valid and verdict.about is not None:
        # Hashes in the record can be altered with it; the review of a valid report was approved here.
        try:
            review_id = uuid.UUID(verdict.about.review_id)
        except ValueError:
            return None
        return reports.filter(snapshot__review=review_id).order_by("snapshot__at").last()
    return None


def _altered(snapshot: Snapshot, embedded: str) -> str:
    """What is wrong with the record, measured by itself and by the data in the signed report; empty where nothing."""
    if sha256_hex(snapshot.content.encode()) != snapshot.sha256:
        return _("The record of the review that is kept here was altered after the approval.")
    if embedded and snapshot.sha256 != embedded:
        return _("The record of the review that is kept here is not the one that was signed.")
    if not has_its_end(snapshot):
        return _("The end of the approval that is kept here is not the one that was signed.")
    return ""


def _iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
