"""Evidence beside an answer: adding it, taking it away, and handing its files out so that nothing of them runs."""

import uuid
from collections.abc import Callable
from typing import IO, Any, cast

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aiplatform.sign_in import for_whom_it_was_made, is_htmx
from reviews.access import Deed, Refused, ReviewAccess
from reviews.actions.errors import Invalid
from reviews.actions.evidence import add_file, add_link, add_quote, most_bytes, take_away, too_large
from reviews.actions.storing import NotStored, opened
from reviews.file_types import CONTENT_TYPES, TAKEN, TYPES
from reviews.forms import with_plain_line_ends
from reviews.models import Evidence, EvidenceKind, Review
from reviews.models.evidence import QUOTE_LENGTH
from reviews.views.asking import actor_of, person_of, review_for
from reviews.views.refusals import status_of
from reviews.views.sheet import evidence_of

_AROUND_A_FILE = 1 << 18
"""So many bytes a form may have besides its file."""
_GIVEN = ("title", "url", "text", "source")
_NOTHING_RUNS = "default-src 'none'; sandbox"
_ACCEPTED = ",".join(f".{ending}" for each in TYPES for ending in each.endings)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def evidence(request: HttpRequest, review_id: uuid.UUID, question_id: str) -> HttpResponse:
    """The evidence of one question with a form to add more; refuses a file that is too large before it is read."""
    # Looking for the token reads the whole form, so the size comes first; what follows then asks for the token.
    if int(request.META.get("CONTENT_LENGTH") or 0) > most_bytes() + _AROUND_A_FILE:
        request.upload_handlers = [_UpToTheFile(request)]
        return _too_large(request, review_id, question_id)
    return _evidence(request, review_id, question_id)


class _UpToTheFile(FileUploadHandler):
    """Reads a form as far as its first file."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        raise StopUpload(connection_reset=True)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Never called."""

    def file_complete(self, file_size: int) -> None:
        """Never called."""


@csrf_protect
@for_whom_it_was_made
def _too_large(request: HttpRequest, review_id: uuid.UUID, question_id: str) -> HttpResponse:
    problem = Invalid({"file": too_large()})
    return _not_added(request, review_for(request, review_id), question_id, _given(request), problem, status=413)


@csrf_protect
@for_whom_it_was_made
def _evidence(request: HttpRequest, review_id: uuid.UUID, question_id: str) -> HttpResponse:
    review = review_for(request, review_id)
    if request.method != "POST":
        if question_id not in review.checklist.questions_by_id and not evidence_of(review).get(question_id):
            raise Http404(
                f"The edition of this review has no question {question_id}, and there is no evidence on it."
            )
        template = "reviews/card/evidence_form.html" if is_htmx(request) else "reviews/evidence_page.html"
        return render(request, template, _context(request, review, question_id, {}))
    given = _given(request)
    try:
        _adding(request, given)(actor_of(request), review_id=review_id, question_id=question_id, title=given["title"])
    except (Refused, Invalid) as problem:
        return _not_added(request, review, question_id, given, problem, status=status_of(problem))
    except NotStored as problem:
        return _not_added(request, review, question_id, given, problem, status=503)
    return _done(request, review, question_id)


@require_POST
def removal(request: HttpRequest, review_id: uuid.UUID, evidence_id: uuid.UUID) -> HttpResponse:
    """Take a piece away."""
    review = review_for(request, review_id)
    try:
        piece = take_away(actor_of(request), review_id=review_id, evidence_id=evidence_id)
    except (Review.DoesNotExist, Evidence.DoesNotExist):
        raise Http404 from None
    except Refused as problem:
        if not is_htmx(request):
            raise
        question_id = get_object_or_404(review.evidence, pk=evidence_id).question_id
        context = _context(request, review, question_id, {}) | {"problem": problem}
        return render(request, "reviews/card/evidence.html", context, status=status_of(problem))
    return _done(request, review, piece.question_id)


@require_safe
def file(request: HttpRequest, review_id: uuid.UUID, evidence_id: uuid.UUID) -> HttpResponseBase:
    """A file, to be kept and never to be shown: browsers run nothing of it, whatever it is."""
    visible = Evidence.objects.filter(review__in=Review.objects.visible_to(person_of(request)), review=review_id)
    piece = get_object_or_404(visible.filter(kind=EvidenceKind.FILE, removed_at=None), pk=evidence_id)
    try:
        content = opened(piece)
    except NotStored as problem:
        return render(request, "refused.html", {"sentence": str(problem), "back": ""}, status=503)
    kind = piece.content_type if piece.content_type in CONTENT_TYPES else "application/octet-stream"
    response = FileResponse(content, as_attachment=True, filename=piece.file_name, content_type=kind)
    response["Content-Length"] = str(piece.size)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = _NOTHING_RUNS
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response


def _given(request: HttpRequest) -> dict[str, str]:
    """What was typed and chosen; of a file, its name."""
    given = {name: with_plain_line_ends(request.POST.get(name, "")) for name in _GIVEN}
    sent = request.FILES.get("file")
    return given | {"kind": request.POST.get("kind", ""), "file": (sent.name or "") if sent else ""}


def _adding(request: HttpRequest, given: dict[str, str]) -> Callable[..., Evidence]:
    """What adds that which the form has; raises `Invalid` where it has nothing."""
    if given["kind"] == EvidenceKind.FILE:
        sent = request.FILES.get("file")
        if sent is None:
            raise Invalid({"file": _("Choose a file.")})
        content = cast(IO[bytes], sent.file)
        return lambda actor, **more: add_file(actor, file=content, name=sent.name or "", **more)
    if given["kind"] == EvidenceKind.LINK:
        return lambda actor, **more: add_link(actor, url=given["url"], **more)
    if given["kind"] == EvidenceKind.QUOTE:
        return lambda actor, **more: add_quote(actor, text=given["text"], source=given["source"], **more)
    raise Invalid({"kind": _("Choose what to add: a file, a link or a quote.")})


def _done(request: HttpRequest, review: Review, question_id: str) -> HttpResponse:
    """The evidence of the question as it is now; for who has no script, the page that has it."""
    if not is_htmx(request):
        asked = question_id in review.checklist.questions_by_id
        place = f"{reverse('questionnaire', args=[review.pk])}#evidence-{question_id}"
        return redirect(place if asked else reverse("evidence", args=[review.pk, question_id]))
    response = render(request, "reviews/card/evidence.html", _context(request, review, question_id, {}))
    response["HX-Retarget"] = f"#evidence-{question_id}"
    response["HX-Reswap"] = "outerHTML"
    return response


def _not_added(
    request: HttpRequest,
    review: Review,
    question_id: str,
    given: dict[str, str],
    problem: Exception,
    *,
    status: int,
) -> HttpResponse:
    """Why, into the form that the page still has; for who has no script, the form with what was typed."""
    errors = list(problem.errors.values()) if isinstance(problem, Invalid) else [str(problem)]
    if is_htmx(request):
        # Only these are taken in by the page, and any other would be told of as if something had broken.
        status = status if status in {403, 409} else 422
        return render(request, "reviews/card/evidence_errors.html", {"errors": errors}, status=status)
    context = _context(request, review, question_id, given) | {"errors": errors}
    return render(request, "reviews/evidence_page.html", context, status=status)


def _context(request: HttpRequest, review: Review, question_id: str, given: dict[str, str]) -> dict[str, Any]:
    access = ReviewAccess(person_of(request), review)
    return {
        "review": review,
        "question_id": question_id,
        "question": review.checklist.questions_by_id.get(question_id),
        "pieces": evidence_of(review).get(question_id, []),
        "permits": access,
        "refusal": access.refusal(Deed.CHANGE_EVIDENCE),
        "given": given,
        "kind": given.get("kind") or EvidenceKind.FILE.value,
        "accept": _ACCEPTED,
        "taken": TAKEN,
        "megabytes": settings.EVIDENCE_MEGABYTES,
        "most_bytes": most_bytes(),
        "too_large": too_large(),
        "quote_length": QUOTE_LENGTH,
    }
