"""Applying the scoring to a review."""

import uuid
from collections.abc import Iterable
from typing import Any, Protocol

from django.db.models import F
from django.utils import timezone

from checklists.language import FactValue
from checklists.measured import Row
from checklists.scoring import AnswerValue, Result, Risk, score_standing
from checklists.standing import Standing
from reviews.models import Answer, Review, ReviewState, Score, WorkloadFact


def result_of(review: Review) -> Result:
    """Score the review as it is now, from the database; the review's version is not checked."""
    return score_standing(standing_now(review))


def standing_now(review: Review) -> Standing:
    """The review's checklist in the light of what is answered and stated now: two queries."""
    answers = Answer.objects.filter(review=review).defer("reason", "answered_by", "answered_at")
    return standing_of(review, answers)


def standing_of(review: Review, answers: Iterable[Answer]) -> Standing:
    """The review's checklist in the light of these answers and of what is stated of the workload: two queries.

    Answers that were carried over and that nobody has confirmed are nobody's answers.
    """
    values = {answer.question_id: value_of(answer) for answer in answers if answer.confirmed}
    return Standing(review.checklist, facts_of(review), values)


def facts_of(review: Review) -> dict[str, FactValue]:
    """All that conditions may ask of the workload: what is stated, and what its description says.

    Of an approved review it is what was said when it was approved; later statements are about later reviews.
    """
    snapshot = review.snapshots.first() if review.state == ReviewState.APPROVED else None
    if snapshot is not None:
        described = snapshot.data["workload"]
        stated = {fact["id"]: fact["value"] for fact in described["facts"]}
    else:
        described = {name: getattr(review.workload, name) for name in ("criticality", "data_classification")}
        stated = dict(WorkloadFact.objects.filter(workload=review.workload_id).values_list("name", "value"))
    return stated | {
        "criticality": described["criticality"],
        "data_classification": described["data_classification"],
        "workload_kind": review.kind,
    }


class Content(Protocol):
    """What somebody answered, as it is stored."""

    @property
    def selected(self) -> list[str]:
        """The ids of the chosen choices."""

    @property
    def left_out(self) -> list[str]:
        """The ids of practices that do not apply."""

    @property
    def rows(self) -> list[Row]:
        """The table of a measured question."""

    @property
    def not_applicable(self) -> bool:
        """Whether the question does not apply."""

    @property
    def note(self) -> str:
        """What was noted."""


def value_of(answer: Content) -> AnswerValue:
    """A stored answer as scoring takes it."""
    return AnswerValue(
        selected=frozenset(answer.selected),
        not_applicable=answer.not_applicable,
        left_out=frozenset(answer.left_out),
        rows=tuple(answer.rows),
        explained=bool(answer.note.strip()),
    )


def apply_score(review_id: uuid.UUID) -> bool:
    """Bring the stored score up to the review's version; returns whether there was anything to do.

    Safe to run at any time and any number of times: the version is read before the answers, so the result is never
    older than it says, and it only replaces one for an older version.
    """
    review = Review.objects.select_related("edition", "score", "workload").defer("edition__content").get(pk=review_id)
    if review.score.for_version >= review.version:
        return False
    store(review, result_of(review))
    return True


def store(review: Review, result: Result) -> None:
    """Keep a result for `review.version`, unless a newer one is there already."""
    Score.objects.filter(review=review, for_version__lt=review.version).update(
        for_version=review.version,
        overall=result.overall,
        high=result.count(Risk.HIGH),
        medium=result.count(Risk.MEDIUM),
        result=as_json(result),
        scored_at=timezone.now(),
        runs=F("runs") + 1,
    )


def as_json(result: Result) -> dict[str, Any]:
    """A result as `Score.result` keeps it and the snapshot shows it."""
    return {
        "overall": result.overall,
        "pillars": [
            {
                "id": pillar.id,
                "title": pillar.title,
                "score": pillar.score,
                "weight": pillar.weight,
                "weight_title": pillar.weight_title,
            }
            for pillar in result.pillars
        ],
        "counts": {risk.value: result.count(risk) for risk in Risk},
        "risks": {question: risk.value for question, risk in result.risks.items()},
        "answered": result.answered,
        "total": result.total,
    }
