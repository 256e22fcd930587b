"""Every request is answered in the person's language and time zone."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from reviews.languages import LANGUAGES, zone_of
from reviews.models import User


class LanguageAndTimeZone:
    """Turns on what the person chose.

    Who chose no language, or is not signed in, gets what the browser asks for; of time zones browsers say nothing, so
    that of the installation holds.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer in that language, and say which it is."""
        user = request.user if isinstance(request.user, User) else None
        chosen = user.language if user and user.language in LANGUAGES else ""
        language = chosen or translation.get_language_from_request(request)
        zone = zone_of(user) if user else timezone.get_default_timezone()
        with translation.override(language), timezone.override(zone):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        if not chosen:
            patch_vary_headers(response, ["Accept-Language"])
        return response
