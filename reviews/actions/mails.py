"""Sending mail: from the table of what is to be sent, each once, also after a crash."""

import logging
from datetime import datetime, timedelta
from smtplib import SMTPRecipientsRefused, SMTPResponseException

from django.core.mail import EmailMessage
from django.db.models import QuerySet
from django.utils import timezone

from reviews.actions.transaction import writing
from reviews.languages import as_told_to
from reviews.models import Mail, Notice
from reviews.notices import digest_of

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
"""So long one worker has for one mail; then another may take it over."""

MOST_ATTEMPTS = 20
_LONGEST_PAUSE = timedelta(hours=6)


def waiting(now: datetime) -> QuerySet[Mail]:
    """What is to be sent now, the oldest first."""
    return Mail.objects.filter(sent_at=None, failed_at=None, due_at__lte=now).order_by("due_at", "id")


def send_mails() -> int:
    """Send all that is waiting; returns how many were sent.

    A mail is taken in one transaction and marked as sent in another, so that the database is free while the server
    takes its time. A worker that dies in between leaves it to be sent again when its lease ends, under the same
    Message-ID. What cannot be sent is tried again after longer and longer pauses, and given up after a few days; what
    its person may not see any more is left out, and a mail of nothing else is given up at once.
    """
    sent = 0
    while mail := _take():
        sent += _still_tells(mail) and _send(mail)
    return sent


def _take() -> Mail | None:
    with writing():
        now = timezone.now()
        mail = waiting(now).select_for_update(skip_locked=True, of=("self",)).first()
        if mail is not None:
            mail.attempts += 1
            mail.due_at = now + LEASE
            mail.save(update_fields=["attempts", "due_at"])
    return mail


def _still_tells(mail: Mail) -> bool:
    """Leave out of a mail what its person may not see any more since it was written; whether anything is left."""
    with writing():
        notices = Notice.objects.filter(mail=mail)
        visible = notices.visible()
        hidden = notices.exclude(pk__in=visible.values("pk"))
        if not hidden.exists():
            return True
        rest = list(visible.select_related("review__workload", "by").order_by("at", "id"))
        if not rest:
            gone = "not sent: the person may not see any more what it tells of"
            Mail.objects.filter(pk=mail.pk).update(failed_at=timezone.now(), error=gone)
            return False
        with as_told_to(mail.user):
            mail.subject, mail.body = digest_of(rest)
        mail.save(update_fields=["subject", "body"])
        hidden.update(mail=None)
    return True


def _send(mail: Mail) -> bool:
    message = EmailMessage(mail.subject, mail.body, to=[mail.address], headers={"Message-ID": mail.message_id})
    try:
        message.send()
    except (OSError, SMTPResponseException) as problem:
        _failed(mail, problem)
        return False
    Mail.objects.filter(pk=mail.pk).update(sent_at=timezone.now(), error="")
    return True


def _failed(mail: Mail, problem: Exception) -> None:
    for_good = isinstance(problem, SMTPRecipientsRefused) or mail.attempts >= MOST_ATTEMPTS
    log.warning("mail %s to %s was not sent%s: %s", mail.pk, mail.address, ", for good" if for_good else "", problem)
    now = timezone.now()
    pause = min(timedelta(minutes=2 ** min(mail.attempts, 10)), _LONGEST_PAUSE)
    Mail.objects.filter(pk=mail.pk).update(
        error=str(problem)[:1000], due_at=now + pause, failed_at=now if for_good else None
    )
