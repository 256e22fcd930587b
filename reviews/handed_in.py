"""What an author handed in, and what of it is different by now.

Nobody answers in a review that waits for approval. But its workload goes on: somebody describes it anew, or states a
fact of it in another of its reviews, and with that questions come and go, and risks and the score change.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from checklists.language import Fact, Question, said
from checklists.locale import localized
from checklists.scoring import Risk, score_standing
from checklists.standing import Standing
from reviews.models import Classification, Criticality, Submission

NAMED = 10
"""So many questions, facts or changes a sentence names; the rest it counts."""

_RISKS = {
    Risk.HIGH: gettext_lazy("high risk"),
    Risk.MEDIUM: gettext_lazy("medium risk"),
    Risk.NONE: gettext_lazy("no risk"),
    Risk.UNANSWERED: gettext_lazy("unanswered"),
    Risk.NOT_APPLICABLE: gettext_lazy("not applicable"),
}
_DESCRIBED = {
    "criticality": (gettext_lazy("Criticality"), Criticality),
    "data_classification": (gettext_lazy("Data classification"), Classification),
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
        changes.append(
            _("The score was {before} and is {now}.").format(
                before=_score(before["overall"]), now=_score(now["overall"])
            )
        )
    return changes + list(_risks(before["risks"], now["risks"], standing))


def _facts(before: Mapping[str, Any], now: Mapping[str, Any], standing: Standing) -> Iterator[str]:
    facts = standing.checklist.facts_by_id
    for name in [*now, *(before.keys() - now.keys())]:
        title = _DESCRIBED[name][0] if name in _DESCRIBED else facts[name].text
        was, has = (_words(name, each, facts) for each in (before, now))
        if was != has:
            yield _("{title} “{was}” became “{has}”.").format(title=title, was=was, has=has)


def _words(name: str, stated: Mapping[str, Any], facts: Mapping[str, Fact]) -> str:
    if name in _DESCRIBED:
        return str(_DESCRIBED[name][1](stated[name]).label)
    if name not in stated:
        return _("not asked")
    return said(facts[name], stated[name]) or _("not stated")


def _risks(before: Mapping[str, str], now: Mapping[str, str], standing: Standing) -> Iterator[str]:
    for question in standing.checklist.questions:
        was, has = before.get(question.id), now.get(question.id)
        if was == has:
            continue
        if was is None and has is not None:
            yield _("{question} is asked now: {risk}.").format(question=named(question), risk=_RISKS[Risk(has)])
        elif has is None:
            yield _("{question} is not asked any more.").format(question=named(question))
        elif was is not None:
            yield _("{question} was {before} and is {now}.").format(
                question=named(question), before=_RISKS[Risk(was)], now=_RISKS[Risk(has)]
            )


def unfinished(standing: Standing) -> list[str]:
    """Sentences that name the obligatory questions without an answer, and the facts that are not stated."""
    questions, facts = standing.checklist.questions_by_id, standing.checklist.facts_by_id
    sentences = []
    if standing.missing:
        names = listed([named(questions[each]) for each in standing.missing])
        sentences.append(_("Not answered: {names}.").format(names=names))
    if standing.missing_facts:
        names = listed([_("“{}”").format(facts[each].text) for each in standing.missing_facts])
        sentences.append(_("Not stated: {names}.").format(names=names))
    return sentences


def named(question: Question) -> str:
    """A question as a sentence names it."""
    return f"{question.name} ({question.title})"


def listed(parts: list[str]) -> str:
    """The first of them, and how many more there are."""
    rest = [_("and {n} more").format(n=len(parts) - NAMED)] if len(parts) > NAMED else []
    return "; ".join([*parts[:NAMED], *rest])


def shortened(sentences: list[str]) -> list[str]:
    """The first of them, and how many more there are."""
    rest = [_("And {n} more.").format(n=len(sentences) - NAMED)] if len(sentences) > NAMED else []
    return sentences[:NAMED] + rest


def _score(score: float | None) -> str:
    return _("none") if score is None else localized(f"{score:g}")
