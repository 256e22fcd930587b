"""Notices in words, in whatever language is active; and the mails made of them."""

from collections.abc import Sequence

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reviews.models import Notice, NoticeKind

EXCERPT = 500
"""Characters of what somebody wrote that a mail repeats."""


def sentence(notice: Notice) -> str:
    """What the notice says; reads `review.workload` and `by`."""
    sentences = {
        NoticeKind.ASSIGNMENT: _("{by} assigned something to you in {review}"),
        NoticeKind.DUE: _("Something that is assigned to you is due in {review}"),
        NoticeKind.MENTION: _("{by} mentioned you in {review}"),
        NoticeKind.COMMENT: _("{by} commented in {review}"),
        NoticeKind.REQUEST: _("{by} requested changes in {review}"),
        NoticeKind.AWAITING: _("{by} submitted {review}, which waits for your decision"),
        NoticeKind.DECISION: _("{by} approved {review}"),
        NoticeKind.EXPIRY: _("The approval of {review} ends soon"),
    }
    # A name with a line break would begin another header of a mail.
    name = " ".join(notice.review.workload.name.split())
    review = _("{workload}, review {number}").format(workload=name, number=notice.review.number)
    question = f": {notice.question_id}" if notice.question_id else ""
    by = notice.by.name if notice.by else _("Somebody")
    return sentences[NoticeKind(notice.kind)].format(by=by, review=review) + question


def place(notice: Notice) -> str:
    """The address of the page that the notice is about, without the host; who may not answer is led on from there."""
    if notice.kind == NoticeKind.EXPIRY:
        return reverse("report", args=[notice.review_id])
    if notice.kind in {NoticeKind.ASSIGNMENT, NoticeKind.DUE, NoticeKind.REQUEST} or notice.question_id:
        mine = "" if notice.kind == NoticeKind.REQUEST else "?show=mine"
        anchor = f"#q-{notice.question_id}" if notice.question_id else mine
        return f"{reverse('questionnaire', args=[notice.review_id])}{anchor}"
    return reverse("review", args=[notice.review_id])


def mail_of(notice: Notice) -> tuple[str, str]:
    """Subject and body of a mail that tells of one notice."""
    said = sentence(notice)
    parts = [f"{said}.", excerpt(notice.text), f"{settings.BASE_URL}{place(notice)}", _footer()]
    return said, "\n\n".join(part for part in parts if part)


def digest_of(notices: Sequence[Notice]) -> tuple[str, str]:
    """Subject and body of a mail that tells of several; the oldest comes first."""
    count = len(notices)
    subject = ngettext("{count} notice of the last day", "{count} notices of the last day", count).format(count=count)
    parts = []
    for each in notices:
        lines = [f"{sentence(each)}.", excerpt(each.text), f"{settings.BASE_URL}{place(each)}"]
        parts.append("\n".join(line for line in lines if line))
    return subject, "\n\n".join([*parts, _footer()])


def excerpt(text: str) -> str:
    """The beginning of what somebody wrote, quoted as mails do it."""
    shown = text if len(text) <= EXCERPT else f"{text[:EXCERPT].rstrip()} …"
    return "\n".join(f"> {line}" for line in shown.splitlines())


def _footer() -> str:
    address = f"{settings.BASE_URL}{reverse('notice-settings')}"
    return _("What you get mail of, and when: {address}").format(address=address)
