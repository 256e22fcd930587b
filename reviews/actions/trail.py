"""Writing the trail."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from reviews.access import Actor
from reviews.chain import link
from reviews.models import Event, EventKind, Review

SYSTEM = "The application"


def record(
    review: Review, kind: EventKind, actor: Actor | None, *, at: datetime | None = None, **detail: Any
) -> Event:
    """Write one event at the end of the review's chain; `actor` None means that the application itself acted.

    Call inside the transaction: the review is locked until its end, so that no two events follow the same one.
    """
    reviews = Review.objects.filter(pk=review.pk)
    review.trail_length, review.trail_head = (
        reviews.select_for_update().values_list("trail_length", "trail_head").get()
    )
    event = next_event(review, kind, actor, at=at, **detail)
    event.save(force_insert=True)
    reviews.update(trail_length=event.number, trail_head=event.sha256)
    return event


def next_event(
    review: Review, kind: EventKind, actor: Actor | None, *, at: datetime | None = None, **detail: Any
) -> Event:
    """The event that follows the last one that the review knows of; nothing is written."""
    event = Event(
        review=review,
        number=review.trail_length + 1,
        # Databases keep microseconds, and so does the chain.
        at=at or timezone.now(),
        actor=actor.user if actor else None,
        actor_name=actor.user.name if actor else SYSTEM,
        kind=kind,
        detail=detail,
        address=actor.address if actor else None,
    )
    event.sha256 = link_of(event, review.trail_head)
    return event


def link_of(event: Event, previous: str) -> str:
    """The SHA-256 that the event has to have after the one whose SHA-256 is `previous`."""
    return link(
        review=str(event.review_id),
        number=event.number,
        at=event.at,
        actor=event.actor_id,
        actor_name=event.actor_name,
        kind=event.kind,
        detail=event.detail,
        address=event.address,
        previous=previous,
    )
