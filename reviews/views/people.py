"""Accounts: the first one, and those that administrators make."""

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from reviews.access import require_administrator
from reviews.actions.errors import Invalid
from reviews.actions.people import add_first_administrator, add_person, set_active, set_password, set_role
from reviews.forms import FirstRunForm, MembershipForm, PersonForm
from reviews.models import Role, Team, User
from reviews.views.asking import actor_of, person_of


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def first_run(request: HttpRequest) -> HttpResponse:
    """Make the administrator of an empty installation, and sign them in."""
    if User.objects.exists():
        return redirect("sign-in")
    form = FirstRunForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = add_first_administrator(form.person())
        except Invalid as problem:
            _show(form, problem)
        else:
            login(request, user)
            return redirect("home")
    return render(request, "reviews/first_run.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    """All accounts and their roles; a form for a new one."""
    require_administrator(person_of(request))
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = add_person(actor_of(request), form.person())
        except Invalid as problem:
            _show(form, problem)
        else:
            messages.success(
                request, _("{name} can sign in now, as {username}.").format(name=made.name, username=made.username)
            )
            return redirect("people")
    context = {
        "form": form,
        "people": User.objects.prefetch_related("memberships__team").order_by("name"),
        "teams": Team.objects.all(),
        "roles": Role.choices,
    }
    return render(request, "reviews/people.html", context, status=422 if form.errors else 200)


@require_POST
def person_role(request: HttpRequest) -> HttpResponse:
    """Change a person's role in a team."""
    require_administrator(person_of(request))
    form = MembershipForm(request.POST)
    if form.is_valid():
        user, team, role = (form.cleaned_data[name] for name in ("user", "team", "role"))
        set_role(actor_of(request), user=user, team=team, role=role)
        said = _("{name} is in {team} now, as: {role}.") if role else _("{name} is no longer in {team}.")
        messages.success(request, said.format(name=user.name, team=team.name, role=Role(role).label if role else ""))
    else:
        messages.error(request, _("Nothing was changed: choose a team and a role."))
    return redirect("people")


@require_POST
def person_active(request: HttpRequest, user_id: int) -> HttpResponse:
    """Close an account, or open it again."""
    require_administrator(person_of(request))
    user = get_object_or_404(User, pk=user_id)
    active = request.POST.get("active") == "1"
    try:
        set_active(actor_of(request), user=user, active=active)
    except Invalid as problem:
        messages.error(request, str(problem))
    else:
        said = _("{name} can sign in.") if active else _("{name} can no longer sign in.")
        messages.success(request, said.format(name=user.name))
    return redirect("people")


@require_POST
def person_password(request: HttpRequest, user_id: int) -> HttpResponse:
    """Give somebody who forgot theirs a new password."""
    require_administrator(person_of(request))
    user = get_object_or_404(User, pk=user_id)
    try:
        set_password(actor_of(request), user=user, password=request.POST.get("password", ""))
    except Invalid as problem:
        messages.error(request, _("{name} keeps the old password. {problem}").format(name=user.name, problem=problem))
    else:
        messages.success(request, _("{name} has a new password; hand it over safely.").format(name=user.name))
    return redirect("people")


def _show(form: PersonForm, problem: Invalid) -> None:
    for field, sentence in problem.errors.items():
        form.add_error(field or None, sentence)
