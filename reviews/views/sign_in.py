"""Signing in."""

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from reviews.models import User


@login_not_required
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """User name and password; an installation without any account goes to its first-run page instead."""
    if request.method == "GET" and not request.user.is_authenticated and not User.objects.exists():
        return redirect("first-run")
    view = LoginView.as_view(template_name="reviews/sign_in.html", redirect_authenticated_user=True)
    return view(request)
