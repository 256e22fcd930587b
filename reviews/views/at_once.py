"""Several answers of a section at once: what can be done, doing it, and undoing it."""

import json
import uuid
from collections.abc import Collection, Mapping
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from aiplatform.sign_in import is_htmx
from reviews.access import Deed, Refused, ReviewAccess
from reviews.actions.at_once import Done, confirm_all, open_in, set_aside, take_back
from reviews.actions.errors import Invalid
from reviews.forms import with_plain_line_ends
from reviews.models import Review
from reviews.views.asking import actor_of, person_of, review_for
from reviews.views.refusals import status_of

SET_ASIDE, CONFIRM, TAKE_BACK = "set-aside", "confirm", "take-back"


@require_http_methods(["GET", "HEAD", "POST"])
def at_once(request: HttpRequest, review_id: uuid.UUID, section_id: str) -> HttpResponse:
    """Forms for what can be done at once in a section; what is refused comes back as it was typed.

    `made` in the address are the answers that were just made, as `question:version`, so that they can be taken back;
    `overtaken` those in which somebody was faster.
    """
    review = review_for(request, review_id)
    if all(section.id != section_id for section in review.checklist.sections):
        raise Http404(f"The edition of this review has no section {section_id}.")
    if request.method != "POST":
        made, overtaken = _versions(request.GET.getlist("made")), request.GET.getlist("overtaken")
        return _page(request, review, section_id, made=made, overtaken=overtaken, what=request.GET.get("what", ""))
    what = request.POST.get("what", "")
    reason = with_plain_line_ends(request.POST.get("reason", ""))
    try:
        done = _done(request, review, section_id, what, reason)
    except (Refused, Invalid) as problem:
        return _page(request, review, section_id, reason=reason, problem=str(problem), status=status_of(problem))
    if is_htmx(request):
        review = review_for(request, review_id)
        response = _page(request, review, section_id, made=done.made, overtaken=done.overtaken, what=what)
        changed = [*done.made, *done.overtaken]
        response["HX-Trigger"] = json.dumps({"renew": {"questions": changed}})
        return response
    told = [("what", what), *(("made", f"{each}:{version}") for each, version in done.made.items())]
    told += [("overtaken", each) for each in done.overtaken]
    return redirect(f"{reverse('at-once', args=[review_id, section_id])}?{urlencode(told)}")


def _done(request: HttpRequest, review: Review, section_id: str, what: str, reason: str) -> Done:
    actor, versions = actor_of(request), _versions(request.POST.getlist("at"))
    if what == SET_ASIDE:
        return set_aside(actor, review_id=review.pk, section_id=section_id, versions=versions, reason=reason)
    act = {CONFIRM: confirm_all, TAKE_BACK: take_back}.get(what)
    if act is None:
        raise Http404("Questions are set aside, confirmed, or taken back.")
    return act(actor, review_id=review.pk, section_id=section_id, versions=versions)


def _page(
    request: HttpRequest,
    review: Review,
    section_id: str,
    *,
    made: Mapping[str, int] | None = None,
    overtaken: Collection[str] = (),
    what: str = "",
    reason: str = "",
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    possible = open_in(review, section_id)
    questions = review.checklist.questions_by_id

    def named(ids: Collection[str]) -> str:
        return ", ".join(questions[each].name for each in ids if each in questions)

    context = {
        "review": review,
        "section": next(section for section in review.checklist.sections if section.id == section_id),
        "can_answer": ReviewAccess(person_of(request), review).allows(Deed.ANSWER),
        "unanswered": _sent(possible.unanswered),
        "unanswered_names": named(possible.unanswered),
        "carried": _sent(possible.carried),
        "carried_names": named(possible.carried),
        "made": _sent(made or {}),
        "made_names": named(made or {}),
        "taken_back": what == TAKE_BACK,
        "overtaken_names": named(overtaken),
        "reason": reason,
        "problem": problem,
    }
    template = "reviews/card/at_once.html" if is_htmx(request) else "reviews/at_once_page.html"
    return render(request, template, context, status=status)


def _sent(versions: Mapping[str, int]) -> list[str]:
    return [f"{question_id}:{version}" for question_id, version in versions.items()]


def _versions(sent: Collection[str]) -> dict[str, int]:
    """The versions that a form sent, by question id; what is none is left out."""
    pairs = (each.rpartition(":") for each in sent)
    return {name: int(text) for name, _colon, text in pairs if text.isascii() and text.isdigit() and len(text) < 10}
