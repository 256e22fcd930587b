"""What pages show of a review, put together so that templates only have to write it down."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from checklists.language import (
    Choice,
    Fact,
    FactOption,
    FactValue,
    Guidance,
    Question,
    Section,
    as_texts,
    fitting,
    said,
    typed,
)
from checklists.language.tongue import phrase
from checklists.locale import english, localized
from checklists.measured import COLUMN_TITLES, COLUMNS, Measured, measured
from checklists.scoring import FINDINGS, Result, Risk, risk_in, score_standing
from checklists.standing import Standing
from reviews.actions.answer import Given
from reviews.actions.score import standing_of
from reviews.models import Answer, Assignment, Comment, Evidence, Report, Review, Score, Thread, ThreadKind
from reviews.notes import as_html
from reviews.views.words import RISK_TITLES

LATE = timedelta(seconds=20)
"""After so long, a page says that the score is late."""

_WORST_FIRST = (Risk.HIGH, Risk.MEDIUM, Risk.UNANSWERED, Risk.NONE, Risk.NOT_APPLICABLE)


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


@dataclass(frozen=True)
class ThreadList:
    """The threads on one question, or on the review as a whole where `question_id` is empty.

    `name` is what the question is called. `typed` is a comment that was refused, `problem` why, and `problem_in` the
    thread whose form it goes back to.
    """

    question_id: str
    threads: list[Thread]
    name: str = ""
    typed: str = ""
    problem: str = ""
    problem_in: int | None = None

    @property
    def address(self) -> str:
        """What stands for it in addresses."""
        return self.question_id or "review"

    @property
    def element(self) -> str:
        """The id of its element in a page."""
        return f"thread-{self.address}"

    @property
    def open(self) -> list[Thread]:
        """Those that nobody has resolved; change requests come first."""
        return sorted((each for each in self.threads if each.is_open), key=lambda each: each.kind)

    @property
    def resolved(self) -> list[Thread]:
        """Those that are settled."""
        return [each for each in self.threads if not each.is_open]

    def refused(self, typed: str, problem: str, thread_id: int | None) -> "ThreadList":
        """The same with a comment that was refused; the form of a thread that was settled meanwhile is gone."""
        place = thread_id if thread_id in {each.pk for each in self.open} else None
        return replace(self, typed=typed, problem=problem, problem_in=place)


@dataclass(frozen=True)
class RequestLine:
    """An open change request in the list of them: where its thread is in the page (`shown`), or that it is not there.

    It is not where the question is not asked any more, by its condition or because the checklist does not have it.
    """

    thread: Thread
    question: Question | None
    shown: bool


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


@dataclass
class SectionBlock:
    """One section with its questions, and how far it is."""

    section: Section
    cards: list[QuestionCard]
    assignment: Assignment | None = None

    @property
    def asked(self) -> list[QuestionCard]:
        """The questions that are asked."""
        return [card for card in self.cards if card.asked]

    @property
    def total(self) -> int:
        """How many questions are asked."""
        return len(self.asked)

    @property
    def answered(self) -> int:
        """How many of them have an answer."""
        return sum(card.standing.answer(card.question).answered for card in self.asked)

    @property
    def complete(self) -> bool:
        """Whether all have."""
        return self.answered == self.total


@dataclass
class FactLine:
    """One fact, and what is stated of it; or what somebody tried to state, with why that failed."""

    fact: Fact
    value: FactValue
    asked: bool
    tried: list[str] | None = None
    error: str = ""

    @property
    def said(self) -> str:
        """The value in words; empty where nothing is stated."""
        words = said(self.fact, self.value)
        return localized(words) if self.fact.type == "number" else words

    @property
    def was(self) -> list[str]:
        """The value as its form sends it, whatever somebody tried."""
        return as_texts(self.fact, self.value)

    @property
    def typed(self) -> str:
        """The value as it is typed."""
        return ", ".join(self.tried) if self.tried is not None else typed(self.fact, self.value)

    @property
    def options(self) -> list[tuple[FactOption, bool]]:
        """Each option, and whether it is stated; yes and no for a fact that is one of the two."""
        if self.fact.type == "yes_no":
            return [
                (FactOption(id="yes", text=_("Yes")), self.value is True),
                (FactOption(id="no", text=_("No")), self.value is False),
            ]
        stated = self.value if isinstance(self.value, list) else [self.value]
        return [(option, option.id in stated) for option in self.fact.options]

    @property
    def hint(self) -> str:
        """How to type a value."""
        return {
            "regions": _("Separated by commas: westeurope, swedencentral"),
            "duration": _("A number and s, min, h or d: 30 min, 4 h, 2 d"),
            "number": _("A number, in {unit}").format(unit=self.fact.unit) if self.fact.unit else _("A number"),
        }.get(self.fact.type, "")


@dataclass
class ScorePanel:
    """The score as it is stored, and whether newer answers are still to be scored."""

    score: Score
    stale: bool
    changed_at: datetime

    @property
    def late(self) -> bool:
        """Whether newer answers have waited for longer than a worker needs when all is well."""
        return self.stale and timezone.now() - self.changed_at > LATE

    @property
    def pillars(self) -> list[dict[str, object]]:
        """Each pillar's title, score (0 to 100 or None) and weight."""
        found: list[dict[str, object]] = self.score.result.get("pillars", [])
        return found

    @property
    def known(self) -> bool:
        """Whether the review was ever scored."""
        return self.score.for_version > 0


@dataclass
class ReviewSheet:
    """A whole review as pages show it."""

    review: Review
    standing: Standing
    blocks: list[SectionBlock]
    facts: list[FactLine]
    threads: dict[str, list[Thread]] = field(default_factory=dict)

    @property
    def talk(self) -> ThreadList:
        """What was said about the review as a whole."""
        return self.talk_on("")

    def talk_on(self, question_id: str) -> ThreadList:
        """What was said about a question, also about one that the checklist does not have any more."""
        question = self.standing.checklist.questions_by_id.get(question_id)
        return ThreadList(question_id, self.threads.get(question_id, []), question.name if question else question_id)

    @property
    def requests(self) -> list[RequestLine]:
        """The open change requests: on the whole, then on the questions in their order, then on any that are gone."""
        asked = {card.question.id: card.question for card in self.cards}
        questions = self.standing.checklist.questions_by_id
        order = ["", *questions, *(self.threads.keys() - questions.keys() - {""})]
        return [
            RequestLine(thread, questions.get(name), not name or name in asked)
            for name in order
            for thread in self.talk_on(name).open
            if thread.kind == ThreadKind.CHANGE_REQUEST
        ]

    @property
    def all_cards(self) -> list[QuestionCard]:
        """All questions, also those that are not asked, in the edition's order."""
        return [card for block in self.blocks for card in block.cards]

    @property
    def cards(self) -> list[QuestionCard]:
        """The questions that are asked, in the edition's order."""
        return [card for card in self.all_cards if card.asked]

    @property
    def hidden(self) -> list[str]:
        """The ids of the page's elements that conditions hide."""
        return [
            *(f"fact-{line.fact.id}" for line in self.facts if not line.asked),
            *(f"section-{block.section.id}" for block in self.blocks if not block.total),
            *(f"q-{card.question.id}" for card in self.all_cards if not card.asked),
            *(f"optional-{card.question.id}" for card in self.all_cards if card.obligatory),
            *(advice.element for card in self.all_cards for advice in card.advice if not advice.suits),
        ]

    @property
    def missing_facts(self) -> list[FactLine]:
        """The facts that must be stated before the review is submitted, and are not."""
        return [line for line in self.facts if line.fact.id in self.standing.missing_facts]

    def card(self, question_id: str) -> QuestionCard:
        """The card of one question; raises StopIteration for one that the edition does not have."""
        return next(card for card in self.all_cards if card.question.id == question_id)

    @property
    def worst_first(self) -> list[QuestionCard]:
        """All questions, the risky answers before the others."""
        return sorted(
            self.cards, key=lambda card: (_WORST_FIRST.index(card.risk), -self.standing.weight(card.question))
        )

    @property
    def findings(self) -> list[QuestionCard]:
        """The questions whose answers leave a risk, worst first."""
        return [card for card in self.worst_first if card.is_finding]

    @property
    def others(self) -> list[QuestionCard]:
        """The questions that are not findings."""
        return [card for card in self.worst_first if not card.is_finding]

    @property
    def answered(self) -> int:
        """How many questions have an answer."""
        return sum(block.answered for block in self.blocks)

    @property
    def total(self) -> int:
        """How many questions there are."""
        return sum(block.total for block in self.blocks)

    @property
    def missing(self) -> list[QuestionCard]:
        """The obligatory questions without an answer."""
        return [card for card in self.cards if card.question.id in self.standing.missing]

    @cached_property
    def result(self) -> Result:
        """Scores and risks as the answers are now."""
        return score_standing(self.standing)

    @property
    def high(self) -> int:
        """How many answers leave a high risk."""
        return self.result.count(Risk.HIGH)

    @property
    def medium(self) -> int:
        """How many answers leave a medium risk."""
        return self.result.count(Risk.MEDIUM)

    @property
    def panel(self) -> ScorePanel:
        """The score."""
        score = self.review.score
        return ScorePanel(score, score.for_version < self.review.version, self.review.changed_at)

    def counts(self) -> dict[str, int]:
        """How many questions have each risk, by the risk's name."""
        return {risk.value: sum(card.risk is risk for card in self.cards) for risk in Risk}


def sheet_of(review: Review, *, with_comments: bool = True) -> ReviewSheet:
    """Read a review for showing: three queries, seven with comments, however long it is."""
    answers = {answer.question_id: answer for answer in review.answers.select_related("answered_by")}
    threads = threads_of(review) if with_comments else {}
    assignments = assignments_of(review) if with_comments else {}
    evidence = evidence_of(review) if with_comments else {}
    standing = standing_of(review, answers.values())
    checklist = standing.checklist
    return ReviewSheet(
        review=review,
        standing=standing,
        blocks=[
            SectionBlock(
                section,
                [
                    QuestionCard(
                        question,
                        answers.get(question.id),
                        standing,
                        threads.get(question.id, []),
                        assignments.get(question.id) or assignments.get(_SECTION + section.id),
                        evidence.get(question.id, []),
                    )
                    for question in section.questions
                ],
                assignments.get(_SECTION + section.id),
            )
            for section in checklist.sections
        ],
        facts=[
            FactLine(fact, fitting(fact, standing.facts.get(fact.id)), standing.is_asked(fact))
            for fact in checklist.facts
        ],
        threads=threads,
    )


def report_of(review: Review) -> Report | None:
    """The report of a review, with its snapshot and its marks; None where it was not approved."""
    reports = Report.objects.filter(snapshot__review=review).select_related("snapshot__decision__by")
    return reports.prefetch_related("marks__by", "marks__successor").first()


_SECTION = "section "
"""Stands before the ids of sections where those of questions stand beside them."""


def assignments_of(review: Review) -> dict[str, Assignment]:
    """The review's assignments by the id of the question, or of the section behind a word of its own."""
    return {each.question_id or _SECTION + each.section_id: each for each in review.assignments.select_related("to")}


def evidence_of(review: Review) -> dict[str, list[Evidence]]:
    """The review's evidence by question, in the order in which it was added; what was taken away is not in it."""
    found: defaultdict[str, list[Evidence]] = defaultdict(list)
    for piece in review.evidence.filter(removed_at=None).select_related("by"):
        found[piece.question_id].append(piece)
    return found


def threads_of(review: Review) -> dict[str, list[Thread]]:
    """The review's threads with their comments, by question; the empty one has those on the review as a whole."""
    found: defaultdict[str, list[Thread]] = defaultdict(list)
    comments = Prefetch("comments", Comment.objects.select_related("author"))
    for thread in review.threads.select_related("opened_by", "resolved_by").prefetch_related(comments):
        found[thread.question_id].append(thread)
    return found
