"""Reading a review, deciding."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from reviews.access import Deed, Refused, ReviewAccess
from reviews.actions.decide import approve, comments_for, request_changes
from reviews.actions.errors import Invalid, Stale
from reviews.actions.freeze import earlier_approval
from reviews.models import EventKind, Review, ReviewState
from reviews.models.trail import STEPS
from reviews.policies import policy_of
from reviews.views.asking import actor_of, person_of, review_for
from reviews.views.refusals import status_of
from reviews.views.sheet import report_of, sheet_of

_APPROVE = "approve"
_DECISIONS = {_APPROVE, "request_changes"}


@require_safe
def review_page(request: HttpRequest, review_id: uuid.UUID) -> HttpResponse:
    """A review to be read: risky answers first, then all others, the trail, and the decision."""
    return _page(request, review_for(request, review_id))


@require_POST
def decide(request: HttpRequest, review_id: uuid.UUID) -> HttpResponse:
    """Approve, or request changes; a refused decision comes back with its statement and the reason."""
    actor, decision = actor_of(request), request.POST.get("decision", "")
    statement = request.POST.get("statement", "")
    try:
        if decision not in _DECISIONS:
            raise Invalid({"": _("Choose: approve, or request changes.")})
        version = _number(request, "version")
        if decision == _APPROVE:
            comments = _number(request, "comments")
            review = approve(actor, review_id=review_id, version=version, comments=comments, statement=statement)
        else:
            review = request_changes(actor, review_id=review_id, version=version, statement=statement)
    except (Refused, Stale, Invalid) as problem:
        review = review_for(request, review_id)
        return _page(request, review, statement=statement, problem=str(problem), status=status_of(problem))
    except Review.DoesNotExist:
        raise Http404 from None
    if decision != _APPROVE:
        messages.success(request, _("Your request for changes is made; the review is open for answers again."))
        return redirect("review", review_id)
    if review.state == ReviewState.APPROVED:
        return redirect("report", review_id)
    awaited = ReviewAccess(person_of(request), review).approvals.awaited
    messages.success(request, _("Your approval is recorded. The review waits for {awaited}.").format(awaited=awaited))
    return redirect("review", review_id)


def _number(request: HttpRequest, name: str) -> int:
    """What the form says of the state that was read; raises `Invalid` where it does not."""
    text = request.POST.get(name, "")
    if not (text.isascii() and text.isdigit()):
        raise Invalid(
            {
                "": _(
                    "The decision did not say which state of the review it is about. Reload the page and "
                    "decide again."
                )
            }
        )
    return int(text[:9])


def _page(
    request: HttpRequest,
    review: Review,
    *,
    statement: str = "",
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    access = ReviewAccess(person_of(request), review)
    # Counted before they are read: one that is made in between is then not taken for read.
    comments = comments_for(access.user, review) if access.allows(Deed.APPROVE) else 0
    sheet, report = sheet_of(review), report_of(review)
    waits, given_up = review.state == ReviewState.SUBMITTED, review.state == ReviewState.WITHDRAWN
    obstacle = access.obstacle(sheet.standing) if waits else None
    refusal = access.refusal(Deed.APPROVE)
    approved_by = review.standing_approvals.select_related("by").order_by("at", "id") if report else []
    context = {
        "review": review,
        "sheet": sheet,
        "trail": review.events.filter(kind__in=STEPS).order_by("id"),
        "contributors": [each.user for each in review.contributors.select_related("user").order_by("user__name")],
        "report": report,
        "can_answer": access.allows(Deed.ANSWER),
        "can_withdraw": access.allows(Deed.WITHDRAW),
        "can_approve": not (refusal or obstacle),
        "refusal": refusal,
        "obstacle": obstacle,
        "can_request_changes": access.allows(Deed.REQUEST_CHANGES),
        "policy": policy_of(report.snapshot) if report else access.policy,
        "given_up": review.events.filter(kind=EventKind.WITHDRAWN).last() if given_up else None,
        "submission": access.submission if waits else None,
        "approvals": access.approvals,
        "approved_by": approved_by,
        "void": access.void_approvals if waits else [],
        "comments": comments,
        "statement": statement,
        "problem": problem,
        "earlier": earlier_approval(review),
        "permits": access,
    }
    return render(request, "reviews/review.html", context, status=status)
