"""Writing the trail."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from reviews.access import Actor
from reviews.models import Event, EventKind, Review

SYSTEM = "The application"


def record(
    review: Review, kind: EventKind, actor: Actor | None, *, at: datetime | None = None, **detail: Any
) -> Event:
    """Write one event; `actor` None means that the application itself acted. Call inside the transaction."""
    return Event.objects.create(
        review=review,
        at=at or timezone.now(),
        actor=actor.user if actor else None,
        actor_name=actor.user.name if actor else SYSTEM,
        kind=kind,
        detail=detail,
        address=actor.address if actor else None,
    )
