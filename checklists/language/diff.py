"""What is different between two editions of a checklist, and what of a review's answers carries over. Pure.

Parts are the same where their ids are: a question that keeps its id is the same question, whatever else changes.
"""

import difflib
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import BaseModel

from checklists.language.model import Checklist, Choice, Fact, Pillar, Question, Section
from checklists.language.tongue import noop, phrase

What = Literal["added", "removed", "changed", "moved"]
Part = Question | Choice | Fact | Pillar | Section

_TITLES = {
    "asked": noop("Asked when"),
    "benchmark": noop("Benchmark table"),
    "covers": noop("Covers the rows"),
    "do": noop("What to do"),
    "earns": noop("Share of the worth it earns"),
    "good": noop("What good looks like"),
    "guidance": noop("Technology guidance"),
    "help": noop("Help"),
    "intro": noop("Introduction"),
    "kind": noop("Kind"),
    "label": noop("Shown id"),
    "links": noop("Links"),
    "means": noop("In practice"),
    "needs_note": noop("Needs a note"),
    "none_of_these": noop("Excludes the others"),
    "obligatory": noop("Obligatory"),
    "options": noop("Options"),
    "order": noop("Order of the choices"),
    "pillars": noop("Pillars"),
    "query": noop("Resource graph query"),
    "quota": noop("Quota table"),
    "reading": noop("Further reading"),
    "region_check": noop("Region check"),
    "risk": noop("Risk"),
    "risk_rules": noop("Risk rules"),
    "section": noop("Section"),
    "see": noop("See also"),
    "source": noop("Source"),
    "summary": noop("Summary"),
    "tags": noop("Tags"),
    "text": noop("Text"),
    "title": noop("Title"),
    "type": noop("Type"),
    "unit": noop("Unit"),
    "weight": noop("Weight"),
    "why": noop("Why it matters"),
}
_HAPPENED = {
    "added": noop("added"),
    "removed": noop("removed"),
    "changed": noop("changed"),
    "moved": noop("moved"),
}
_MAX_PAIRS = 50_000
"""Words of two texts that are equal, pair by pair; two texts of 4,000 characters have a quarter of it."""
_ASKED = ("title", "text", "kind", "choices")
"""What an answer was given to: whoever answered should look again where one of these changed."""


@dataclass(frozen=True)
class Piece:
    """A run of words: in both texts, in the old one only, or in the new one only."""

    where: Literal["both", "old", "new"]
    text: str


@dataclass(frozen=True)
class FieldChange:
    """One property that differs, old and new as people read them; empty where there is none."""

    field: str
    old: str
    new: str

    @property
    def title(self) -> str:
        """What the property is called."""
        return phrase(_TITLES[self.field]) if self.field in _TITLES else self.field

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """Both texts as one, word by word."""
        return words_compared(self.old, self.new)


@dataclass(frozen=True)
class PartChange:
    """One part that is there in one edition only, or that differs; `fields` has what differs in it.

    `part` is as in the new edition where it is there, else as in the old.
    """

    what: What
    part: Part
    fields: tuple[FieldChange, ...] = ()

    @property
    def what_title(self) -> str:
        """What happened to it, in a word."""
        return phrase(_HAPPENED[self.what])

    @property
    def id(self) -> str:
        """The part's id."""
        return self.part.id

    @property
    def title(self) -> str:
        """The part in a few words."""
        return self.part.text if isinstance(self.part, Choice | Fact) else self.part.title


@dataclass(frozen=True)
class QuestionChange(PartChange):
    """A question that is there in one edition only, or that differs, or that has another place.

    `moved` says that it stands in another section, or elsewhere among the questions that both editions have.
    """

    moved: bool = False
    choices: tuple[PartChange, ...] = ()

    @property
    def question(self) -> Question:
        """The question, as in the new edition where it is there."""
        assert isinstance(self.part, Question)  # noqa: S101 - narrows the type
        return self.part


@dataclass(frozen=True)
class Difference:
    """All that differs between two editions; empty where nothing does.

    `questions` come in the order of the new edition, those that are gone after the ones that they followed.
    `weights` has, by pillar id, what the pillar counts.
    """

    details: tuple[FieldChange, ...] = ()
    pillars: tuple[PartChange, ...] = ()
    weights: tuple[FieldChange, ...] = ()
    facts: tuple[PartChange, ...] = ()
    sections: tuple[PartChange, ...] = ()
    questions: tuple[QuestionChange, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return any((self.details, self.pillars, self.weights, self.facts, self.sections, self.questions))

    def count(self, what: What) -> int:
        """How many questions were added, removed, changed or moved; a moved one that changed too counts in both."""
        if what == "moved":
            return sum(change.moved for change in self.questions)
        return sum(change.what == what for change in self.questions)


@dataclass(frozen=True)
class Lost:
    """An answer, or a part of one, that has no place in the new edition.

    `why` says what is gone: the question, its kind of answer, or the choices with these ids, of which none may be
    left. `title` is the question's as it was answered.
    """

    question: str
    title: str
    why: Literal["question", "kind", "choices"]
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Carried:
    """What becomes of answers when a review moves to another edition.

    `kept` has the choices that stay selected, by question id, in the order of the new edition; `lost` what falls
    away, `new` the ids of the questions that were not there before. `look_again` are kept answers whose question, or
    one of whose choices, now says something else.
    """

    kept: dict[str, tuple[str, ...]] = field(default_factory=dict)
    lost: tuple[Lost, ...] = ()
    new: tuple[str, ...] = ()
    look_again: tuple[str, ...] = ()


def compare(old: Checklist, new: Checklist) -> Difference:
    """All that differs between two editions, part by part; their versions aside."""
    return Difference(
        details=tuple(_fields(old, new, ("title", "kind", "summary", "source"))),
        pillars=_parts(old.pillars, new.pillars),
        weights=tuple(
            FieldChange(pillar, _shown("weight", before), _shown("weight", after))
            for pillar in dict.fromkeys([*new.weights, *old.weights])
            if (before := old.weights.get(pillar, ())) != (after := new.weights.get(pillar, ()))
        ),
        facts=_parts(old.facts, new.facts),
        sections=_parts(old.sections, new.sections, leave_out=("questions",)),
        questions=tuple(_questions(old, new)),
    )


def carried(old: Checklist, new: Checklist, answers: Mapping[str, Collection[str]]) -> Carried:
    """What becomes of answers (question id -> ids of the selected choices) to one edition in another.

    An answer without a choice, such as a table of measurements or a note, is kept where the question stays of its
    kind. Answers to questions that the old edition does not have are ignored.
    """
    kept: dict[str, tuple[str, ...]] = {}
    lost: list[Lost] = []
    for question in old.questions:
        if question.id not in answers:
            continue
        after = new.questions_by_id.get(question.id)
        selected = [choice.id for choice in question.choices if choice.id in answers[question.id]]
        gone = tuple(each for each in selected if after is not None and each not in after.choice_ids)
        if after is None:
            lost.append(Lost(question.id, question.title, "question", tuple(selected)))
        elif after.kind != question.kind:
            lost.append(Lost(question.id, question.title, "kind", tuple(selected)))
        else:
            if gone:
                lost.append(Lost(question.id, question.title, "choices", gone))
            if not gone or len(gone) < len(selected):
                kept[question.id] = tuple(each for each in selected if each not in gone)
    in_order = {question.id: kept[question.id] for question in new.questions if question.id in kept}
    return Carried(
        kept=in_order,
        lost=tuple(lost),
        new=tuple(question.id for question in new.questions if question.id not in old.questions_by_id),
        look_again=tuple(
            name for name in in_order if _asks_otherwise(old.questions_by_id[name], new.questions_by_id[name])
        ),
    )


def words_compared(old: str, new: str) -> tuple[Piece, ...]:
    """Two texts as one, word by word: what both have, what only the old has, what only the new has.

    Texts that repeat the same few words over and over are not compared, as that would take minutes.
    """
    before, after = _words(old), _words(new)
    counts = Counter(after)
    if sum(counts[word] for word in before if not word.isspace()) > _MAX_PAIRS:
        return (Piece("old", old), Piece("new", new))
    pieces: list[Piece] = []
    # Blanks do not tell which parts belong together.
    matcher = difflib.SequenceMatcher(str.isspace, before, after, autojunk=False)
    for change, start, end, begin, stop in matcher.get_opcodes():
        if change == "equal":
            pieces.append(Piece("both", "".join(before[start:end])))
            continue
        if start < end:
            pieces.append(Piece("old", "".join(before[start:end])))
        if begin < stop:
            pieces.append(Piece("new", "".join(after[begin:stop])))
    return tuple(pieces)


def _words(text: str) -> list[str]:
    """Words and the blanks between them, so that what is put together again is the text."""
    return re.findall(r"\s+|\w+|[^\w\s]", text)


def _questions(old: Checklist, new: Checklist) -> Iterator[QuestionChange]:
    before, after = _placed(old), _placed(new)
    moved = _moved(list(before), list(after)) | {
        name for name in before.keys() & after.keys() if before[name].id != after[name].id
    }
    for name in _in_order(list(before), list(after)):
        if name not in after:
            yield QuestionChange("removed", old.questions_by_id[name])
        elif name not in before:
            yield QuestionChange("added", new.questions_by_id[name])
        else:
            yield from _question(
                old.questions_by_id[name], new.questions_by_id[name], before[name], after[name], name in moved
            )


def _question(
    old: Question, new: Question, old_section: Section, new_section: Section, moved: bool
) -> Iterator[QuestionChange]:
    fields = list(_fields(old, new, tuple(name for name in Question.model_fields if name not in {"id", "choices"})))
    choices = _parts(old.choices, new.choices)
    if _moved([choice.id for choice in old.choices], [choice.id for choice in new.choices]):
        fields.append(FieldChange("order", _order(old), _order(new)))
    changed = bool(fields or choices)
    if old_section.id != new_section.id:
        fields.insert(0, FieldChange("section", old_section.title, new_section.title))
    if changed or moved:
        yield QuestionChange("changed" if changed else "moved", new, tuple(fields), moved, choices)


def _placed(checklist: Checklist) -> dict[str, Section]:
    return {question.id: section for section in checklist.sections for question in section.questions}


def _moved(old: Sequence[str], new: Sequence[str]) -> set[str]:
    """The ids in both that stand elsewhere among those in both: the fewest that explain the new order."""
    present = set(new)
    rank = {name: place for place, name in enumerate(name for name in old if name in present)}
    ranks = [rank[name] for name in new if name in rank]
    stays = set(_longest_rising(ranks))
    return {name for name, place in rank.items() if place not in stays}


def _longest_rising(ranks: Sequence[int]) -> list[int]:
    """The longest sequence within these different numbers in which each is greater than the one before."""
    ends: list[int] = []
    before: dict[int, int | None] = {}
    for number in ranks:
        low, high = 0, len(ends)
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if ends[middle] < number else (low, middle)
        before[number] = ends[low - 1] if low else None
        ends[low : low + 1] = [number]
    found: list[int] = []
    at = ends[-1] if ends else None
    while at is not None:
        found.append(at)
        at = before[at]
    return found[::-1]


def _in_order(old: Sequence[str], new: Sequence[str]) -> list[str]:
    """All ids: the new ones in their order, each that is gone after the one that it followed."""
    present, anchor = set(new), ""
    following: dict[str, list[str]] = {}
    for name in old:
        if name in present:
            anchor = name
        else:
            following.setdefault(anchor, []).append(name)
    found = list(following.get("", []))
    for name in new:
        found += [name, *following.get(name, [])]
    return found


def _parts(old: Sequence[Part], new: Sequence[Part], leave_out: tuple[str, ...] = ()) -> tuple[PartChange, ...]:
    before, after = {part.id: part for part in old}, {part.id: part for part in new}
    changes: list[PartChange] = []
    for name in _in_order(list(before), list(after)):
        if name not in after:
            changes.append(PartChange("removed", before[name]))
        elif name not in before:
            changes.append(PartChange("added", after[name]))
        else:
            names = tuple(each for each in type(after[name]).model_fields if each not in {"id", *leave_out})
            if fields := tuple(_fields(before[name], after[name], names)):
                changes.append(PartChange("changed", after[name], fields))
    return tuple(changes)


def _fields(old: Any, new: Any, names: tuple[str, ...]) -> Iterator[FieldChange]:
    for name in names:
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            yield FieldChange(name, _shown(name, before), _shown(name, after))


def _order(question: Question) -> str:
    return "\n".join(choice.id for choice in question.choices)


def _asks_otherwise(old: Question, new: Question) -> bool:
    return any(getattr(old, name) != getattr(new, name) for name in _ASKED)


def _shown(name: str, value: Any) -> str:
    """A property as a text to compare: a line for each thing in a list, `key: value` for each property of a thing."""
    if value is None or value == "" or value == ():
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name == "weight" and isinstance(value, tuple):
        return "\n".join(f"{rule.weight} when {rule.when}" if rule.when else str(rule.weight) for rule in value)
    if name == "risk_rules":
        return "\n".join(f"{rule.risk}: {rule.when}" for rule in value)
    if isinstance(value, tuple):
        return "\n".join(_shown("", item) for item in value)
    if isinstance(value, BaseModel):
        filled = {key: getattr(value, key) for key in type(value).model_fields}
        filled = {key: item for key, item in filled.items() if item not in ("", None, ())}
        return ", ".join(f"{key}: {' '.join(_shown(key, item).splitlines())}" for key, item in filled.items())
    return str(value)
