"""Who looks at a review, and what they have seen of it."""

from django.db import models

from reviews.models.people import User
from reviews.models.review import Review


class Visit(models.Model):
    """A person at the questionnaire of a review.

    `seen_at` is when their page was last heard of, `upto` the number of the last event that it knew then, and
    `question_id` where they were. `since` is the last event that they knew when they left the time before: what came
    after it is new to them.
    """

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="visits")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="visits")
    seen_at = models.DateTimeField()
    upto = models.PositiveIntegerField()
    since = models.PositiveIntegerField()
    question_id = models.CharField(max_length=128, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "user"], name="visit_once")]

    def __str__(self) -> str:
        return f"{self.user} at {self.review_id}"
