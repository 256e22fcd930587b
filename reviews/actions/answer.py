"""Answering questions, stating facts, commenting."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from django.utils import timezone

from checklists.language import Question
from reviews.access import Actor, Deed, ReviewAccess
from reviews.actions.errors import Invalid, Stale
from reviews.actions.holding import locked_review, touch, touch_running
from reviews.actions.texts import fault_of
from reviews.actions.trail import record
from reviews.actions.transaction import writing
from reviews.models import Answer, Comment, Contributor, EventKind, Review, Workload, WorkloadFact


@dataclass(frozen=True)
class Given:
    """What somebody answers: choice ids, or that the question does not apply and why; and a note.

    `version` is the version of the answer that this one is based on, 0 for none yet; None was not sent and is
    refused, as it would hide that a colleague was faster.
    """

    version: int | None
    selected: Collection[str] = ()
    not_applicable: bool = False
    reason: str = ""
    note: str = ""


def answer_question(actor: Actor, *, review_id: uuid.UUID, question_id: str, given: Given) -> Answer:
    """Save one answer and mark the score as stale.

    An answer equal to the stored one changes nothing. Raises Review.DoesNotExist for a review that the person cannot
    see, `Refused` where they may not answer now, `Invalid` for what cannot be taken, and `Stale`, with the
    current answer, where a colleague's answer would be overwritten.
    """
    with writing():
        review = locked_review(actor.user, review_id)
        access = ReviewAccess(actor.user, review)
        access.require(Deed.ANSWER)
        question = _question(review, question_id)
        selected = _checked(question, given)
        answer = Answer.objects.filter(review=review, question_id=question_id).select_related("answered_by").first()
        if answer is None:
            answer = Answer(review=review, question_id=question_id, version=0)
        content = (selected, given.not_applicable, given.reason, given.note)
        if answer.version and content == (answer.selected, answer.not_applicable, answer.reason, answer.note):
            return answer
        if given.version != answer.version:
            who = "You yourself" if answer.version and answer.answered_by == actor.user else "A colleague"
            raise Stale(_STALE.format(who=who), answer if answer.version else None)
        answer.selected, answer.not_applicable, answer.reason, answer.note = content
        answer.version += 1
        answer.answered_by = actor.user
        answer.answered_at = timezone.now()
        answer.save(force_insert=answer.version == 1)
        contributes(access)
        record(
            review,
            EventKind.ANSWERED,
            actor,
            at=answer.answered_at,
            question=question_id,
            version=answer.version,
            selected=selected,
            not_applicable=given.not_applicable,
            reason=given.reason,
            note=given.note,
        )
        touch(review)
    return answer


def state_fact(actor: Actor, *, review_id: uuid.UUID, name: str, value: bool) -> None:
    """Say whether a fact holds for the workload; every running review of it is scored anew.

    Raises as `answer_question` does.
    """
    with writing():
        # The workload first: two who state facts in two of its reviews would otherwise wait for each other for ever.
        Workload.objects.select_for_update().filter(reviews=review_id).first()
        review = locked_review(actor.user, review_id)
        access = ReviewAccess(actor.user, review)
        access.require(Deed.ANSWER)
        if name not in {fact.id for fact in review.edition.checklist.facts}:
            raise Invalid({"": f"The checklist of this review asks for no fact named {name}."})
        known = WorkloadFact.objects.filter(workload=review.workload_id, name=name).values_list("value", flat=True)
        if known.first() is value:
            return
        WorkloadFact.objects.update_or_create(workload=review.workload, name=name, defaults={"value": value})
        contributes(access)
        record(review, EventKind.FACT_SET, actor, fact=name, value=value)
        touch_running(review.workload)


def comment(actor: Actor, *, review_id: uuid.UUID, question_id: str, text: str) -> Comment:
    """Say something about one question. Raises as `answer_question` does."""
    text = text.strip()
    with writing():
        review = locked_review(actor.user, review_id)
        ReviewAccess(actor.user, review).require(Deed.COMMENT)
        _question(review, question_id)
        if not text:
            raise Invalid({"text": "The comment is empty."})
        if fault := fault_of("comment", text):
            raise Invalid({"text": fault})
        made = Comment.objects.create(review=review, question_id=question_id, author=actor.user, text=text)
        record(review, EventKind.COMMENTED, actor, question=question_id, text=text)
    return made


def contributes(access: ReviewAccess) -> None:
    """Note that the person took part in the answers, and so cannot decide on them."""
    if not access.contributed:
        Contributor.objects.get_or_create(review=access.review, user=access.user)


_STALE = "{who} changed this answer after you opened it. Nothing of yours is lost: compare, then choose."


def _question(review: Review, question_id: str) -> Question:
    question = review.edition.checklist.questions_by_id.get(question_id)
    if question is None:
        raise Invalid({"": f"The edition of this review has no question {question_id}."})
    return question


def _checked(question: Question, given: Given) -> list[str]:
    """The chosen ids in the edition's order; raises `Invalid` with all that is wrong."""
    chosen = set(given.selected)
    errors: dict[str, str] = {}
    if given.version is None:
        errors[""] = "The save did not say which version it is based on. Reload the page and save again."
    if unknown := sorted(chosen - question.choice_ids):
        errors["choices"] = f"{', '.join(unknown)} is not a choice of {question.id}."
    elif question.kind == "one" and len(chosen) > 1:
        errors["choices"] = f"{question.id} takes one choice, and {len(chosen)} were sent."
    elif len(chosen) > 1 and any(choice.none_of_these for choice in question.choices if choice.id in chosen):
        errors["choices"] = "“None of these” cannot be combined with a practice."
    if given.not_applicable and not given.reason.strip():
        errors["reason"] = "Say why the question does not apply: the lead and the auditor will ask."
    for name, text in (("reason", given.reason), ("note", given.note)):
        if fault := fault_of(name, text):
            errors[name] = fault
    if errors:
        raise Invalid(errors)
    return [choice.id for choice in question.choices if choice.id in chosen]
