"""Talking about a review: threads on a question or on the whole, mentions, and change requests."""

import re
import uuid
from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from reviews.access import Actor, Deed, ReviewAccess, may_be_mentioned
from reviews.actions.errors import Invalid
from reviews.actions.holding import locked_review
from reviews.actions.notices import tell
from reviews.actions.texts import fault_of
from reviews.actions.trail import record
from reviews.actions.transaction import writing
from reviews.models import Comment, EventKind, NoticeKind, Review, Thread, ThreadKind, User

_MENTION = re.compile(r"(?<![\w@])@([\w.+-]+)")


def open_thread(
    actor: Actor, *, review_id: uuid.UUID, question_id: str, text: str, kind: ThreadKind = ThreadKind.DISCUSSION
) -> Comment:
    """Begin a thread on a question, or on the review as a whole where `question_id` is empty.

    A change request is opened by who may request changes, and holds up the review's next submission.

    Raises Review.DoesNotExist for a review that the person cannot see, `Refused` where they may not do this now, and
    `Invalid` for a text that cannot be taken and a question that is not there.
    """
    with writing():
        review = locked_review(actor.user, review_id)
        deed = Deed.REQUEST_CHANGES if kind == ThreadKind.CHANGE_REQUEST else Deed.COMMENT
        ReviewAccess(actor.user, review).require(deed)
        if question_id and question_id not in review.checklist.questions_by_id:
            raise Invalid({"": _("The edition of this review has no question {}.").format(question_id)})
        return begin(actor, review, question_id, text, kind)


def begin(actor: Actor, review: Review, question_id: str, text: str, kind: ThreadKind) -> Comment:
    """The same for a review that is held already, whoever may do it."""
    text = _checked(text)
    thread = Thread.objects.create(
        review=review, question_id=question_id, kind=kind, opened_by=actor.user, opened_at=timezone.now()
    )
    return _say(actor, thread, text, opens=kind)


def reply(actor: Actor, *, review_id: uuid.UUID, thread_id: int, text: str) -> Comment:
    """Say something in a thread. Raises as `open_thread` does, and Thread.DoesNotExist."""
    with writing():
        review = locked_review(actor.user, review_id)
        ReviewAccess(actor.user, review).require(Deed.COMMENT)
        thread = _thread(review, thread_id)
        return _say(actor, thread, _checked(text))


def resolve(actor: Actor, *, review_id: uuid.UUID, thread_id: int) -> Thread:
    """Say that a thread is settled. One that is already stays as it is. Raises as `reply` does."""
    with writing():
        review = locked_review(actor.user, review_id)
        thread = _thread(review, thread_id)
        ReviewAccess(actor.user, review).require_resolve(thread)
        if thread.is_open:
            thread.resolved_by, thread.resolved_at = actor.user, timezone.now()
            thread.save(update_fields=["resolved_by", "resolved_at"])
            record(review, EventKind.THREAD_RESOLVED, actor, question=thread.question_id, thread=thread.pk)
    return thread


def reopen(actor: Actor, *, review_id: uuid.UUID, thread_id: int) -> Thread:
    """Say that a thread is not settled after all. Raises as `reply` does."""
    with writing():
        review = locked_review(actor.user, review_id)
        ReviewAccess(actor.user, review).require(Deed.COMMENT)
        thread = _thread(review, thread_id)
        if not thread.is_open:
            thread.resolved_by = thread.resolved_at = None
            thread.save(update_fields=["resolved_by", "resolved_at"])
            record(review, EventKind.THREAD_REOPENED, actor, question=thread.question_id, thread=thread.pk)
    return thread


def mentioned(text: str, people: Iterable[User]) -> list[User]:
    """Those of the people whose user name stands in the text after an @; a full stop after it ends the sentence."""
    names = {name.rstrip(".-+").lower() for name in _MENTION.findall(text)}
    return [person for person in people if person.username.lower() in names]


def _thread(review: Review, thread_id: int) -> Thread:
    return review.threads.select_related("opened_by").get(pk=thread_id)


def _checked(text: str) -> str:
    text = text.strip()
    if not text:
        raise Invalid({"text": _("The comment is empty.")})
    if fault := fault_of("comment", text):
        raise Invalid({"text": fault})
    return text


def _say(actor: Actor, thread: Thread, text: str, *, opens: ThreadKind | None = None) -> Comment:
    made = Comment.objects.create(thread=thread, author=actor.user, text=text)
    review, question = thread.review, thread.question_id
    detail: dict[str, Any] = {"question": question, "thread": thread.pk, "text": text}
    if opens == ThreadKind.CHANGE_REQUEST:
        detail["opens"] = opens.value
    event = record(review, EventKind.COMMENTED, actor, **detail)
    named = mentioned(text, may_be_mentioned(review)) if "@" in text else []
    talking = list(User.objects.filter(pk__in=thread.comments.values("author")))
    # Who is mentioned is told of that, and not of the same comment a second time: the key is the same.
    for people, kind in ((named, NoticeKind.MENTION), (talking, NoticeKind.COMMENT)):
        key = f"event:{event.pk}"
        tell(people, kind, review=review, by=actor.user, key=key, question_id=question, text=text)
    return made
