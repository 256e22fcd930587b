"""What approvals take: read by everybody, set by administrators."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from checklists.language import WorkloadKind
from reviews.access import require_administrator
from reviews.actions.errors import Invalid, Stale
from reviews.actions.policy import reset_policy, set_policy
from reviews.forms import PolicyForm, version_in
from reviews.models import Criticality, Policy
from reviews.models.review import KIND_TITLES
from reviews.policies import as_set, default_policy
from reviews.views.asking import actor_of, person_of


@require_safe
def policies(request: HttpRequest) -> HttpResponse:
    """What an approval takes, by kind and criticality."""
    by_hand = {(each.kind, each.criticality): each for each in Policy.objects.select_related("changed_by")}
    blocks = []
    for kind, title in KIND_TITLES.items():
        lines = []
        for criticality in Criticality:
            changed = by_hand.get((kind, criticality))
            policy = as_set(changed) if changed else default_policy(kind, criticality)
            lines.append({"criticality": criticality, "policy": policy, "changed": changed})
        blocks.append({"kind": kind.value, "title": title, "lines": lines})
    return render(request, "reviews/policies.html", {"blocks": blocks})


@require_http_methods(["GET", "HEAD", "POST"])
def policy_edit(request: HttpRequest, kind: str, criticality: str) -> HttpResponse:
    """Change what an approval takes for one kind and criticality."""
    require_administrator(person_of(request))
    which, harm = _named(kind, criticality)
    changed = _changed(which, harm)
    version, overtaken = changed.version if changed else "", None
    default = default_policy(which, harm)
    form = PolicyForm(request.POST or None, initial=vars(as_set(changed) if changed else default))
    if request.method == "POST":
        version = version_in(request.POST)
    if request.method == "POST" and form.is_valid():
        try:
            set_policy(actor_of(request), kind=which, criticality=harm, policy=form.policy(), based_on=version)
        except Stale as problem:
            overtaken, changed = problem, _changed(which, harm)
        except Invalid as problem:
            for field, sentence in problem.errors.items():
                form.add_error(field or None, sentence)
        else:
            messages.success(request, _("The policy is changed for {which}.").format(which=_words(which, harm)))
            return redirect("policies")
    context = {
        "form": form,
        "kind": which.value,
        "kind_title": KIND_TITLES[which],
        "criticality": harm,
        "default": default,
        "changed": changed,
        "stored": as_set(changed) if changed else default,
        "version": version,
        "overtaken": overtaken,
        "typed": form.policy() if overtaken else None,
    }
    return render(request, "reviews/policy.html", context, status=409 if overtaken else 422 if form.errors else 200)


@require_POST
def policy_reset(request: HttpRequest, kind: str, criticality: str) -> HttpResponse:
    """Go back to the default."""
    require_administrator(person_of(request))
    which, harm = _named(kind, criticality)
    reset_policy(actor_of(request), kind=which, criticality=harm, based_on=version_in(request.POST))
    messages.success(request, _("The default holds again for {which}.").format(which=_words(which, harm)))
    return redirect("policies")


def _changed(kind: WorkloadKind, criticality: Criticality) -> Policy | None:
    return Policy.objects.filter(kind=kind, criticality=criticality).select_related("changed_by").first()


def _named(kind: str, criticality: str) -> tuple[WorkloadKind, Criticality]:
    try:
        return WorkloadKind(kind), Criticality(criticality)
    except ValueError:
        raise Http404("There is no such kind of workload, or no such criticality.") from None


def _words(kind: WorkloadKind, criticality: Criticality) -> str:
    return _("{kind}, criticality: {criticality}").format(kind=KIND_TITLES[kind], criticality=criticality.label)
