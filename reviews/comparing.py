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
class Asked:
    """A question as people see it, and its id."""

    id: str
    name: str
    title: str


@dataclass(frozen=True)
class RiskChange(Asked):
    """A question's risk before and after; empty where it was not asked."""

    before: str
    after: str

    @property
    def appeared(self) -> bool:
        """Whether it is a finding now, and was none before."""
        return self.after in FINDINGS and self.before not in FINDINGS

    @property
    def gone(self) -> bool:
        """Whether it was a finding, and is none any more."""
        return self.before in FINDINGS and self.after not in FINDINGS


@dataclass(frozen=True)
class AnswerChange(Asked):
    """How an answer differs: choices in words, the note, whether the question applies and why not, the table.

    `left_out` are the practices that do not apply and were said to before, `taken_in` those that apply again;
    `reasons` are those before and after, empty where the question applies.
    """

    chosen: tuple[str, ...]
    dropped: tuple[str, ...]
    left_out: tuple[str, ...]
    taken_in: tuple[str, ...]
    reasons: tuple[str, str]
    table_differs: bool
    note: tuple[Piece, ...]

    @property
    def content_differs(self) -> bool:
        """Whether more than the note differs."""
        lists = (self.chosen, self.dropped, self.left_out, self.taken_in)
        return any(lists) or self.table_differs or self.reasons[0] != self.reasons[1]


@dataclass(frozen=True)
class Difference:
    """All that differs between two states.

    `risks` has the new findings first, then those that are gone, then the others; `stayed` are the findings with the
    same risk in both, the high ones first; `only_before` and `only_after` are the questions that only one of the two
    asks; `facts` are (text, before, after) in words.
    """

    overall: ScoreChange
    pillars: tuple[ScoreChange, ...]
    risks: tuple[RiskChange, ...]
    stayed: tuple[RiskChange, ...]
    answers: tuple[AnswerChange, ...]
    facts: tuple[tuple[str, str, str], ...]
    only_before: tuple[Asked, ...]
    only_after: tuple[Asked, ...]
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
        return tuple(each for each in self.risks if each.appeared)

    @property
    def gone(self) -> tuple[RiskChange, ...]:
        """The findings that are none any more."""
        return tuple(each for each in self.risks if each.gone)

    @property
    def other_risks(self) -> tuple[RiskChange, ...]:
        """Risks that changed otherwise."""
        return tuple(each for each in self.risks if not (each.appeared or each.gone))


def compare(before: State, after: State) -> Difference:
    """What is different in `after`."""
    old, new = _questions(before), _questions(after)
    both = [question_id for question_id in new if question_id in old]
    risks = sorted(_risks(old, new), key=_weight_of_change)
    return Difference(
        overall=ScoreChange("", before["score"]["overall"], after["score"]["overall"]),
        pillars=tuple(_pillars(before, after)),
        risks=tuple(risks),
        stayed=tuple(sorted(_stayed(old, new), key=lambda each: FINDINGS.index(each.after))),
        answers=tuple(change for each in both if (change := _answer(old[each], new[each]))),
        facts=tuple(_facts(before, after)),
        only_before=tuple(_asked(question) for each, question in old.items() if each not in new),
        only_after=tuple(_asked(question) for each, question in new.items() if each not in old),
        editions=(_edition(before), _edition(after)),
    )


def _questions(state: State) -> dict[str, Mapping[str, Any]]:
    return {question["id"]: question for section in state["sections"] for question in section["questions"]}


def _asked(question: Mapping[str, Any]) -> Asked:
    # The first format had no names.
    return Asked(question["id"], question.get("name", question["id"]), question["title"])


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
            yield RiskChange(**vars(_asked(question)), before=before, after=after)


def _stayed(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[RiskChange]:
    for question_id, question in new.items():
        risk = question["risk"]
        if risk in FINDINGS and question_id in old and old[question_id]["risk"] == risk:
            yield RiskChange(**vars(_asked(question)), before=risk, after=risk)


def _weight_of_change(change: RiskChange) -> int:
    order = ("high", "medium", "unanswered", "none", "not_applicable", "")
    return order.index(change.after) if change.appeared else 10 + order.index(change.before) if change.gone else 20


def _answer(old: Mapping[str, Any], new: Mapping[str, Any]) -> AnswerChange | None:
    was, has = _choices(old, "selected"), _choices(new, "selected")
    out_before, out_after = _choices(old, "not_applicable"), _choices(new, "not_applicable")
    change = AnswerChange(
        **vars(_asked(new)),
        chosen=_only_in(has, was),
        dropped=_only_in(was, has),
        left_out=_only_in(out_after, out_before),
        taken_in=_only_in(out_before, out_after),
        reasons=(_reason(old), _reason(new)),
        table_differs=_rows(old) != _rows(new),
        note=words_compared(old["note"], new["note"]) if old["note"] != new["note"] else (),
    )
    return change if change.content_differs or change.note else None


def _choices(question: Mapping[str, Any], mark: str) -> dict[str, str]:
    return {choice["id"]: choice["text"] for choice in question["choices"] if choice.get(mark)}


def _only_in(these: Mapping[str, str], those: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(text for choice, text in these.items() if choice not in those)


def _reason(question: Mapping[str, Any]) -> str:
    return str(question["reason"]) if question["not_applicable"] else ""


def _rows(question: Mapping[str, Any]) -> list[list[str]]:
    table = question.get("table")
    return [row["cells"] for row in table["rows"]] if table else []


def _facts(before: State, after: State) -> Iterator[tuple[str, str, str]]:
    old = {fact["id"]: fact for fact in before["workload"]["facts"]}
    for fact in after["workload"]["facts"]:
        was = _said(old.pop(fact["id"])) if fact["id"] in old else ""
        if was != _said(fact):
            yield fact["text"], was, _said(fact)
    for fact in old.values():
        if was := _said(fact):
            yield fact["text"], was, ""
    for name in ("criticality_title", "data_classification_title"):
        was, has = before["workload"][name], after["workload"][name]
        if was != has:
            yield name.removesuffix("_title").replace("_", " ").capitalize(), was, has


def _said(fact: Mapping[str, Any]) -> str:
    return str(fact.get("said", "Yes" if fact["value"] else "" if fact["value"] is None else "No"))
