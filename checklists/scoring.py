"""Scoring: edition + answers + facts -> risks, scores, completeness. Pure.

The method, in words: docs/scoring.md.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from checklists.language import WEIGHTS, Checklist, FactValue, Question
from checklists.measured import risk_of_rows
from checklists.standing import NO_ANSWER, AnswerValue, Standing

__all__ = [
    "FINDINGS",
    "METHOD",
    "NO_ANSWER",
    "AnswerValue",
    "PillarScore",
    "Result",
    "Risk",
    "risk_in",
    "risk_of",
    "score",
    "score_standing",
]

METHOD = (
    "Each question that is asked is worth its weight in every pillar it bears on. A choice that leaves no risk earns "
    "all of it, medium risk half, high risk nothing; practices each earn their share. Unanswered questions earn "
    "nothing, questions that do not apply are left out. A pillar's score is what was earned of what could be, from "
    "0 to 100; the overall score is the mean of the pillars by the weight each has for this kind of workload."
)


class Risk(StrEnum):
    """What an answer leaves behind."""

    HIGH = "high"
    MEDIUM = "medium"
    NONE = "none"
    UNANSWERED = "unanswered"
    NOT_APPLICABLE = "not_applicable"


FINDINGS = (Risk.HIGH, Risk.MEDIUM)
"""The risks that make a question a finding, worst first."""

_CREDIT = {Risk.NONE: Fraction(1), Risk.MEDIUM: Fraction(1, 2), Risk.HIGH: Fraction(0)}
_EARNS = {"all": Fraction(1), "half": Fraction(1, 2), "nothing": Fraction(0)}


@dataclass(frozen=True)
class PillarScore:
    """One pillar: `score` 0 to 100 to one decimal, None where no question bears on it; what it counts."""

    id: str
    title: str
    score: float | None
    weight: int
    weight_title: str


@dataclass(frozen=True)
class Result:
    """All that scoring says of a review.

    `overall` is 0 to 100 to one decimal, None when nothing applies. `risks` has every question that is asked, and
    those alone are counted. `missing` are the obligatory questions without an answer, in the edition's order, and
    `missing_facts` the facts that have to be stated and are not.
    """

    overall: float | None
    pillars: tuple[PillarScore, ...]
    risks: dict[str, Risk]
    answered: int
    total: int
    missing: tuple[str, ...]
    missing_facts: tuple[str, ...] = ()

    def count(self, risk: Risk) -> int:
        """How many questions have this risk."""
        return sum(each is risk for each in self.risks.values())


def score(checklist: Checklist, answers: Mapping[str, AnswerValue], facts: Mapping[str, FactValue]) -> Result:
    """Score the answers (by question id) to a checklist; answers to other questions are ignored.

    Follows docs/scoring.md. The result depends on the arguments alone; the arithmetic is exact, so
    equal arguments give equal results on every machine.
    """
    return score_standing(Standing(checklist, facts, answers))


def score_standing(standing: Standing) -> Result:
    """As `score`, where the conditions are worked out already."""
    checklist = standing.checklist
    earned = dict.fromkeys(checklist.pillar_titles, Fraction(0))
    possible = dict.fromkeys(checklist.pillar_titles, Fraction(0))
    risks: dict[str, Risk] = {}
    for question in standing.questions:
        risks[question.id] = risk_in(standing, question)
        if risks[question.id] is Risk.NOT_APPLICABLE:
            continue
        for pillar, worth, credit in _items(question, standing, risks[question.id]):
            possible[pillar] += worth
            earned[pillar] += worth * credit
    weights = {pillar: _weight_word(standing, pillar) for pillar in checklist.pillar_titles}
    exact = {pillar: 100 * earned[pillar] / possible[pillar] for pillar in weights if possible[pillar]}
    counted = sum(WEIGHTS[weights[pillar]] for pillar in exact)
    overall = sum((value * WEIGHTS[weights[pillar]] for pillar, value in exact.items()), Fraction(0))
    return Result(
        overall=_one_decimal(overall / counted) if counted else None,
        pillars=tuple(
            PillarScore(
                id=pillar,
                title=title,
                score=_one_decimal(exact[pillar]) if pillar in exact else None,
                weight=WEIGHTS[weights[pillar]],
                weight_title=weights[pillar],
            )
            for pillar, title in checklist.pillar_titles.items()
        ),
        risks=risks,
        answered=sum(standing.answer(question).answered for question in standing.questions),
        total=len(risks),
        missing=standing.missing,
        missing_facts=standing.missing_facts,
    )


def risk_in(standing: Standing, question: Question) -> Risk:
    """The risk of a question that is asked: what its answer leaves, and what its regions do."""
    answer = standing.answer(question)
    risk = risk_of(question, answer, latency_limit=standing.latency_limit(question))
    check = question.region_check
    if check is None or risk is Risk.NOT_APPLICABLE or not standing.regions_differ(question):
        return risk
    if answer.selected & set(check.reasons) and risk is Risk.NONE:
        return risk
    return Risk.HIGH if Risk.HIGH in (risk, check.risk) else Risk.MEDIUM


def risk_of(question: Question, answer: AnswerValue, *, latency_limit: Fraction | None = None) -> Risk:
    """The risk that an answer to this question leaves by itself; `latency_limit` is in milliseconds."""
    if answer.not_applicable:
        return Risk.NOT_APPLICABLE
    if question.kind == "practices":
        return _risk_by_rules(question, answer)
    if answer.rows:
        return Risk(risk_of_rows(question, answer.rows, latency_limit))
    chosen = next((choice for choice in question.choices if choice.id in answer.selected), None)
    if chosen is None:
        return Risk.UNANSWERED
    risk = Risk(chosen.risk or "high")
    return Risk.MEDIUM if risk is Risk.NONE and chosen.needs_note and not answer.explained else risk


def _risk_by_rules(question: Question, answer: AnswerValue) -> Risk:
    """As the AWS Well-Architected Tool does it; where no rule holds and none is a default, nothing is said."""
    if not answer.selected and not answer.left_out:
        return Risk.UNANSWERED
    if not answer.selected and all(practice.id in answer.left_out for practice in question.practices):
        return Risk.NONE
    rule = next(
        (
            rule
            for rule in question.risk_rules
            if rule.condition is None or rule.condition.holds(answer.selected.__contains__, answer.left_out)
        ),
        None,
    )
    return Risk(rule.risk) if rule else Risk.UNANSWERED


def _items(question: Question, standing: Standing, risk: Risk) -> Iterator[tuple[str, Fraction, Fraction]]:
    """What a question is worth: (pillar, worth, share of it earned: 0 to 1)."""
    answer, weight = standing.answer(question), standing.weight(question)
    if question.kind != "practices":
        credit = _credit(question, answer, risk)
        for pillar in question.pillars:
            yield pillar, Fraction(weight), credit
        return
    for pillar in question.pillars:
        practices = [
            practice
            for practice in question.practices
            if pillar in (practice.pillars or question.pillars) and practice.id not in answer.left_out
        ]
        whole = sum(practice.weight for practice in practices)
        for practice in practices:
            yield pillar, Fraction(weight * practice.weight, whole), Fraction(practice.id in answer.selected)


def _credit(question: Question, answer: AnswerValue, risk: Risk) -> Fraction:
    if not answer.answered:
        return Fraction(0)
    by_risk = _CREDIT[risk]
    chosen = next((choice for choice in question.choices if choice.id in answer.selected), None)
    by_choice = _EARNS[chosen.earns] if chosen and chosen.earns else None
    return by_risk if by_choice is None else by_choice


def _weight_word(standing: Standing, pillar: str) -> str:
    """The first of the pillar's weight rules whose condition holds; a fact that is not stated holds for nothing."""
    return next(rule.weight for rule in standing.checklist.weights[pillar] if standing.holds(rule.condition))


def _one_decimal(value: Fraction) -> float:
    """Rounded half up to one decimal."""
    return int(value * 10 + Fraction(1, 2)) / 10
