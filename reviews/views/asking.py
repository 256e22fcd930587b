"""Who asks, and for what."""

import ipaddress
import uuid
from typing import cast

from django.conf import settings
from django.http import Http404, HttpRequest

from reviews.access import Actor
from reviews.models import Review, User


def actor_of(request: HttpRequest) -> Actor:
    """The signed-in person behind a request."""
    return Actor(user=person_of(request), address=address_of(request))


def person_of(request: HttpRequest) -> User:
    """The signed-in account behind a request."""
    return cast(User, request.user)


def address_of(request: HttpRequest) -> str | None:
    """Where the request came from; behind our proxy, what the proxy says, which adds its caller at the end."""
    said = request.META.get("REMOTE_ADDR", "")
    if settings.TLS_PROXY:
        said = request.headers.get("X-Forwarded-For", said).rsplit(",", 1)[-1].strip()
    try:
        return str(ipaddress.ip_address(said))
    except ValueError:
        return None


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
