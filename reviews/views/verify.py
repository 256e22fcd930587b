"""The page on which anybody has a report verified, without signing in. The file is not kept."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from reviews.actions.verify_report import Busy, in_turn, verify_here
from reviews.report.contained import MEBIBYTE, ON_THE_WEB
from reviews.report.verdict import SignatureKind, SignatureVerdict, Verdict
from reviews.report.wording import moment
from reviews.views.asking import address_of

_FORM = MEBIBYTE
"""What a form may have around its file."""

_KINDS = {
    SignatureKind.SEAL: "The organisation’s seal",
    SignatureKind.SIGN_OFF: "Sign-off",
    SignatureKind.TIME_STAMP: "Time stamp",
    SignatureKind.OTHER: "A signature that no report has",
}


@dataclass(frozen=True)
class _Shown:
    """One signature in words."""

    title: str
    who: str
    reason: str
    when: str
    good: bool
    why: str


@login_not_required
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Ask for a file, or say what it is; refuses what is too large before any of it is read."""
    # Looking for the token reads the whole form, so the size comes first; `_verify` then asks for the token.
    if int(request.META.get("CONTENT_LENGTH") or 0) > ON_THE_WEB.size + _FORM:
        return _page(request, problem=f"The file is larger than {ON_THE_WEB.size // MEBIBYTE} MB.", status=413)
    return _verify(request)


@csrf_protect
def _verify(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request)
    file = request.FILES.get("report")
    if file is None:
        return _page(request, problem="Choose a PDF first.", status=400)
    try:
        with in_turn(address_of(request)):
            verdict = verify_here(file.read(), limits=ON_THE_WEB)
    except Busy as problem:
        return _page(request, problem=str(problem), status=429)
    return _page(request, name=file.name or "", verdict=verdict)


def _page(
    request: HttpRequest, *, name: str = "", verdict: Verdict | None = None, problem: str = "", status: int = 200
) -> HttpResponse:
    context = {"problem": problem, "name": name, "megabytes": ON_THE_WEB.size // MEBIBYTE, "most": ON_THE_WEB.size}
    if verdict is not None:
        title, tone = _headline(verdict)
        context |= {
            "verdict": verdict,
            "title": title,
            "tone": tone,
            "signatures": [_shown(each) for each in verdict.signatures],
            "approved_at": _moment(verdict.about.approved_at) if verdict.about else "",
            "valid_until": _moment(verdict.about.valid_until) if verdict.about else "",
        }
    return render(request, "reviews/verify.html", context, status=status)


def _headline(verdict: Verdict) -> tuple[str, str]:
    """The outcome in one line, and how the page looks: good, warn or bad."""
    if not verdict.readable:
        return "This file cannot be read as a report", "bad"
    if verdict.valid:
        here = verdict.here
        if here and (here.withdrawn_at or here.superseded_at or here.expired_at or here.record_altered):
            return "The report is genuine and unchanged, but read on", "warn"
        return "The report is genuine and unchanged", "good"
    if verdict.changes and verdict.genuine:
        return "The report was changed after it was signed", "bad"
    if verdict.genuine:
        return "The report has our seal, but not everything in it holds", "bad"
    if verdict.signatures and not any(each.intact for each in verdict.signatures):
        return "The file was changed after it was signed, or damaged", "bad"
    return "This is no genuine report of this organisation", "bad"


def _shown(signature: SignatureVerdict) -> _Shown:
    if not signature.at:
        when = ""
    elif signature.stamped_by:
        when = f"{moment(signature.at)}; a time stamp of {signature.stamped_by} proves it"
    else:
        when = f"{moment(signature.at)}, as the signature says; no time stamp proves it"
    return _Shown(
        title=_KINDS[signature.kind],
        who=signature.signer or signature.field,
        reason=signature.reason,
        when=when,
        good=signature.intact and signature.trusted,
        why=signature.why,
    )


def _moment(at: str) -> str:
    try:
        return moment(at) if at else ""
    except ValueError:
        return ""
