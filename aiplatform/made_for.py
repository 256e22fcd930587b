"""For whom a page was made: each of its forms says so, and is taken in nobody else's name.

Somebody else may have signed in since, in another tab of the same browser. Scripts say it in a header, `X-Person`.
"""

from django import template
from django.http import HttpRequest
from django.template.context import Context
from django.template.defaulttags import CsrfTokenNode
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

FIELD = "made_for"
"""The hidden field: the account's number, and its name for the page that tells of it."""


@register.simple_tag(takes_context=True)
def csrf_token(context: Context) -> SafeString:
    """Django's field with the token, and beside it the one that says for whom the page was made.

    It has the name of Django's own tag, so that no form can have the one without the other.
    """
    person = getattr(context.get("request"), "user", None)
    token = SafeString(CsrfTokenNode().render(context))
    if person is None or not person.is_authenticated:
        return token
    return format_html('{}<input type="hidden" name="{}" value="{} {}">', token, FIELD, person.pk, person.name)


def is_for_another(request: HttpRequest) -> bool:
    """Whether a script asks, or a form was sent, by a page that was not made for who is signed in now."""
    # Not `request.headers`, which copies all of them first.
    said = request.META.get("HTTP_X_PERSON")
    if said is None and request.method in {"GET", "HEAD", "OPTIONS"}:
        return False
    if said is None:
        said = request.POST.get(FIELD, "").partition(" ")[0]
    return said != str(request.user.pk)
