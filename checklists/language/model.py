"""The values a checklist is made of. Immutable; every instance is consistent in itself."""

from enum import StrEnum
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)

from checklists.language.consistency import faults
from checklists.language.expressions import Expression
from checklists.language.vocabulary import DEFAULT_RULE

FactValue = bool | None
"""What is known of a fact: yes, no, or not yet asked."""

_Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,63}$")]


def _storable(text: str) -> str:
    if "\x00" in text:
        raise ValueError("the character NUL cannot be stored: remove it")
    return text


_Text = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000), AfterValidator(_storable)
]
_Title = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120), AfterValidator(_storable)
]
_OptionalText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000), AfterValidator(_storable)]
_Url = Annotated[str, StringConstraints(pattern=r"^https?://\S+$", max_length=500)]
_Pillar = Literal["reliability", "security", "cost_optimization", "operational_excellence", "performance_efficiency"]
_WeightWord = Literal["leads", "full", "high", "medium", "low"]


class WorkloadKind(StrEnum):
    """The three kinds of workload that an AI platform hosts."""

    EDA = "eda"
    TRAINING = "training"
    INFERENCING = "inferencing"


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)


class Link(_Value):
    """A page to read further."""

    title: _Title
    url: _Url


class Source(_Value):
    """Where the content comes from, and under which licence."""

    title: _Title
    url: _Url
    licence: _Title


class Guidance(_Value):
    """Technology guidance: advice shown with a question, not a question of its own."""

    id: _Id
    title: _Title
    text: _Text
    links: tuple[Link, ...] = ()


class Choice(_Value):
    """One of the things that can be chosen.

    In a question that takes one choice it carries the `risk` that it leaves. Where several practices
    may be in place it may bear on fewer `pillars` than its question, and has a `weight` among its
    siblings; the choice marked `none_of_these` excludes all others.
    """

    id: _Id
    text: _Text
    means: _OptionalText = ""
    risk: Literal["none", "medium", "high"] | None = None
    weight: Annotated[int, Field(ge=1, le=5)] = 1
    pillars: tuple[_Pillar, ...] = ()
    none_of_these: bool = False


class RiskRule(_Value):
    """The risk that stays when the condition `when` holds over the ticked practices."""

    risk: Literal["none", "medium", "high"]
    when: _Text

    @field_validator("when")
    @classmethod
    def _readable(cls, when: str) -> str:
        if when != DEFAULT_RULE:
            Expression.parse(when)
        return when

    @cached_property
    def condition(self) -> Expression | None:
        """The condition, read; None for the default rule, which always holds."""
        return None if self.when == DEFAULT_RULE else Expression.parse(self.when)


class Question(_Value):
    """One question with what a reviewer needs to answer it and to learn from it.

    `kind` is `one` (choose one; each choice carries its risk) or `practices` (tick all that are in
    place; `risk_rules` say what risk is left, the first that holds wins).
    """

    id: _Id
    title: _Title
    text: _Text
    why: _Text
    good: _Text
    do: _Text
    pillars: Annotated[tuple[_Pillar, ...], Field(min_length=1)]
    weight: Annotated[int, Field(ge=1, le=5)]
    obligatory: bool
    kind: Literal["one", "practices"]
    choices: Annotated[tuple[Choice, ...], Field(min_length=2, max_length=30)]
    risk_rules: tuple[RiskRule, ...] = ()
    links: Annotated[tuple[Link, ...], Field(min_length=1)]
    guidance: tuple[Guidance, ...] = ()

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

    id: _Id
    title: _Title
    intro: _OptionalText = ""
    questions: Annotated[tuple[Question, ...], Field(min_length=1)]


class Fact(_Value):
    """A yes/no property of the workload that conditions refer to."""

    id: _Id
    text: _Text
    help: _OptionalText = ""


class WeightRule(_Value):
    """What a pillar counts when the condition `when` over facts holds; without `when`, always."""

    weight: _WeightWord
    when: _OptionalText = ""

    @field_validator("when")
    @classmethod
    def _readable(cls, when: str) -> str:
        if when:
            Expression.parse(when)
        return when

    @cached_property
    def condition(self) -> Expression | None:
        """The condition, read; None where there is none."""
        return Expression.parse(self.when) if self.when else None


class Checklist(_Value):
    """A whole checklist: what is asked of one kind of workload.

    `kind` is None for a file that is only there to be included in others. `weights` says for each
    pillar what it counts in the overall score: the first rule whose condition holds.
    """

    schema_version: Annotated[Literal[1], Field(alias="schema")]
    id: _Id
    title: _Title
    version: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,4}(\.[0-9]{1,4}){0,2}$")]
    kind: WorkloadKind | None = None
    summary: _Text
    source: Source
    include: tuple[_Id, ...] = ()
    weights: dict[_Pillar, Annotated[tuple[WeightRule, ...], Field(min_length=1)]] = {}
    facts: tuple[Fact, ...] = ()
    sections: Annotated[tuple[Section, ...], Field(min_length=1)]

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True, validate_by_alias=True)

    @field_validator("weights", mode="before")
    @classmethod
    def _word_is_rule(cls, weights: object, info: ValidationInfo) -> object:
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

    def to_json(self) -> dict[str, object]:
        """The checklist as JSON values; `Checklist.model_validate` reads them back."""
        return self.model_dump(mode="json", by_alias=True)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if found := [sentence for _, sentence in faults(self.to_json())]:
            raise ValueError("; ".join(found))
        return self
