"""The timeline of a review."""

import uuid

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from reviews.models import Event, Review, User
from reviews.timeline import TOPICS, entries
from reviews.views.asking import review_for

PER_PAGE = 50


@require_safe
def timeline(request: HttpRequest, review_id: uuid.UUID) -> HttpResponse:
    """Everything that happened to a review, latest first; narrowed by `who`, `what` and `question` in the address."""
    review = review_for(request, review_id)
    people = list(User.objects.filter(pk__in=review.events.values("actor")).order_by("name"))
    chosen = {name: request.GET.get(name, "") for name in ("who", "what", "question")}
    page = Paginator(_narrowed(review, chosen), PER_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "review": review,
        "entries": entries(review, page.object_list),  # type: ignore[arg-type] # the paginator slices the queryset
        "page": page,
        "chosen": chosen,
        "people": [(str(person.pk), person.name) for person in people],
        "topics": [(name, title) for name, (title, _) in TOPICS.items()],
        "questions": review.checklist.questions,
        "query": query.urlencode(),
    }
    return render(request, "reviews/timeline.html", context)


def _narrowed(review: Review, chosen: dict[str, str]) -> QuerySet[Event]:
    """What is asked for; a name that is none narrows to nothing."""
    events = review.events.order_by("-number")
    if who := chosen["who"]:
        events = events.filter(actor=int(who)) if who.isascii() and who.isdigit() and len(who) < 10 else events.none()
    if what := chosen["what"]:
        events = events.filter(kind__in=TOPICS[what][1]) if what in TOPICS else events.none()
    if question := chosen["question"]:
        # PostgreSQL takes no zero bytes, and no name has any sign of that sort.
        events = events.filter(detail__question=question) if question.isprintable() else events.none()
    return events
