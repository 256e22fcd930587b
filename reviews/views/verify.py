"""The page on which anybody has a report verified, without signing in. The file is not kept."""

from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.hashes import SHA256
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from checklists.locale import moment
from reviews.actions.verify_report import Busy, in_turn, verify_here
from reviews.report import signing_identity
from reviews.report.contained import MEBIBYTE, ON_THE_WEB
from reviews.report.verdict import Here, SignatureKind, SignatureVerdict, Verdict
from reviews.views.asking import address_of

_FORM = MEBIBYTE
"""What a form may have around its file."""

_KINDS = {
    SignatureKind.SEAL: _("The organisation’s seal"),
    SignatureKind.SIGN_OFF: _("Sign-off"),
    SignatureKind.TIME_STAMP: _("Time stamp"),
    SignatureKind.OTHER: _("A signature that no report has"),
}

_STANDS_FOR = {"submission": _("submitted the review"), "approval": _("approved it")}


@dataclass(frozen=True)
class _Shown:
    """One signature in words; `tone` is good, warn (it holds, but the file was changed since) or bad."""

    title: str
    who: str
    email: str
    reason: str
    when: str
    tone: str
    outcome: str


@login_not_required
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Ask for a file, or say what it is; refuses what is too large before any of it is read."""
    # Looking for the token reads the whole form, so the size comes first; `_verify` then asks for the token.
    if int(request.META.get("CONTENT_LENGTH") or 0) > ON_THE_WEB.size + _FORM:
        return _page(
            request,
            problem=gettext("The file is larger than {size} MB.").format(size=ON_THE_WEB.size // MEBIBYTE),
            status=413,
        )
    return _verify(request)


@csrf_protect
def _verify(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request)
    file = request.FILES.get("report")
    if file is None:
        return _page(request, problem=gettext("Choose a PDF first."), status=400)
    try:
        with in_turn(address_of(request)):
            verdict = verify_here(file.read(), limits=ON_THE_WEB)
    except Busy as problem:
        return _page(request, problem=str(problem), status=429)
    return _page(request, name=file.name or "", verdict=verdict)


def _page(
    request: HttpRequest, *, name: str = "", verdict: Verdict | None = None, problem: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "problem": problem,
        "name": name,
        "megabytes": ON_THE_WEB.size // MEBIBYTE,
        "most": ON_THE_WEB.size,
        "fingerprints": [each.fingerprint(SHA256()).hex(":").upper() for each in signing_identity().authorities],
    }
    if verdict is not None:
        title, tone = _headline(verdict)
        context |= {
            "verdict": verdict,
            "title": title,
            "tone": tone,
            "signatures": [_shown(each, changed=bool(verdict.changes)) for each in verdict.signatures],
            "unstamped": verdict.valid and any(not each.stamped_by for each in verdict.signatures),
            "approved_at": _moment(verdict.about.approved_at) if verdict.about else "",
            "valid_until": _moment(verdict.about.valid_until) if verdict.about else "",
        }
    return render(request, "reviews/verify.html", context, status=status)


def _headline(verdict: Verdict) -> tuple[str, str]:
    """The outcome in one line, and how the page looks: good, warn or bad."""
    if not verdict.readable:
        return gettext("This file cannot be read as a report"), "bad"
    if verdict.valid:
        but = _but(verdict.here) if verdict.here else ""
        said = gettext("The report is genuine and unchanged")
        return (f"{said}, {but}", "warn") if but else (said, "good")
    if verdict.changes and verdict.genuine:
        return gettext("The report was changed after it was signed"), "bad"
    if verdict.genuine:
        return gettext("The report has our seal, but not everything in it holds"), "bad"
    if verdict.signatures and not any(each.intact for each in verdict.signatures):
        return gettext("The file was changed after it was signed, or damaged"), "bad"
    return gettext("This is no genuine report of this organisation"), "bad"


def _but(here: Here) -> str:
    """Why a genuine report should not be relied on all the same; empty where it may be."""
    if here.withdrawn_at:
        return gettext("but it was withdrawn")
    if here.superseded_at:
        return gettext("but a later review took its place")
    if here.expired_at:
        return gettext("but its approval has ended")
    return gettext("but read on") if here.record_altered else ""


def _shown(signature: SignatureVerdict, *, changed: bool) -> _Shown:
    good = signature.intact and signature.trusted
    if not good:
        tone, outcome = "bad", gettext("Does not hold")
    elif changed:
        tone, outcome = "warn", gettext("Holds for the file as it was before that change")
    else:
        tone, outcome = "good", gettext("Intact and trusted")
    title, reason = str(_KINDS[signature.kind]), signature.reason
    # Nothing vouches for what a signature that does not hold stands for.
    if good and signature.stands_for:
        title = f"{signature.role}, {_STANDS_FOR[signature.stands_for]}"
        reason = reason.removeprefix(f"{signature.role}: ")
    return _Shown(
        title=title,
        who=signature.signer or signature.field,
        email=signature.email,
        reason=reason,
        when=_when(signature, good=good),
        tone=tone,
        outcome=f"{outcome}: {signature.why}" if signature.why else f"{outcome}.",
    )


def _when(signature: SignatureVerdict, *, good: bool) -> str:
    if not signature.at:
        return ""
    at = _moment(signature.at)
    if signature.kind == SignatureKind.TIME_STAMP:
        return gettext("Stamped {moment}").format(moment=at)
    if signature.stamped_by:
        said = gettext("Signed {moment}; it was there by {proved}, as a time stamp of {authority} proves")
        return said.format(moment=at, proved=_moment(signature.stamped_at), authority=signature.stamped_by)
    said = (
        gettext("Signed {moment}, by the clock of the organisation")
        if good
        else gettext("Signed {moment}, as the signature itself says")
    )
    return said.format(moment=at)


def _moment(at: str) -> str:
    try:
        return moment(datetime.fromisoformat(at)) if at else ""
    except (ValueError, OverflowError):
        return ""
