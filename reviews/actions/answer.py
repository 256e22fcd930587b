"""Answering questions, stating facts."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from checklists.language import Checklist, Fact, FactValue, Question, fitting, read_fact
from checklists.measured import Row, RowError, clean_rows
from checklists.scoring import Result, score_standing
from checklists.standing import NO_ANSWER, Standing
from reviews.access import Actor, Deed, ReviewAccess
from reviews.actions.errors import Invalid, Stale, StaleFact
from reviews.actions.holding import locked_review, touch_running
from reviews.actions.saving import Overtaken, Stored, find, hold, keep
from reviews.actions.score import standing_now, store, value_of
from reviews.actions.texts import fault_of
from reviews.actions.trail import next_line, record
from reviews.actions.transaction import writing
from reviews.models import Answer, Contributor, Event, EventKind, Review, Workload, WorkloadFact


@dataclass(frozen=True)
class Given:
    """What somebody answers: choice ids, or that the question does not apply and why; and a note.

    `left_out` are the ids of practices that do not apply, `rows` the table of a question answered with numbers.
    `version` is the version of the answer that this one is based on, 0 for none yet; None was not sent and is
    refused, as it would hide that a colleague was faster. `confirmed` is False for one that goes back to what was
    carried over, to be confirmed again.
    """

    version: int | None
    selected: Collection[str] = ()
    not_applicable: bool = False
    reason: str = ""
    note: str = ""
    left_out: Collection[str] = ()
    rows: Sequence[Mapping[str, str]] = ()
    confirmed: bool = True


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

    stored: Stored

    @property
    def answer(self) -> Answer:
        """The answer as a model, for who needs more than what was stored."""
        return self.stored.as_model()


def answer_question(actor: Actor, *, review_id: uuid.UUID, question_id: str, given: Given) -> Answer:
    """As `save_answer`, for who needs the answer alone."""
    return save_answer(actor, review_id=review_id, question_id=question_id, given=given).answer


def save_answer(actor: Actor, *, review_id: uuid.UUID, question_id: str, given: Given) -> SavedAnswer:
    """Save one answer, and score the review with it.

    An answer equal to the stored one changes nothing, unless that one was carried over: it is confirmed then.

    Raises Review.DoesNotExist for a review that the person cannot see, `Refused` where they may not answer now,
    `Invalid` for what cannot be taken, and `Stale`, with the current answer, where a colleague's answer would be
    overwritten.
    """
    with suppress(Overtaken):
        return _save(actor, review_id, question_id, given)
    # Somebody was in between; few reviews have that many writers at once.
    with writing():
        hold(review_id)
        return _save(actor, review_id, question_id, given)


def _save(actor: Actor, review_id: uuid.UUID, question_id: str, given: Given) -> SavedAnswer:
    found = find(actor.user, review_id, question_id)
    found.access.require(Deed.ANSWER)
    question = _question(found.checklist, question_id)
    content = _checked(question, given)
    before = found.answer
    if before and before.confirmed == given.confirmed and vars(content) == before.content:
        standing = Standing(found.checklist, found.facts, found.values)
        return SavedAnswer(found.review, standing, score_standing(standing), before)
    version = before.version if before else 0
    if given.version != version:
        raise _stale(before.as_model() if before else None, oneself=before is not None and before.by == actor.user.pk)
    answer = Stored(
        pk=before.pk if before else None,
        review_id=review_id,
        question_id=question_id,
        version=version + 1,
        confirmed=given.confirmed,
        content=vars(content),
        at=timezone.now(),
        by=actor.user.pk,
        name=actor.user.name,
    )
    values = found.values | {question_id: value_of(content) if given.confirmed else NO_ANSWER}
    standing = Standing(found.checklist, found.facts, values)
    result = score_standing(standing)
    detail = {"question": question_id, "version": answer.version, **answer.content}
    if not given.confirmed:
        detail["confirmed"] = False
    line = next_line(found.review, EventKind.ANSWERED, actor, at=answer.at, detail=detail)
    keep(found, answer, line, result)
    return SavedAnswer(found.review, standing, result, answer)


def confirm_answer(actor: Actor, *, review_id: uuid.UUID, question_id: str, version: int | None) -> SavedAnswer:
    """Confirm an answer that was carried over, as it is: the person gives it. One that is confirmed stays as it is.

    Raises as `save_answer` does, and `Invalid` where there is no answer. An answer that was changed meanwhile is not
    confirmed unseen.
    """
    with writing():
        review = locked_review(actor.user, review_id)
        answer = Answer.objects.filter(review=review, question_id=question_id).select_related("answered_by").first()
        if answer is None:
            raise Invalid(
                {
                    "": _("There is no answer to {question_id} that could be confirmed.").format(
                        question_id=question_id
                    )
                }
            )
        if version is not None and version != answer.version:
            raise _stale(answer, oneself=answer.answered_by == actor.user)
        given = Given(version=version, **vars(_Content.of(answer)))
        return save_answer(actor, review_id=review_id, question_id=question_id, given=given)


def state_fact(
    actor: Actor, *, review_id: uuid.UUID, name: str, texts: Sequence[str], was: Sequence[str] | None
) -> Saved:
    """State a fact of the workload, as `checklists.language.read_fact` reads it; nothing takes the statement back.

    `was` is what was stated when the person began, in the same form; None was not sent and is refused, as it would
    hide that a colleague was faster. This review is scored at once, every other running one of the workload by a
    worker. Raises as `save_answer` does, and `StaleFact` where a colleague's statement would be overwritten.
    """
    with writing():
        # The workload first: two who state facts in two of its reviews would otherwise wait for each other for ever.
        Workload.objects.select_for_update().filter(reviews=review_id).first()
        review = locked_review(actor.user, review_id)
        access = ReviewAccess(actor.user, review)
        access.require(Deed.ANSWER)
        fact = review.checklist.facts_by_id.get(name)
        if fact is None:
            raise Invalid({"": _("The checklist of this review asks for no fact named {name}.").format(name=name)})
        try:
            value = read_fact(fact, texts)
        except ValueError as problem:
            raise Invalid({"": str(problem)}) from None
        stated = WorkloadFact.objects.filter(workload=review.workload_id, name=name)
        before = fitting(fact, stated.values_list("value", flat=True).first())
        if before == value:
            return Saved(*_scored(review))
        if was is None:
            raise Invalid({"": str(_NO_VERSION)})
        if before != _value_read(fact, was):
            raise StaleFact(str(_STALE_FACT), fact, before, _last_stated(review, name))
        if value is None:
            stated.delete()
        else:
            WorkloadFact.objects.update_or_create(workload=review.workload, name=name, defaults={"value": value})
        contributes(access)
        record(review, EventKind.FACT_SET, actor, fact=name, value=value)
        touch_running(review.workload, actor.user)
        review.refresh_from_db(fields=["version"])
        return Saved(*_scored(review))


def _value_read(fact: Fact, texts: Sequence[str]) -> FactValue:
    """What texts stand for; nothing for what the fact does not take, which nobody can have seen stated."""
    try:
        return read_fact(fact, texts)
    except ValueError:
        return None


def _last_stated(review: Review, name: str) -> Event | None:
    """Who stated a fact last, in whichever review of the workload."""
    stated = Event.objects.filter(review__workload=review.workload_id, kind=EventKind.FACT_SET, detail__fact=name)
    return stated.order_by("-at").first()


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


def _stale(answer: Answer | None, *, oneself: bool) -> Stale:
    if oneself:
        said = _(
            "You yourself changed this answer after you opened it. Nothing of yours is lost: compare, then choose."
        )
    else:
        said = _(
            "A colleague changed this answer after you opened it. Nothing of yours is lost: compare, then choose."
        )
    return Stale(said, answer)


_NO_VERSION = gettext_lazy("The save did not say which version it is based on. Reload the page and save again.")
_STALE_FACT = gettext_lazy(
    "A colleague stated this fact after you opened it. Nothing of yours is lost: compare, then choose."
)


def _question(checklist: Checklist, question_id: str) -> Question:
    question = checklist.questions_by_id.get(question_id)
    if question is None:
        raise Invalid(
            {"": _("The edition of this review has no question {question_id}.").format(question_id=question_id)}
        )
    return question


def _checked(question: Question, given: Given) -> _Content:
    """What is to be stored, choices in the edition's order; raises `Invalid` with all that is wrong."""
    chosen, left_out = set(given.selected), set(given.left_out)
    alone = {choice.id for choice in question.choices if choice.none_of_these}
    rows: list[Row] = []
    errors: dict[str, str] = {}
    if given.version is None:
        errors[""] = str(_NO_VERSION)
    if unknown := sorted((chosen | left_out) - question.choice_ids):
        errors["choices"] = _("{unknown} is not a choice of {name}.").format(
            unknown=", ".join(unknown), name=question.name
        )
    elif question.kind != "practices" and len(chosen) > 1:
        errors["choices"] = _("{name} takes one choice, and {chosen} were sent.").format(
            name=question.name, chosen=len(chosen)
        )
    elif len(chosen) > 1 and chosen & alone:
        errors["choices"] = _("“None of these” cannot be combined with a practice.")
    elif left_out and question.kind != "practices":
        errors["left_out"] = _("The choices of {name} cannot be marked as not applicable one by one.").format(
            name=question.name
        )
    elif left_out & alone:
        errors["left_out"] = _("“None of these” cannot be marked as not applicable.")
    elif both := sorted(chosen & left_out):
        errors["left_out"] = _("{both} cannot be in place and not applicable at once.").format(both=", ".join(both))
    try:
        rows = clean_rows(question.kind, given.rows) if question.measured else []
    except RowError as problem:
        errors["rows"] = str(problem)
    if given.rows and not question.measured:
        errors["rows"] = _("{name} is not answered with a table.").format(name=question.name)
    elif rows and chosen:
        errors["rows"] = _("Either fill in the table or make a choice below it: clear one of the two.")
    if given.not_applicable and not given.reason.strip():
        errors["reason"] = _("Say why the question does not apply: the lead and the auditor will ask.")
    for name, text in (("reason", given.reason), ("note", given.note)):
        if fault := fault_of(name, text):
            errors[name] = fault
    if errors:
        raise Invalid(errors)

    def in_order(ids: set[str]) -> list[str]:
        return [choice.id for choice in question.choices if choice.id in ids]

    return _Content(in_order(chosen), in_order(left_out), rows, given.not_applicable, given.reason, given.note)
