"""Celery tasks: thin, and safe to run at any time, twice, or at once.

What work there is stands in the database; `sweep` finds what a crash or a lost message left undone.
"""

import uuid
from typing import Any

from celery import Task, shared_task
from django.db.models import F
from django.utils import timezone

from aiplatform.sessions import SessionStore
from reviews.actions import due, integrity, mails, notices, reminders, report, score, stamp, storing
from reviews.actions.nudge import send
from reviews.models import Score


@shared_task
def score_review(review_id: str) -> None:
    """Score one review, if its score is stale."""
    score.apply_score(uuid.UUID(review_id))


@shared_task(bind=True, max_retries=report.MAX_ATTEMPTS - 1, default_retry_delay=5)
def make_next_report(self: "Task[Any, Any]") -> None:
    """Make the report that waits longest, if one does; after a failure, look again a few times.

    Messages come in no certain order, so none says which report: that is for the database to know.
    """
    try:
        report.produce_next(worker=str(self.request.hostname))
    except Exception as problem:
        raise self.retry(exc=problem) from problem


@shared_task
def stamp_reports() -> None:
    """Add time stamps to all reports without one, for as long as the server answers."""
    stamp.stamp_reports()


@shared_task
def sweep() -> None:
    """Nudge for all work that the database knows of."""
    stale = Score.objects.filter(for_version__lt=F("review__version")).values_list("review_id", flat=True)
    for review_id in stale.iterator():
        send("reviews.tasks.score_review", str(review_id))
    for _ in report.unmade():
        send("reviews.tasks.make_next_report")
    if stamp.unstamped():
        send("reviews.tasks.stamp_reports")
    if mails.waiting(timezone.now()).exists():
        send("reviews.tasks.send_mails")


@shared_task
def check_integrity() -> None:
    """Look through everything that was signed, for what was altered behind the application's back."""
    integrity.check_everything()


@shared_task
def take_away_unfinished() -> None:
    """Take away files that were sent and never became evidence."""
    storing.take_away_unfinished(timezone.now())


@shared_task
def send_mails() -> None:
    """Send what mail is waiting."""
    mails.send_mails()


@shared_task
def send_digests() -> None:
    """Write the mails of the day for those who want one."""
    notices.send_digests(timezone.now())


@shared_task
def tell_of_ends() -> None:
    """Remind people of the approvals that end soon."""
    reminders.tell_of_ends(timezone.now())


@shared_task
def clear_sessions() -> None:
    """Forget the sessions that are over."""
    SessionStore.clear_expired()


@shared_task
def tell_of_due() -> None:
    """Remind people of what they were assigned."""
    due.tell_of_due(timezone.now())


def recover(*, worker: str) -> None:
    """What a worker does when it starts: whatever one of its name had claimed, that one died over."""
    report.release(worker)
    sweep()
