"""What every page shows besides its own."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from reviews.models import Notice, User


def unread(request: HttpRequest) -> dict[str, Any]:
    """How many notices the person has not read, asked for only by pages that show it."""
    user = request.user
    if not isinstance(user, User):
        return {}
    return {"unread": SimpleLazyObject(lambda: Notice.objects.visible_to(user).filter(read_at=None).count())}
