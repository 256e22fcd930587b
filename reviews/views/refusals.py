"""Refusals as responses: the right status, and the sentence that says why."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import DataError
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    JsonResponse,
    QueryDict,
)
from django.shortcuts import render

from aiplatform.sign_in import wants_json
from aiplatform.typed import own_page
from reviews.access import NotNow, Refused
from reviews.actions.errors import Invalid, Stale
from reviews.actions.texts import is_storable, not_storable


class Refusals:
    """Turns what the actions raise, where a view did not show it in its own page, into a page that says it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on; an address that only takes what a form sends gets a page that says so."""
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed):
            page = render(request, "405.html", status=405)
            page["Allow"] = response["Allow"]
            return page
        return response

    def process_view(
        self, request: HttpRequest, _view: Callable[..., HttpResponseBase], _args: Any, place: dict[str, Any]
    ) -> HttpResponse | None:
        """Refuse to look for what no database stores; None goes on. What was typed to be kept is for the actions."""
        if not all(is_storable(each) for each in place.values() if isinstance(each, str)):
            raise Http404("No address has a character NUL in it.")
        problem = _not_storable(request.GET)
        return self.process_exception(request, problem) if problem else None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The response to an exception that is a refusal; None leaves all others to Django."""
        if isinstance(exception, DataError):
            # Fields that nobody types are not looked at one by one: PostgreSQL refuses what it does not store.
            exception = _not_storable(request.POST) or exception
        if isinstance(exception, Refused | Stale | Invalid) and wants_json(request):
            return refusal_as_json(exception)
        if isinstance(exception, Refused | Stale | Invalid):
            return render(
                request,
                "refused.html",
                {"sentence": str(exception), "back": own_page(request)},
                status=status_of(exception),
            )
        if isinstance(exception, ObjectDoesNotExist):
            raise Http404 from exception
        return None


def refusal_as_json(problem: Refused | Stale | Invalid, **more: Any) -> JsonResponse:
    """A refusal for a script: the sentence, and for what cannot be taken a sentence for each field."""
    errors = {"errors": problem.errors} if isinstance(problem, Invalid) else {}
    return JsonResponse({"error": str(problem), **errors, **more}, status=status_of(problem))


def _not_storable(sent: QueryDict) -> Invalid | None:
    faults = [name for name, texts in sent.lists() if not all(map(is_storable, texts))]
    return Invalid({name: not_storable(name) for name in faults}) if faults else None


def status_of(problem: Exception) -> int:
    """The HTTP status of a refusal: 409 where the state stands against it, 403 where the person does, else 422."""
    if isinstance(problem, NotNow | Stale):
        return 409
    return 403 if isinstance(problem, Refused) else 422
