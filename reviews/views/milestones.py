"""Milestones of a review."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from reviews.access import Deed, Refused, ReviewAccess
from reviews.actions.errors import Invalid
from reviews.actions.milestones import name_milestone
from reviews.states import choices_for
from reviews.views.asking import actor_of, person_of, review_for
from reviews.views.refusals import status_of


@require_http_methods(["GET", "HEAD", "POST"])
def milestones(request: HttpRequest, review_id: uuid.UUID) -> HttpResponse:
    """The milestones of a review, and a form to set one; a name that is refused comes back as it was typed."""
    review = review_for(request, review_id)
    name, problem = request.POST.get("name", ""), None
    if request.method == "POST":
        try:
            made = name_milestone(actor_of(request), review_id=review_id, name=name)
        except (Refused, Invalid) as refusal:
            problem = refusal
        else:
            messages.success(request, _("“{}” is set. It keeps the review as it is now.").format(made.name))
            return redirect("milestones", review_id)
    set_so_far = [
        {"milestone": each, "overall": each.data["score"]["overall"], "counts": each.data["score"]["counts"]}
        for each in review.milestones.select_related("by").order_by("-at")
    ]
    context = {
        "review": review,
        "rows": set_so_far,
        "latest": f"milestone:{set_so_far[0]['milestone'].pk}" if set_so_far else "now",
        "choices": choices_for(person_of(request), review),
        "can_set": ReviewAccess(person_of(request), review).allows(Deed.SET_MILESTONE),
        "name": name,
        "problem": str(problem or ""),
    }
    return render(request, "reviews/milestones.html", context, status=status_of(problem) if problem else 200)
