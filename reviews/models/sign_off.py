"""What stands behind an approval: the authors' submission, and the policy in force."""

from django.db import models
from django.db.models import Q

from checklists.language import WorkloadKind
from reviews.models.people import Role, User
from reviews.models.review import KIND_TITLES, NOTE_LENGTH, Review
from reviews.models.workload import Criticality

MOST_APPROVERS = 3
"""So many sign-offs of approvers have room in a report."""

MOST_VALID_DAYS = 3660
"""The longest that an approval may last: ten years."""

APPROVER_ROLES = (Role.LEAD, Role.ARCHITECT)
"""The roles in which people approve; readers never do."""


class Submission(models.Model):
    """Somebody hands a review in, and stands for its answers: the first sign-off, about the review at its version.

    `result` is what followed from the answers (`reviews.handed_in`); None for submissions from before it was kept.
    Triggers refuse change and deletion.
    """

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="submissions")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=16, choices=Role.choices)
    at = models.DateTimeField()
    statement = models.TextField(max_length=NOTE_LENGTH)
    review_version = models.PositiveIntegerField()
    result = models.JSONField(null=True)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(statement=""), name="submission_statement"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="submission_role"),
        ]

    def __str__(self) -> str:
        return f"submitted by {self.by}"


class Policy(models.Model):
    """What an approval takes for workloads of a kind and criticality; where there is no row, the default holds.

    `approvers` people with `approver_role` in the team, none of whom wrote or answered in the review; with
    `blocks_on_high`, none approves while a high risk is open; an approval lasts for `valid_days`.
    """

    kind = models.CharField(max_length=16, choices=[(kind.value, title) for kind, title in KIND_TITLES.items()])
    criticality = models.CharField(max_length=16, choices=Criticality.choices)
    approvers = models.PositiveSmallIntegerField()
    approver_role = models.CharField(max_length=16, choices=Role.choices, default=Role.LEAD)
    blocks_on_high = models.BooleanField()
    valid_days = models.PositiveIntegerField()
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["kind", "criticality"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "criticality"], name="policy_once"),
            models.CheckConstraint(condition=Q(kind__in=[kind.value for kind in WorkloadKind]), name="policy_kind"),
            models.CheckConstraint(condition=Q(criticality__in=Criticality.values), name="policy_criticality"),
            models.CheckConstraint(
                condition=Q(approvers__gte=1, approvers__lte=MOST_APPROVERS), name="policy_approvers"
            ),
            models.CheckConstraint(condition=Q(approver_role__in=[*APPROVER_ROLES]), name="policy_role"),
            models.CheckConstraint(
                condition=Q(valid_days__gte=1, valid_days__lte=MOST_VALID_DAYS), name="policy_valid_days"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.get_criticality_display()}"

    @property
    def version(self) -> str:
        """Its version: when it was changed."""
        return self.changed_at.isoformat()
