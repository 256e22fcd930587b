"""Who sees to what in a review."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from reviews.models.people import User
from reviews.models.review import Review


class Assignment(models.Model):
    """A section or a question of a review is somebody's to answer, until `due` where that is given.

    One of `section_id` and `question_id` is empty. A question without an assignment of its own has its section's.
    """

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="assignments")
    section_id = models.CharField(max_length=128, blank=True)
    question_id = models.CharField(max_length=128, blank=True)
    to = models.ForeignKey(User, on_delete=models.PROTECT, related_name="assignments")
    due = models.DateField(null=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["due", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(section_id="") & ~Q(question_id="") | ~Q(section_id="") & Q(question_id=""),
                name="assignment_of_one",
            ),
            models.UniqueConstraint(fields=["review", "section_id", "question_id"], name="assignment_once"),
        ]

    def __str__(self) -> str:
        return f"{self.section_id or self.question_id} to {self.to}"

    @property
    def version(self) -> str:
        """Its version: when it was assigned."""
        return self.at.isoformat()

    @property
    def overdue(self) -> bool:
        """Whether its day is past, in the time zone of whoever looks, be anything left to answer or not."""
        return self.due is not None and self.due < timezone.localdate()
