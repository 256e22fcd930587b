"""Holding a review while it is changed, and marking it as changed."""

import uuid

from django.db.models import F
from django.utils import timezone

from reviews.access import RUNNING
from reviews.actions.nudge import score_later
from reviews.models import Contributor, Review, Score, User, Workload


def locked_review(user: User, review_id: uuid.UUID) -> Review:
    """The review, for this transaction alone. Raises Review.DoesNotExist where the person cannot see it."""
    visible = Review.objects.visible_to(user).select_related("workload", "edition").defer("edition__content")
    return visible.select_for_update(of=("self",)).get(pk=review_id)


def touch(review: Review) -> None:
    """Mark the review as changed: its score is stale until a worker has been there."""
    Review.objects.filter(pk=review.pk).update(version=F("version") + 1, changed_at=timezone.now())
    review.version += 1
    score_later(review.pk)


def touch_beside_score(review: Review) -> None:
    """Mark the review as changed in something that its score does not depend on: a score that was right still is."""
    Score.objects.filter(review=review, for_version=review.version).update(for_version=F("for_version") + 1)
    Review.objects.filter(pk=review.pk).update(version=F("version") + 1, changed_at=timezone.now())
    review.version += 1


def touch_running(workload: Workload, by: User) -> list[Review]:
    """Mark all reviews of the workload that are still running, and return them: somebody changed what they say of it.

    That is a part of each of them, so that whoever wrote it decides on none.
    """
    running = list(workload.reviews.filter(state__in=RUNNING).order_by("pk").select_for_update())
    for review in running:
        Contributor.objects.get_or_create(review=review, user=by)
        touch(review)
    return running
