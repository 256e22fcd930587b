"""Reminding people before an approval ends."""

from datetime import datetime, timedelta
from typing import cast

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from reviews.actions.notices import leads_of, tell
from reviews.actions.trail import record
from reviews.actions.transaction import writing
from reviews.models import EventKind, Membership, NoticeKind, Reminder, Report, ReportQuerySet, Review, Role, User
from reviews.models.standing import SOON

DAYS_BEFORE = (7, 30)
"""So many days before its end, an approval is spoken of."""


def ends_soon(now: datetime) -> ReportQuerySet:
    """The reports that stand, and whose approval ends within 30 days; the first to end comes first."""
    return _ending(now, now + SOON)


def ending_for(user: User, now: datetime) -> ReportQuerySet:
    """Those that a person, as a lead or architect, should see to: they end soon, or ended in the last 30 days."""
    mine = Membership.objects.filter(user=user, role__in=[Role.LEAD, Role.ARCHITECT])
    return _ending(now - SOON, now + SOON).filter(snapshot__review__workload__team__memberships__in=mine)


def _ending(after: datetime, until: datetime) -> ReportQuerySet:
    reports = Report.objects.filter(marks=None, snapshot__valid_until__gt=after, snapshot__valid_until__lte=until)
    return reports.order_by("snapshot__valid_until").defer("pdf", "snapshot__content")


def tell_of_ends(now: datetime) -> int:
    """Tell of each approval that ends soon, once 30 and once 7 days before; returns how many were told of.

    Safe to run at any time and any number of times. A day on which it did not run is made up for; but after the 7
    days were spoken of, the 30 are not any more, nor where the whole approval lasts for fewer.
    """
    told = 0
    for report in ends_soon(now).select_related("snapshot"):
        days = _due(report, now)
        if days is None or report.reminders.filter(days__lte=days).exists():
            continue
        told += _tell(report, days, now)
    return told


def _due(report: Report, now: datetime) -> int | None:
    """How many days before the end are to be spoken of now; None for none."""
    end, begun = _end(report), report.snapshot.at
    reached = [days for days in DAYS_BEFORE if begun < end - timedelta(days=days) <= now]
    return min(reached, default=None)


def _end(report: Report) -> datetime:
    return cast(datetime, report.snapshot.valid_until)


def _tell(report: Report, days: int, now: datetime) -> bool:
    """Write down that it was told, and tell, in one transaction."""
    with writing():
        # Of two that come here at once, the second waits, and then finds the reminder.
        reviews = Review.objects.select_related("workload__team").select_for_update(of=("self",))
        review = reviews.get(snapshots__report=report)
        if report.marks.exists():
            return False
        _reminder, fresh = Reminder.objects.get_or_create(report=report, days=days, defaults={"at": now})
        if not fresh:
            return False
        said = f"It ends on {_end(report):%-d %B %Y}."
        record(review, EventKind.EXPIRY_TOLD, None, at=now, days=days, statement=said)
        tell(
            leads_of(review),
            NoticeKind.EXPIRY,
            review=review,
            by=None,
            key=f"expiry:{report.pk}:{days}",
            text=lambda: _("It ends on {day}.").format(
                day=date_format(timezone.localtime(_end(report)), "DATE_FORMAT")
            ),
        )
    return True
