"""Talking about a review."""

import uuid
from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from aiplatform.sign_in import is_htmx
from reviews.access import Refused, ReviewAccess
from reviews.actions.errors import Invalid
from reviews.actions.threads import open_thread, reopen, reply, resolve
from reviews.models import Review, Thread, ThreadKind
from reviews.views.asking import actor_of, person_of, review_for
from reviews.views.cards import sheet_of
from reviews.views.refusals import status_of

WHOLE = "review"
"""Stands in addresses for the review as a whole, where others have the id of a question."""


@require_POST
def thread_open(request: HttpRequest, review_id: uuid.UUID, question_id: str) -> HttpResponse:
    """Begin a thread; with `kind` a change request. A text that is refused comes back as it was typed."""
    question = "" if question_id == WHOLE else question_id
    text = request.POST.get("text", "")
    asked = request.POST.get("kind") == ThreadKind.CHANGE_REQUEST
    kind = ThreadKind.CHANGE_REQUEST if asked else ThreadKind.DISCUSSION

    def act() -> object:
        return open_thread(actor_of(request), review_id=review_id, question_id=question, text=text, kind=kind)

    return _done(request, review_id, question, act, text=text)


@require_POST
def thread_reply(request: HttpRequest, review_id: uuid.UUID, thread_id: int) -> HttpResponse:
    """Say something in a thread. A text that is refused comes back as it was typed."""
    text = request.POST.get("text", "")
    question = _question_of(request, review_id, thread_id)

    def act() -> object:
        return reply(actor_of(request), review_id=review_id, thread_id=thread_id, text=text)

    return _done(request, review_id, question, act, text=text, thread_id=thread_id)


@require_POST
def thread_resolve(request: HttpRequest, review_id: uuid.UUID, thread_id: int) -> HttpResponse:
    """Settle a thread."""
    question = _question_of(request, review_id, thread_id)
    return _done(
        request, review_id, question, lambda: resolve(actor_of(request), review_id=review_id, thread_id=thread_id)
    )


@require_POST
def thread_reopen(request: HttpRequest, review_id: uuid.UUID, thread_id: int) -> HttpResponse:
    """Open a thread again."""
    question = _question_of(request, review_id, thread_id)
    return _done(
        request, review_id, question, lambda: reopen(actor_of(request), review_id=review_id, thread_id=thread_id)
    )


def _question_of(request: HttpRequest, review_id: uuid.UUID, thread_id: int) -> str:
    """What a thread of a review that the person may see is about; raises Http404 for any other thread."""
    threads = Thread.objects.filter(review__in=Review.objects.visible_to(person_of(request)), review=review_id)
    question = threads.filter(pk=thread_id).values_list("question_id", flat=True).first()
    if question is None:
        raise Http404("There is no such thread in a review that you may see.")
    return question


def _done(
    request: HttpRequest,
    review_id: uuid.UUID,
    question_id: str,
    act: Callable[[], object],
    *,
    text: str = "",
    thread_id: int | None = None,
) -> HttpResponse:
    """Do it; the threads of the question as they are then, or with what was typed and why it was refused."""
    problem: Refused | Invalid | None = None
    try:
        act()
    except (Refused, Invalid) as refusal:
        problem = refusal
    except (Review.DoesNotExist, Thread.DoesNotExist):
        raise Http404 from None
    review = review_for(request, review_id)
    if problem is None and not is_htmx(request):
        # Back to the page that it was done on: both have the threads.
        page = "questionnaire" if "/questionnaire/" in request.headers.get("Referer", "") else "review"
        return redirect(f"{reverse(page, args=[review_id])}#thread-{question_id or WHOLE}")
    sheet = sheet_of(review)
    card = next((card for card in sheet.all_cards if card.question.id == question_id), None)
    if card is None and question_id:
        raise problem or Http404(f"The edition of this review has no question {question_id}.")
    talk = card.talk if card else sheet.talk
    if problem:
        talk = talk.refused(text, str(problem), thread_id)
    access = ReviewAccess(person_of(request), review)
    context = {"review": review, "talk": talk, "card": card, "permits": access}
    template = "reviews/thread.html" if is_htmx(request) else "reviews/thread_page.html"
    return render(request, template, context, status=status_of(problem) if problem else 200)
