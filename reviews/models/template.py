"""Answers to begin reviews with."""

import uuid

from django.db import models
from django.db.models import Q

from checklists.language import WorkloadKind
from checklists.models import Edition
from reviews.models.people import Team, User
from reviews.models.review import KIND_TITLES, Review


class TemplateQuerySet(models.QuerySet["Template"]):
    """Which templates a person may use."""

    def visible_to(self, user: User) -> "TemplateQuerySet":
        """Those of the person's teams; all for an administrator."""
        if user.is_superuser:
            return self
        return self.filter(team__in=Team.objects.filter(memberships__user=user))


class Template(models.Model):
    """The answers of a review as it was, for further reviews of a team to begin with.

    `answers` are by question id: {selected, left_out, rows, not_applicable, reason, note}. A retired template is
    offered no more. A trigger refuses changes of the answers.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="templates")
    kind = models.CharField(max_length=16, choices=[(kind.value, title) for kind, title in KIND_TITLES.items()])
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="+")
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="templates")
    answers = models.JSONField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    retired_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    retired_at = models.DateTimeField(null=True)

    objects = TemplateQuerySet.as_manager()

    class Meta:
        ordering = ["name", "at"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="template_name"),
            models.CheckConstraint(condition=Q(kind__in=[kind.value for kind in WorkloadKind]), name="template_kind"),
            models.UniqueConstraint(
                fields=["team", "name"], condition=Q(retired_at__isnull=True), name="template_name_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name
