"""What pages show of a question and its answer, so that templates only have to write it down."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from checklists.language import (
    Choice,
    Guidance,
    Question,
)
from checklists.language.tongue import phrase
from checklists.locale import english
from checklists.measured import COLUMN_TITLES, COLUMNS, Measured, measured
from checklists.scoring import FINDINGS, Risk, risk_in
from checklists.standing import Standing
from reviews.actions.answer import Given
from reviews.models import Answer, Assignment, Evidence, Thread
from reviews.notes import as_html
from reviews.views.talk import ThreadList
from reviews.views.words import RISK_TITLES


@dataclass(frozen=True)
class ChoiceLine:
    """One choice as it is shown."""

    choice: Choice
    selected: bool
    left_out: bool


@dataclass(frozen=True)
class Advice:
    """Technology guidance, and whether it suits the workload."""

    guidance: Guidance
    element: str
    suits: bool


@dataclass(frozen=True)
class TableRow:
    """One row of a table to be filled in: its number from 1, (column, title, text) of each cell, what it comes to."""

    number: int
    cells: list[tuple[str, str, str]]
    measured: Measured | None


@dataclass
class QuestionCard:
    """One question with its answer: the stored one, or what somebody tried to save, with why that failed.

    `sent_rows` is the table as a save that succeeded sent it, with its empty rows. `conflict` is the answer that the
    tried one would have overwritten: a colleague's, or one's own from another tab. `flags` are the filters for which
    it counts, and `left_aside` says that the present one leaves it out (`reviews.views.filtering`).
    """

    question: Question
    answer: Answer | None
    standing: Standing
    threads: list[Thread] = field(default_factory=list)
    assignment: Assignment | None = None
    evidence: list[Evidence] = field(default_factory=list)
    tried: Given | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
    conflict: "QuestionCard | None" = None
    conflict_with_oneself: bool = False
    sent_rows: list[dict[str, str]] | None = None
    flags: list[str] = field(default_factory=list)
    left_aside: bool = False

    @property
    def talk(self) -> ThreadList:
        """What was said about it."""
        return ThreadList(self.question.id, self.threads, self.question.name)

    @property
    def own_assignment(self) -> Assignment | None:
        """The assignment of the question itself, and not of its section."""
        return self.assignment if self.assignment and self.assignment.question_id else None

    @property
    def asked(self) -> bool:
        """Whether the question is asked of this workload."""
        return self.standing.is_asked(self.question)

    @property
    def obligatory(self) -> bool:
        """Whether it must be answered before the review is submitted."""
        return self.standing.is_obligatory(self.question)

    @property
    def version(self) -> int:
        """The version that a save from this card is based on."""
        if self.tried and self.tried.version is not None:
            return self.tried.version
        return self.stored_version

    @property
    def stored_version(self) -> int:
        """The version that is stored; 0 for none."""
        return self.answer.version if self.answer else 0

    @property
    def selected(self) -> frozenset[str]:
        """The chosen ids."""
        return frozenset(self.tried.selected if self.tried else self.answer.selected if self.answer else ())

    @property
    def not_applicable(self) -> bool:
        """Whether the question was said not to apply."""
        return self.tried.not_applicable if self.tried else bool(self.answer and self.answer.not_applicable)

    @property
    def reason(self) -> str:
        """Why it does not apply."""
        return self.tried.reason if self.tried else self.answer.reason if self.answer else ""

    @property
    def note(self) -> str:
        """The note."""
        return self.tried.note if self.tried else self.answer.note if self.answer else ""

    @property
    def note_as_html(self) -> SafeString:
        """The note as people read it."""
        return as_html(self.note)

    @property
    def left_out(self) -> frozenset[str]:
        """The ids of the practices that do not apply."""
        return frozenset(self.tried.left_out if self.tried else self.answer.left_out if self.answer else ())

    @property
    def choices(self) -> list[ChoiceLine]:
        """All choices, in order."""
        return [
            ChoiceLine(choice, choice.id in self.selected, choice.id in self.left_out)
            for choice in self.question.choices
        ]

    @property
    def chosen(self) -> list[Choice]:
        """The chosen choices, in order."""
        return [line.choice for line in self.choices if line.selected]

    @property
    def open_practices(self) -> list[Choice]:
        """The practices that are not in place and say what to do about it."""
        return [
            line.choice
            for line in self.choices
            if line.choice.do and line.choice.do.text and not (line.selected or line.left_out)
        ]

    @property
    def not_applicable_practices(self) -> list[Choice]:
        """The practices that do not apply."""
        return [line.choice for line in self.choices if line.left_out]

    @property
    def advice(self) -> list[Advice]:
        """All technology guidance, whether or not it suits."""
        return [
            Advice(each, f"advice-{self.question.id}-{each.id}", self.standing.holds(each.condition))
            for each in self.question.guidance
        ]

    @property
    def columns(self) -> list[str]:
        """The titles of the table's columns, with what is computed last; empty where there is no table."""
        if not self.question.measured:
            return []
        return [*(phrase(COLUMN_TITLES[column]) for column in COLUMNS[self.question.kind]), self.computed_title]

    @property
    def has_background(self) -> bool:
        """Whether there is more to read about it than the question and its choices."""
        question = self.question
        told = (
            question.why,
            question.good,
            question.do,
            question.help,
            question.guidance,
            question.links,
            question.see,
        )
        return any((*told, question.query)) or any(
            choice.do or choice.reading or (choice.help and choice.help.url) for choice in question.choices
        )

    @property
    def computed_title(self) -> str:
        """What is computed of each row."""
        benchmark = self.question.benchmark
        return format_html(_("Cost per {work}"), work=english(benchmark.work)) if benchmark else _("Headroom")

    @property
    def work_title(self) -> str:
        """What the throughput of a benchmark counts, as a sentence."""
        benchmark = self.question.benchmark
        if benchmark is None:
            return ""
        sentence = {
            "second": _("Throughput counts each {work} done per second."),
            "minute": _("Throughput counts each {work} done per minute."),
            "hour": _("Throughput counts each {work} done per hour."),
        }[benchmark.per]
        return format_html(sentence, work=english(benchmark.work))

    @property
    def measured(self) -> list[Measured]:
        """The stored table with what it comes to."""
        rows = self.answer.rows if self.answer else []
        return measured(self.question, rows, self.standing.latency_limit(self.question))

    @property
    def table(self) -> list[TableRow]:
        """The rows to be filled in, with an empty one at the end."""
        columns = COLUMNS[self.question.kind]
        if self.tried is not None:
            rows, found = [dict(row) for row in self.tried.rows], []
        else:
            found = self.measured
            rows = [each.row for each in found]
        rows.append({})
        return [
            TableRow(
                number,
                [(column, phrase(COLUMN_TITLES[column]), row.get(column, "")) for column in columns],
                found[number - 1] if number <= len(found) else None,
            )
            for number, row in enumerate(rows, start=1)
        ]

    @property
    def outputs(self) -> list[tuple[int, Measured | None]]:
        """What each row that was sent comes to, by its number on the page."""
        found = iter(self.measured)
        rows = self.sent_rows or []
        return [
            (number, next(found, None) if any(text.strip() for text in row.values()) else None)
            for number, row in enumerate(rows, start=1)
        ]

    @property
    def follows_facts(self) -> bool:
        """Whether facts decide, besides the answer, which risk is left."""
        return bool(self.question.region_check or (self.question.benchmark and self.question.benchmark.latency_limit))

    @property
    def regions_differ(self) -> bool:
        """Whether the regions that the question is about differ."""
        return self.standing.regions_differ(self.question)

    @property
    def risk(self) -> Risk:
        """The risk that the stored answer leaves."""
        return risk_in(self.standing, self.question)

    @property
    def risk_title(self) -> str:
        """The risk in words."""
        return str(RISK_TITLES[self.risk])

    @property
    def is_finding(self) -> bool:
        """Whether the answer leaves a high or medium risk."""
        return self.risk in FINDINGS

    @property
    def pillars(self) -> list[str]:
        """The titles of the pillars that the question bears on."""
        titles = self.standing.checklist.pillar_titles
        return [titles[pillar] for pillar in self.question.pillars]

    @property
    def error_list(self) -> list[str]:
        """What is wrong with the tried answer."""
        return list(self.errors.values())
