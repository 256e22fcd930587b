"""What the conditions of a checklist come to: what is asked, what must be answered, how heavy it is. Pure.

A fact or question whose condition does not hold is not asked: whatever was said of it before counts for nothing, in
the score and in other conditions, until it is asked again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache

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

    def __hash__(self) -> int:
        """That of what is most often said; rows are compared, and are not hashed."""
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash((self.selected, self.left_out, self.not_applicable, self.explained))

    @cached_property
    def answered(self) -> bool:
        """Whether this says anything at all."""
        return self.not_applicable or bool(self.selected or self.left_out or self.rows)


NO_ANSWER = AnswerValue()


@dataclass(frozen=True, eq=False)
class Conditions:
    """What the conditions of a checklist come to, given what they ask for.

    `known` are the values of the checklist's `names`: those of facts, and what was chosen in questions. All else that
    is answered has no influence, so that one of these serves many reviews, and many saves in each of them.
    """

    checklist: Checklist
    known: Mapping[str, Value]

    @cached_property
    def hidden(self) -> frozenset[str]:
        """The ids of the facts and questions that are not asked."""
        hidden: set[str] = set()
        for part in self.checklist.conditional:
            condition = part.asked_when
            if condition is not None and not condition.holds(lambda name: self._value(name, hidden)):
                hidden.add(part.id)
        return frozenset(hidden)

    def _value(self, name: str, hidden: set[str] | frozenset[str]) -> Value:
        """What a name stands for in a condition."""
        return None if name in hidden else self.known.get(name)

    def holds(self, condition: Expression | bool | None) -> bool:
        """Whether a condition of the checklist holds; None is no condition, and does."""
        if condition is None or isinstance(condition, bool):
            return condition is not False
        return condition.holds(lambda name: self._value(name, self.hidden))

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """The questions that are asked, in the edition's order."""
        return tuple(question for question in self.checklist.questions if question.id not in self.hidden)

    @cached_property
    def obligatory(self) -> frozenset[str]:
        """The ids of the questions that must be answered, where they are asked."""
        return frozenset(each.id for each in self.checklist.questions if self.holds(each.obligatory_when))

    @cached_property
    def weights(self) -> dict[str, int]:
        """How heavy each question is: the first of its rules that holds."""
        return {
            question.id: next(rule.weight for rule in question.weight if self.holds(rule.condition))
            for question in self.checklist.questions
        }

    @cached_property
    def pillar_weights(self) -> dict[str, str]:
        """What each pillar counts: the first of its rules that holds; a fact that is not stated holds for nothing."""
        return {
            pillar: next(rule.weight for rule in self.checklist.weights[pillar] if self.holds(rule.condition))
            for pillar in self.checklist.pillar_titles
        }

    @cached_property
    def regions_differ(self) -> frozenset[str]:
        """The ids of the questions whose check names regions that are known and not all the same."""
        return frozenset(question.id for question in self.checklist.questions if self._differ(question))

    def _differ(self, question: Question) -> bool:
        check = question.region_check
        named = [self._value(name, self.hidden) for name in check.facts] if check else []
        return len({region.casefold() for each in named if isinstance(each, frozenset) for region in each}) > 1

    def latency_limit(self, question: Question) -> Fraction | None:
        """The latency within which the configurations of a benchmark must stay, in milliseconds; None for any."""
        limit = self._value(question.benchmark.latency_limit, self.hidden) if question.benchmark else None
        return exact(limit) if isinstance(limit, int | float) else None


@lru_cache(maxsize=1024)
def _conditions(checklist: Checklist, known: tuple[tuple[str, type, Value], ...]) -> Conditions:
    """Conditions are worked out once for all that is known alike; the types keep yes apart from 1."""
    return Conditions(checklist, {name: value for name, _, value in known})


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
    def conditions(self) -> Conditions:
        """What the conditions come to."""
        known = ((name, self._known(name)) for name in self.checklist.names)
        return _conditions(self.checklist, tuple((name, type(value), value) for name, value in known))

    def _known(self, name: str) -> Value:
        if name in self.checklist.questions_by_id:
            answer = self.answers.get(name, NO_ANSWER)
            return None if answer.not_applicable or not answer.selected else answer.selected
        fact, stated = self.checklist.facts_by_id.get(name), self.facts.get(name)
        value = stated if fact is None else fitting(fact, stated)
        return frozenset(value) if isinstance(value, list) else value

    def holds(self, condition: Expression | bool | None) -> bool:
        """Whether a condition of the checklist holds; None is no condition, and does."""
        return self.conditions.holds(condition)

    def value(self, name: str) -> FactValue:
        """What is known of a fact of the checklist; None where it is not stated, or not asked."""
        fact = self.checklist.facts_by_id.get(name)
        return None if fact is None or name in self.conditions.hidden else fitting(fact, self.facts.get(name))

    def is_asked(self, part: Fact | Question) -> bool:
        """Whether a fact or a question is asked."""
        return part.id not in self.conditions.hidden

    def answer(self, question: Question) -> AnswerValue:
        """What counts as the answer to a question: nothing, while it is not asked."""
        return NO_ANSWER if question.id in self.conditions.hidden else self.answers.get(question.id, NO_ANSWER)

    def is_obligatory(self, question: Question) -> bool:
        """Whether a question that is asked must be answered before submission."""
        return question.id in self.conditions.obligatory

    def weight(self, question: Question) -> int:
        """How heavy a question is, 1 to 5."""
        return self.conditions.weights[question.id]

    def guidance(self, question: Question) -> list[Guidance]:
        """The technology guidance that suits."""
        return [advice for advice in question.guidance if self.holds(advice.condition)]

    def latency_limit(self, question: Question) -> Fraction | None:
        """The latency within which the configurations of a benchmark must stay, in milliseconds; None for any."""
        return self.conditions.latency_limit(question)

    @property
    def questions(self) -> tuple[Question, ...]:
        """The questions that are asked, in the edition's order."""
        return self.conditions.questions

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
        obligatory = self.conditions.obligatory
        return tuple(
            question.id
            for question in self.questions
            if question.id in obligatory and not self.answers.get(question.id, NO_ANSWER).answered
        )

    def regions_differ(self, question: Question) -> bool:
        """Whether the regions that the question's check names are known and are not all the same."""
        return question.id in self.conditions.regions_differ
