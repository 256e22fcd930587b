"""Moving a running review to another edition of its checklist, and back."""

import uuid
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from checklists.language import Checklist, JoinError, Question, joined
from checklists.language.diff import Carried, carried
from checklists.models import Edition
from reviews.access import Actor, Deed, ReviewAccess
from reviews.actions.answer import contributes
from reviews.actions.errors import Invalid, Stale
from reviews.actions.fitting import PLACES, fitted
from reviews.actions.freeze import set_milestone
from reviews.actions.holding import locked_review, touch
from reviews.actions.trail import record
from reviews.actions.transaction import writing
from reviews.models import Answer, EditionChange, EventKind, Review


def newer_edition(review: Review) -> Edition | None:
    """The newest edition of the review's checklist, where it is newer than the review's own."""
    newest = Edition.objects.without_content().filter(key=review.edition.key).order_by("-published_at").first()
    return newest if newest is not None and newest.published_at > review.edition.published_at else None


def preview_of_move(review: Review, edition: Edition) -> Carried:
    """What would become of the review's answers in another edition."""
    answers = {answer.question_id: [*answer.selected, *answer.left_out] for answer in review.answers.all()}
    return carried(review.edition.checklist, edition.checklist, answers)


def move_review(actor: Actor, *, review_id: uuid.UUID, edition_id: uuid.UUID, version: int) -> EditionChange:
    """Move the review to another edition of its checklist, with a milestone of how it was.

    Answers to questions that keep their id stay, with the choices that keep theirs. What falls away is kept, and
    comes back when the move is undone. Raises Review.DoesNotExist and Edition.DoesNotExist, `Refused`, `Stale` where
    the review was changed after the preview at `version`, and `Invalid` for an edition that it cannot move to.
    """
    with writing():
        review = locked_review(actor.user, review_id)
        access = ReviewAccess(actor.user, review)
        access.require(Deed.CHANGE_CHECKLIST)
        new = Edition.objects.without_content().get(pk=edition_id)
        old = review.edition
        if new.key != old.key or new.pk == old.pk:
            raise Invalid(
                {
                    "edition": _("Choose another edition of {title} than {version}.").format(
                        title=old.title, version=old.version
                    )
                }
            )
        if version != review.version:
            raise Stale(
                _("The review was changed after this preview. Look at what would carry over now, then move it.")
            )
        _require_joined(review, new)
        milestone = set_milestone(review, name=f"Before the move to edition {new.version}", by=actor.user)
        before = _fit(review, new.checklist)
        change = EditionChange.objects.create(
            review=review, old=old, new=new, milestone=milestone, answers=before, by=actor.user, at=milestone.at
        )
        _set_edition(review, new)
        contributes(access)
        record(review, EventKind.EDITION_CHANGED, actor, statement=f"Edition {old.version} → {new.version}")
        touch(review)
    return change


def last_move(review: Review) -> EditionChange | None:
    """The move that brought the review to its edition, where it can be undone."""
    return (
        review.edition_changes.filter(undone_at=None, new=review.edition_id)
        .select_related("old", "by")
        .defer("old__content")
        .last()
    )


def undo_move(actor: Actor, *, review_id: uuid.UUID) -> Review:
    """Take the review back to the edition that it came from.

    What was answered since stays wherever it has a place there; all other answers are as they were before the move.
    Raises Review.DoesNotExist, `Refused`, and `Invalid` where there is no move to undo, or a checklist that was added
    since does not go with the old edition.
    """
    with writing():
        review = locked_review(actor.user, review_id)
        access = ReviewAccess(actor.user, review)
        access.require(Deed.CHANGE_CHECKLIST)
        change = last_move(review)
        if change is None:
            raise Invalid({"": _("This review was not moved to its edition, so there is nothing to undo.")})
        _require_joined(review, change.old)
        questions = change.old.checklist.questions_by_id
        for answer in review.answers.filter(question_id__in=questions):
            question, kept = questions[answer.question_id], change.answers.get(answer.question_id)
            fits = _fits(answer, question)
            # A move changes what an answer holds, and leaves when it was given.
            if kept is not None and (answer.answered_at <= change.at or not fits):
                _restore(answer, {name: kept[name] for name in PLACES})
            elif not fits:
                _restore(answer, fitted(vars(answer), question))
        change.undone_at = timezone.now()
        change.save(update_fields=["undone_at"])
        new = review.edition
        _set_edition(review, change.old)
        contributes(access)
        said = f"Edition {new.version} → {change.old.version}"
        record(review, EventKind.EDITION_CHANGE_UNDONE, actor, statement=said)
        touch(review)
    return review


_EMPTY: dict[str, Any] = {name: [] for name in PLACES}


def _fit(review: Review, new: Checklist) -> dict[str, Any]:
    """Take out of the answers what has no place in a checklist; returns how the changed ones were.

    Answers to questions that are not there stay as they are: nothing asks for them.
    """
    old = review.edition.checklist.questions_by_id
    before: dict[str, Any] = {}
    for answer in review.answers.filter(question_id__in=old.keys() & new.questions_by_id.keys()):
        was, question = old[answer.question_id], new.questions_by_id[answer.question_id]
        if question.kind == was.kind and _fits(answer, question):
            continue
        kept = {name: getattr(answer, name) for name in PLACES}
        if _restore(answer, fitted(vars(answer), question) if question.kind == was.kind else _EMPTY):
            before[answer.question_id] = kept
    return before


def _fits(answer: Answer, question: Question) -> bool:
    """Whether the answer could have been given to the question, as far as its choices and numbers go."""
    kept = fitted(vars(answer), question)
    return all(sorted(kept[name]) == sorted(getattr(answer, name)) for name in ("selected", "left_out")) and (
        kept["rows"] == answer.rows
    )


def _restore(answer: Answer, content: dict[str, Any]) -> bool:
    """Give the answer this content, as its next version; returns whether it had another.

    One that stays as it is keeps its version: pages that show it are not out of date.
    """
    if all(getattr(answer, name) == value for name, value in content.items()):
        return False
    for name, value in content.items():
        setattr(answer, name, value)
    answer.version += 1
    answer.save(update_fields=[*content, "version"])
    return True


def _require_joined(review: Review, edition: Edition) -> None:
    """Raise `Invalid` where the edition does not go with the checklists that were added to the review."""
    try:
        joined([edition.checklist, *(added.checklist for added in review.editions[1:])])
    except JoinError as problem:
        raise Invalid(
            {"edition": _("{problem} Take that checklist out of the review first.").format(problem=problem)}
        ) from None


def _set_edition(review: Review, edition: Edition) -> None:
    review.edition = edition
    review.save(update_fields=["edition"])
    vars(review).pop("editions", None)
