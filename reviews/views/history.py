"""The history of an answer: what it was, going back, and confirming what was carried over."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from aiplatform.sign_in import is_htmx, wants_json
from reviews.access import Deed, ReviewAccess
from reviews.actions.answer import SavedAnswer, confirm_answer
from reviews.actions.errors import Invalid, Stale
from reviews.actions.restoring import restore_answer
from reviews.models import Answer, EventKind, Review
from reviews.timeline import entries
from reviews.views.asking import actor_of, person_of, review_for
from reviews.views.refusals import refusal_as_json
from reviews.views.saved import answer_told, saved_told

MOST = 100
"""So many changes of one answer the history shows; the timeline has them all."""


@require_safe
def history(request: HttpRequest, review_id: uuid.UUID, question_id: str) -> HttpResponse:
    """Every change of one answer, latest first; a fragment for scripts, a page for others."""
    review = review_for(request, review_id)
    question = review.checklist.questions_by_id.get(question_id)
    if question is None:
        raise Http404(f"The edition of this review has no question {question_id}.")
    changes = review.events.filter(kind=EventKind.ANSWERED, detail__question=question_id).order_by("-number")[:MOST]
    stored = Answer.objects.filter(review=review, question_id=question_id).first()
    context = {
        "review": review,
        "question": question,
        "entries": entries(review, changes),
        "version": stored.version if stored else 0,
        "can_answer": ReviewAccess(person_of(request), review).allows(Deed.ANSWER),
    }
    template = "reviews/card/history.html" if is_htmx(request) else "reviews/history_page.html"
    return render(request, template, context)


@require_POST
def restore(request: HttpRequest, review_id: uuid.UUID, question_id: str) -> HttpResponse:
    """Go back to an earlier version."""
    to = _number(request, "to")
    review_for(request, review_id)
    if to is None:
        raise Invalid(
            {"to": _("The request did not say which version to go back to. Reload the page and try again.")}
        )
    try:
        saved = restore_answer(
            actor_of(request),
            review_id=review_id,
            question_id=question_id,
            version=_number(request, "version"),
            to=to,
        )
    except Stale as problem:
        return _overtaken(request, review_id, question_id, problem)
    except Review.DoesNotExist:
        raise Http404 from None
    return _done(request, review_id, saved)


@require_POST
def confirm(request: HttpRequest, review_id: uuid.UUID, question_id: str) -> HttpResponse:
    """Confirm an answer that was carried over."""
    try:
        saved = confirm_answer(
            actor_of(request), review_id=review_id, question_id=question_id, version=_number(request, "version")
        )
    except Stale as problem:
        return _overtaken(request, review_id, question_id, problem)
    except Review.DoesNotExist:
        raise Http404 from None
    return _done(request, review_id, saved)


def _done(request: HttpRequest, review_id: uuid.UUID, saved: SavedAnswer) -> HttpResponse:
    answer = saved.answer
    if not wants_json(request):
        return redirect(f"{reverse('questionnaire', args=[review_id])}#q-{answer.question_id}")
    question = saved.standing.checklist.questions_by_id[answer.question_id]
    return JsonResponse(saved_told(saved, answer.rows) | {"current": answer_told(answer, question)})


def _overtaken(request: HttpRequest, review_id: uuid.UUID, question_id: str, problem: Stale) -> HttpResponse:
    """For a script with the answer as it is; others read it on the page that they go back to."""
    if problem.current is None or not wants_json(request):
        raise problem
    question = review_for(request, review_id).checklist.questions_by_id[question_id]
    return refusal_as_json(problem, current=answer_told(problem.current, question))


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
