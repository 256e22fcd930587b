"""The report of an approved review."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from reviews.access import Deed, ReviewAccess
from reviews.actions.after_approval import withdraw_report
from reviews.actions.certificates import LIST_SECONDS, current_list
from reviews.actions.errors import Invalid
from reviews.actions.integrity import broken_in
from reviews.actions.report import retry_report
from reviews.models import Report, ReportState, Review, StandingKind
from reviews.policies import policy_of
from reviews.report import signing_identity
from reviews.views.asking import actor_of, person_of, review_for
from reviews.views.refusals import status_of
from reviews.views.sheet import report_of


@require_safe
def report_page(request: HttpRequest, review_id: uuid.UUID) -> HttpResponse:
    """How far the report is; the download when it is ready."""
    return _render(request, review_id, "reviews/report.html")


@require_safe
def report_status(request: HttpRequest, review_id: uuid.UUID) -> HttpResponse:
    """The changing part of the report's page; asks again by itself until the report is made."""
    return _render(request, review_id, "reviews/report.html#status")


@require_POST
def report_retry(request: HttpRequest, review_id: uuid.UUID) -> HttpResponse:
    """Ask for a report that failed once more."""
    try:
        retry_report(actor_of(request), review_id=review_id)
    except Invalid:
        pass  # Made meanwhile, or asked for by somebody else: the page says which.
    except (Review.DoesNotExist, Report.DoesNotExist):
        raise Http404 from None
    return redirect("report", review_id)


@require_POST
def report_withdraw(request: HttpRequest, review_id: uuid.UUID) -> HttpResponse:
    """Withdraw the report; a reason that is refused comes back as it was typed."""
    reason = request.POST.get("reason", "")
    try:
        withdraw_report(actor_of(request), review_id=review_id, reason=reason)
    except Invalid as problem:
        return _render(
            request, review_id, "reviews/report.html", reason=reason, problem=str(problem), status=status_of(problem)
        )
    except (Review.DoesNotExist, Report.DoesNotExist):
        raise Http404 from None
    messages.success(request, _("The report is withdrawn. It stays here, marked, with your reason."))
    return redirect("report", review_id)


@require_safe
def report_pdf(request: HttpRequest, review_id: uuid.UUID) -> HttpResponse:
    """The signed PDF."""
    review, report = _report(request, review_id)
    if report.state != ReportState.READY or report.pdf is None:
        raise Http404("The report is not made yet.")
    name = f"{review.workload.key}-review-{review.number}"
    latest = report.revisions.last()
    return _download(bytes(latest.pdf if latest else report.pdf), "application/pdf", f"{name}.pdf")


@require_safe
def snapshot_json(request: HttpRequest, review_id: uuid.UUID) -> HttpResponse:
    """The snapshot, byte for byte as it was hashed."""
    review, report = _report(request, review_id)
    name = f"{review.workload.key}-review-{review.number}-snapshot.json"
    return _download(report.snapshot.content.encode(), "application/json", name)


@require_safe
def authority(request: HttpRequest) -> HttpResponse:
    """The certificate of the authority under which reports are signed, to be trusted by verifiers."""
    return _download(signing_identity().authority_pem(), "application/x-pem-file", "ca.pem")


@require_safe
def revocation_list(request: HttpRequest, issuer: str = "") -> HttpResponse:
    """The certificates that an authority has revoked: today's authority, or the one with this SHA-256."""
    made = current_list(issuer)
    if made is None:
        raise Http404("No authority with this SHA-256 keeps a list here.")
    response = HttpResponse(made, content_type="application/pkix-crl")
    response["Cache-Control"] = f"public, max-age={LIST_SECONDS}"
    return response


def _report(request: HttpRequest, review_id: uuid.UUID) -> tuple[Review, Report]:
    review = review_for(request, review_id)
    report = report_of(review)
    if report is None:
        raise Http404("This review was not approved, so it has no report.")
    return review, report


def _render(
    request: HttpRequest,
    review_id: uuid.UUID,
    template: str,
    *,
    reason: str = "",
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    review, report = _report(request, review_id)
    access = ReviewAccess(person_of(request), review)
    withdrawn = report.standing.kind is StandingKind.WITHDRAWN
    context = {
        "review": review,
        "report": report,
        "broken": broken_in(review, person_of(request)),
        "latest": report.revisions.defer("pdf").last(),
        "approvals": review.standing_approvals.select_related("by").order_by("at", "id"),
        "policy": policy_of(report.snapshot),
        "can_retry": access.allows(Deed.RETRY_REPORT),
        "can_withdraw": access.allows(Deed.WITHDRAW_REPORT) and not withdrawn,
        "reason": reason,
        "problem": problem,
    }
    return render(request, template, context, status=status)


def _download(data: bytes, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response
