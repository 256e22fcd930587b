"""What pages show of a review, put together so that templates only have to write it down."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone

from checklists.language import PILLARS, Choice, Fact, Question, Section
from checklists.scoring import FINDINGS, AnswerValue, Risk, risk_of
from reviews.actions.answer import Given
from reviews.models import Answer, Comment, Report, Review, Score, WorkloadFact

RISK_TITLES = {
    Risk.HIGH: "High risk",
    Risk.MEDIUM: "Medium risk",
    Risk.NONE: "No risk",
    Risk.UNANSWERED: "Unanswered",
    Risk.NOT_APPLICABLE: "Not applicable",
}
LATE = timedelta(seconds=20)
"""After so long, a page says that the score is late."""

_WORST_FIRST = (Risk.HIGH, Risk.MEDIUM, Risk.UNANSWERED, Risk.NONE, Risk.NOT_APPLICABLE)


@dataclass(frozen=True)
class ChoiceLine:
    """One choice as it is shown."""

    choice: Choice
    selected: bool


@dataclass
class QuestionCard:
    """One question with its answer: the stored one, or what somebody tried to save, with why that failed.

    `conflict` is the answer that the tried one would have overwritten: a colleague's, or one's own from another tab.
    """

    question: Question
    answer: Answer | None
    comments: list[Comment] = field(default_factory=list)
    tried: Given | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
    conflict: "QuestionCard | None" = None
    conflict_with_oneself: bool = False

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
    def choices(self) -> list[ChoiceLine]:
        """All choices, in order."""
        return [ChoiceLine(choice, choice.id in self.selected) for choice in self.question.choices]

    @property
    def chosen(self) -> list[Choice]:
        """The chosen choices, in order."""
        return [line.choice for line in self.choices if line.selected]

    @property
    def risk(self) -> Risk:
        """The risk that the stored answer leaves."""
        if self.answer is None:
            return Risk.UNANSWERED
        return risk_of(self.question, AnswerValue(frozenset(self.answer.selected), self.answer.not_applicable))

    @property
    def risk_title(self) -> str:
        """The risk in words."""
        return RISK_TITLES[self.risk]

    @property
    def is_finding(self) -> bool:
        """Whether the answer leaves a high or medium risk."""
        return self.risk in FINDINGS

    @property
    def pillars(self) -> list[str]:
        """The titles of the pillars that the question bears on."""
        return [PILLARS[pillar] for pillar in self.question.pillars]

    @property
    def error_list(self) -> list[str]:
        """What is wrong with the tried answer."""
        return list(self.errors.values())


@dataclass
class SectionBlock:
    """One section with its questions, and how far it is."""

    section: Section
    cards: list[QuestionCard]

    @property
    def total(self) -> int:
        """How many questions it has."""
        return len(self.cards)

    @property
    def answered(self) -> int:
        """How many of them have an answer."""
        return sum(card.risk is not Risk.UNANSWERED for card in self.cards)

    @property
    def complete(self) -> bool:
        """Whether all have."""
        return self.answered == self.total


@dataclass
class FactLine:
    """One fact, and what is known of it."""

    fact: Fact
    value: bool | None


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
    blocks: list[SectionBlock]
    facts: list[FactLine]

    @property
    def cards(self) -> list[QuestionCard]:
        """All questions, in the edition's order."""
        return [card for block in self.blocks for card in block.cards]

    def card(self, question_id: str) -> QuestionCard:
        """The card of one question; raises StopIteration for one that the edition does not have."""
        return next(card for card in self.cards if card.question.id == question_id)

    @property
    def worst_first(self) -> list[QuestionCard]:
        """All questions, the risky answers before the others."""
        return sorted(self.cards, key=lambda card: (_WORST_FIRST.index(card.risk), -card.question.weight))

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
        return [card for card in self.cards if card.question.obligatory and card.risk is Risk.UNANSWERED]

    @property
    def panel(self) -> ScorePanel:
        """The score."""
        score = self.review.score
        return ScorePanel(score, score.for_version < self.review.version, self.review.changed_at)

    def counts(self) -> dict[str, int]:
        """How many questions have each risk, by the risk's name."""
        return {risk.value: sum(card.risk is risk for card in self.cards) for risk in Risk}


def sheet_of(review: Review, *, with_comments: bool = True) -> ReviewSheet:
    """Read a review for showing: two queries, three with comments, however long it is."""
    answers = {answer.question_id: answer for answer in review.answers.select_related("answered_by")}
    comments = _by_question(review.comments.select_related("author")) if with_comments else {}
    checklist = review.edition.checklist
    known = (
        dict(WorkloadFact.objects.filter(workload=review.workload_id).values_list("name", "value"))
        if checklist.facts
        else {}
    )
    return ReviewSheet(
        review=review,
        blocks=[
            SectionBlock(
                section,
                [
                    QuestionCard(question, answers.get(question.id), comments.get(question.id, []))
                    for question in section.questions
                ],
            )
            for section in checklist.sections
        ],
        facts=[FactLine(fact, known.get(fact.id)) for fact in checklist.facts],
    )


def report_of(review: Review) -> Report | None:
    """The report of a review, with its snapshot; None where it was not approved."""
    return Report.objects.filter(snapshot__review=review).select_related("snapshot__decision__by").first()


def _by_question(comments: Iterable[Comment]) -> dict[str, list[Comment]]:
    found: defaultdict[str, list[Comment]] = defaultdict(list)
    for comment in comments:
        found[comment.question_id].append(comment)
    return found
