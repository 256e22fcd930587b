"""Microsoft Assessments, exported as CSV: the question bank and the answers of one assessment.

The format is described in docs/formats.md. The bank becomes a checklist whose questions are answered by ticking all
practices that are in place; what was selected, and the notes, become answers. The file does not say what an answer is
worth, so all weights and risks here are this product's.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from checklists.formats.fitting import (
    LONG,
    OTHER_PILLAR,
    SHORT,
    Remarks,
    UniqueIds,
    all_pillars,
    checklist_id,
    cleaned,
    counted,
    digest,
    one_line,
    pillar_named,
    shortened,
    slug,
)
from checklists.formats.imported import Imported, ImportedAnswer
from checklists.language import PILLARS, Checklist, ChecklistError, ChecklistErrors

FORMAT = "microsoft-csv"
"""The format's name as commands take it."""

MAX_BYTES = 5_000_000
"""The exports of the field have about 0.1 MB."""

MAX_QUESTIONS = 2_000
"""Questions that a file may have; the largest assessment of the field has about 100."""

MAX_CHOICES = 60
"""Answers that a question may offer in the language."""

MAX_NOTE = 20_000
"""Characters that the note of an answer may have."""

MAX_PILLARS = 10
"""Pillars that a checklist may have in the language."""

_BANK = ("category", "question", "answers", "selected answer")
_BANK_SHOWN = "Category,Question,Answers,Selected Answer,Note"
_DATED = re.compile(r"(?P<name>.+?) - [A-Z][a-z]{2} \d{1,2}, \d{4}(?: - .*)?")
_SCORE = re.compile(r"'?(\d+(?:\.\d+)?/\d+)'?")
_NONE = frozenset({"none of the above", "none of these"})
_SOURCE = {
    "title": "Microsoft Assessments",
    "url": "https://learn.microsoft.com/assessments/",
    "licence": "Microsoft Terms of Use",
}
_SUMMARY = (
    "The question bank of a Microsoft assessment, read from its CSV export. The file does not say what an answer is "
    "worth, nor which questions take a single one; the weights and risks are this product’s choice: every question "
    "weighs 3, every answer counts as a practice, all practices in place leave no risk, some medium, none high."
)


@dataclass
class _Offered:
    """An answer that a question offers, and whether it was selected."""

    text: str
    none_of_these: bool
    selected: bool = False


@dataclass
class _Asked:
    """A question of the bank; `offered` is by the answer's text, made comparable, `notes` has each note once."""

    category: str
    text: str
    line: int
    offered: dict[str, _Offered] = field(default_factory=dict)
    notes: dict[str, None] = field(default_factory=dict)


@dataclass(frozen=True)
class _Row:
    """A line of the table; `cells` are without blanks around them."""

    line: int
    cells: tuple[str, ...]

    def cell(self, index: int) -> str:
        return self.cells[index] if index < len(self.cells) else ""


def read_microsoft_csv(data: bytes, file: str) -> Imported:
    """Read an assessment exported as CSV; `file` is the name that errors give.

    Raises `ChecklistErrors` with the line of what makes the file unusable: bytes that are not UTF-8, quotes that do
    not close, no question bank, too many questions. Whatever else is wrong is left out, and said.
    """
    rows = list(_rows(data, file))
    start = next((index for index, row in enumerate(rows) if _is_bank(row)), None)
    if start is None:
        last = rows[-1].line if rows else 1
        said = f"there is no question bank: no line up to here reads “{_BANK_SHOWN}”. Export the whole assessment"
        raise ChecklistErrors([ChecklistError(file, last, 1, said)])
    reader = _Reader(file)
    for row in rows[start + 1 :]:
        reader.bank_row(row, rows[start])
    if not reader.questions:
        said = "the question bank that begins here has no question"
        raise ChecklistErrors([ChecklistError(file, rows[start].line, 1, said)])
    return reader.imported(rows[:start])


def _rows(data: bytes, file: str) -> Iterator[_Row]:
    """The lines of the table that say anything."""
    if len(data) > MAX_BYTES:
        said = f"the file is {len(data):,} bytes long; {MAX_BYTES:,} is the most"
        raise ChecklistErrors([ChecklistError(file, 0, 0, said)])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as broken:
        line = data.count(b"\n", 0, broken.start) + 1
        said = f"byte {broken.start} is not UTF-8: save the file as CSV in UTF-8"
        raise ChecklistErrors([ChecklistError(file, line, 1, said)]) from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as broken:
            said = f"the record that begins here is not CSV: {broken}"
            raise ChecklistErrors([ChecklistError(file, line, 1, said)]) from None
        if cells is None:
            return
        if any(trimmed := tuple(cleaned(cell) for cell in cells)):
            yield _Row(line, trimmed)
        line = reader.line_num + 1


def _is_bank(row: _Row) -> bool:
    return tuple(one_line(cell).casefold() for cell in row.cells[: len(_BANK)]) == _BANK


@dataclass
class _Reader:
    file: str
    questions: dict[tuple[str, str], _Asked] = field(default_factory=dict)
    remarks: Remarks = field(default_factory=Remarks)
    skipped: list[str] = field(default_factory=list)

    def bank_row(self, row: _Row, header: _Row) -> None:
        """Take one line of the bank: an answer that is offered."""
        category, question, answer = one_line(row.cell(0)), row.cell(1), row.cell(2)
        if not question or not answer:
            missing = "question" if not question else "answer"
            self.skipped.append(f"Line {row.line}: there is no {missing} in it.")
            return
        key = (category, one_line(question))
        asked = self.questions.get(key)
        if asked is None:
            if len(self.questions) == MAX_QUESTIONS:
                said = f"{MAX_QUESTIONS:,} questions are the most; the next begins here"
                raise ChecklistErrors([ChecklistError(self.file, row.line, 1, said)])
            asked = self.questions[key] = _Asked(category, question, row.line)
        comparable = _comparable(answer)
        if comparable in asked.offered:
            self.remarks.note("An answer that the question offers already is taken once", row.line)
        offered = asked.offered.setdefault(comparable, _Offered(answer, comparable in _NONE))
        self._select(row, asked, offered)
        if _comparable(header.cell(4)) == "note" and (note := row.cell(4)):
            asked.notes[note] = None

    def _select(self, row: _Row, asked: _Asked, offered: _Offered) -> None:
        if not (selected := _comparable(row.cell(3))):
            return
        if selected != _comparable(row.cell(2)):
            self.remarks.note("A selected answer that is not the answer of its line is not taken", row.line)
            return
        if offered.selected:
            self.remarks.note("An answer that is selected twice counts once", row.line)
        offered.selected = True

    def imported(self, head: list[_Row]) -> Imported:
        """All that was read; `head` are the lines before the bank."""
        pillars, pillar_of = self._pillars()
        ids, section_ids = UniqueIds(), UniqueIds()
        sections: dict[str, dict[str, Any]] = {}
        answers: dict[str, ImportedAnswer] = {}
        for asked in self.questions.values():
            offered = self._offered(asked)
            if not any(not each.none_of_these for each in offered):
                self.skipped.append(f"Line {asked.line}: “{shortened(asked.text)}” offers no practice to tick.")
                continue
            title = shortened(asked.category, SHORT) or "Without a category"
            if title not in sections:
                wanted = slug(title, 48) or f"section-{len(sections) + 1}"
                sections[title] = {"id": section_ids.take(wanted), "title": title, "questions": []}
            questions = sections[title]["questions"]
            label = f"{list(sections).index(title) + 1}.{len(questions) + 1}"
            question_id = ids.take(f"q-{digest(asked.category, asked.text)}")
            questions.append(self._question(question_id, label, asked, offered, pillar_of[asked.category]))
            if answer := self._answer(asked, offered):
                answers[question_id] = answer
        if not sections:
            said = "no question of the bank offers a practice to tick"
            raise ChecklistErrors([ChecklistError(self.file, next(iter(self.questions.values())).line, 1, said)])
        name = _name(head) or "Microsoft assessment"
        checklist = Checklist.model_validate(
            {
                "schema": 1,
                "id": checklist_id("microsoft", name),
                "title": shortened(name, SHORT),
                "version": "1.0",
                "kind": "any",
                "summary": _SUMMARY,
                "source": _SOURCE,
                "pillars": pillars,
                "weights": {pillar["id"]: "full" for pillar in pillars},
                "sections": list(sections.values()),
            }
        )
        self.skipped += _not_taken(head)
        warnings = [*_scores(head), *self.remarks.sentences()]
        return Imported(FORMAT, checklist, answers, tuple(self.skipped), tuple(warnings))

    def _pillars(self) -> tuple[list[dict[str, str]], dict[str, str]]:
        """The pillars, and the pillar of each category.

        Categories that are pillars of the Well-Architected Framework are the usual five; others are pillars of their
        own, as Microsoft scores each, or share one where they are too many.
        """
        categories = dict.fromkeys(asked.category for asked in self.questions.values())
        pillar_of = {category: pillar for category in categories if (pillar := pillar_named(category))}
        others = [category for category in categories if category not in pillar_of]
        usual = all_pillars([]) if pillar_of else []
        if not others:
            return usual, pillar_of
        if "" in others or len(usual) + len(others) > MAX_PILLARS:
            return [*usual, OTHER_PILLAR], pillar_of | dict.fromkeys(others, OTHER_PILLAR["id"])
        ids = UniqueIds(dict.fromkeys(PILLARS, 1))
        own: list[dict[str, str]] = []
        for category in others:
            wanted = slug(category, 48).replace("-", "_") or f"pillar_{len(own) + 1}"
            pillar_of[category] = ids.take(wanted)
            own.append({"id": pillar_of[category], "title": shortened(category, SHORT)})
        return [*usual, *own], pillar_of

    def _offered(self, asked: _Asked) -> list[_Offered]:
        """The answers that the question can have, of “none of these” only one."""
        offered, none_before = [], False
        for each in asked.offered.values():
            if each.none_of_these and none_before:
                self.remarks.note("A second “none of the above” is left out", asked.line)
                continue
            none_before = none_before or each.none_of_these
            offered.append(each)
        for each in offered[MAX_CHOICES:]:
            selected = ", which was selected" if each.selected else ""
            said = f"the answer “{shortened(each.text)}”{selected}: a question has at most {MAX_CHOICES}"
            self.skipped.append(f"Line {asked.line}: {said}.")
        return offered[:MAX_CHOICES]

    def _question(
        self, question_id: str, label: str, asked: _Asked, offered: list[_Offered], pillar: str
    ) -> dict[str, Any]:
        text = self._fits("question", asked.text, asked.line)
        choices = [
            {
                "id": f"c{number}",
                "text": self._fits("answer", each.text, asked.line),
                "none_of_these": each.none_of_these,
            }
            for number, each in enumerate(offered, 1)
        ]
        practices = [str(choice["id"]) for choice in choices if not choice["none_of_these"]]
        rules = [{"risk": "none", "when": " and ".join(practices)}]
        if len(practices) > 1:
            rules.append({"risk": "medium", "when": " or ".join(practices)})
        return {
            "id": question_id,
            "label": label,
            "title": shortened(text),
            "text": text,
            "pillars": [pillar],
            "weight": 3,
            "obligatory": True,
            "kind": "practices",
            "choices": choices,
            "risk_rules": [*rules, {"risk": "high", "when": "default"}],
        }

    def _answer(self, asked: _Asked, offered: list[_Offered]) -> ImportedAnswer | None:
        chosen = [f"c{number}" for number, each in enumerate(offered, 1) if each.selected]
        practices = [
            f"c{number}" for number, each in enumerate(offered, 1) if each.selected and not each.none_of_these
        ]
        if practices and len(practices) < len(chosen):
            self.remarks.note("“None of the above” beside other selected answers is not taken", asked.line)
            chosen = practices
        note = "\n".join(asked.notes)
        if len(note) > MAX_NOTE:
            self.remarks.note(f"Notes are cut to {MAX_NOTE:,} characters", asked.line)
            note = note[:MAX_NOTE].rstrip()
        return ImportedAnswer(tuple(chosen), note) if chosen or note else None

    def _fits(self, what: str, text: str, line: int) -> str:
        if len(text) > LONG:
            self.remarks.note(f"A text of more than {LONG:,} characters ({what}) is cut", line)
        return text[:LONG].rstrip()


def _comparable(text: str) -> str:
    """A text as answers are compared; the full stop behind “None of the above” comes and goes."""
    line = one_line(text).casefold()
    return line.rstrip(".") if line.rstrip(".") in _NONE else line


def _name(head: list[_Row]) -> str:
    """What the assessment is called, without the date behind it, so that the next one becomes an edition of it."""
    first = one_line(head[0].cell(0)) if head else ""
    dated = _DATED.fullmatch(first)
    return dated["name"] if dated else first


def _scores(head: list[_Row]) -> Iterator[str]:
    """Microsoft's own scores, for who wants to compare."""
    scores = []
    for row in head:
        if score := _SCORE.fullmatch(row.cell(2)):
            scores.append(f"{shortened(row.cell(0), 60)} {shortened(row.cell(1), 40)} {score[1]}")
    if scores:
        yield f"The scores in the file are Microsoft’s and are not taken over: {'; '.join(scores[:40])}."


def _not_taken(head: list[_Row]) -> Iterator[str]:
    """What is said of the recommendations: they speak of one workload, and no question is named in them."""
    columns: dict[str, int] = {}
    priorities: Counter[str] = Counter()
    steps = notes = 0
    for row in head:
        if "link-text" in (names := [cell.casefold() for cell in row.cells]):
            columns = {name: index for index, name in enumerate(names)}
        elif not columns:
            steps += row.cell(1).startswith(("http://", "https://"))
        elif row.cell(columns["link-text"]):
            priorities[row.cell(columns["priority"]) if "priority" in columns else ""] += 1
            notes += bool("note" in columns and row.cell(columns["note"]))
    if total := priorities.total():
        by = ", ".join(f"{number} {shortened(name, 40) or 'without one'}" for name, number in priorities.items())
        said = f" {counted(notes, 'note')} on them with them." if notes else ""
        yield (
            f"{counted(total, 'recommendation')} (priority: {by}): the file does not tie them to questions, and they "
            f"speak of this one workload, so they are no part of a checklist.{said}"
        )
    if steps:
        yield f"{counted(steps, 'next step')}: as the recommendations."
