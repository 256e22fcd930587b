"""Narrowing a questionnaire to the questions that one looks for; `static/js/filters.js` does the same in the page."""

from collections.abc import Collection, Iterable

from django.utils.translation import gettext_noop

from checklists.scoring import Risk
from reviews.models import User
from reviews.views.cards import QuestionCard

FILTERS = {
    "": gettext_noop("All"),
    "mine": gettext_noop("Mine"),
    "unanswered": gettext_noop("Unanswered"),
    "carried": gettext_noop("To confirm"),
    "high": gettext_noop("High risk"),
    "changed": gettext_noop("Changed since I last looked"),
    "discussed": gettext_noop("Discussed"),
}
"""What a questionnaire can be narrowed to."""


def offered(cards: list[QuestionCard], show: str) -> list[tuple[str, str, int]]:
    """The filters by name, with title and how many cards each lets pass; “To confirm” only where something is."""
    counts = {name: counted(cards, name) for name in FILTERS}
    left_out = set() if counts["carried"] or show == "carried" else {"carried"}
    return [(name, title, counts[name]) for name, title in FILTERS.items() if name not in left_out]


def flag(cards: Iterable[QuestionCard], user: User, news: Collection[str]) -> None:
    """Write at each card for which filters it counts; `news` are the questions that are new to the person."""
    for card in cards:
        flags = {
            "mine": card.assignment is not None and card.assignment.to_id == user.pk,
            "changed": card.question.id in news,
            "discussed": bool(card.talk.open),
        }
        card.flags = [name for name, holds in flags.items() if holds]


def counted(cards: Iterable[QuestionCard], show: str) -> int:
    """How many of the cards a filter lets pass."""
    return sum(_passes(card, show) for card in cards)


def narrow(cards: Iterable[QuestionCard], show: str, words: str) -> None:
    """Mark the cards that are not looked for: those that the filter leaves out, or that have not all of the words."""
    wanted = words.casefold().split()
    for card in cards:
        card.left_aside = not (_passes(card, show) and all(word in _text(card) for word in wanted))


def _passes(card: QuestionCard, show: str) -> bool:
    if show == "unanswered":
        return card.risk is Risk.UNANSWERED
    if show == "carried":
        return card.answer is not None and not card.answer.confirmed
    if show == "high":
        return card.risk is Risk.HIGH
    return show not in FILTERS or not show or show in card.flags


def _text(card: QuestionCard) -> str:
    question = card.question
    choices = [
        text
        for choice in question.choices
        for text in (choice.text, choice.means, choice.help.text if choice.help else "")
    ]
    parts = [question.name, *card.pillars, *question.tags, question.wording, *choices, card.note, card.reason]
    return "\n".join(parts).casefold()
