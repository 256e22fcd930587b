"""What was approved, frozen, and the signed PDF made of it."""

import json
import uuid
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from reviews.models.people import User
from reviews.models.review import Decision, Review, ReviewQuerySet
from reviews.models.standing import MarkKind, ReportStanding, standing


class Snapshot(models.Model):
    """The canonical JSON of a review at the moment of its approval, with its SHA-256.

    `valid_until` is the end of the approval by the policy in force; None where there was none. Triggers refuse
    change and deletion.
    """

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="snapshots")
    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="snapshot")
    content = models.TextField()
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["valid_until"], name="snapshot_valid_until")]

    def __str__(self) -> str:
        return self.sha256

    @property
    def data(self) -> dict[str, Any]:
        """The content, read."""
        value: dict[str, Any] = json.loads(self.content)
        return value


class ReportState(models.TextChoices):
    """How far the making of a report is."""

    WANTED = "wanted", _("Waiting to be made")
    MAKING = "making", _("Being made")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")


class ReportQuerySet(models.QuerySet["Report"]):
    """Which reports a person may see."""

    def visible_to(self, user: User) -> "ReportQuerySet":
        """Those of reviews that the person may see."""
        return self.filter(snapshot__review__in=Review.objects.visible_to(user))


class _WithoutPdf(models.Manager["Report"]):
    """Leaves the PDF in the database until it is asked for."""

    def get_queryset(self) -> ReportQuerySet:
        return ReportQuerySet(self.model, using=self._db).defer("pdf")


class Report(models.Model):
    """The one signed PDF of a snapshot: wanted from the moment of approval, and made by a worker.

    The bytes are kept in the database, so that "ready" and the PDF are written in one transaction.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    snapshot = models.OneToOneField(Snapshot, on_delete=models.PROTECT, related_name="report")
    state = models.CharField(max_length=10, choices=ReportState.choices, default=ReportState.WANTED)
    attempts = models.PositiveIntegerField(default=0)
    worker = models.CharField(max_length=200, blank=True)
    wanted_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ready_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)
    pdf = models.BinaryField(null=True)
    pdf_sha256 = models.CharField(max_length=64, blank=True)

    objects = _WithoutPdf.from_queryset(ReportQuerySet)()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ReportState.values), name="report_state"),
            models.CheckConstraint(
                condition=(Q(state=ReportState.READY) & Q(pdf__isnull=False) & Q(ready_at__isnull=False))
                | (~Q(state=ReportState.READY) & Q(pdf__isnull=True)),
                name="report_ready_has_pdf",
            ),
        ]
        indexes = [models.Index(fields=["state", "wanted_at"], name="report_state_wanted")]

    def __str__(self) -> str:
        return f"report {self.get_state_display()}"

    @cached_property
    def standing(self) -> ReportStanding:
        """How the report stands now."""
        return standing(self, timezone.now())


class ReportRevision(models.Model):
    """A later form of a signed report: the same bytes with something appended, such as a time stamp.

    `level` is the PAdES baseline level that it reaches. Triggers refuse change and deletion.
    """

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    level = models.CharField(max_length=8)
    pdf = models.BinaryField()
    pdf_sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["report", "number"], name="revision_once")]

    def __str__(self) -> str:
        return f"revision {self.number}, {self.level}"


class ReportMark(models.Model):
    """A report that no longer stands: withdrawn by a lead with a reason, or superseded by a later review's approval.

    The report itself stays as it is. Triggers refuse change and deletion.
    """

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="marks")
    kind = models.CharField(max_length=12, choices=MarkKind.choices)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    reason = models.TextField(blank=True)
    successor = models.ForeignKey(Review, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["report", "kind"], name="mark_once"),
            models.CheckConstraint(
                condition=(Q(kind=MarkKind.WITHDRAWN) & ~Q(reason="") & Q(by__isnull=False))
                | (Q(kind=MarkKind.SUPERSEDED) & Q(successor__isnull=False)),
                name="mark_says_why",
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


def with_standing(reviews: ReviewQuerySet) -> ReviewQuerySet:
    """The reviews with what `Review.report` and its standing take: two queries, however many reviews there are."""
    snapshots = Snapshot.objects.select_related("report").defer("content", "report__pdf")
    marks = ReportMark.objects.select_related("by", "successor")
    return reviews.prefetch_related(
        models.Prefetch("snapshots", snapshots), models.Prefetch("snapshots__report__marks", marks)
    )


class Reminder(models.Model):
    """That the end of a report's validity was told, so many `days` before: each once."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="reminders")
    days = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "days"], name="reminder_once")]

    def __str__(self) -> str:
        return f"{self.days} days before"


class IssuedCertificate(models.Model):
    """A certificate that the organisation's authority issued, for its seal or for one sign-off of one person.

    `serial` is hexadecimal. Once revoked, `revoked_at` says when and `reason` why; the revocation list has it from
    then on.
    """

    serial = models.CharField(max_length=64, unique=True)
    issuer_sha256 = models.CharField(max_length=64)
    subject = models.TextField()
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="certificates")
    report = models.ForeignKey(Report, on_delete=models.PROTECT, null=True, related_name="certificates")
    not_before = models.DateTimeField()
    not_after = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["not_before", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True) | ~Q(reason=""), name="certificate_revoked_with_reason"
            )
        ]

    def __str__(self) -> str:
        return self.subject
