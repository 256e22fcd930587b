"""What pages show of a whole review, and how it is read."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from django.utils import timezone
from django.utils.translation import gettext as _

from checklists.language import (
    Fact,
    FactOption,
    FactValue,
    Section,
    as_texts,
    fitting,
    said,
    typed,
)
from checklists.locale import localized
from checklists.scoring import Result, Risk, score_standing
from checklists.standing import Standing
from reviews.actions.score import standing_of
from reviews.models import Assignment, Evidence, Report, Review, Score, Thread, ThreadKind
from reviews.views.cards import QuestionCard
from reviews.views.talk import RequestLine, ThreadList, threads_of

LATE = timedelta(seconds=20)
"""After so long, a page says that the score is late."""

_WORST_FIRST = (Risk.HIGH, Risk.MEDIUM, Risk.UNANSWERED, Risk.NONE, Risk.NOT_APPLICABLE)


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
