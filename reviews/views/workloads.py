"""Workloads: the list, one, a new one, and the start of a review."""

from typing import Any

from django.db.models import Count, Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from checklists.language import WorkloadKind
from reviews.access import Actor, NotNow, NotYours, writable_teams
from reviews.actions.beginning import begin_review, beginnings, source_of
from reviews.actions.errors import Invalid, Stale
from reviews.actions.start import start_review
from reviews.actions.transaction import writing
from reviews.actions.workloads import change_workload, create_workload
from reviews.forms import NewWorkloadForm, StartForm, WorkloadForm, version_in
from reviews.models import Review, ReviewState, Workload, with_standing
from reviews.views.asking import actor_of, person_of


@require_safe
def workload_list(request: HttpRequest) -> HttpResponse:
    """All workloads of the person's teams, each with its newest reviews."""
    user = person_of(request)
    reviews = with_standing(Review.objects.select_related("score").order_by("-number"))
    workloads = (
        Workload.objects.visible_to(user)
        .select_related("team")
        .annotate(review_count=Count("reviews"))
        .prefetch_related(Prefetch("reviews", queryset=reviews))
    )
    return render(
        request, "reviews/workload_list.html", {"workloads": workloads, "can_write": bool(writable_teams(user))}
    )


@require_http_methods(["GET", "HEAD", "POST"])
def workload_new(request: HttpRequest) -> HttpResponse:
    """Describe a workload and start its first review: one form, then the questionnaire."""
    actor = actor_of(request)
    teams = writable_teams(actor.user)
    if not teams:
        raise NotYours(
            _("Only architects and leads describe workloads. An administrator can give you that role in a team.")
        )
    form = NewWorkloadForm(request.POST or None, teams=teams, initial={"owner": actor.user.name, "team": teams[0]})
    if request.method == "POST" and form.is_valid():
        try:
            with writing():
                workload = create_workload(actor, form.description())
                review = start_review(actor, workload=workload, kind=WorkloadKind(form.cleaned_data["kind"]))
        except Invalid as problem:
            form.add_error("kind", str(problem))
        else:
            return redirect("questionnaire", review.pk)
    return render(request, "reviews/workload_form.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
def workload_page(request: HttpRequest, key: str) -> HttpResponse:
    """One workload with its reviews."""
    user = person_of(request)
    workload = get_object_or_404(Workload.objects.visible_to(user).select_related("team"), key=key)
    return _page(request, workload, StartForm(beginnings=beginnings(user, workload)))


@require_http_methods(["GET", "HEAD", "POST"])
def workload_edit(request: HttpRequest, key: str) -> HttpResponse:
    """Describe a workload anew."""
    actor = actor_of(request)
    workload = _visible(actor, key)
    form = WorkloadForm(
        request.POST or None, teams=writable_teams(actor.user), initial=WorkloadForm.initial_of(workload)
    )
    version, overtaken = workload.version, None
    if request.method == "POST":
        version = version_in(request.POST)
        if form.is_valid():
            try:
                change_workload(actor, workload, form.description(), based_on=version)
                return redirect("workload", workload.key)
            except NotNow as refusal:
                form.add_error("team", str(refusal))
            except Stale as problem:
                overtaken = problem
                workload = _visible(actor, key)
    return render(
        request,
        "reviews/workload_form.html",
        {
            "form": form,
            "workload": workload,
            "waiting": workload.reviews.filter(state=ReviewState.SUBMITTED).order_by("kind", "number"),
            "version": version,
            "overtaken": overtaken,
            "beside": form.beside(workload) if overtaken else [],
        },
        status=409 if overtaken else 422 if form.errors else 200,
    )


def _visible(actor: Actor, key: str) -> Workload:
    return get_object_or_404(Workload.objects.visible_to(actor.user).select_related("described_by"), key=key)


@require_http_methods(["POST"])
def review_start(request: HttpRequest, key: str) -> HttpResponse:
    """Start a further review of a workload."""
    actor = actor_of(request)
    workload = get_object_or_404(Workload.objects.visible_to(actor.user).select_related("team"), key=key)
    form = StartForm(request.POST, beginnings=beginnings(actor.user, workload))
    if form.is_valid():
        try:
            review = _start(actor, workload, form.cleaned_data)
        except Invalid as problem:
            field = next((name for name in ("edition", "begin_with") if name in problem.errors), "kind")
            form.add_error(field, str(problem))
        else:
            return redirect("questionnaire", review.pk)
    return _page(request, workload, form, status=422)


def _start(actor: Actor, workload: Workload, chosen: dict[str, Any]) -> Review:
    kind, edition, beside_another = WorkloadKind(chosen["kind"]), chosen["edition"], chosen["beside_another"]
    if not chosen["begin_with"]:
        return start_review(actor, workload=workload, kind=kind, edition=edition, beside_another=beside_another)
    source = source_of(actor.user, chosen["begin_with"])
    return begin_review(
        actor, workload=workload, kind=kind, source=source, edition=edition, beside_another=beside_another
    )


def _page(request: HttpRequest, workload: Workload, form: StartForm, status: int = 200) -> HttpResponse:
    reviews = workload.reviews.select_related("score", "edition", "created_by").defer("edition__content")
    reviews = with_standing(reviews)
    can_write = workload.team in writable_teams(person_of(request))
    context = {"workload": workload, "reviews": reviews, "form": form, "can_write": can_write}
    return render(request, "reviews/workload.html", context, status=status)
