"""What happens to requests of people who are not signed in, or whose form has lost its token."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import PasswordChangeView
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django_htmx.middleware import HtmxDetails

from aiplatform.made_for import is_for_another
from aiplatform.typed import not_taken


class SignInRequired(LoginRequiredMiddleware):
    """Every page needs a sign-in unless its view says otherwise, and what it sends is taken in its own person's name.

    A fragment that is asked for in the background gets 401: a redirect would be followed unseen, and what was
    typed would be gone without a word. So does a script that asks for somebody else than who is signed in by now:
    what one person typed is never saved in the name of the next one at the same browser. A form that cannot be taken
    gets a page that shows what was typed.
    """

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        """Refuse, in the form that the asker can show, what needs a sign-in; None lets all else pass."""
        refusal = super().process_view(request, view_func, view_args, view_kwargs)
        if refusal is None:
            return _refusal_to_another(request) if _is_of_one_person(request, view_func) else None
        if wants_json(request) or is_htmx(request):
            return _signed_out(request)
        if request.method not in {"GET", "HEAD"}:
            return not_taken(request, "signed_out", status=401)
        return refusal


def for_whom_it_was_made(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For a view that is exempt from the token's check, as it does that itself: refuses what is for somebody else."""

    @wraps(view)
    def looked_at(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return _refusal_to_another(request) or view(request, *args, **kwargs)

    return looked_at


def _is_of_one_person(request: HttpRequest, view: Callable[..., Any]) -> bool:
    """Whether what the view is asked must be of a page of who is signed in, and can be looked at before the view."""
    if not getattr(view, "login_required", True):
        return False
    return "HTTP_X_PERSON" in request.META or not getattr(view, "csrf_exempt", False)


def _refusal_to_another(request: HttpRequest) -> HttpResponse | None:
    if not is_for_another(request):
        return None
    if wants_json(request) or is_htmx(request):
        return _signed_out(request)
    return not_taken(request, "another", status=403)


def _signed_out(request: HttpRequest) -> HttpResponse:
    if wants_json(request):
        return JsonResponse({"error": _("You are signed out.")}, status=401)
    return HttpResponse(_("You are signed out."), status=401, content_type="text/plain")


class PasswordChange(PasswordChangeView):
    """One's own password, given the old one; other sessions of the account end."""

    template_name = "reviews/password.html"
    success_url = reverse_lazy("home")

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        """Change it, and say so."""
        messages.success(self.request, _("Your password is changed."))
        return super().form_valid(form)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page for a form whose token is not of this browser's session, for instance after signing in elsewhere."""
    if wants_json(request):
        return JsonResponse({"error": _("This page is older than your sign-in.")}, status=403)
    if is_htmx(request):
        return HttpResponse(_("This page is older than your sign-in."), status=403, content_type="text/plain")
    if not request.user.is_authenticated and _needs_sign_in(request):
        return not_taken(request, "signed_out", status=401)
    another = request.user.is_authenticated and is_for_another(request)
    return not_taken(request, "another" if another else "stale", status=403)


def _needs_sign_in(request: HttpRequest) -> bool:
    return request.resolver_match is not None and getattr(request.resolver_match.func, "login_required", True)


def is_htmx(request: HttpRequest) -> bool:
    """Whether a script of ours asks for a fragment."""
    details: HtmxDetails = request.htmx  # type: ignore[attr-defined]
    return bool(details) and not details.boosted


def wants_json(request: HttpRequest) -> bool:
    """Whether a script of ours asks for data."""
    # Not `request.headers`, which copies all of them first.
    return str(request.META.get("HTTP_ACCEPT", "")).startswith("application/json")
