"""Comparing two states of reviews."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe

from reviews.access import Deed, ReviewAccess
from reviews.comparing import FINDINGS, AnswerChange, Asked, Difference, RiskChange, State, compare
from reviews.models import Review
from reviews.states import Named, choices_for, state_called
from reviews.views.asking import person_of, review_for

KINDS = {
    "": gettext_noop("Everything"),
    "findings": gettext_noop("Findings"),
    "risks": gettext_noop("Other risks"),
    "answers": gettext_noop("Answers"),
    "notes": gettext_noop("Changed notes"),
    "questions": gettext_noop("Questions that come or go"),
    "facts": gettext_noop("Facts"),
}
"""The kinds of change that the page can be narrowed to."""


@dataclass(frozen=True)
class Row:
    """A question of which something is different: what it is, where it stands, and of which `KINDS` that is.

    `only` is `before` or `after` where one of the two alone asks it.
    """

    asked: Asked
    address: str
    risk: RiskChange | None = None
    answer: AnswerChange | None = None
    only: str = ""

    @property
    def kinds(self) -> set[str]:
        """Which of the page's kinds of change it counts for."""
        finding = self.risk is not None and {self.risk.before, self.risk.after} & {*FINDINGS}
        kinds = {
            "findings": bool(finding),
            "risks": self.risk is not None and not finding,
            "answers": self.answer is not None and self.answer.content_differs,
            "notes": self.answer is not None and bool(self.answer.note),
            "questions": bool(self.only),
        }
        return {"", *(name for name, holds in kinds.items() if holds)}


@require_safe
def comparison(request: HttpRequest, review_id: uuid.UUID) -> HttpResponse:
    """Two states side by side: the address names them (`reviews.states`), and with `show` one of `KINDS`."""
    review = review_for(request, review_id)
    person = person_of(request)
    values = request.GET.get("from", ""), request.GET.get("to", "now")
    show = request.GET.get("show", "")
    show = show if show in KINDS else ""
    before, after = (state_called(person, review, value) for value in values)
    context = {
        "review": review,
        "chosen": values,
        "choices": choices_for(person, review),
        "missing": bool(values[0]) and not (before and after),
        "show": show,
    }
    if before and after:
        answered_here = ReviewAccess(person, review).allows(Deed.ANSWER)
        context |= _compared(before, after, answered_here=review if answered_here else None, show=show)
    return render(request, "reviews/compare.html", context, status=404 if context["missing"] else 200)


def _compared(before: Named, after: Named, *, answered_here: Review | None, show: str) -> dict[str, object]:
    difference = compare(before.content, after.content)
    places = _Places(before.content, after.content, answered_here)
    rows = list(_rows(difference, after.content, places))
    counts = {name: sum(name in row.kinds for row in rows) for name in KINDS}
    counts["facts"] = len(difference.facts)
    counts[""] += counts["facts"]
    return {
        "before": before,
        "after": after,
        "difference": difference,
        "rows": [row for row in rows if show in row.kinds],
        "facts": difference.facts if show in {"", "facts"} else (),
        "kinds": [(name, title, counts[name]) for name, title in KINDS.items()],
    }


@dataclass(frozen=True)
class _Places:
    """Where the questions of the two states can be read; a review that the person answers, where it is answered."""

    before: State
    after: State
    answered_here: Review | None

    def of(self, question_id: str, *, only_before: bool = False) -> str:
        review_id = (self.before if only_before else self.after)["review"]["id"]
        if self.answered_here is not None and review_id == str(self.answered_here.pk):
            return f"{reverse('questionnaire', args=[review_id])}#q-{question_id}"
        return f"{reverse('review', args=[review_id])}#{question_id}"


def _rows(difference: Difference, after: State, places: _Places) -> Iterator[Row]:
    """One for each question that differs: in the order in which they are asked now, then those that are not."""
    risks = {each.id: each for each in difference.risks}
    answers = {each.id: each for each in difference.answers}
    new = {each.id for each in difference.only_after}
    for section in after["sections"]:
        for question in section["questions"]:
            key = question["id"]
            if key in risks or key in answers or key in new:
                asked = Asked(key, question.get("name", key), question["title"])
                only = "after" if key in new else ""
                yield Row(asked, places.of(key), risks.get(key), answers.get(key), only)
    for each in difference.only_before:
        yield Row(each, places.of(each.id, only_before=True), risks.get(each.id), None, "before")
