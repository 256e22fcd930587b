"""Taking an answer back to what it was."""

import uuid
from typing import Any

from django.utils.translation import gettext as _

from reviews.access import Actor
from reviews.actions.answer import Given, SavedAnswer, save_answer
from reviews.actions.errors import Invalid
from reviews.actions.fitting import fitted
from reviews.models import EventKind, Review

_CONTENT = ("selected", "left_out", "rows", "not_applicable", "reason", "note")


def restore_answer(
    actor: Actor, *, review_id: uuid.UUID, question_id: str, version: int | None, to: int
) -> SavedAnswer:
    """Give the answer the content that it had in version `to` (0: none), as a new version after `version`.

    What of it has no place in the question any more stays away. Raises as `save_answer` does, and `Invalid` where
    there was no such version.
    """
    review = Review.objects.visible_to(actor.user).get(pk=review_id)
    content: dict[str, Any] = _content_of(review, question_id, to) if to else {}
    if content and question_id in (questions := review.checklist.questions_by_id):
        content |= fitted(content, questions[question_id])
    return save_answer(actor, review_id=review_id, question_id=question_id, given=Given(version=version, **content))


def _content_of(review: Review, question_id: str, version: int) -> dict[str, Any]:
    """What the trail says of the version; one that a move to another edition made had the content before it."""
    answered = review.events.filter(
        kind=EventKind.ANSWERED, detail__question=question_id, detail__version__lte=version
    )
    event = answered.order_by("-number").first()
    if event is not None:
        return {name: event.detail[name] for name in _CONTENT}
    carried = review.events.filter(kind=EventKind.ANSWERS_CARRIED_OVER).first()
    content = carried.detail["answers"].get(question_id) if carried else None
    if content is None:
        raise Invalid({"to": _("This answer had no version {}.").format(version)})
    return {name: content[name] for name in _CONTENT}
