"""What a form sent that could not be taken, shown so that none of it is lost."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from aiplatform.made_for import FIELD

_LABELS: dict[str, Promise] = {
    "criticality": _("Criticality"),
    "data_classification": _("Data classification"),
    "description": _("Description"),
    "due": _("Due"),
    "email": _("E-mail address"),
    "id": _("Id"),
    "language": _("Language"),
    "links": _("Links"),
    "name": _("Name"),
    "note": _("Note"),
    "notes": _("Notes"),
    "owner": _("Owner"),
    "purpose": _("Purpose"),
    "reason": _("Reason"),
    "regions": _("Regions"),
    "source": _("Where it is from"),
    "statement": _("Statement"),
    "team": _("Team"),
    "text": _("Text"),
    "time_zone": _("Time zone"),
    "title": _("Title"),
    "url": _("Address"),
    "username": _("User name"),
    "version": _("Version"),
}
"""What people call the fields that they write in; all others are shown by the name that they are sent with."""

_CARRIED = {
    *("active", "approver_role", "at", "begin_with", "beside_another", "blocks_on_high", "choice", "decision", "do"),
    *("draft_version", "edition", "file", "format", "key", "kind", "left_out", "next", "not_applicable", "on"),
    *("overwrite", "question", "role", "to", "until", "user", "was", "what", FIELD),
}
"""What nobody types: buttons, marks, and what the page knew. It is sent again, and not shown."""
_SOMETIMES_CARRIED = {"team", "version"}
"""The same where it is empty, a number or a moment: other forms have fields of these names to write in."""

_TOKEN = "csrfmiddlewaretoken"  # noqa: S105 - the name of the field


@dataclass(frozen=True)
class Typed:
    """What the form had: fields to show as (name, label, text), others as (name, value), and files as (field, name).

    `again` says whether the same can be sent again from here: nothing of it was left out.
    """

    shown: list[tuple[str, Promise | str, str]] = field(default_factory=list)
    carried: list[tuple[str, str]] = field(default_factory=list)
    files: list[tuple[str, str]] = field(default_factory=list)
    again: bool = False


def typed_in(request: HttpRequest) -> Typed:
    """What a form of ours sent; nothing of one that another site sent, or that is too large to read."""
    if request.method != "POST" or not _is_ours(request) or _is_too_large(request):
        return Typed()
    shown, carried = [], []
    secret = [name for name in request.POST if "password" in name]
    for name, texts in request.POST.lists():
        if name == _TOKEN or name in secret:
            continue
        for text in map(str, texts):
            if name in _CARRIED or (name in _SOMETIMES_CARRIED and _is_no_writing(text)):
                carried.append((name, text))
            elif text:
                shown.append((name, _LABELS.get(name, name), text))
    files = [(name, str(each.name)) for name, sent in request.FILES.lists() for each in sent]
    return Typed(shown, carried, files, again=not secret and bool(shown or carried or files))


def not_taken(request: HttpRequest, why: str, *, status: int) -> HttpResponse:
    """The page that says why a form was not taken, and shows what it had.

    `why` is signed_out, another (the page was made for somebody else, or says nobody), or stale (its token).
    """
    typed = typed_in(request)
    context = {
        "why": why,
        "status": status,
        "typed": typed,
        "field": FIELD,
        "made_for": next((text.partition(" ")[2] for name, text in typed.carried if name == FIELD), ""),
        "page": own_page(request) or "/",
    }
    response = render(request, "not_taken.html", context, status=status)
    response["Cache-Control"] = "private, no-store"
    return response


def own_page(request: HttpRequest) -> str:
    """The path of the page of ours that the person came from; empty where there is none."""
    said = urlsplit(request.headers.get("Referer", ""))
    # A path that begins with two slashes, or a backslash, would lead to the host that it names.
    ours = said.netloc == request.get_host() and url_has_allowed_host_and_scheme(said.path, allowed_hosts=None)
    return said.path if ours else ""


def _is_no_writing(text: str) -> bool:
    if not text or text.isdigit():
        return True
    try:
        return parse_datetime(text) is not None
    except ValueError:
        return False


def _is_ours(request: HttpRequest) -> bool:
    said = request.headers.get("Origin") or request.headers.get("Referer", "")
    return urlsplit(said).netloc in {request.get_host(), urlsplit(settings.BASE_URL).netloc}


def _is_too_large(request: HttpRequest) -> bool:
    most = settings.EVIDENCE_MEGABYTES * 2**20 + settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    return int(request.META.get("CONTENT_LENGTH") or 0) > most
