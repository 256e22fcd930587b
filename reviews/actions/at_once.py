"""Several answers of a section at once: each is saved as one alone would be, all in one transaction."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from django.utils.translation import gettext as _

from checklists.language import Section
from reviews.access import Actor, Deed, ReviewAccess
from reviews.actions.answer import Given, SavedAnswer, confirm_answer, save_answer
from reviews.actions.errors import Invalid, Stale
from reviews.actions.holding import locked_review
from reviews.actions.restoring import restore_answer
from reviews.actions.score import standing_now, value_of
from reviews.actions.transaction import writing
from reviews.models import Answer, Review


@dataclass(frozen=True)
class Open:
    """What can be done at once in a section: the versions of the answers by question id.

    `unanswered` are the questions that are asked and that nobody has said anything of but a note, 0 for no answer;
    `carried` are the answers that are to be confirmed.
    """

    unanswered: Mapping[str, int]
    carried: Mapping[str, int]


@dataclass(frozen=True)
class Done:
    """What was done: the versions that were made by question id, and the questions that somebody was faster in."""

    made: Mapping[str, int]
    overtaken: tuple[str, ...]


def open_in(review: Review, section_id: str) -> Open:
    """What can be done at once in a section now. Raises `Invalid` for a section that is not there."""
    section = _section(review, section_id)
    standing = standing_now(review)
    stored = {answer.question_id: answer for answer in _answers(review, section)}
    asked = [question.id for question in section.questions if standing.is_asked(question)]
    return Open(
        unanswered={each: _version(stored, each) for each in asked if _says_nothing(stored.get(each))},
        carried={each: _version(stored, each) for each in asked if each in stored and not stored[each].confirmed},
    )


def set_aside(
    actor: Actor, *, review_id: uuid.UUID, section_id: str, versions: Mapping[str, int], reason: str
) -> Done:
    """Say of unanswered questions of a section that they do not apply, with one reason; notes stay.

    `versions` are those of the answers that the person saw, by question id. What somebody answered meanwhile stays as
    it is. Raises Review.DoesNotExist, `Refused`, and `Invalid` for a reason that cannot be taken and for a question
    that is not in the section; nothing is written then.
    """
    with writing():
        review = _held(actor, review_id)
        stored = {answer.question_id: answer for answer in _answers(review, _section(review, section_id, versions))}

        def save(question_id: str, version: int) -> SavedAnswer:
            answer = stored.get(question_id)
            if not _says_nothing(answer):
                raise Stale("", answer)
            note = answer.note if answer else ""
            given = Given(version=version, not_applicable=True, reason=reason, note=note)
            return save_answer(actor, review_id=review_id, question_id=question_id, given=given)

        return _each(versions, save)


def confirm_all(actor: Actor, *, review_id: uuid.UUID, section_id: str, versions: Mapping[str, int]) -> Done:
    """Confirm answers of a section that were carried over, as the person saw them. Raises as `set_aside` does."""
    with writing():
        review = _held(actor, review_id)
        there = {answer.question_id for answer in _answers(review, _section(review, section_id, versions))}
        versions = {each: version for each, version in versions.items() if each in there}
        return _each(versions, partial(_confirm, actor, review_id))


def take_back(actor: Actor, *, review_id: uuid.UUID, section_id: str, versions: Mapping[str, int]) -> Done:
    """Undo what was done at once: `versions` are those that it made. What was changed since stays as it is.

    Raises as `set_aside` does.
    """
    with writing():
        _section(_held(actor, review_id), section_id, versions)
        return _each(versions, partial(_restore, actor, review_id))


def _confirm(actor: Actor, review_id: uuid.UUID, question_id: str, version: int) -> SavedAnswer:
    return confirm_answer(actor, review_id=review_id, question_id=question_id, version=version)


def _restore(actor: Actor, review_id: uuid.UUID, question_id: str, version: int) -> SavedAnswer:
    before = max(0, version - 1)
    return restore_answer(actor, review_id=review_id, question_id=question_id, version=version, to=before)


def _each(versions: Mapping[str, int], save: Callable[[str, int], SavedAnswer]) -> Done:
    made: dict[str, int] = {}
    overtaken = []
    for question_id, version in versions.items():
        try:
            saved = save(question_id, version)
        except Stale:
            overtaken.append(question_id)
        else:
            if saved.stored.version > version:
                made[question_id] = saved.stored.version
    return Done(made, tuple(overtaken))


def _held(actor: Actor, review_id: uuid.UUID) -> Review:
    review = locked_review(actor.user, review_id)
    ReviewAccess(actor.user, review).require(Deed.ANSWER)
    return review


def _section(review: Review, section_id: str, versions: Mapping[str, int] | None = None) -> Section:
    """The section; raises `Invalid` where it is not there, or not all of the questions are in it."""
    section = next((each for each in review.checklist.sections if each.id == section_id), None)
    if section is None or (versions or {}).keys() - {question.id for question in section.questions}:
        raise Invalid({"": _("There is no such section or question in this review.")})
    return section


def _answers(review: Review, section: Section) -> list[Answer]:
    return list(review.answers.filter(question_id__in=[question.id for question in section.questions]))


def _version(stored: Mapping[str, Answer], question_id: str) -> int:
    return stored[question_id].version if question_id in stored else 0


def _says_nothing(answer: Answer | None) -> bool:
    """Whether there is no answer, or nothing but a note."""
    return answer is None or not value_of(answer).answered
