"""Named states of a review, and its moves from one edition to another."""

import json
from typing import Any

from django.db import models
from django.db.models import F, Q

from checklists.models import Edition
from reviews.models.people import User
from reviews.models.review import Review


class Milestone(models.Model):
    """A state of a review under a name: its canonical JSON, as a snapshot has it, with its SHA-256.

    Triggers refuse change and deletion.
    """

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="milestones")
    name = models.CharField(max_length=200)
    content = models.TextField()
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="milestone_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def data(self) -> dict[str, Any]:
        """The content, read."""
        value: dict[str, Any] = json.loads(self.content)
        return value


class EditionChange(models.Model):
    """The move of a running review from one edition of its checklist to another.

    `milestone` is the review as it was before, `answers` the answers that the move changed, as they were: question id
    -> {selected, left_out, rows}. Once undone, `undone_at` says when.
    """

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="edition_changes")
    old = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="+")
    new = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="+")
    milestone = models.OneToOneField(Milestone, on_delete=models.PROTECT, related_name="edition_change")
    answers = models.JSONField(default=dict)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["at", "id"]
        constraints = [models.CheckConstraint(condition=~Q(old=F("new")), name="edition_change_is_one")]

    def __str__(self) -> str:
        return f"{self.old} → {self.new}"
