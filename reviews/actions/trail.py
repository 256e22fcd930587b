"""Writing the trail."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from reviews.access import Actor
from reviews.chain import link
from reviews.models import Event, EventKind, Review

SYSTEM = "The application"


@dataclass(frozen=True)
class Line:
    """An event as it is to be written; the names are those of `reviews.models.Event`."""

    number: int
    sha256: str
    at: datetime
    actor_id: int | None
    actor_name: str
    kind: str
    detail: Mapping[str, Any]
    address: str | None


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
    # Databases keep microseconds, and so does the chain.
    line = next_line(review, kind, actor, at=at or timezone.now(), detail=detail)
    event = Event(review=review, **vars(line))
    event.save(force_insert=True)
    reviews.update(trail_length=event.number, trail_head=event.sha256)
    return event


def next_line(
    review: Review, kind: EventKind, actor: Actor | None, *, at: datetime, detail: Mapping[str, Any]
) -> Line:
    """What follows the last event that the review knows of; nothing is written."""
    number = review.trail_length + 1
    actor_id, name, address = (actor.user.pk, actor.user.name, actor.address) if actor else (None, SYSTEM, None)
    digest = link(
        review=str(review.pk),
        number=number,
        at=at,
        actor=actor_id,
        actor_name=name,
        kind=kind,
        detail=detail,
        address=address,
        previous=review.trail_head,
    )
    return Line(number, digest, at, actor_id, name, str(kind), detail, address)


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
