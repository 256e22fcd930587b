"""Telling people what concerns them: a notice in the application, and mail when they want it."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from reviews.actions.nudge import send_mails_later
from reviews.actions.transaction import writing
from reviews.languages import as_told_to
from reviews.models import Delivery, Mail, Notice, NoticeKind, NoticeSetting, Review, Role, User
from reviews.notices import digest_of, mail_of

DEFAULTS = dict.fromkeys(NoticeKind, Delivery.NOW) | {NoticeKind.COMMENT: Delivery.DAILY}
"""When people get mail who did not say."""

_DIGEST_EVERY = timedelta(hours=20)
DIGEST_HOUR = 7
"""From this hour on, in the time zone of the installation, the mail of the day is sent."""


def tell(
    people: Iterable[User],
    kind: NoticeKind,
    *,
    review: Review,
    by: User | None,
    key: str,
    question_id: str = "",
    text: str | Callable[[], str] = "",
) -> int:
    """Tell people of something, each once for the `key` of the occasion; returns how many of them were told now.

    Whoever did it is not told, nor who cannot see the review or whose account is closed. Call inside the transaction
    that it happens in: the notice is there when that is, and mail goes out afterwards. A `text` of our own is a
    function, so that everybody is told in their language; one that somebody wrote is the same for all.
    """
    asked = {person.pk for person in people if by is None or person.pk != by.pk}
    members = User.objects.filter(pk__in=asked, is_active=True, memberships__team=review.workload.team_id)
    told = Notice.objects.filter(key=key, user__in=asked).values_list("user", flat=True)
    fresh = list(members.exclude(pk__in=list(told)).order_by("pk"))
    settings_of = _deliveries(fresh, kind)
    now = timezone.now()
    notices = []
    for person in fresh:
        with as_told_to(person):
            said = text() if callable(text) else text
        notice = Notice(
            user=person,
            kind=kind,
            key=key,
            review=review,
            question_id=question_id,
            by=by,
            text=said,
            at=now,
            delivery=settings_of.get(person.pk, DEFAULTS[kind]),
        )
        if notice.delivery == Delivery.NOW:
            with as_told_to(person):
                subject, body = mail_of(notice)
            notice.mail = _write(person, subject, body, now)
        notices.append(notice)
    return len(Notice.objects.bulk_create(notices))


def leads_of(review: Review) -> QuerySet[User]:
    """The leads of the review's team."""
    return User.objects.filter(memberships__team=review.workload.team_id, memberships__role=Role.LEAD)


def authors_of(review: Review) -> QuerySet[User]:
    """Those who wrote the review or answered in it."""
    return User.objects.filter(contributions__review=review)


def read(user: User, notice_id: int) -> Notice:
    """Mark a notice of the person's as read, and return it. Raises Notice.DoesNotExist for any other."""
    notice = Notice.objects.visible_to(user).select_related("review__workload", "by").get(pk=notice_id)
    if notice.read_at is None:
        Notice.objects.filter(pk=notice.pk).update(read_at=timezone.now())
    return notice


def read_all(user: User, until: int) -> None:
    """Mark the person's notices as read, up to the one with this id: those that they saw."""
    Notice.objects.visible_to(user).filter(read_at=None, pk__lte=until).update(read_at=timezone.now())


def delivery_of(user: User) -> dict[NoticeKind, Delivery]:
    """When the person gets mail of each kind."""
    said = {NoticeKind(each.kind): Delivery(each.delivery) for each in user.notice_settings.all()}
    return DEFAULTS | said


def set_delivery(user: User, chosen: dict[NoticeKind, Delivery]) -> None:
    """Keep when the person wants mail of each kind; notices that are waiting for the mail of the day follow."""
    with writing():
        for kind, delivery in chosen.items():
            NoticeSetting.objects.update_or_create(user=user, kind=kind, defaults={"delivery": delivery})
            if delivery != Delivery.DAILY:
                waiting = user.notices.filter(kind=kind, delivery=Delivery.DAILY, mail=None)
                waiting.update(delivery=Delivery.NEVER)


def send_digests(now: datetime) -> int:
    """Write the mails of the day; returns how many. Safe to run at any time: each notice is told of once."""
    if timezone.localtime(now).hour < DIGEST_HOUR:
        return 0
    waiting = Notice.objects.visible().filter(delivery=Delivery.DAILY, mail=None, read_at=None)
    written = 0
    for user in User.objects.filter(pk__in=waiting.values("user")).order_by("pk"):
        written += _write_digest(user, now)
    return written


def _write_digest(user: User, now: datetime) -> bool:
    with writing():
        # Two that come here at once take turns, and the second finds nothing left.
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        since = Notice.objects.filter(user=user, delivery=Delivery.DAILY, mail__written_at__gt=now - _DIGEST_EVERY)
        waiting = Notice.objects.visible_to(user).filter(delivery=Delivery.DAILY, mail=None, read_at=None)
        notices = list(waiting.select_related("review__workload", "by").order_by("at", "id"))
        if not notices or since.exists():
            return False
        with as_told_to(user):
            mail = _write(user, *digest_of(notices), now)
        Notice.objects.filter(pk__in=[notice.pk for notice in notices]).update(mail=mail)
    return True


def _deliveries(people: list[User], kind: NoticeKind) -> dict[int, Delivery]:
    said = NoticeSetting.objects.filter(user__in=people, kind=kind).values_list("user", "delivery")
    return {user: Delivery(delivery) for user, delivery in said}


def _write(user: User, subject: str, body: str, now: datetime) -> Mail:
    mail = Mail(user=user, address=user.email, subject=subject[:300], body=body, written_at=now, due_at=now)
    mail.message_id = f"<{mail.pk}@{settings.DEFAULT_FROM_EMAIL.rpartition('@')[2]}>"
    mail.save(force_insert=True)
    send_mails_later()
    return mail
