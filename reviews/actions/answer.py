"""Answering questions, stating facts."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.utils import timezone

from checklists.language import Question, read_fact
from checklists.measured import Row, RowError, clean_rows
from checklists.scoring import Result, score_standing
from checklists.standing import Standing
from reviews.access import Actor, Deed, ReviewAccess
from reviews.actions.errors import Invalid, Stale
from reviews.actions.holding import grow, locked_review, touch_running
from reviews.actions.score import standing_now, store
from reviews.actions.texts import fault_of
from reviews.actions.trail import record
from reviews.actions.transaction import writing
from reviews.models import Answer, Contributor, EventKind, Review, Workload, WorkloadFact


@dataclass(frozen=True)
class Given:
    """What somebody answers: choice ids, or that the question does not apply and why; and a note.

    `left_out` are the ids of practices that do not apply, `rows` the table of a question answered with numbers.
    `version` is the version of the answer that this one is based on, 0 for none yet; None was not sent and is
    refused, as it would hide that a colleague was faster.
    """

    version: int | None
    selected: Collection[str] = ()
    not_applicable: bool = False
    reason: str = ""
    note: str = ""
    left_out: Collection[str] = ()
    rows: Sequence[Mapping[str, str]] = ()


@dataclass(frozen=True)
class _Content:
    """An answer as it is stored."""

    selected: list[str]
    left_out: list[str]
    rows: list[Row]
    not_applicable: bool
    reason: str
    note: str

    @classmethod
    def of(cls, answer: Answer) -> "_Content":
        return cls(**{name: getattr(answer, name) for name in cls.__dataclass_fields__})


@dataclass(frozen=True)
class Saved:
    """A review after a save: its answers and conditions, and the score that follows from them."""

    review: Review
    standing: Standing
    result: Result


@dataclass(frozen=True)
class SavedAnswer(Saved):
    """The same after an answer was saved."""

    answer: Answer


def answer_question(actor: Actor, *, review_id: uuid.UUID, question_id: str, given: Given) -> Answer:
    """As `save_answer`, for who needs the answer alone."""
    return save_answer(actor, review_id=review_id, question_id=question_id, given=given).answer


def save_answer(actor: Actor, *, review_id: uuid.UUID, question_id: str, given: Given) -> SavedAnswer:
    """Save one answer, and score the review with it.

    An answer equal to the stored one changes nothing. Raises Review.DoesNotExist for a review that the person cannot
    see, `Refused` where they may not answer now, `Invalid` for what cannot be taken, and `Stale`, with the
    current answer, where a colleague's answer would be overwritten.
    """
    with writing():
        review = locked_review(actor.user, review_id)
        access = ReviewAccess(actor.user, review)
        access.require(Deed.ANSWER)
        question = _question(review, question_id)
        content = _checked(question, given)
        answer = Answer.objects.filter(review=review, question_id=question_id).select_related("answered_by").first()
        if answer is None:
            answer = Answer(review=review, question_id=question_id, version=0)
        if answer.version and content == _Content.of(answer):
            return SavedAnswer(*_scored(review), answer)
        if given.version != answer.version:
            who = "You yourself" if answer.version and answer.answered_by == actor.user else "A colleague"
            raise Stale(_STALE.format(who=who), answer if answer.version else None)
        for name, value in vars(content).items():
            setattr(answer, name, value)
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
            **vars(content),
        )
        grow(review)
        return SavedAnswer(*_scored(review), answer)


def state_fact(actor: Actor, *, review_id: uuid.UUID, name: str, texts: Sequence[str]) -> Saved:
    """State a fact of the workload, as `checklists.language.read_fact` reads it; nothing takes the statement back.

    This review is scored at once, every other running one of the workload by a worker. Raises as `save_answer` does.
    """
    with writing():
        # The workload first: two who state facts in two of its reviews would otherwise wait for each other for ever.
        Workload.objects.select_for_update().filter(reviews=review_id).first()
        review = locked_review(actor.user, review_id)
        access = ReviewAccess(actor.user, review)
        access.require(Deed.ANSWER)
        fact = review.checklist.facts_by_id.get(name)
        if fact is None:
            raise Invalid({"": f"The checklist of this review asks for no fact named {name}."})
        try:
            value = read_fact(fact, texts)
        except ValueError as problem:
            raise Invalid({"": str(problem)}) from None
        stated = WorkloadFact.objects.filter(workload=review.workload_id, name=name)
        if stated.values_list("value", flat=True).first() == value:
            return Saved(*_scored(review))
        if value is None:
            stated.delete()
        else:
            WorkloadFact.objects.update_or_create(workload=review.workload, name=name, defaults={"value": value})
        contributes(access)
        record(review, EventKind.FACT_SET, actor, fact=name, value=value)
        touch_running(review.workload, actor.user)
        review.refresh_from_db(fields=["version"])
        return Saved(*_scored(review))


def _scored(review: Review) -> tuple[Review, Standing, Result]:
    """Score the review, so that whoever saved sees what it comes to; a worker finds nothing left to do."""
    standing = standing_now(review)
    result = score_standing(standing)
    store(review, result)
    return review, standing, result


def contributes(access: ReviewAccess) -> None:
    """Note that the person took part in the answers, and so cannot decide on them."""
    if not access.contributed:
        Contributor.objects.get_or_create(review=access.review, user=access.user)


_STALE = "{who} changed this answer after you opened it. Nothing of yours is lost: compare, then choose."


def _question(review: Review, question_id: str) -> Question:
    question = review.checklist.questions_by_id.get(question_id)
    if question is None:
        raise Invalid({"": f"The edition of this review has no question {question_id}."})
    return question


def _checked(question: Question, given: Given) -> _Content:
    """What is to be stored, choices in the edition's order; raises `Invalid` with all that is wrong."""
    chosen, left_out = set(given.selected), set(given.left_out)
    alone = {choice.id for choice in question.choices if choice.none_of_these}
    rows: list[Row] = []
    errors: dict[str, str] = {}
    if given.version is None:
        errors[""] = "The save did not say which version it is based on. Reload the page and save again."
    if unknown := sorted((chosen | left_out) - question.choice_ids):
        errors["choices"] = f"{', '.join(unknown)} is not a choice of {question.name}."
    elif question.kind != "practices" and len(chosen) > 1:
        errors["choices"] = f"{question.name} takes one choice, and {len(chosen)} were sent."
    elif len(chosen) > 1 and chosen & alone:
        errors["choices"] = "“None of these” cannot be combined with a practice."
    elif left_out and question.kind != "practices":
        errors["left_out"] = f"The choices of {question.name} cannot be marked as not applicable one by one."
    elif left_out & alone:
        errors["left_out"] = "“None of these” cannot be marked as not applicable."
    elif both := sorted(chosen & left_out):
        errors["left_out"] = f"{', '.join(both)} cannot be in place and not applicable at once."
    try:
        rows = clean_rows(question.kind, given.rows) if question.measured else []
    except RowError as problem:
        errors["rows"] = str(problem)
    if given.rows and not question.measured:
        errors["rows"] = f"{question.name} is not answered with a table."
    elif rows and chosen:
        errors["rows"] = "Either fill in the table or make a choice below it: clear one of the two."
    if given.not_applicable and not given.reason.strip():
        errors["reason"] = "Say why the question does not apply: the lead and the auditor will ask."
    for name, text in (("reason", given.reason), ("note", given.note)):
        if fault := fault_of(name, text):
            errors[name] = fault
    if errors:
        raise Invalid(errors)

    def in_order(ids: set[str]) -> list[str]:
        return [choice.id for choice in question.choices if choice.id in ids]

    return _Content(in_order(chosen), in_order(left_out), rows, given.not_applicable, given.reason, given.note)
