"""What an author handed in, and what of it is different by now.

Nobody answers in a review that waits for approval. But its workload goes on: somebody describes it anew, or states a
fact of it in another of its reviews, and with that questions come and go, and risks and the score change.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from checklists.language import Fact, Question, said
from checklists.scoring import Risk, score_standing
from checklists.standing import Standing
from reviews.models import Classification, Criticality, Submission

NAMED = 10
"""So many questions, facts or changes a sentence names; the rest it counts."""

_RISKS = {
    Risk.HIGH: "high risk",
    Risk.MEDIUM: "medium risk",
    Risk.NONE: "no risk",
    Risk.UNANSWERED: "unanswered",
    Risk.NOT_APPLICABLE: "not applicable",
}
_DESCRIBED = {
    "criticality": ("Criticality", Criticality),
    "data_classification": ("Data classification", Classification),
}
"""What conditions and policies ask of a description; all else in it is read, and nothing follows from it."""


def handed_in(standing: Standing) -> dict[str, Any]:
    """What an author stands for besides the answers, as `Submission.result` keeps it.

    The facts that are asked for and what the description says to conditions, by name; the overall score; the risk of
    each question that is asked, by id.
    """
    result = score_standing(standing)
    facts = {fact.id: standing.value(fact.id) for fact in standing.checklist.facts if standing.is_asked(fact)}
    return {
        "facts": facts | {name: standing.facts[name] for name in _DESCRIBED},
        "overall": result.overall,
        "risks": {question: risk.value for question, risk in result.risks.items()},
    }


def changes_since(submission: Submission | None, standing: Standing) -> list[str]:
    """What is no longer as it was handed in, a sentence each; causes come first, then what follows from them.

    Empty where the submission is from before results were kept with it.
    """
    if submission is None or submission.result is None:
        return []
    before, now = submission.result, handed_in(standing)
    changes = list(_facts(before["facts"], now["facts"], standing))
    if before["overall"] != now["overall"]:
        changes.append(f"The score was {_score(before['overall'])} and is {_score(now['overall'])}.")
    return changes + list(_risks(before["risks"], now["risks"], standing))


def _facts(before: Mapping[str, Any], now: Mapping[str, Any], standing: Standing) -> Iterator[str]:
    facts = standing.checklist.facts_by_id
    for name in [*now, *(before.keys() - now.keys())]:
        title = _DESCRIBED[name][0] if name in _DESCRIBED else facts[name].text
        was, has = (_words(name, each, facts) for each in (before, now))
        if was != has:
            yield f"{title} “{was}” became “{has}”."


def _words(name: str, stated: Mapping[str, Any], facts: Mapping[str, Fact]) -> str:
    if name in _DESCRIBED:
        return str(_DESCRIBED[name][1](stated[name]).label)
    return said(facts[name], stated[name]) or "not stated" if name in stated else "not asked"


def _risks(before: Mapping[str, str], now: Mapping[str, str], standing: Standing) -> Iterator[str]:
    for question in standing.checklist.questions:
        was, has = before.get(question.id), now.get(question.id)
        if was == has:
            continue
        if was is None and has is not None:
            yield f"{named(question)} is asked now: {_RISKS[Risk(has)]}."
        elif has is None:
            yield f"{named(question)} is not asked any more."
        elif was is not None:
            yield f"{named(question)} was {_RISKS[Risk(was)]} and is {_RISKS[Risk(has)]}."


def unfinished(standing: Standing) -> list[str]:
    """Sentences that name the obligatory questions without an answer, and the facts that are not stated."""
    questions, facts = standing.checklist.questions_by_id, standing.checklist.facts_by_id
    sentences = []
    if standing.missing:
        sentences.append(f"Not answered: {listed([named(questions[each]) for each in standing.missing])}.")
    if standing.missing_facts:
        sentences.append(f"Not stated: {listed([f'“{facts[each].text}”' for each in standing.missing_facts])}.")
    return sentences


def named(question: Question) -> str:
    """A question as a sentence names it."""
    return f"{question.name} ({question.title})"


def listed(parts: list[str]) -> str:
    """The first of them, and how many more there are."""
    rest = f"; and {len(parts) - NAMED} more" if len(parts) > NAMED else ""
    return "; ".join(parts[:NAMED]) + rest


def shortened(sentences: list[str]) -> list[str]:
    """The first of them, and how many more there are."""
    rest = [f"And {len(sentences) - NAMED} more."] if len(sentences) > NAMED else []
    return sentences[:NAMED] + rest


def _score(score: float | None) -> str:
    return "none" if score is None else f"{score:g}"
