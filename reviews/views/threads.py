"""Talking about a review."""

import uuid
from collections.abc import Callable
from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from aiplatform.sign_in import is_htmx
from reviews.access import Refused, ReviewAccess, may_be_mentioned
from reviews.actions.errors import Invalid
from reviews.actions.threads import open_thread, reopen, reply, resolve
from reviews.models import Review, Thread, ThreadKind
from reviews.views.asking import actor_of, person_of, review_for
from reviews.views.refusals import status_of
from reviews.views.sheet import ReviewSheet, sheet_of
from reviews.views.talk import ThreadList

WHOLE = "review"
"""Stands in addresses for the review as a whole, where others have the id of a question."""


@require_safe
def talk(request: HttpRequest, review_id: uuid.UUID, question_id: str) -> HttpResponse:
    """The threads on one question on a page of their own, also where the question is not asked any more."""
    sheet = sheet_of(review_for(request, review_id))
    found = sheet.talk_on("" if question_id == WHOLE else question_id)
    if not _exists(sheet, found):
        raise Http404(f"The edition of this review has no question {question_id}, and nobody talked about it.")
    return render(request, "reviews/thread_page.html", _context(request, sheet, found))


@require_safe
def mentionable(request: HttpRequest, review_id: uuid.UUID) -> HttpResponse:
    """Whom a comment can mention, as [user name, name]: what a page offers once somebody writes an @."""
    people = may_be_mentioned(review_for(request, review_id))
    return JsonResponse({"people": list(people.values_list("username", "name"))})


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
        return redirect(_page_before(request, review_id, question_id))
    sheet = sheet_of(review)
    talk = sheet.talk_on(question_id)
    if problem and not _exists(sheet, talk):
        raise problem
    context = _context(request, sheet, talk.refused(text, str(problem), thread_id) if problem else talk)
    template = "reviews/thread_done.html" if is_htmx(request) else "reviews/thread_page.html"
    return render(request, template, context, status=status_of(problem) if problem else 200)


def _context(request: HttpRequest, sheet: ReviewSheet, talk: ThreadList) -> dict[str, object]:
    return {
        "sheet": sheet,
        "review": sheet.review,
        "talk": talk,
        "question": sheet.standing.checklist.questions_by_id.get(talk.question_id),
        "permits": ReviewAccess(person_of(request), sheet.review),
        "in_questionnaire": "/questionnaire/" in request.headers.get("HX-Current-URL", ""),
    }


def _exists(sheet: ReviewSheet, talk: ThreadList) -> bool:
    """Whether there is what a thread list is about, or was when somebody talked about it."""
    return bool(not talk.question_id or talk.threads or talk.question_id in sheet.standing.checklist.questions_by_id)


def _page_before(request: HttpRequest, review_id: uuid.UUID, question_id: str) -> str:
    """The page that it was done on, at these threads: questionnaire and review have them, and so has their own."""
    before, address = urlsplit(request.headers.get("Referer", "")).path, question_id or WHOLE
    pages = {reverse(name, args=[review_id]) for name in ("questionnaire", "review")}
    page = before if before in pages else reverse("talk", args=[review_id, address])
    return f"{page}#thread-{address}"
