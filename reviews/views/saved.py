"""What a save answers to a script: numbers and marks that it puts in place, and nothing to draw."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson
from django.http import HttpResponse

from checklists.language import Fact, FactValue, Question, as_texts, fitting
from checklists.locale import localized, moment
from checklists.measured import Row, measured
from checklists.scoring import Result, Risk
from checklists.standing import NO_ANSWER, Conditions, Standing
from reviews.actions.answer import Saved, SavedAnswer
from reviews.actions.errors import StaleFact
from reviews.models import Answer
from reviews.templatetags.shown import weight_word


def answer_saved(saved: SavedAnswer, sent_rows: Sequence[Mapping[str, str]]) -> HttpResponse:
    """The answer to a script that saved."""
    return _as_json(saved_told(saved, sent_rows))


def saved_told(saved: SavedAnswer, sent_rows: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """The saved answer's version, who and when, its risk, what each row that was sent comes to; and the standing."""
    answer = saved.stored
    question = saved.standing.checklist.questions_by_id[answer.question_id]
    return {
        "question": question.id,
        "version": answer.version,
        "by": answer.name,
        "at": answer.at.isoformat(),
        "risk": saved.result.risks.get(question.id, Risk.UNANSWERED),
        "outputs": _outputs(question, answer.content["rows"], saved.standing, sent_rows),
        "standing": standing_told(saved),
    }


def fact_saved(saved: Saved, name: str) -> HttpResponse:
    """The whole standing after a fact was stated."""
    return _as_json({"fact": name, "standing": standing_told(saved)})


def fact_told(overtaken: StaleFact) -> dict[str, Any]:
    """What a colleague stated, as the form has it, who, and when."""
    event = overtaken.event
    return {
        "value": _in_form(overtaken.fact, overtaken.value),
        "by": event.actor_name if event else "",
        "at": moment(event.at) if event else "",
    }


def facts_told(standing: Standing) -> dict[str, list[str]]:
    """What is stated of each fact, as its form has it."""
    return {fact.id: _in_form(fact, fitting(fact, standing.facts.get(fact.id))) for fact in standing.checklist.facts}


def _in_form(fact: Fact, value: FactValue) -> list[str]:
    """A value as the script reads it from the form: what is ticked, or the text, which may be empty."""
    ticked = fact.type == "yes_no" or bool(fact.options)
    return as_texts(fact, value) or ([] if ticked else [""])


def standing_told(saved: Saved) -> dict[str, Any]:
    """How far the review is, what is hidden and missing, and its risks and scores."""
    standing, result = saved.standing, saved.result
    asked = _asked(standing.conditions)
    return {
        "version": saved.review.version,
        "answered": result.answered,
        "total": result.total,
        "missing": result.missing,
        "missing_facts": result.missing_facts,
        "hidden": asked.hidden,
        "sections": [
            [section, sum(standing.answers.get(each, NO_ANSWER).answered for each in questions), len(questions)]
            for section, questions in asked.sections
        ],
        "risks": result.risks,
        "regions": asked.regions,
        "score": _score(result),
    }


@dataclass(frozen=True)
class _Asked:
    """What follows from the conditions alone.

    The ids of the page's elements that they hide, of the questions that are asked in each section, and of those whose
    regions differ.
    """

    hidden: list[str]
    sections: list[tuple[str, list[str]]]
    regions: list[str]


@lru_cache(maxsize=1024)
def _asked(conditions: Conditions) -> _Asked:
    """Few saves change what is asked."""
    asked = {question.id for question in conditions.questions}
    sections = [
        (section.id, [question.id for question in section.questions if question.id in asked])
        for section in conditions.checklist.sections
    ]
    regions = [question.id for question in conditions.questions if question.id in conditions.regions_differ]
    return _Asked(hidden_elements(conditions), sections, regions)


def hidden_elements(conditions: Conditions) -> list[str]:
    """The ids of the page's elements that conditions hide."""
    checklist, hidden = conditions.checklist, conditions.hidden
    return [
        *(f"fact-{fact.id}" for fact in checklist.facts if fact.id in hidden),
        *(
            f"section-{section.id}"
            for section in checklist.sections
            if all(question.id in hidden for question in section.questions)
        ),
        *(f"q-{question.id}" for question in checklist.questions if question.id in hidden),
        *(f"optional-{question.id}" for question in checklist.questions if question.id in conditions.obligatory),
        *(
            f"advice-{question.id}-{advice.id}"
            for question in checklist.questions
            for advice in question.guidance
            if not conditions.holds(advice.condition)
        ),
    ]


def answer_told(answer: Answer, question: Question) -> dict[str, Any]:
    """A stored answer with its content, and its choices in words."""
    return {
        "version": answer.version,
        "confirmed": answer.confirmed,
        "by": answer.answered_by.name,
        "at": moment(answer.answered_at),
        "selected": answer.selected,
        "left_out": answer.left_out,
        "rows": answer.rows,
        "not_applicable": answer.not_applicable,
        "reason": answer.reason,
        "note": answer.note,
        "texts": {
            choice.id: choice.text
            for choice in question.choices
            if choice.id in answer.selected or choice.id in answer.left_out
        },
    }


def _as_json(told: dict[str, Any]) -> HttpResponse:
    return HttpResponse(orjson.dumps(told), content_type="application/json")


def _score(result: Result) -> dict[str, Any]:
    return {
        "overall": result.overall,
        "high": result.count(Risk.HIGH),
        "medium": result.count(Risk.MEDIUM),
        "pillars": [[pillar.id, pillar.score, weight_word(pillar.weight_title)] for pillar in result.pillars],
    }


def _outputs(
    question: Question, rows: Sequence[Row], standing: Standing, sent_rows: Sequence[Mapping[str, str]]
) -> list[dict[str, Any]]:
    """What each row comes to by its number on the page; empty rows come to nothing."""
    found = iter(measured(question, rows, standing.latency_limit(question)))
    filled = [number for number, row in enumerate(sent_rows, start=1) if any(text.strip() for text in row.values())]
    return [
        {"number": number, "shown": localized(each.shown), "best": each.best, "risk": each.risk}
        for number, each in zip(filled, found, strict=False)
    ]
