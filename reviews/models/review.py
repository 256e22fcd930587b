"""A review with its answers, comments, score and decisions."""

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from checklists.language import Checklist, WorkloadKind
from checklists.models import Edition, checklist_of_editions
from reviews.models.people import User
from reviews.models.workload import Workload, WorkloadQuerySet

if TYPE_CHECKING:
    from reviews.models.report import Report

NOTE_LENGTH = 20_000
"""Characters that a note, a reason, a comment or a statement may have."""


class ReviewState(models.TextChoices):
    """Where a review stands; `reviews.access` says who may take it from one to the next."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    CHANGES_REQUESTED = "changes_requested", _("Changes requested")
    APPROVED = "approved", _("Approved")
    WITHDRAWN = "withdrawn", _("Withdrawn")


KIND_TITLES = {
    WorkloadKind.EDA: _("Exploratory data analysis"),
    WorkloadKind.TRAINING: _("Training and fine-tuning"),
    WorkloadKind.INFERENCING: _("Inferencing (model hosting)"),
}


class ReviewQuerySet(models.QuerySet["Review"]):
    """Which reviews a person may see."""

    def visible_to(self, user: User) -> "ReviewQuerySet":
        """Those of workloads that the person may see."""
        if user.is_superuser:
            return self
        visible: WorkloadQuerySet = Workload.objects.visible_to(user)
        return self.filter(workload__in=visible)

    def with_tasks_of(self, user: User) -> "ReviewQuerySet":
        """Those in which something is assigned to the person."""
        return self.filter(pk__in=user.assignments.values("review"))


class Review(models.Model):
    """One walk through one edition for one workload, and through those that were added to it.

    `version` grows with every change of what is scored; a score, a decision or a report names the version it is
    about. `number` counts the reviews of a workload from 1. `begun_with` says whose answers it began with.
    `trail_length` and `trail_head` are the number and the SHA-256 of the last event of its trail
    (`reviews.models.Event`).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workload = models.ForeignKey(Workload, on_delete=models.PROTECT, related_name="reviews")
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=[(kind.value, title) for kind, title in KIND_TITLES.items()])
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=20, choices=ReviewState.choices, default=ReviewState.DRAFT)
    version = models.PositiveIntegerField(default=1)
    begun_with = models.CharField(max_length=300, blank=True)
    trail_length = models.PositiveIntegerField(default=0)
    trail_head = models.CharField(max_length=64, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now_add=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["-changed_at"]
        constraints = [
            models.UniqueConstraint(fields=["workload", "number"], name="review_number_once"),
            models.CheckConstraint(condition=Q(state__in=ReviewState.values), name="review_state"),
            models.CheckConstraint(condition=Q(kind__in=[kind.value for kind in WorkloadKind]), name="review_kind"),
        ]
        indexes = [models.Index(fields=["state", "-changed_at"], name="review_state_changed")]

    def __str__(self) -> str:
        return gettext("{workload}, {kind}, review {number}").format(
            workload=self.workload.name, kind=self.get_kind_display(), number=self.number
        )

    @cached_property
    def editions(self) -> list[Edition]:
        """The edition that the review walks through, and those added to it, in the order in which they were."""
        added = self.additions.select_related("edition").defer("edition__content").order_by("pk")
        return [self.edition, *(addition.edition for addition in added)]

    @property
    def checklist(self) -> Checklist:
        """All that is asked in this review."""
        return checklist_of_editions(tuple(edition.pk for edition in self.editions))

    @property
    def report(self) -> "Report | None":
        """The report of the approval; None where the review was not approved."""
        snapshots = self.snapshots.all()
        return snapshots[0].report if snapshots else None

    @property
    def standing_approvals(self) -> "models.QuerySet[Decision]":
        """The approvals that count: those of the present version. A change in between makes them void."""
        return self.decisions.filter(kind=DecisionKind.APPROVED, review_version=self.version)


class ReviewAddition(models.Model):
    """An edition of a checklist for any kind of workload that a review walks through besides its own."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="additions")
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "edition"], name="addition_once")]

    def __str__(self) -> str:
        return str(self.edition)


class Contributor(models.Model):
    """A person who wrote a review or answered in it, and so may not decide on it (also a trigger's rule)."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="contributors")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="contributions")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "user"], name="contributor_once")]

    def __str__(self) -> str:
        return str(self.user)


class Answer(models.Model):
    """What was answered to a question; `version` counts its changes from 1.

    `selected` holds choice ids in the edition's order, `left_out` those of practices that do not apply, `rows` the
    table of a question that is answered with numbers (`checklists.measured.Row`). One that was carried over counts
    for nothing until somebody has `confirmed` it. Triggers refuse every change once the review is no longer open for
    answers.
    """

    # Each index is written with every save: the unique one serves, and nobody asks for all that a person answered.
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="answers", db_index=False)
    question_id = models.CharField(max_length=128)
    version = models.PositiveIntegerField(default=1)
    selected = models.JSONField(default=list)
    left_out = models.JSONField(default=list)
    rows = models.JSONField(default=list)
    confirmed = models.BooleanField(default=True)
    not_applicable = models.BooleanField(default=False)
    reason = models.TextField(blank=True)
    note = models.TextField(blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "question_id"], name="answer_once"),
            models.CheckConstraint(condition=Q(not_applicable=False) | ~Q(reason=""), name="answer_reason"),
            models.CheckConstraint(condition=LessThanOrEqual(Length("note"), NOTE_LENGTH), name="answer_note_length"),
            models.CheckConstraint(
                condition=LessThanOrEqual(Length("reason"), NOTE_LENGTH), name="answer_reason_length"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question_id} v{self.version}"


class Score(models.Model):
    """What scoring said of a review at `for_version`; stale where the review's version is higher.

    `result` holds the pillars' scores and the risk of each question (see `reviews.actions.score`).
    """

    review = models.OneToOneField(Review, on_delete=models.CASCADE, related_name="score")
    for_version = models.PositiveIntegerField(default=0)
    overall = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    high = models.PositiveIntegerField(default=0)
    medium = models.PositiveIntegerField(default=0)
    result = models.JSONField(default=dict)
    scored_at = models.DateTimeField(null=True)
    runs = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(overall__isnull=True) | Q(overall__gte=0, overall__lte=100), name="score_range"
            )
        ]

    def __str__(self) -> str:
        return f"{self.overall} for version {self.for_version}"


class DecisionKind(models.TextChoices):
    """What a lead can decide."""

    APPROVED = "approved", _("Approved")
    CHANGES_REQUESTED = "changes_requested", _("Changes requested")


class Decision(models.Model):
    """An approval or a request for changes, about the review as it was at `review_version`.

    A policy may ask for several approvals; `role` is what the person was in the team. A trigger refuses a decision by
    a contributor, and every change or deletion.
    """

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="decisions")
    kind = models.CharField(max_length=20, choices=DecisionKind.choices)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    statement = models.TextField(max_length=NOTE_LENGTH)
    review_version = models.PositiveIntegerField()
    role = models.CharField(max_length=16, default="lead")

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=DecisionKind.values), name="decision_kind"),
            models.CheckConstraint(condition=~Q(statement=""), name="decision_statement"),
            models.UniqueConstraint(
                fields=["review", "by", "review_version"],
                condition=Q(kind=DecisionKind.APPROVED),
                name="decision_approval_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} by {self.by}"
