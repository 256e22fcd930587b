"""Who is at a review, and what is new to them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from reviews.models import EventKind, Review, User, Visit

AWAY = timedelta(minutes=30)
"""Who was not heard of for so long has left: what came since is new to them when they come back."""

HERE = timedelta(seconds=25)
"""Who was heard of within so long is here; pages tell every few seconds."""

NEWS = (
    EventKind.ANSWERED,
    EventKind.COMMENTED,
    EventKind.THREAD_RESOLVED,
    EventKind.THREAD_REOPENED,
    EventKind.EVIDENCE_ADDED,
    EventKind.EVIDENCE_REMOVED,
    EventKind.ASSIGNED,
    EventKind.ASSIGNMENT_ENDED,
)
"""The events that change what a question shows."""


def arrive(user: User, review: Review) -> Visit:
    """The person opens the questionnaire: a new visit begins where the last one ended a while ago."""
    now = timezone.now()
    visit = Visit.objects.filter(review=review, user=user).first()
    if visit is None:
        visit = Visit(review=review, user=user, since=review.trail_length)
    elif visit.seen_at < now - AWAY:
        visit.since = visit.upto
    visit.seen_at, visit.upto = now, review.trail_length
    _keep(visit)
    return visit


def stay(user: User, review: Review, *, question_id: str) -> None:
    """The person's page says that it is still there, and where."""
    visits = Visit.objects.filter(review=review, user=user)
    visits.update(seen_at=timezone.now(), upto=review.trail_length, question_id=question_id[:128])


def others_here(user: User, review: Review, now: datetime) -> QuerySet[Visit]:
    """Who else is at the review now."""
    here = review.visits.filter(seen_at__gt=now - HERE).exclude(user=user)
    return here.select_related("user").order_by("user__name")


@dataclass(frozen=True)
class News:
    """The ids of the questions in which others changed something, and of the sections that changed hands."""

    questions: set[str]
    sections: set[str]


def news(user: User, review: Review, since: int) -> News:
    """What others changed after this event."""
    events = review.events.filter(number__gt=since, kind__in=NEWS).exclude(actor=user)
    details = list(events.values_list("detail", flat=True))
    return News(*({detail.get(part, "") for detail in details} - {""} for part in ("question", "section")))


def news_of_visit(user: User, review: Review) -> News:
    """What others changed since the person's present visit began."""
    visit = Visit.objects.filter(review=review, user=user).first()
    return news(user, review, visit.since if visit else review.trail_length)


def _keep(visit: Visit) -> None:
    """Two pages that one person opens at once are one visit."""
    Visit.objects.bulk_create(
        [visit],
        update_conflicts=True,
        unique_fields=["review", "user"],
        update_fields=["seen_at", "upto", "since"],
    )
