"""Answering a review."""

import uuid
from collections.abc import Mapping

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from aiplatform.sign_in import wants_json
from reviews.access import Deed, Refused, ReviewAccess
from reviews.actions import answer as answering
from reviews.actions.additions import add_checklist, addable, remove_checklist
from reviews.actions.answer import Given, answer_question, state_fact
from reviews.actions.errors import Incomplete, Invalid, Stale, StaleFact
from reviews.actions.move import newer_edition
from reviews.actions.submit import STATEMENT, submit_review, withdraw_review
from reviews.actions.visits import arrive, news, news_of_visit
from reviews.forms import given_in, with_plain_line_ends
from reviews.models import Answer, Review, Role
from reviews.views.asking import actor_of, person_of, review_for
from reviews.views.cards import QuestionCard
from reviews.views.filtering import flag, narrow, offered
from reviews.views.refusals import refusal_as_json, status_of
from reviews.views.saved import answer_saved, answer_told, fact_saved, fact_told
from reviews.views.sheet import ReviewSheet, sheet_of

_MISSING = "?missing"
"""The part of the questionnaire's address that makes it name the obligatory questions without an answer."""

_STATEMENT = "statement of {}"
"""Where the session keeps the statement of a review that could not be submitted yet."""


@require_safe
def questionnaire(request: HttpRequest, review_id: uuid.UUID) -> HttpResponse:
    """All questions with their answers, to be filled in; who may not answer reads the review instead."""
    review = review_for(request, review_id)
    refusal = ReviewAccess(person_of(request), review).refusal(Deed.ANSWER)
    if refusal is not None:
        messages.info(request, str(refusal))
        return redirect("review", review.pk)
    return _page(request, sheet_of(review))


@require_safe
def question_fragment(request: HttpRequest, review_id: uuid.UUID, question_id: str) -> HttpResponse:
    """One question as it is stored now."""
    sheet = sheet_of(review_for(request, review_id))
    access = ReviewAccess(person_of(request), sheet.review)
    card = _card(sheet, question_id)
    flag([card], access.user, news_of_visit(access.user, sheet.review).questions)
    context = {"sheet": sheet, "review": sheet.review, "card": card, "permits": access}
    return render(request, "reviews/questionnaire.html#question", context)


@require_POST
def save_answer(request: HttpRequest, review_id: uuid.UUID, question_id: str) -> HttpResponse:
    """Save one answer; what cannot be saved comes back as it was typed, with what stood in the way."""
    given = given_in(request.POST)
    if wants_json(request):
        return _save_answer_as_json(request, review_id, question_id, given)
    try:
        answer_question(actor_of(request), review_id=review_id, question_id=question_id, given=given)
    except Invalid as problem:
        return _not_saved(request, review_id, question_id, given, problem.errors, status_of(problem))
    except Refused as problem:
        return _not_saved(request, review_id, question_id, given, {"": str(problem)}, status_of(problem))
    except Stale as problem:
        return _not_saved(
            request, review_id, question_id, given, {"": str(problem)}, status_of(problem), problem.current
        )
    except Review.DoesNotExist:
        raise Http404 from None
    return redirect(_place(review_id, f"q-{question_id}"))


def _save_answer_as_json(request: HttpRequest, review_id: uuid.UUID, question_id: str, given: Given) -> HttpResponse:
    try:
        saved = answering.save_answer(actor_of(request), review_id=review_id, question_id=question_id, given=given)
    except Stale as problem:
        if problem.current is None:
            raise
        question = review_for(request, review_id).checklist.questions_by_id[question_id]
        return refusal_as_json(problem, current=answer_told(problem.current, question))
    return answer_saved(saved, given.rows)


@require_POST
def save_fact(request: HttpRequest, review_id: uuid.UUID, name: str) -> HttpResponse:
    """State a fact of the workload; one that does not fit comes back as it was typed, with the reason."""
    texts, was = request.POST.getlist("value"), request.POST.getlist("was") if "was" in request.POST else None
    if wants_json(request):
        try:
            saved = state_fact(actor_of(request), review_id=review_id, name=name, texts=texts, was=was)
        except StaleFact as overtaken:
            return refusal_as_json(overtaken, current=fact_told(overtaken))
        return fact_saved(saved, name)
    problem: Invalid | Refused | Stale | None = None
    try:
        state_fact(actor_of(request), review_id=review_id, name=name, texts=texts, was=was)
    except (Invalid, Refused, Stale) as refusal:
        problem = refusal
    except Review.DoesNotExist:
        raise Http404 from None
    if problem is None:
        return redirect(_place(review_id, f"fact-{name}"))
    sheet = sheet_of(review_for(request, review_id))
    line = next((line for line in sheet.facts if line.fact.id == name), None)
    if line is None:
        raise problem
    line.tried, line.error = texts, str(problem)
    return _page(request, sheet, status=status_of(problem))


@require_POST
def checklist_add(request: HttpRequest, review_id: uuid.UUID) -> HttpResponse:
    """Add a checklist to the review."""
    review_for(request, review_id)
    try:
        edition_id = uuid.UUID(request.POST.get("edition", ""))
    except ValueError:
        raise Invalid({"edition": _("Choose a checklist to add.")}) from None
    add_checklist(actor_of(request), review_id=review_id, edition_id=edition_id)
    messages.success(request, _("The checklist is part of this review now; its questions come last."))
    return redirect("questionnaire", review_id)


@require_POST
def checklist_remove(request: HttpRequest, review_id: uuid.UUID, edition_id: uuid.UUID) -> HttpResponse:
    """Take an added checklist out of the review."""
    review_for(request, review_id)
    remove_checklist(actor_of(request), review_id=review_id, edition_id=edition_id)
    messages.success(request, _("The checklist is taken out. Its answers are kept, should you add it again."))
    return redirect("questionnaire", review_id)


@require_POST
def submit(request: HttpRequest, review_id: uuid.UUID) -> HttpResponse:
    """Hand the review in with a statement, or show which questions stand in the way, the statement kept."""
    statement = with_plain_line_ends(request.POST.get("statement", ""))
    kept = _STATEMENT.format(review_id)
    try:
        submit_review(actor_of(request), review_id=review_id, statement=statement)
    except Incomplete as problem:
        request.session[kept] = statement
        place = "incomplete" if problem.missing or problem.facts else "requests"
        # A page of its own address: reloading it must not submit.
        return redirect(f"{reverse('questionnaire', args=[review_id])}{_MISSING}#{place}")
    except Invalid as problem:
        sheet = sheet_of(review_for(request, review_id))
        return _page(request, sheet, submitting=(statement, str(problem)), status=status_of(problem))
    request.session.pop(kept, None)
    messages.success(request, _("The review is submitted. Those who approve it find it in their queue."))
    return redirect("review", review_id)


@require_POST
def withdraw(request: HttpRequest, review_id: uuid.UUID) -> HttpResponse:
    """Give the review up."""
    reason = request.POST.get("reason", "")
    try:
        withdraw_review(actor_of(request), review_id=review_id, reason=reason)
    except Invalid as problem:
        return _page(
            request, sheet_of(review_for(request, review_id)), withdrawing=(reason, str(problem)), status=422
        )
    messages.success(request, _("The review is withdrawn. It stays readable."))
    return redirect("review", review_id)


def _page(
    request: HttpRequest,
    sheet: ReviewSheet,
    *,
    submitting: tuple[str, str] | None = None,
    withdrawing: tuple[str, str] = ("", ""),
    status: int = 200,
) -> HttpResponse:
    access = ReviewAccess(person_of(request), sheet.review)
    visit = arrive(access.user, sheet.review)
    flag(sheet.all_cards, access.user, news(access.user, sheet.review, visit.since).questions)
    show, words = request.GET.get("show", ""), request.GET.get("q", "")
    filters = offered(sheet.cards, show)
    narrow(sheet.all_cards, show, words)
    statement = request.session.get(_STATEMENT.format(sheet.review.pk), STATEMENT)
    context = {
        "sheet": sheet,
        "review": sheet.review,
        "show_missing": _MISSING.removeprefix("?") in request.GET,
        "costs_the_decision": access.role == Role.LEAD and not access.contributed,
        "statement": submitting[0] if submitting else statement,
        "statement_error": submitting[1] if submitting else "",
        "awaited": access.policy.who,
        "withdraw_reason": withdrawing[0],
        "withdraw_error": withdrawing[1],
        "permits": access,
        "show": show,
        "words": words,
        "narrowed": bool(show or words),
        "shown": sum(not card.left_aside for card in sheet.cards),
        "filters": filters,
        "added": sheet.review.editions[1:],
        "addable": addable(sheet.review),
        "has_queries": any(card.question.query for card in sheet.all_cards),
        "has_tables": any(card.question.measured for card in sheet.all_cards),
        "newer": newer_edition(sheet.review),
    }
    return render(request, "reviews/questionnaire.html", context, status=status)


def _not_saved(
    request: HttpRequest,
    review_id: uuid.UUID,
    question_id: str,
    given: Given,
    errors: Mapping[str, str],
    status: int,
    current: Answer | None = None,
) -> HttpResponse:
    """The same card with what was typed, and why it was not saved; a conflict shows the colleague's answer too."""
    sheet = sheet_of(review_for(request, review_id))
    card = _card(sheet, question_id)
    if current is not None:
        card.conflict = QuestionCard(card.question, current, sheet.standing)
        card.conflict_with_oneself = current.answered_by == person_of(request)
    card.tried, card.errors = given, errors
    return _page(request, sheet, status=status)


def _card(sheet: ReviewSheet, question_id: str) -> QuestionCard:
    for card in sheet.all_cards:
        if card.question.id == question_id:
            return card
    raise Http404(f"The edition of this review has no question {question_id}.")


def _place(review_id: uuid.UUID, anchor: str) -> str:
    return f"{reverse('questionnaire', args=[review_id])}#{anchor}"
