"""A checklist as the architect will see it, with facts and answers to try its conditions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from django.http import QueryDict
from django.utils.translation import gettext as _

from checklists.language import ANY_KIND, WORKLOAD_FACTS, Checklist, Fact, FactValue, Guidance, Section, read_fact
from checklists.language.tongue import phrase
from checklists.language.words import workload_fact_title
from checklists.measured import COLUMN_TITLES, COLUMNS
from checklists.standing import AnswerValue, Standing
from checklists.views.document import ChoiceLine, FactView, QuestionView


@dataclass(frozen=True)
class FactField:
    """A fact to be tried: what was typed for it, and why that is no value of it, if it is none."""

    fact: Fact
    given: list[str]
    error: str = ""

    @property
    def name(self) -> str:
        """What its field is called."""
        return f"fact.{self.fact.id}"

    @property
    def help(self) -> str:
        """What to type."""
        hints = {"duration": _("Such as 30min, 4h or 2d."), "regions": _("Separated by commas.")}
        return self.fact.help or hints.get(self.fact.type, "")

    @property
    def text(self) -> str:
        """What was typed, for a field of text."""
        return self.given[-1] if self.given else ""


@dataclass(frozen=True)
class WorkloadField:
    """A fact that every workload has, to be tried."""

    id: str
    options: tuple[str, ...]
    chosen: str

    @property
    def name(self) -> str:
        """What its field is called."""
        return f"fact.{self.id}"

    @property
    def title(self) -> str:
        """What it is."""
        return workload_fact_title(self.id).capitalize()


@dataclass(frozen=True)
class AskedQuestion(QuestionView):
    """A question that is asked, as its card will show it; `decides` where conditions depend on its answer."""

    standing: Standing
    decides: bool

    @property
    def obligatory_now(self) -> bool:
        """Whether it would have to be answered."""
        return self.standing.is_obligatory(self.question)

    @property
    def weight_now(self) -> int:
        """How heavy it would be."""
        return self.standing.weight(self.question)

    @property
    def advice_now(self) -> list[Guidance]:
        """The technology guidance that would be shown."""
        return self.standing.guidance(self.question)

    @property
    def choices(self) -> list[ChoiceLine]:
        """Its choices, with those that were tried."""
        selected = self.standing.answer(self.question).selected
        titles = self.checklist.pillar_titles
        return [ChoiceLine(each, self.question, titles, each.id in selected) for each in self.question.choices]

    @property
    def columns(self) -> list[str]:
        """The columns of its table; none where it is not answered with numbers."""
        return [phrase(COLUMN_TITLES[column]) for column in COLUMNS.get(self.question.kind, ())]


@dataclass(frozen=True)
class AskedSection:
    """A section with the questions that are asked."""

    section: Section
    questions: list[AskedQuestion]


@dataclass(frozen=True)
class Preview:
    """A checklist in the light of what was tried."""

    checklist: Checklist
    tried: QueryDict

    @cached_property
    def _read(self) -> dict[str, tuple[FactValue, str]]:
        """Fact id -> its value, and what is wrong with what was typed."""
        found: dict[str, tuple[FactValue, str]] = {}
        for fact in self.checklist.facts:
            try:
                found[fact.id] = read_fact(fact, self.tried.getlist(f"fact.{fact.id}")), ""
            except ValueError as problem:
                found[fact.id] = None, str(problem)
        return found

    @cached_property
    def standing(self) -> Standing:
        """What the conditions come to."""
        facts: dict[str, FactValue] = {name: value for name, (value, _) in self._read.items()}
        facts |= {field.id: field.chosen or None for field in self.workload_fields} | self._known
        answers = {
            question.id: AnswerValue(selected=frozenset(self.tried.getlist(f"q.{question.id}")) & question.choice_ids)
            for question in self.checklist.questions
        }
        return Standing(self.checklist, facts, answers)

    @cached_property
    def workload_fields(self) -> list[WorkloadField]:
        """What every workload has, as far as conditions depend on it."""
        return [
            WorkloadField(name, options, self._chosen(name, options))
            for name, options in WORKLOAD_FACTS.items()
            if name in self._decisive and name not in self._known
        ]

    @property
    def _known(self) -> dict[str, FactValue]:
        """What the checklist itself says of every workload that it is asked of."""
        return {} if self.checklist.kind in {None, ANY_KIND} else {"workload_kind": self.checklist.kind}

    def _chosen(self, name: str, options: Iterable[str]) -> str:
        said = self.tried.get(f"fact.{name}", "")
        return said if said in options else ""

    @property
    def facts(self) -> list[FactField]:
        """The facts that are asked."""
        return [
            FactField(fact, self.tried.getlist(f"fact.{fact.id}"), self._read[fact.id][1])
            for fact in self.checklist.facts
            if self.standing.is_asked(fact)
        ]

    @property
    def sections(self) -> list[AskedSection]:
        """The sections that ask anything."""
        sections = [
            AskedSection(
                section,
                [
                    AskedQuestion(question, self.checklist, self.standing, question.id in self._decisive)
                    for question in section.questions
                    if self.standing.is_asked(question)
                ],
            )
            for section in self.checklist.sections
        ]
        return [section for section in sections if section.questions]

    @property
    def hidden_questions(self) -> list[QuestionView]:
        """The questions that are not asked."""
        return [
            QuestionView(question, self.checklist)
            for question in self.checklist.questions
            if not self.standing.is_asked(question)
        ]

    @property
    def hidden_facts(self) -> list[FactView]:
        """The facts that are not asked."""
        return [FactView(fact, self.checklist) for fact in self.checklist.facts if not self.standing.is_asked(fact)]

    @property
    def asked(self) -> int:
        """How many questions are asked."""
        return len(self.standing.questions)

    @property
    def obligatory(self) -> int:
        """How many of them have to be answered."""
        return sum(self.standing.is_obligatory(question) for question in self.standing.questions)

    @property
    def total(self) -> int:
        """How many questions there are."""
        return len(self.checklist.questions)

    @cached_property
    def _decisive(self) -> frozenset[str]:
        """The names of facts and questions that conditions depend on."""
        conditions = [part.asked_when for part in self.checklist.conditional]
        for question in self.checklist.questions:
            conditions += [rule.condition for rule in question.weight]
            conditions += [advice.condition for advice in question.guidance]
            if not isinstance(question.obligatory_when, bool):
                conditions.append(question.obligatory_when)
        for rules in self.checklist.weights.values():
            conditions += [rule.condition for rule in rules]
        return frozenset(name for condition in conditions if condition is not None for name in condition.names)

    @property
    def pillar_weights(self) -> Mapping[str, str]:
        """Pillar title -> what the pillar would count."""
        return {
            self.checklist.pillar_titles[pillar]: next(
                rule.weight for rule in rules if self.standing.holds(rule.condition)
            )
            for pillar, rules in self.checklist.weights.items()
            if pillar in self.checklist.pillar_titles
        }
