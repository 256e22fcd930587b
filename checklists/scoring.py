"""Scoring: edition + answers + facts -> risks, scores, completeness. Pure.

The method, in words: docs/scoring.md.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cached_property, lru_cache
from math import lcm

from checklists.language import WEIGHTS, Checklist, FactValue, Question
from checklists.measured import risk_of_rows
from checklists.standing import NO_ANSWER, AnswerValue, Conditions, Standing

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
        return self._counts[risk]

    @cached_property
    def _counts(self) -> Counter[Risk]:
        return Counter(self.risks.values())


def score(checklist: Checklist, answers: Mapping[str, AnswerValue], facts: Mapping[str, FactValue]) -> Result:
    """Score the answers (by question id) to a checklist; answers to other questions are ignored.

    Follows docs/scoring.md. The result depends on the arguments alone; the arithmetic is exact, so
    equal arguments give equal results on every machine.
    """
    return score_standing(Standing(checklist, facts, answers))


def score_standing(standing: Standing) -> Result:
    """As `score`, where the conditions are worked out already."""
    conditions, titles = standing.conditions, standing.checklist.pillar_titles
    possible = dict.fromkeys(titles, 0)
    # Whole numbers by their denominator: there are few of those, and fractions take long to add.
    earned: dict[str, dict[int, int]] = {pillar: {} for pillar in titles}
    risks: dict[str, Risk] = {}
    answered = 0
    for question in conditions.questions:
        answer = standing.answers.get(question.id, NO_ANSWER)
        answered += answer.answered
        line = _line(conditions, question, answer)
        risks[question.id] = line.risk
        for pillar, worth, top, bottom in line.parts:
            possible[pillar] += worth
            by_denominator = earned[pillar]
            by_denominator[bottom] = by_denominator.get(bottom, 0) + top
    weights = {pillar: WEIGHTS[word] for pillar, word in conditions.pillar_weights.items()}
    exact = {pillar: _sum(earned[pillar], 100, most) for pillar, most in possible.items() if most}
    counted = sum(weights[pillar] for pillar in exact)
    overall: dict[int, int] = {}
    for pillar, (top, bottom) in exact.items():
        overall[bottom] = overall.get(bottom, 0) + top * weights[pillar]
    return Result(
        overall=_one_decimal(*_sum(overall, 1, counted)) if counted else None,
        pillars=tuple(
            PillarScore(
                id=pillar,
                title=title,
                score=_one_decimal(*exact[pillar]) if pillar in exact else None,
                weight=weights[pillar],
                weight_title=conditions.pillar_weights[pillar],
            )
            for pillar, title in titles.items()
        ),
        risks=risks,
        answered=answered,
        total=len(risks),
        missing=standing.missing,
        missing_facts=standing.missing_facts,
    )


@dataclass(frozen=True)
class _Line:
    """What one question that is asked comes to: its risk, and for each pillar what it is worth and what it earns.

    What it earns is a fraction of two whole numbers.
    """

    risk: Risk
    parts: tuple[tuple[str, int, int, int], ...]


@lru_cache(maxsize=50_000)
def _line(conditions: Conditions, question: Question, answer: AnswerValue) -> _Line:
    risk = _risk_in(conditions, question, answer)
    if risk is Risk.NOT_APPLICABLE:
        return _Line(risk, ())
    parts = _parts(question, conditions.weights[question.id], answer, risk)
    return _Line(risk, tuple((pillar, worth, share.numerator, share.denominator) for pillar, worth, share in parts))


def risk_in(standing: Standing, question: Question) -> Risk:
    """The risk of a question that is asked: what its answer leaves, and what its regions do."""
    return _risk_in(standing.conditions, question, standing.answer(question))


def _risk_in(conditions: Conditions, question: Question, answer: AnswerValue) -> Risk:
    risk = risk_of(question, answer, latency_limit=conditions.latency_limit(question))
    check = question.region_check
    if check is None or risk is Risk.NOT_APPLICABLE or question.id not in conditions.regions_differ:
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


def _parts(question: Question, weight: int, answer: AnswerValue, risk: Risk) -> Iterator[tuple[str, int, Fraction]]:
    """What a question is worth: (pillar, worth, what is earned of it)."""
    if question.kind != "practices":
        credit = _credit(question, answer, risk)
        for pillar in question.pillars:
            yield pillar, weight, weight * credit
        return
    for pillar in question.pillars:
        practices = [
            practice
            for practice in question.practices
            if pillar in (practice.pillars or question.pillars) and practice.id not in answer.left_out
        ]
        if practices:
            in_place = sum(practice.weight for practice in practices if practice.id in answer.selected)
            yield pillar, weight, Fraction(weight * in_place, sum(practice.weight for practice in practices))


def _credit(question: Question, answer: AnswerValue, risk: Risk) -> Fraction:
    if not answer.answered:
        return Fraction(0)
    by_risk = _CREDIT[risk]
    chosen = next((choice for choice in question.choices if choice.id in answer.selected), None)
    by_choice = _EARNS[chosen.earns] if chosen and chosen.earns else None
    return by_risk if by_choice is None else by_choice


def _sum(tops: Mapping[int, int], times: int, by: int) -> tuple[int, int]:
    """The sum of fractions (numerators by denominator), times one whole number and by another: again a fraction."""
    bottom = lcm(*tops)
    return times * sum(top * (bottom // each) for each, top in tops.items()), bottom * by


def _one_decimal(top: int, bottom: int) -> float:
    """A fraction, rounded half up to one decimal."""
    return (20 * top + bottom) // (2 * bottom) / 10
