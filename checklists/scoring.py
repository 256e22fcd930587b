"""Scoring: edition + answers + facts -> risks, scores, completeness. Pure.

The method, in words: docs/scoring.md.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from checklists.language import PILLARS, WEIGHTS, Checklist, Choice, FactValue, Question

METHOD = (
    "Each question is worth its weight in every pillar it bears on. A choice that leaves no risk earns all of it, "
    "medium risk half, high risk nothing; practices each earn their share. Unanswered questions earn nothing, "
    "questions that do not apply are left out. A pillar's score is what was earned of what could be, from 0 to 100; "
    "the overall score is the mean of the pillars by the weight each has for this kind of workload."
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

_CREDIT = {"none": Fraction(1), "medium": Fraction(1, 2), "high": Fraction(0)}


@dataclass(frozen=True)
class AnswerValue:
    """What was answered: the ids of the chosen choices, or that the question does not apply."""

    selected: frozenset[str] = frozenset()
    not_applicable: bool = False

    @property
    def answered(self) -> bool:
        """Whether this says anything at all."""
        return self.not_applicable or bool(self.selected)


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

    `overall` is 0 to 100 to one decimal, None when nothing applies. `risks` has every question of the
    edition. `missing` are the obligatory questions without an answer, in the edition's order.
    """

    overall: float | None
    pillars: tuple[PillarScore, ...]
    risks: dict[str, Risk]
    answered: int
    total: int
    missing: tuple[str, ...]

    def count(self, risk: Risk) -> int:
        """How many questions have this risk."""
        return sum(each is risk for each in self.risks.values())


NO_ANSWER = AnswerValue()


def score(checklist: Checklist, answers: Mapping[str, AnswerValue], facts: Mapping[str, FactValue]) -> Result:
    """Score the answers (by question id) to a checklist; answers to other questions are ignored.

    Follows docs/scoring.md. The result depends on the arguments alone; the arithmetic is exact, so
    equal arguments give equal results on every machine.
    """
    earned = dict.fromkeys(PILLARS, Fraction(0))
    possible = dict.fromkeys(PILLARS, Fraction(0))
    risks: dict[str, Risk] = {}
    for question in checklist.questions:
        answer = answers.get(question.id, NO_ANSWER)
        risks[question.id] = risk_of(question, answer)
        if answer.not_applicable:
            continue
        for pillar, worth, credit in _items(question, answer):
            possible[pillar] += worth
            earned[pillar] += worth * credit
    weights = {pillar: _weight_word(checklist, pillar, facts) for pillar in PILLARS}
    exact = {pillar: 100 * earned[pillar] / possible[pillar] for pillar in PILLARS if possible[pillar]}
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
            for pillar, title in PILLARS.items()
        ),
        risks=risks,
        answered=sum(risk is not Risk.UNANSWERED for risk in risks.values()),
        total=len(risks),
        missing=tuple(
            question.id
            for question in checklist.questions
            if question.obligatory and risks[question.id] is Risk.UNANSWERED
        ),
    )


def risk_of(question: Question, answer: AnswerValue) -> Risk:
    """The risk that an answer to this question leaves."""
    if answer.not_applicable:
        return Risk.NOT_APPLICABLE
    if not answer.selected:
        return Risk.UNANSWERED
    if question.kind == "one":
        return Risk(next(choice.risk or "high" for choice in question.choices if choice.id in answer.selected))
    rule = next(
        rule
        for rule in question.risk_rules
        if rule.condition is None or rule.condition.holds(answer.selected.__contains__)
    )
    return Risk(rule.risk)


def _items(question: Question, answer: AnswerValue) -> Iterator[tuple[str, Fraction, Fraction]]:
    """What a question is worth: (pillar, worth, share of it earned: 0 to 1)."""
    if question.kind == "one":
        risk = risk_of(question, answer)
        credit = Fraction(0) if risk is Risk.UNANSWERED else _CREDIT[risk]
        for pillar in question.pillars:
            yield pillar, Fraction(question.weight), credit
        return
    for pillar in question.pillars:
        practices = [practice for practice in question.practices if pillar in _pillars(question, practice)]
        whole = sum(practice.weight for practice in practices)
        for practice in practices:
            yield pillar, Fraction(question.weight * practice.weight, whole), Fraction(practice.id in answer.selected)


def _pillars(question: Question, practice: Choice) -> tuple[str, ...]:
    return practice.pillars or question.pillars


def _weight_word(checklist: Checklist, pillar: str, facts: Mapping[str, FactValue]) -> str:
    """The first of the pillar's weight rules whose condition holds; a fact not yet asked counts as no."""
    rules = {str(key): value for key, value in checklist.weights.items()}[pillar]
    return next(
        rule.weight
        for rule in rules
        if rule.condition is None or rule.condition.holds(lambda name: bool(facts.get(name)))
    )


def _one_decimal(value: Fraction) -> float:
    """Rounded half up to one decimal."""
    return int(value * 10 + Fraction(1, 2)) / 10
