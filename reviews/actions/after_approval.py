"""What becomes of a report after the approval: withdrawn by a lead, or superseded by the next one."""

import uuid
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from reviews.access import Actor, Deed, ReviewAccess
from reviews.actions.errors import Invalid
from reviews.actions.holding import locked_review
from reviews.actions.texts import fault_of
from reviews.actions.trail import record
from reviews.actions.transaction import writing
from reviews.models import EventKind, MarkKind, Report, ReportMark, Review


def withdraw_report(actor: Actor, *, review_id: uuid.UUID, reason: str) -> ReportMark:
    """Say that the report no longer stands, and why. The review stays approved, and the report can still be read.

    Raises Review.DoesNotExist, `Refused`, and `Invalid` without a reason or where it was withdrawn before.
    """
    reason = reason.strip()
    with writing():
        review = locked_review(actor.user, review_id)
        ReviewAccess(actor.user, review).require(Deed.WITHDRAW_REPORT)
        report = Report.objects.get(snapshot__review=review)
        if report.marks.filter(kind=MarkKind.WITHDRAWN).exists():
            raise Invalid({"reason": _("This report was withdrawn before; its reason stands above.")})
        if not reason:
            raise Invalid({"reason": _("Say why the report is withdrawn: whoever holds it will ask.")})
        if fault := fault_of("reason", reason):
            raise Invalid({"reason": fault})
        mark = ReportMark.objects.create(
            report=report, kind=MarkKind.WITHDRAWN, by=actor.user, at=timezone.now(), reason=reason
        )
        record(review, EventKind.REPORT_WITHDRAWN, actor, at=mark.at, statement=reason)
    return mark


def supersede_earlier(actor: Actor, successor: Review, *, at: datetime) -> None:
    """Mark the reports that a review, which is being approved, takes the place of. Call inside that transaction.

    They are those of the same workload, kind and checklist, in whichever edition, that stand until now.
    """
    earlier = Report.objects.filter(
        snapshot__review__workload=successor.workload_id,
        snapshot__review__kind=successor.kind,
        snapshot__review__edition__key=successor.edition.key,
        marks=None,
    ).exclude(snapshot__review=successor)
    for report in earlier.select_related("snapshot__review").defer("snapshot__content"):
        ReportMark.objects.create(report=report, kind=MarkKind.SUPERSEDED, by=actor.user, at=at, successor=successor)
        record(
            report.snapshot.review,
            EventKind.REPORT_SUPERSEDED,
            actor,
            at=at,
            statement=f"Review {successor.number} takes its place.",
            successor=str(successor.pk),
        )
