"""What is different between two states of reviews: scores, risks, answers, facts. Pure.

A state is the content of a snapshot or milestone (`reviews.report.snapshot.SnapshotData` without its closing), or the
same made of a review as it is now. Questions are the same where their ids are, whatever their editions.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from checklists.language.diff import Piece, words_compared

State = Mapping[str, Any]
FINDINGS = ("high", "medium")


@dataclass(frozen=True)
class ScoreChange:
    """A score before and after, 0 to 100 or None; of the pillar with this title, or overall where it is empty."""

    title: str
    before: float | None
    after: float | None

    @property
    def change(self) -> float | None:
        """By how much it rose; None where one of the two is not there."""
        if self.before is None or self.after is None:
            return None
        return round(self.after - self.before, 1)


@dataclass(frozen=True)
class RiskChange:
    """A question's risk before and after; empty where it was not asked."""

    name: str
    title: str
    before: str
    after: str


@dataclass(frozen=True)
class AnswerChange:
    """How an answer differs: choices in words, the note, whether the question applies, the table."""

    name: str
    title: str
    chosen: tuple[str, ...]
    dropped: tuple[str, ...]
    note: tuple[Piece, ...]
    applied: bool
    applies: bool
    reason: str
    table_differs: bool


@dataclass(frozen=True)
class Difference:
    """All that differs between two states.

    `risks` has the new findings first, then those that are gone, then the others; `only_before` and `only_after` name
    the questions that only one of the two asks; `facts` are (text, before, after) in words.
    """

    overall: ScoreChange
    pillars: tuple[ScoreChange, ...]
    risks: tuple[RiskChange, ...]
    answers: tuple[AnswerChange, ...]
    facts: tuple[tuple[str, str, str], ...]
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]
    editions: tuple[str, str]

    @property
    def nothing(self) -> bool:
        """Whether the two are alike."""
        scores = all(each.before == each.after for each in (self.overall, *self.pillars))
        lists = (self.risks, self.answers, self.facts, self.only_before, self.only_after)
        return scores and not any(lists) and self.editions[0] == self.editions[1]

    @property
    def appeared(self) -> tuple[RiskChange, ...]:
        """The findings that were none before."""
        return tuple(each for each in self.risks if each.after in FINDINGS and each.before not in FINDINGS)

    @property
    def gone(self) -> tuple[RiskChange, ...]:
        """The findings that are none any more."""
        return tuple(each for each in self.risks if each.before in FINDINGS and each.after not in FINDINGS)

    @property
    def other_risks(self) -> tuple[RiskChange, ...]:
        """Risks that changed otherwise."""
        return tuple(each for each in self.risks if each not in self.appeared and each not in self.gone)


def compare(before: State, after: State) -> Difference:
    """What is different in `after`."""
    old, new = _questions(before), _questions(after)
    both = [question_id for question_id in new if question_id in old]
    risks = sorted(_risks(old, new), key=_weight_of_change)
    return Difference(
        overall=ScoreChange("", before["score"]["overall"], after["score"]["overall"]),
        pillars=tuple(_pillars(before, after)),
        risks=tuple(risks),
        answers=tuple(change for each in both if (change := _answer(old[each], new[each]))),
        facts=tuple(_facts(before, after)),
        only_before=tuple(_called(question) for each, question in old.items() if each not in new),
        only_after=tuple(_called(question) for each, question in new.items() if each not in old),
        editions=(_edition(before), _edition(after)),
    )


def _questions(state: State) -> dict[str, Mapping[str, Any]]:
    return {question["id"]: question for section in state["sections"] for question in section["questions"]}


def _called(question: Mapping[str, Any]) -> str:
    return f"{question.get('name', question['id'])}: {question['title']}"


def _edition(state: State) -> str:
    checklists = [state["checklist"], *state.get("added_checklists", [])]
    return ", ".join(f"{each['title']} {each['version']}" for each in checklists)


def _pillars(before: State, after: State) -> Iterator[ScoreChange]:
    old = {pillar["id"]: pillar["score"] for pillar in before["score"]["pillars"]}
    for pillar in after["score"]["pillars"]:
        yield ScoreChange(pillar["title"], old.get(pillar["id"]), pillar["score"])


def _risks(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[RiskChange]:
    for question_id in [*new, *(each for each in old if each not in new)]:
        question = new.get(question_id) or old[question_id]
        before = old[question_id]["risk"] if question_id in old else ""
        after = new[question_id]["risk"] if question_id in new else ""
        # A question that is not asked any more, or only now, is told of as such, unless it was or is a finding.
        if before != after and (before in FINDINGS or after in FINDINGS or (before and after)):
            yield RiskChange(question.get("name", question_id), question["title"], before, after)


def _weight_of_change(change: RiskChange) -> int:
    order = ("high", "medium", "unanswered", "none", "not_applicable", "")
    appeared = change.after in FINDINGS and change.before not in FINDINGS
    gone = change.before in FINDINGS and change.after not in FINDINGS
    return order.index(change.after) if appeared else 10 + order.index(change.before) if gone else 20


def _answer(old: Mapping[str, Any], new: Mapping[str, Any]) -> AnswerChange | None:
    was, has = _chosen(old), _chosen(new)
    chosen = tuple(text for choice, text in has.items() if choice not in was)
    dropped = tuple(text for choice, text in was.items() if choice not in has)
    note = words_compared(old["note"], new["note"]) if old["note"] != new["note"] else ()
    applied, applies = not old["not_applicable"], not new["not_applicable"]
    table = _rows(old) != _rows(new)
    if not (chosen or dropped or note or table or applied != applies or old["reason"] != new["reason"]):
        return None
    return AnswerChange(
        new.get("name", new["id"]), new["title"], chosen, dropped, note, applied, applies, new["reason"], table
    )


def _chosen(question: Mapping[str, Any]) -> dict[str, str]:
    return {choice["id"]: choice["text"] for choice in question["choices"] if choice["selected"]}


def _rows(question: Mapping[str, Any]) -> list[list[str]]:
    table = question.get("table")
    return [row["cells"] for row in table["rows"]] if table else []


def _facts(before: State, after: State) -> Iterator[tuple[str, str, str]]:
    old = {fact["id"]: fact for fact in before["workload"]["facts"]}
    for fact in after["workload"]["facts"]:
        was = _said(old[fact["id"]]) if fact["id"] in old else ""
        if was != _said(fact):
            yield fact["text"], was, _said(fact)
    for name in ("criticality_title", "data_classification_title"):
        was, has = before["workload"][name], after["workload"][name]
        if was != has:
            yield name.removesuffix("_title").replace("_", " ").capitalize(), was, has


def _said(fact: Mapping[str, Any]) -> str:
    return str(fact.get("said", "Yes" if fact["value"] else "" if fact["value"] is None else "No"))
