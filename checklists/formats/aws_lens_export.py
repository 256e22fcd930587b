"""Checklists written as AWS custom lenses, within what AWS takes; what it cannot say is listed.

How each part is written: docs/formats.md.
"""

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from checklists.formats.aws_vocabulary import (
    DEFAULT,
    ID,
    MAX_BYTES,
    MAX_CHOICES,
    MAX_QUESTIONS,
    MAX_READING,
    NONE_SUFFIX,
    READING,
    RISKS,
    SCHEMA_VERSION,
    TEXT_LENGTH,
    TITLE_LENGTH,
    accepted,
    written_condition,
)
from checklists.language import Checklist, Choice, Question, Resource
from checklists.language.expressions import And, Expression, ExpressionError, Holds, Node, Not, Or, Term, written

_THEIR_RISK = {ours: theirs for theirs, ours in RISKS.items()}
_THEIR_READING = {ours: theirs for theirs, ours in READING.items()}
_CONDITION_LENGTH = 4000
_SPELT = str.maketrans(
    {
        "“": "'", "”": "'", "„": "'", '"': "'", "‘": "'", "`": "'", "–": "-", "—": "-", "→": "to", "…": "...",
        ";": ",", "[": "(", "]": ")", "{": "(", "}": ")", "%": " percent", "×": "x", "=": " is ", "≤": " at most ",
        "≥": " at least ", "<": " under ", ">": " over ", "*": "-", "|": "/", "\\": "/", "$": "USD ", "€": "EUR ",
        "\t": " ", "\u00a0": " ",
    }
)  # fmt: skip
"""How signs that AWS does not take in titles are written instead."""


@dataclass(frozen=True)
class Exported:
    """A file's text, and a sentence for each kind of thing that it cannot say."""

    text: str
    left_out: tuple[str, ...]


def write_aws_lens(checklist: Checklist) -> Exported:
    """Write a checklist that is complete in itself as a custom lens."""
    return _Writer(checklist).write()


class _Writer:
    """Builds the lens part by part, and notes what is left out: what is said of it -> the parts it is said of."""

    def __init__(self, checklist: Checklist) -> None:
        self.checklist = checklist
        self.notes: defaultdict[str, list[str]] = defaultdict(list)
        self.pillar_ids = self._ids((pillar.id, None) for pillar in checklist.pillars)

    def write(self) -> Exported:
        checklist = self.checklist
        pillars = self._placed()
        asked = [question for questions in pillars.values() for question in questions]
        self.question_ids = self._ids((question.id, None) for question in asked)
        self._note_general(asked)
        lens = {
            "schemaVersion": SCHEMA_VERSION,
            "name": self._plain(checklist.title, TITLE_LENGTH, "the name of the lens"),
            "description": self._plain(self._description(), TEXT_LENGTH, "the description of the lens"),
            "pillars": [
                {
                    "id": self.pillar_ids[pillar.id],
                    "name": self._plain(pillar.title, TITLE_LENGTH, f"pillar {pillar.id}"),
                    "questions": [self._question(question) for question in pillars[pillar.id]],
                }
                for pillar in checklist.pillars
            ],
        }
        text = json.dumps(lens, ensure_ascii=False, indent=2) + "\n"
        if len(text.encode()) > MAX_BYTES:
            text = json.dumps(lens, ensure_ascii=False, separators=(",", ":")) + "\n"
        if (size := len(text.encode())) > MAX_BYTES:
            self.notes[f"The lens is {size:,} bytes long; AWS takes {MAX_BYTES:,}: publish it in parts"] = []
        return Exported(text, tuple(_sentence(said, parts) for said, parts in self.notes.items()))

    def _placed(self) -> dict[str, list[Question]]:
        """Each question that can be written, under the first of its pillars that has room."""
        placed: dict[str, list[Question]] = {pillar.id: [] for pillar in self.checklist.pillars}
        for question in self.checklist.questions:
            if reason := _cannot(question):
                self.notes[reason].append(question.id)
                continue
            free = next((pillar for pillar in question.pillars if len(placed[pillar]) < MAX_QUESTIONS), None)
            if free is None:
                self.notes[f"Left out, as a pillar of a lens has {MAX_QUESTIONS} questions at most"].append(
                    question.id
                )
                continue
            placed[free].append(question)
            if len(question.pillars) > 1:
                self.notes["Written under one of the pillars that they bear on"].append(question.id)
        return placed

    def _note_general(self, asked: list[Question]) -> None:
        checklist = self.checklist
        if checklist.facts:
            self.notes["Facts are not part of a lens"] = [fact.id for fact in checklist.facts]
        if any(rules[0].weight != "full" or len(rules) > 1 for rules in checklist.weights.values()):
            self.notes["What each pillar counts is not part of a lens: all count the same"] = []
        if checklist.kind != "any":
            self.notes[f"A lens is not bound to a kind of workload: this one was for {checklist.kind}"] = []
        for question in asked:
            for said, found in (
                ("The conditions under which these are asked were left out: a lens always asks", question.asked),
                ("That these may be left open was left out", question.obligatory is not True),
                ("Weights were left out: in a lens all weigh the same", _weighs(question)),
                ("Technology guidance was left out", question.guidance),
                ("What good looks like was put into the description", question.good),
                ("Further links were left out", len(question.links) > (question.help is None)),
                ("Labels, tags, and references to other questions and rows were left out", _references(question)),
                ("Queries were left out", question.query),
                ("Region checks were left out", question.region_check),
                (
                    "Answered with a table of numbers here; in the lens choices stand for what the numbers come to",
                    question.measured,
                ),
                (
                    "One choice is taken here; a lens lets several be ticked, and then the best of them counts",
                    question.kind != "practices",
                ),
                ("No default rule is there, which AWS requires: add one", not _has_default(question)),
            ):  # fmt: skip
                if found:
                    self.notes[said].append(question.id)

    def _description(self) -> str:
        source = self.checklist.source
        credit = f"Source: {source.title}, {source.url}, {source.licence}" if source else ""
        return "\n\n".join(filter(None, [self.checklist.summary, credit]))

    def _question(self, question: Question) -> dict[str, Any]:
        where = f"question {question.id}"
        wording = question.text if question.text != question.title else ""
        good = f"What good looks like: {question.good}" if question.good else ""
        description = "\n\n".join(filter(None, [wording, question.why, good]))
        choices = [*_instead_of_numbers(question), *(c for c in question.choices if c.risk != "not_applicable")]
        if any(choice.risk == "not_applicable" for choice in question.choices):
            self.notes["Choices that say “not applicable” were left out: AWS has it for every question"].append(
                question.id
            )
        ids = self._ids((choice.id, NONE_SUFFIX if choice.none_of_these else "") for choice in choices)
        written_question: dict[str, Any] = {
            "id": self.question_ids[question.id],
            "title": self._plain(question.title, TITLE_LENGTH, where),
        }
        if description:
            written_question["description"] = self._plain(description, TEXT_LENGTH, where)
        help_ = question.help or next((Resource(text=link.title, url=link.url) for link in question.links), None)
        if help_:
            written_question["helpfulResource"] = self._resource(help_, where)
        written_question["choices"] = [self._choice(question, choice, ids[choice.id]) for choice in choices]
        written_question["riskRules"] = [
            {
                "condition": DEFAULT if condition is None else written_condition(condition, ids),
                "risk": _THEIR_RISK[risk],
            }
            for risk, condition in _lens_rules(question)
        ]
        return written_question

    def _choice(self, question: Question, choice: Choice, choice_id: str) -> dict[str, Any]:
        where = f"choice {choice.id} of question {question.id}"
        title = self._plain(choice.text, TITLE_LENGTH, "")
        whole = choice.text if len(choice.text) > TITLE_LENGTH else ""
        texts = [whole, choice.means, choice.help.text if choice.help else ""]
        help_ = Resource.model_construct(
            text="\n\n".join(filter(None, texts)), url=choice.help.url if choice.help else ""
        )
        do = choice.do or (
            Resource(text=question.do) if question.do and not choice.none_of_these and choice.risk != "none" else None
        )
        if do is None and choice.risk == "none":
            do = Resource(text="Nothing is left to do.")
        written_choice: dict[str, Any] = {"id": choice_id, "title": title or choice_id}
        if help_.text or help_.url:
            written_choice["helpfulResource"] = self._resource(help_, where)
        if do:
            written_choice["improvementPlan"] = self._resource(do, where)
        elif not choice.none_of_these:
            self.notes["No improvement plan is there, which AWS asks for: write what to do"].append(where)
        if groups := list(self._reading(choice, where)):
            written_choice["additionalResources"] = groups
        if title != choice.text and not whole:
            self.notes["Characters that AWS does not take in titles and descriptions were written otherwise"].append(
                where
            )
        for said, found in (
            ("What these choices earn in the score was left out", choice.earns),
            ("That these choices need a note was left out", choice.needs_note),
        ):
            if found:
                self.notes[said].append(where)
        return written_choice

    def _reading(self, choice: Choice, where: str) -> Iterator[dict[str, Any]]:
        for about, kind in _THEIR_READING.items():
            entries = [entry for entry in choice.reading if entry.about == about]
            if len(entries) > MAX_READING:
                self.notes[f"More than {MAX_READING} further texts were cut"].append(where)
            content = [
                self._resource(Resource(text=entry.text, url=entry.url), where) for entry in entries[:MAX_READING]
            ]
            if content:
                yield {"type": kind, "content": content}

    def _resource(self, resource: Resource, where: str) -> dict[str, str]:
        shown = {"displayText": self._cut(resource.text or resource.url, TEXT_LENGTH, where)}
        return shown | {"url": resource.url} if resource.url else shown

    def _plain(self, text: str, limit: int, where: str) -> str:
        """A text with the characters that AWS takes in titles and descriptions, within a length."""
        plain = text
        if not all(map(accepted, text)):
            spelt = "".join(sign if accepted(sign) else str(sign).translate(_SPELT) for sign in text)
            plain = "".join(sign if accepted(sign) else " " for sign in spelt)
            plain = re.sub(r" {2,}", " ", plain).strip()
            if where:
                self.notes[
                    "Characters that AWS does not take in titles and descriptions were written otherwise"
                ].append(where)
        return self._cut(plain or "untitled", limit, where)

    def _cut(self, text: str, limit: int, where: str) -> str:
        if len(text) <= limit:
            return text
        if where:
            self.notes["Longer than AWS takes, and cut"].append(where)
        else:
            self.notes["Choices longer than a title were cut; the whole text stands in their help"] = []
        return text[: limit - 3].rsplit(None, 1)[0].rstrip() + "..."

    def _ids(self, names: Iterable[tuple[str, str | None]]) -> dict[str, str]:
        """Name -> an id that AWS takes, each a different one; for choices, whether it ends in a suffix matters."""
        ids: dict[str, str] = {}
        given = list(names)
        taken = {name for name, suffix in given if _fits(name, suffix)}
        for name, suffix in given:
            if _fits(name, suffix):
                ids[name] = name
                continue
            plain = name.replace("-", "_")
            found = next(
                each for each in _candidates(plain, name, suffix) if _fits(each, suffix) and each not in taken
            )
            taken.add(found)
            ids[name] = found
            self.notes["Ids were written with the letters that AWS takes, such as _ for -"] = []
        return ids


def _fits(name: str, suffix: str | None) -> bool:
    """Whether AWS takes an id, which must end in the suffix, or must not where it is empty; None: either will do."""
    return ID.fullmatch(name) is not None and (suffix is None or name.endswith(NONE_SUFFIX) is bool(suffix))


def _candidates(plain: str, name: str, suffix: str | None) -> Iterator[str]:
    digest, suffix = hashlib.sha256(name.encode()).hexdigest(), suffix or ""
    padded = plain if len(plain) > 2 or suffix else f"id_{plain}"
    for tail in ("", "_1", *(f"_{digest[:size]}" for size in range(6, 64))):
        yield padded[: 128 - len(tail) - len(suffix)] + tail + suffix


def _cannot(question: Question) -> str:
    """Why a question cannot be written at all; empty where it can."""
    choices = sum(choice.risk != "not_applicable" for choice in question.choices) + len(_instead_of_numbers(question))
    if choices > MAX_CHOICES:
        return f"Left out, as a question of a lens has {MAX_CHOICES} choices at most"
    if not choices:
        return "Left out, as no choice is left that a lens could have"
    try:
        conditions = [written(condition) for _, condition in _lens_rules(question) if condition]
        for condition in conditions:
            Expression.parse(condition)
    except ExpressionError:
        return "Left out, as three rules cannot say what theirs do"
    too_long = any(len(condition) > _CONDITION_LENGTH for condition in conditions)
    return "Left out, as three rules cannot say what theirs do" if too_long else ""


def _lens_rules(question: Question) -> list[tuple[str, Node | None]]:
    """The risk rules as a lens has them: in order, one for each risk; None is the condition of the default."""
    if question.kind == "practices":
        return _one_per_risk(
            [(rule.risk, rule.condition.root if rule.condition else None) for rule in question.risk_rules]
        )
    choices = [*_instead_of_numbers(question), *question.choices]
    rules: list[tuple[str, Node | None]] = []
    for risk in ("none", "medium", "high"):
        names = tuple(Holds(Term(choice.id)) for choice in choices if choice.risk == risk)
        if names:
            rules.append((risk, names[0] if len(names) == 1 else Or(names)))
    return [*rules[:-1], (rules[-1][0], None)] if rules else []


def _one_per_risk(rules: list[tuple[str, Node | None]]) -> list[tuple[str, Node | None]]:
    """Rules of which the first that holds wins, as rules with each risk once that give the same risk in every state.

    Where two have the same risk, the later one moves up to the earlier, but must not win where a rule between them
    did; the default stays where it is, and the earlier one moves down to it, and so is lost in it.
    """
    if len({risk for risk, _ in rules}) == len(rules):
        return rules
    default = next((at for at, (_, condition) in enumerate(rules) if condition is None), None)
    # What follows the default never fires.
    kept = rules if default is None else rules[: default + 1]
    merged: list[tuple[str, Node | None]] = []
    for risk, condition in kept:
        at = next((index for index, (earlier, _) in enumerate(merged) if earlier == risk), None)
        if at is None:
            merged.append((risk, condition))
            continue
        before = merged[at][1]
        if before is None or condition is None:
            rest = [(other, _but_not(part, before)) for other, part in merged[at + 1 :]]
            merged = [*merged[:at], *rest, (risk, None)]
        else:
            between = [Not(other) for _, other in merged[at + 1 :] if other is not None]
            merged[at] = (risk, Or((before, And((condition, *between)) if between else condition)))
    return merged


def _but_not(part: Node | None, other: Node | None) -> Node | None:
    return part if part is None or other is None else And((part, Not(other)))


def _instead_of_numbers(question: Question) -> list[Choice]:
    """Choices that say what a table of numbers comes to."""
    if question.quota:
        high, medium = f"{question.quota.high_below.normalize():f}", f"{question.quota.medium_below.normalize():f}"
        said = [
            ("none", f"Measured: every limit is at least {medium} times the expected peak"),
            ("medium", f"Measured: the lowest limit is from {high} to under {medium} times the expected peak"),
            ("high", f"Measured: a limit is under {high} times the expected peak"),
        ]
    elif question.benchmark:
        within = ", and one of them is within the latency that is needed" if question.benchmark.latency_limit else ""
        least = question.benchmark.compare
        said = [
            ("none", f"Measured: at least {least} configurations were compared{within}"),
            ("medium", f"Measured: fewer than {least} configurations were compared{within}"),
        ]
        if within:
            said.append(("high", "Measured: no configuration is within the latency that is needed"))
    else:
        return []
    taken = question.choice_ids
    names = [f"measured_{risk}_risk" for risk, _ in said]
    return [
        Choice.model_validate(
            {"id": name if name not in taken else f"{name}_in_the_table", "text": text, "risk": risk}
        )
        for name, (risk, text) in zip(names, said, strict=True)
    ]


def _weighs(question: Question) -> bool:
    plain = len(question.weight) == 1 and question.usual_weight == 3
    return not plain or any(choice.weight != 1 or choice.pillars for choice in question.choices)


def _references(question: Question) -> bool:
    return bool(question.label or question.tags or question.see or question.covers)


def _has_default(question: Question) -> bool:
    return question.kind != "practices" or any(rule.condition is None for rule in question.risk_rules)


def _sentence(said: str, parts: list[str]) -> str:
    listed = list(dict.fromkeys(parts))
    shown = ", ".join(listed[:20]) + (f" and {len(listed) - 20} more" if len(listed) > 20 else "")
    return f"{said}: {shown}." if listed else f"{said}."
