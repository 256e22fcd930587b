"""What happens to requests of people who are not signed in, or whose form has lost its token."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import PasswordChangeView, redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import reverse_lazy
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django_htmx.middleware import HtmxDetails


class SignInRequired(LoginRequiredMiddleware):
    """Every page needs a sign-in unless its view says otherwise.

    A fragment that is asked for in the background gets 401: a redirect would be followed unseen, and what was
    typed would be gone without a word. So does a script that asks for somebody else than who is signed in by now:
    what one person typed is never saved in the name of the next one at the same browser.
    """

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        """Refuse, in the form that the asker can show, what needs a sign-in; None lets all else pass."""
        refusal = super().process_view(request, view_func, view_args, view_kwargs)
        if refusal is None and not _is_for_another(request):
            return None
        if wants_json(request):
            return JsonResponse({"error": _("You are signed out.")}, status=401)
        if is_htmx(request):
            return HttpResponse(_("You are signed out."), status=401, content_type="text/plain")
        if request.method not in {"GET", "HEAD"}:
            # Back to the page of the form: its own address only takes what the form sends.
            return redirect_to_login(own_page(request) or "/")
        return refusal


def _is_for_another(request: HttpRequest) -> bool:
    """Whether a script asks in the name of a person (X-Person) who is not signed in."""
    said = request.headers.get("X-Person")
    return said is not None and said != str(request.user.pk)


def own_page(request: HttpRequest) -> str:
    """The path of the page of ours that the person came from; empty where there is none."""
    said = urlsplit(request.headers.get("Referer", ""))
    # A path that begins with two slashes, or a backslash, would lead to the host that it names.
    ours = said.netloc == request.get_host() and url_has_allowed_host_and_scheme(said.path, allowed_hosts=None)
    return said.path if ours else ""


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
    return render(request, "403_csrf.html", {"reason": reason}, status=403)


def is_htmx(request: HttpRequest) -> bool:
    """Whether a script of ours asks for a fragment."""
    details: HtmxDetails = request.htmx  # type: ignore[attr-defined]
    return bool(details) and not details.boosted


def wants_json(request: HttpRequest) -> bool:
    """Whether a script of ours asks for data."""
    # Not `request.headers`, which copies all of them first.
    return str(request.META.get("HTTP_ACCEPT", "")).startswith("application/json")
