"""Refusals as responses: the right status, and the sentence that says why."""

from collections.abc import Callable

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from reviews.access import NotNow, Refused
from reviews.actions.errors import Invalid, Stale


class Refusals:
    """Turns what the actions raise, where a view did not show it in its own page, into a page that says it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The response to an exception that is a refusal; None leaves all others to Django."""
        if isinstance(exception, Refused | Stale | Invalid):
            return render(
                request,
                "refused.html",
                {"sentence": str(exception)},
                status=status_of(exception),
            )
        if isinstance(exception, ObjectDoesNotExist):
            raise Http404 from exception
        return None


def status_of(problem: Exception) -> int:
    """The HTTP status of a refusal: 409 where the state stands against it, 403 where the person does, else 422."""
    if isinstance(problem, NotNow | Stale):
        return 409
    return 403 if isinstance(problem, Refused) else 422
