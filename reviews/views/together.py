"""Answering with others: who is here, what they change, and whose a question is."""

import uuid
from collections.abc import Collection
from datetime import date

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from aiplatform.sign_in import is_htmx
from checklists.scoring import score_standing
from reviews.access import Deed, Refused, ReviewAccess, may_answer
from reviews.actions.answer import Saved
from reviews.actions.assign import assign
from reviews.actions.errors import Invalid, Stale
from reviews.actions.score import standing_now
from reviews.actions.texts import in_one_line
from reviews.actions.visits import news, others_here, stay
from reviews.forms import version_in
from reviews.models import Assignment, Review, User
from reviews.views.asking import actor_of, person_of, review_for
from reviews.views.refusals import status_of
from reviews.views.saved import facts_told, standing_told

SECTION = "section"
QUESTION = "question"


@require_POST
def here(request: HttpRequest, review_id: uuid.UUID) -> HttpResponse:
    """What a page asks every few seconds: who else is here, and which questions changed after event `after`.

    A section that changed hands comes as the line that says whose it is.

    The person's own changes, from another page of theirs, count as well; the standing comes where there are any.
    """
    review, person = review_for(request, review_id), person_of(request)
    after = _number(request.POST.get("after", ""))
    stay(person, review, question_id=in_one_line(request.POST.get("question", "")))
    told: dict[str, object] = {
        "upto": review.trail_length,
        "version": review.version,
        "open": ReviewAccess(person, review).allows(Deed.ANSWER),
        "here": [
            {"name": visit.user.name, "question": visit.question_id}
            for visit in others_here(person, review, timezone.now())
        ],
        "changed": [],
        "sections": {},
    }
    if review.trail_length > after:
        found = news(person, review, after)
        told["changed"] = sorted(found.questions)
        told["sections"] = _section_lines(review, found.sections)
    # Facts that were stated in another review of the workload raise the version alone.
    if review.trail_length > after or review.version != _number(request.POST.get("version", "")):
        standing = standing_now(review)
        told["facts"] = facts_told(standing)
        told["standing"] = standing_told(Saved(review, standing, score_standing(standing)))
    return JsonResponse(told)


@require_http_methods(["GET", "HEAD", "POST"])
def assignment(request: HttpRequest, review_id: uuid.UUID, what: str, target: str) -> HttpResponse:
    """A form to assign a section or a question; what is refused comes back as it was typed."""
    if what not in {SECTION, QUESTION}:
        raise Http404("Sections and questions are assigned.")
    review = review_for(request, review_id)
    section_id, question_id = (target, "") if what == SECTION else ("", target)
    stored = Assignment.objects.filter(review=review, section_id=section_id, question_id=question_id)
    current = stored.first()
    chosen = str(current.to_id) if current else ""
    due, problem = (current.due.isoformat() if current and current.due else ""), None
    version = current.version if current else ""
    if request.method == "POST":
        chosen, due = request.POST.get("to", ""), request.POST.get("due", "")
        version = version_in(request.POST)
        try:
            to, day = _person(review, chosen), _day(due)
            assign(
                actor_of(request),
                review_id=review_id,
                to=to,
                section_id=section_id,
                question_id=question_id,
                due=day,
                based_on=version,
            )
        except (Refused, Invalid, Stale) as refusal:
            problem, current = refusal, stored.first()
        except Review.DoesNotExist:
            raise Http404 from None
        else:
            anchor = f"q-{question_id}" if question_id else f"section-{section_id}"
            return redirect(f"{reverse('questionnaire', args=[review_id])}#{anchor}")
    context = {
        "review": review,
        "what": what,
        "target": target,
        "people": [(str(person.pk), person.name) for person in may_answer(review)],
        "chosen": chosen,
        "due": due,
        "problem": str(problem or ""),
        "version": version,
        "overtaken": isinstance(problem, Stale),
        "stored_version": current.version if current else "",
        "can_assign": ReviewAccess(person_of(request), review).allows(Deed.ASSIGN),
    }
    template = "reviews/card/assign.html" if is_htmx(request) else "reviews/assign_page.html"
    return render(request, template, context, status=status_of(problem) if problem else 200)


def _section_lines(review: Review, sections: Collection[str]) -> dict[str, str]:
    if not sections:
        return {}
    assigned = review.assignments.filter(section_id__in=sections).select_related("to")
    current = {each.section_id: each for each in assigned}
    return {
        section: render_to_string(
            "reviews/card/assigned.html",
            {"review": review, "assignment": current.get(section), "what": SECTION, "target": section},
        )
        for section in sections
    }


def _person(review: Review, text: str) -> User | None:
    if not text:
        return None
    found = may_answer(review).filter(pk=_number(text)).first()
    if found is None:
        raise Invalid({"to": _("Choose somebody who can answer in this review.")})
    return found


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid({"due": _("“{}” is not a day. Write it as year-month-day.").format(text[:40])}) from None


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
