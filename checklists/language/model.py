"""The values a checklist is made of. Immutable; every instance is consistent in itself."""

from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from graphlib import TopologicalSorter
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

from checklists.language.consistency import MEASURED, faults
from checklists.language.expressions import Expression
from checklists.language.vocabulary import DEFAULT_RULE, PILLARS

ID_PATTERN = r"^[A-Za-z0-9_][A-Za-z0-9_-]{0,127}$"
"""Ids: of questions, choices, facts, pillars. Foreign formats have up to 128 characters."""

VERSION_PATTERN = r"^[0-9]{1,4}(\.[0-9]{1,4}){0,2}$"
"""Versions of checklists: 1, 1.2 or 1.2.3."""


MAX_RULES = 100
"""Risk rules of one question: nobody could read as many, and looking at them grows with their square."""


def _storable(text: str) -> str:
    if "\x00" in text:
        raise ValueError("the character NUL cannot be stored: remove it")
    return text


def _readable(condition: str) -> str:
    if condition:
        Expression.parse(condition)
    return condition


def _readable_or_plain(condition: bool | str) -> bool | str:
    return condition if isinstance(condition, bool) else _readable(_storable(condition.strip()))


def _readable_rule(condition: str) -> str:
    return condition if condition == DEFAULT_RULE else _readable(condition)


Id = Annotated[str, StringConstraints(pattern=ID_PATTERN)]
_Text = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000), AfterValidator(_storable)
]
MAX_TITLE = 200
"""Characters that a title may have."""

_Title = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_TITLE), AfterValidator(_storable)
]
_OptionalText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000), AfterValidator(_storable)]
_Url = Annotated[str, StringConstraints(pattern=r"^https?://\S+$", max_length=2048)]
_OptionalUrl = Annotated[str, StringConstraints(pattern=r"^(https?://\S+)?$", max_length=2048)]
_Condition = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=4000),
    AfterValidator(_storable),
    AfterValidator(_readable),
]
_Rule = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=4000),
    AfterValidator(_storable),
    AfterValidator(_readable_rule),
]
_WeightWord = Literal["leads", "full", "high", "medium", "low"]
_RiskWord = Literal["none", "medium", "high"]
_Heaviness = Annotated[int, Field(ge=1, le=5)]
_Ratio = Annotated[Decimal, Field(gt=0, le=1000, decimal_places=3)]


class WorkloadKind(StrEnum):
    """The three kinds of workload that an AI platform hosts."""

    EDA = "eda"
    TRAINING = "training"
    INFERENCING = "inferencing"


ANY_KIND = "any"
"""The `kind` of a checklist that suits every workload: a review is made of it alone, or adds it to its own."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)


class Link(_Value):
    """A page to read further."""

    title: _Title
    url: _Url


class Resource(_Value):
    """A text and where to read further; either may be missing."""

    text: _OptionalText = ""
    url: _OptionalUrl = ""


class Source(_Value):
    """Where the content comes from, and under which licence."""

    title: _Title
    url: _Url
    licence: _Title


class Pillar(_Value):
    """One of the qualities by which a workload is scored."""

    id: Id
    title: _Title


class Guidance(_Value):
    """Technology guidance: advice shown with a question where `when` holds, not a question of its own."""

    id: Id
    title: _Title
    text: _Text
    when: _Condition = ""
    links: tuple[Link, ...] = ()

    @cached_property
    def condition(self) -> Expression | None:
        """The condition, read; None where it is always shown."""
        return Expression.parse(self.when) if self.when else None


class FurtherReading(_Value):
    """More to read about a choice: on what it means (`help`) or on how to get there (`plan`)."""

    about: Literal["help", "plan"]
    text: _OptionalText = ""
    url: _OptionalUrl = ""


class Choice(_Value):
    """One of the things that can be chosen.

    In a question that takes one choice it carries the `risk` that it leaves, or says that the question is not
    applicable, and may earn another share of the question's worth than its risk implies (`earns`). With `needs_note`
    it counts only together with a note. Where several practices may be in place it may bear on fewer `pillars` than
    its question, and has a `weight` among its siblings; the choice marked `none_of_these` excludes all others. `do`
    says what to do where the practice is not in place.
    """

    id: Id
    text: _Text
    means: _OptionalText = ""
    risk: Literal["none", "medium", "high", "not_applicable"] | None = None
    earns: Literal["all", "half", "nothing"] | None = None
    needs_note: bool = False
    weight: _Heaviness = 1
    pillars: tuple[Id, ...] = ()
    none_of_these: bool = False
    help: Resource | None = None
    do: Resource | None = None
    reading: tuple[FurtherReading, ...] = ()


class RiskRule(_Value):
    """The risk that stays when the condition `when` holds over the ticked practices."""

    risk: _RiskWord
    when: _Rule

    @cached_property
    def condition(self) -> Expression | None:
        """The condition, read; None for the default rule, which always holds."""
        return None if self.when == DEFAULT_RULE else Expression.parse(self.when)


class QuestionWeight(_Value):
    """How heavy a question is when the condition `when` holds; without `when`, always."""

    weight: _Heaviness
    when: _Condition = ""

    @cached_property
    def condition(self) -> Expression | None:
        """The condition, read; None where there is none."""
        return Expression.parse(self.when) if self.when else None


class QuotaTable(_Value):
    """A question answered with limits and expected peaks.

    The headroom of a row is its limit divided by its peak; the lowest decides: high risk below `high_below`, medium
    below `medium_below`.
    """

    high_below: _Ratio = Decimal("1.0")
    medium_below: _Ratio = Decimal("1.3")


class BenchmarkTable(_Value):
    """A question answered with measurements of configurations.

    `work` is the unit of work, such as “request”, `per` the time in which throughput is counted. Fewer than
    `compare` configurations leave medium risk. `latency_limit` may name a fact in milliseconds: the best
    configuration is the cheapest within it, and where none is, the risk is high.
    """

    work: _Title
    per: Literal["second", "minute", "hour"] = "second"
    compare: Annotated[int, Field(ge=1, le=20)] = 2
    latency_limit: Annotated[str, StringConstraints(pattern=r"^([A-Za-z0-9_][A-Za-z0-9_-]{0,127})?$")] = ""


class RegionCheck(_Value):
    """Regions that should be the same: the `facts` that name them.

    Where they differ, `risk` is left at least, unless one of the choices `reasons` is chosen.
    """

    facts: Annotated[tuple[Id, ...], Field(min_length=1)]
    reasons: tuple[Id, ...] = ()
    risk: Literal["medium", "high"] = "high"


class Question(_Value):
    """One question with what a reviewer needs to answer it and to learn from it.

    `kind` is `one` (choose one; each choice carries its risk), `practices` (tick all that are in place; `risk_rules`
    say what risk is left, the first that holds wins), `quota` or `benchmark` (numbers, or one of the choices
    instead). `asked` and `obligatory` may depend on facts and other answers, as may `weight`: the first rule that
    holds, of which the last has no condition. `label` is shown in place of the id, `text` may be left out where the
    title is the question. `covers` names the rows of the source that the question answers besides those that have its
    own id, `see` other questions, `query` a query of Azure Resource Graph that finds the resources concerned.
    """

    id: Id
    label: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40), AfterValidator(_storable)] = ""
    title: _Title
    text: _OptionalText = ""
    why: _OptionalText = ""
    good: _OptionalText = ""
    do: _OptionalText = ""
    help: Resource | None = None
    tags: tuple[_Title, ...] = ()
    pillars: Annotated[tuple[Id, ...], Field(min_length=1)]
    asked: _Condition = ""
    weight: Annotated[tuple[QuestionWeight, ...], Field(min_length=1)]
    obligatory: Annotated[bool | str, AfterValidator(_readable_or_plain)]
    kind: Literal["one", "practices", "quota", "benchmark"]
    choices: Annotated[tuple[Choice, ...], Field(min_length=1, max_length=60)]
    risk_rules: Annotated[tuple[RiskRule, ...], Field(max_length=MAX_RULES)] = ()
    quota: QuotaTable | None = None
    benchmark: BenchmarkTable | None = None
    region_check: RegionCheck | None = None
    links: tuple[Link, ...] = ()
    guidance: tuple[Guidance, ...] = ()
    see: tuple[Id, ...] = ()
    covers: tuple[Id, ...] = ()
    query: _OptionalText = ""

    def __hash__(self) -> int:
        """That of its id: the whole of it would take long."""
        return hash(self.id)

    @property
    def name(self) -> str:
        """The id as people see it."""
        return self.label or self.id

    @property
    def wording(self) -> str:
        """What is asked."""
        return self.text or self.title

    @property
    def measured(self) -> bool:
        """Whether it is answered with numbers."""
        return self.kind in MEASURED

    @cached_property
    def asked_when(self) -> Expression | None:
        """The condition under which it is asked; None for always."""
        return Expression.parse(self.asked) if self.asked else None

    @cached_property
    def obligatory_when(self) -> Expression | bool:
        """Whether it must be answered, or the condition under which it must."""
        return (
            Expression.parse(self.obligatory)
            if isinstance(self.obligatory, str) and self.obligatory
            else bool(self.obligatory)
        )

    @property
    def usual_weight(self) -> int:
        """How heavy it is where no condition says otherwise."""
        return self.weight[-1].weight

    @field_validator("weight", mode="before", json_schema_input_type=_Heaviness | tuple[QuestionWeight, ...])
    @classmethod
    def _number_is_rule(cls, weight: object) -> object:
        """`weight: 3` is short for one rule without a condition."""
        return [{"weight": weight}] if isinstance(weight, int | str) else weight

    @cached_property
    def choice_ids(self) -> frozenset[str]:
        """The ids of all choices."""
        return frozenset(choice.id for choice in self.choices)

    @cached_property
    def practices(self) -> tuple[Choice, ...]:
        """The choices that are practices: all but “none of these”."""
        return tuple(choice for choice in self.choices if not choice.none_of_these)


class Section(_Value):
    """Questions that belong together."""

    id: Id
    title: _Title
    intro: _OptionalText = ""
    questions: Annotated[tuple[Question, ...], Field(min_length=1)]


class FactOption(_Value):
    """One of the options of a fact."""

    id: Id
    text: _Title


class Fact(_Value):
    """A property of the workload that conditions refer to: asked once, and known to all its reviews.

    `type` says what a value is: true or false; the id of an option; a list of such ids; a number, in `unit`; a list
    of region names; a duration in seconds. It is asked where `asked` holds, and then has to be stated before a review
    is submitted, unless it is not `obligatory`.
    """

    id: Id
    text: _Text
    help: _OptionalText = ""
    type: Literal["yes_no", "one_of", "many_of", "number", "regions", "duration"] = "yes_no"
    options: tuple[FactOption, ...] = ()
    unit: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] = ""
    asked: _Condition = ""
    obligatory: bool = True

    @cached_property
    def asked_when(self) -> Expression | None:
        """The condition under which it is asked; None for always."""
        return Expression.parse(self.asked) if self.asked else None


class WeightRule(_Value):
    """What a pillar counts when the condition `when` over facts holds; without `when`, always."""

    weight: _WeightWord
    when: _Condition = ""

    @cached_property
    def condition(self) -> Expression | None:
        """The condition, read; None where there is none."""
        return Expression.parse(self.when) if self.when else None


_FIVE = tuple(Pillar(id=name, title=title) for name, title in PILLARS.items())


class Checklist(_Value):
    """A whole checklist.

    `kind` is the kind of workload that it asks about, `any` where it suits them all, or None for a file that is only
    there to be included in others. `pillars` are the usual five unless the file names its own. `weights` says for
    each pillar what it counts in the overall score: the first rule whose condition holds.
    """

    schema_version: Annotated[Literal[1], Field(alias="schema")]
    id: Id
    title: _Title
    version: Annotated[str, StringConstraints(pattern=VERSION_PATTERN)]
    kind: Literal["eda", "training", "inferencing", "any"] | None = None
    summary: _Text
    source: Source | None = None
    include: tuple[Id, ...] = ()
    pillars: Annotated[tuple[Pillar, ...], Field(min_length=1, max_length=10)] = _FIVE
    weights: dict[Id, Annotated[tuple[WeightRule, ...], Field(min_length=1)]] = {}
    facts: tuple[Fact, ...] = ()
    sections: Annotated[tuple[Section, ...], Field(min_length=1)]

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True, validate_by_alias=True)

    @field_validator("weights", mode="before", json_schema_input_type=dict[Id, _WeightWord | tuple[WeightRule, ...]])
    @classmethod
    def _word_is_rule(cls, weights: object) -> object:
        """`security: full` is short for one rule without a condition."""
        if not isinstance(weights, dict):
            return weights
        return {pillar: [{"weight": rules}] if isinstance(rules, str) else rules for pillar, rules in weights.items()}

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """All questions, in the order in which they are asked."""
        return tuple(question for section in self.sections for question in section.questions)

    @cached_property
    def questions_by_id(self) -> dict[str, Question]:
        """Question id -> question."""
        return {question.id: question for question in self.questions}

    @cached_property
    def facts_by_id(self) -> dict[str, Fact]:
        """Fact id -> fact."""
        return {fact.id: fact for fact in self.facts}

    @cached_property
    def pillar_titles(self) -> dict[str, str]:
        """Pillar id -> title, in order."""
        return {pillar.id: pillar.title for pillar in self.pillars}

    @cached_property
    def conditional(self) -> tuple[Fact | Question, ...]:
        """All facts and questions that are asked under a condition, each after those that it depends on."""
        parts: dict[str, Fact | Question] = {**self.facts_by_id, **self.questions_by_id}
        needs = {name: part.asked_when.names & parts.keys() for name, part in parts.items() if part.asked_when}
        return tuple(parts[name] for name in TopologicalSorter(needs).static_order() if name in needs)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """All names that its conditions and checks depend on, those of facts that every workload has among them."""
        conditions: list[Expression | bool | None] = [part.asked_when for part in self.conditional]
        conditions += [rule.condition for rules in self.weights.values() for rule in rules]
        names: set[str] = set()
        for question in self.questions:
            conditions += [question.obligatory_when, *(rule.condition for rule in question.weight)]
            conditions += [advice.condition for advice in question.guidance]
            names.update(question.region_check.facts if question.region_check else ())
            names.update({question.benchmark.latency_limit} - {""} if question.benchmark else ())
        found = (condition.names for condition in conditions if isinstance(condition, Expression))
        return tuple(sorted(names.union(*found)))

    def __hash__(self) -> int:
        """That of its name: to hash all of it would take as long as to work out what it is kept for."""
        return hash((self.id, self.version))

    def to_json(self) -> dict[str, Any]:
        """The checklist as JSON values; `Checklist.model_validate` reads them back."""
        return self.model_dump(mode="json", by_alias=True)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if found := [fault.message for fault in faults(self.to_json())]:
            raise ValueError("; ".join(found))
        return self
