"""Templates of reviews."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from reviews.actions.beginning import make_template, retire_template
from reviews.models import Membership, Review, Role, Template
from reviews.views.asking import actor_of, person_of


@require_safe
def templates(request: HttpRequest) -> HttpResponse:
    """The templates of the person's teams."""
    person = person_of(request)
    led = set(Membership.objects.filter(user=person, role=Role.LEAD).values_list("team", flat=True))
    offered = Template.objects.visible_to(person).filter(retired_at=None)
    rows = [
        {"template": each, "answers": len(each.answers), "can_retire": each.team_id in led}
        for each in offered.select_related("team", "by", "review__workload", "edition").defer("edition__content")
    ]
    return render(request, "reviews/templates.html", {"rows": rows})


@require_POST
def template_make(request: HttpRequest, review_id: uuid.UUID) -> HttpResponse:
    """Make a template of a review."""
    try:
        template = make_template(actor_of(request), review_id=review_id, name=request.POST.get("name", ""))
    except Review.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("Reviews of the team can begin with “{}” now.").format(template.name))
    return redirect("templates")


@require_POST
def template_retire(request: HttpRequest, template_id: uuid.UUID) -> HttpResponse:
    """Offer a template no more."""
    template = retire_template(actor_of(request), template_id=template_id)
    messages.success(request, _("“{}” is retired.").format(template.name))
    return redirect("templates")
