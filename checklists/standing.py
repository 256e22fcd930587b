"""What the conditions of a checklist come to: what is asked, what must be answered, how heavy it is. Pure.

A fact or question whose condition does not hold is not asked: whatever was said of it before counts for nothing, in
the score and in other conditions, until it is asked again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from checklists.language import Checklist, Expression, Fact, FactValue, Guidance, Question, fitting
from checklists.language.expressions import Value, exact


@dataclass(frozen=True)
class AnswerValue:
    """What was answered.

    `selected` are the ids of the chosen choices, `left_out` those of practices that do not apply, `rows` the table of
    a measured question (see `checklists.measured`); `not_applicable` says it of the whole question; `explained`, that
    there is a note.
    """

    selected: frozenset[str] = frozenset()
    not_applicable: bool = False
    left_out: frozenset[str] = frozenset()
    rows: tuple[dict[str, str], ...] = ()
    explained: bool = False

    @property
    def answered(self) -> bool:
        """Whether this says anything at all."""
        return self.not_applicable or bool(self.selected or self.left_out or self.rows)


NO_ANSWER = AnswerValue()


@dataclass(frozen=True)
class Standing:
    """A checklist in the light of what is known.

    `facts` are the raw values by name, those that a workload has by itself among them; `answers` are by question id;
    what belongs to other checklists is ignored. Everything is worked out when first asked for.
    """

    checklist: Checklist
    facts: Mapping[str, FactValue]
    answers: Mapping[str, AnswerValue]

    @cached_property
    def _hidden(self) -> frozenset[str]:
        hidden: set[str] = set()
        for part in self.checklist.conditional:
            condition = part.asked_when
            if condition is not None and not condition.holds(lambda name: self._value(name, hidden)):
                hidden.add(part.id)
        return frozenset(hidden)

    def _value(self, name: str, hidden: set[str] | frozenset[str]) -> Value:
        """What a name stands for in a condition."""
        if name in hidden:
            return None
        if name in self.checklist.questions_by_id:
            answer = self.answers.get(name, NO_ANSWER)
            return None if answer.not_applicable or not answer.selected else answer.selected
        fact = self.checklist.facts_by_id.get(name)
        value = self.facts.get(name) if fact is None else fitting(fact, self.facts.get(name))
        return frozenset(value) if isinstance(value, list) else value

    def holds(self, condition: Expression | bool | None) -> bool:
        """Whether a condition of the checklist holds; None is no condition, and does."""
        if condition is None or isinstance(condition, bool):
            return condition is not False
        return condition.holds(lambda name: self._value(name, self._hidden))

    def value(self, name: str) -> FactValue:
        """What is known of a fact of the checklist; None where it is not stated, or not asked."""
        fact = self.checklist.facts_by_id.get(name)
        return None if fact is None or name in self._hidden else fitting(fact, self.facts.get(name))

    def is_asked(self, part: Fact | Question) -> bool:
        """Whether a fact or a question is asked."""
        return part.id not in self._hidden

    def answer(self, question: Question) -> AnswerValue:
        """What counts as the answer to a question: nothing, while it is not asked."""
        return self.answers.get(question.id, NO_ANSWER) if self.is_asked(question) else NO_ANSWER

    def is_obligatory(self, question: Question) -> bool:
        """Whether a question that is asked must be answered before submission."""
        return self.holds(question.obligatory_when)

    def weight(self, question: Question) -> int:
        """How heavy a question is, 1 to 5: the first of its rules that holds."""
        return next(rule.weight for rule in question.weight if self.holds(rule.condition))

    def guidance(self, question: Question) -> list[Guidance]:
        """The technology guidance that suits."""
        return [advice for advice in question.guidance if self.holds(advice.condition)]

    def latency_limit(self, question: Question) -> Fraction | None:
        """The latency within which the configurations of a benchmark must stay, in milliseconds; None for any."""
        limit = self.value(question.benchmark.latency_limit) if question.benchmark else None
        return exact(limit) if isinstance(limit, int | float) else None

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """The questions that are asked, in the edition's order."""
        return tuple(question for question in self.checklist.questions if self.is_asked(question))

    @cached_property
    def missing_facts(self) -> tuple[str, ...]:
        """The ids of the facts that must be stated and are not."""
        return tuple(
            fact.id
            for fact in self.checklist.facts
            if fact.obligatory and self.is_asked(fact) and self.value(fact.id) is None
        )

    @cached_property
    def missing(self) -> tuple[str, ...]:
        """The ids of the questions that must be answered and are not."""
        return tuple(
            question.id
            for question in self.questions
            if self.is_obligatory(question) and not self.answer(question).answered
        )

    def regions_differ(self, question: Question) -> bool:
        """Whether the regions that the question's check names are known and are not all the same."""
        check = question.region_check
        named = [self.value(name) for name in check.facts] if check else []
        return len({region.casefold() for each in named if isinstance(each, list) for region in each}) > 1
