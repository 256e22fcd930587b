"""What was approved, frozen, and the signed PDF made of it."""

import json
import uuid
from typing import Any

from django.db import models
from django.db.models import Q

from reviews.models.people import User
from reviews.models.review import Decision, Review


class Snapshot(models.Model):
    """The canonical JSON of a review at the moment of its approval, with its SHA-256.

    Triggers refuse change and deletion.
    """

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="snapshots")
    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="snapshot")
    content = models.TextField()
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.sha256

    @property
    def data(self) -> dict[str, Any]:
        """The content, read."""
        value: dict[str, Any] = json.loads(self.content)
        return value


class ReportState(models.TextChoices):
    """How far the making of a report is."""

    WANTED = "wanted", "Waiting to be made"
    MAKING = "making", "Being made"
    READY = "ready", "Ready"
    FAILED = "failed", "Failed"


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
