"""Who asks, and for what."""

import uuid
from typing import cast

from django.http import Http404, HttpRequest

from reviews.access import Actor
from reviews.models import Review, User


def actor_of(request: HttpRequest) -> Actor:
    """The signed-in person behind a request."""
    return Actor(user=person_of(request), address=request.META.get("REMOTE_ADDR") or None)


def person_of(request: HttpRequest) -> User:
    """The signed-in account behind a request."""
    return cast(User, request.user)


def review_for(request: HttpRequest, review_id: uuid.UUID) -> Review:
    """A review that the person may see, with what every page of it shows; raises Http404 for any other."""
    reviews = (
        Review.objects.visible_to(person_of(request))
        .select_related("workload__team", "edition", "score", "created_by")
        .defer("edition__content")
    )
    try:
        return reviews.get(pk=review_id)
    except Review.DoesNotExist:
        raise Http404("There is no such review, or it belongs to a team that you are not in.") from None
