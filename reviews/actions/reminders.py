"""Reminding people before an approval ends."""

import logging
from datetime import datetime, timedelta
from smtplib import SMTPRecipientsRefused
from typing import cast

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse

from reviews.actions.trail import record
from reviews.actions.transaction import writing
from reviews.models import EventKind, Membership, Reminder, Report, ReportQuerySet, Review, Role, User
from reviews.models.standing import SOON

log = logging.getLogger(__name__)

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
    days were spoken of, the 30 are not any more, nor where the whole approval lasts for fewer. Raises OSError where
    the mail server cannot be reached; what was not told by then is told by the next run.
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
    """Write down that it was told, and tell; if the mail cannot be sent, neither, so that the next run does both."""
    with writing():
        # Of two that come here at once, the second waits, and then finds the reminder.
        reviews = Review.objects.select_related("workload__team").select_for_update(of=("self",))
        review = reviews.get(snapshots__report=report)
        if report.marks.exists():
            return False
        _, fresh = Reminder.objects.get_or_create(report=report, days=days, defaults={"at": now})
        if not fresh:
            return False
        said = f"It ends on {_end(report):%-d %B %Y}."
        record(review, EventKind.EXPIRY_TOLD, None, at=now, days=days, statement=said)
        _mail(review, _end(report))
    return True


def _mail(review: Review, end: datetime) -> None:
    """One message to all leads, so that it is sent or not; without a mail server, the settings send it nowhere.

    Raises OSError where the server cannot be reached or refuses it.
    """
    team = review.workload.team
    leads = User.objects.filter(memberships__team=team, memberships__role=Role.LEAD, is_active=True)
    # A name with a line break would begin another header.
    name = " ".join(review.workload.name.split())
    message = EmailMessage(
        subject=f"The approval of {name} ends on {end:%-d %B %Y}",
        body=(
            f"To the leads of {team.name}\n\n"
            f"The approval of {name} ({review.get_kind_display()}, review {review.number}) "
            f"ends on {end:%-d %B %Y} at {end:%H:%M} UTC.\n"
            "A review of the same kind and checklist that is approved takes its place.\n\n"
            f"{settings.BASE_URL}{reverse('report', args=[review.pk])}\n"
        ),
        to=list(leads.order_by("email").values_list("email", flat=True)),
    )
    try:
        message.send()
    except SMTPRecipientsRefused:
        # Trying again would not help them; the pages tell them still.
        log.exception("the mail server takes no mail for the leads of %s", team.name)
