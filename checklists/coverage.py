"""Which question covers which row of the source that the library follows. Pure.

The rows are those of Microsoft's “Application platform for AI workloads on Azure” (CC BY 4.0), in words of our own:
`checklists/library/rows.csv`.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from checklists.language import PILLARS, Checklist, Choice, Guidance, Question

_SHORT = {
    "RE": "reliability",
    "SE": "security",
    "CO": "cost_optimization",
    "OE": "operational_excellence",
    "PE": "performance_efficiency",
}


@dataclass(frozen=True)
class Row:
    """One thing that the library has to ask, or to advise.

    `obligatory` says that a review cannot be submitted without an answer, where the question is asked; `pillars` are
    ids; `checklists` the ids of those that must cover it; `asks` says what it is about.
    """

    id: str
    obligatory: bool
    pillars: frozenset[str]
    checklists: tuple[str, ...]
    asks: str


@dataclass(frozen=True)
class Cover:
    """A part of a checklist that covers a row: a question, one of its practices, or guidance shown with it."""

    checklist: Checklist
    question: Question
    part: Choice | Guidance | None = None


def read_rows(text: str) -> list[Row]:
    """The rows of a CSV text with a header; raises KeyError for a column or a pillar that is missing."""
    return [
        Row(
            id=row["id"],
            obligatory=row["obligatory"] == "yes",
            pillars=frozenset(_SHORT[short] for short in row["pillars"].split()),
            checklists=tuple(row["checklists"].split()),
            asks=row["asks"],
        )
        for row in csv.DictReader(text.splitlines())
    ]


def covers(row: Row, checklist: Checklist) -> Iterator[Cover]:
    """What covers a row in a checklist.

    A question with the row's id, or that names it under `covers`; a practice with its id; guidance with its id, or
    with one that continues it after a hyphen, as INF-N-01-zones does INF-N-01.
    """
    for question in checklist.questions:
        if row.id == question.id or row.id in question.covers:
            yield Cover(checklist, question)
        for choice in question.choices:
            if choice.id == row.id:
                yield Cover(checklist, question, choice)
        for advice in question.guidance:
            if advice.id == row.id or advice.id.startswith(f"{row.id}-"):
                yield Cover(checklist, question, advice)


def gaps(rows: Iterable[Row], checklists: Iterable[Checklist]) -> list[str]:
    """A sentence for each row that a checklist should cover and does not, or that may be left unanswered in it."""
    by_id = {checklist.id: checklist for checklist in checklists}
    return [sentence for row in rows for name in row.checklists for sentence in _gaps(row, name, by_id)]


def _gaps(row: Row, name: str, checklists: Mapping[str, Checklist]) -> Iterator[str]:
    found = list(covers(row, checklists[name])) if name in checklists else []
    if not found:
        yield f"{row.id} is covered by nothing in the checklist {name}: {row.asks}"
    elif row.obligatory and not any(
        each.question.obligatory is True for each in found if not isinstance(each.part, Guidance)
    ):
        yield f"{row.id} has no question in the checklist {name} that must be answered: {row.asks}"


def page(rows: Sequence[Row], checklists: Sequence[Checklist]) -> str:
    """The page of the documentation that shows row by row what covers it, as Markdown."""
    lines = [
        "# What the library covers",
        "",
        "Written by `manage.py write_docs` from `checklists/library/`; do not edit it here.",
        "",
        "The shipped checklists follow *Application platform for AI workloads on Azure* (Microsoft, CC BY 4.0), in",
        "words of our own. Below stands each of its considerations, and what covers it. Rows marked **must** have a",
        "question that has to be answered, wherever it is asked, before a review can be submitted.",
        "",
        "Pillars: " + ", ".join(f"{short} {PILLARS[pillar].lower()}" for short, pillar in _SHORT.items()) + ".",
    ]
    titles = {checklist.id: checklist.title for checklist in checklists}
    for group in dict.fromkeys(row.checklists for row in rows):
        title = "Every kind of workload" if len(group) > 1 else titles.get(group[0], group[0])
        lines += ["", f"## {title}", ""]
        lines += ["| row | must | pillars | what it asks | covered by |", "|---|---|---|---|---|"]
        for row in (each for each in rows if each.checklists == group):
            found = _in_words(row, [checklist for checklist in checklists if checklist.id in group])
            short = " ".join(name for name, pillar in _SHORT.items() if pillar in row.pillars)
            must = "must" if row.obligatory else ""
            lines.append(f"| {row.id} | {must} | {short} | {_cell(row.asks)} | {found} |")
    return "\n".join(lines) + "\n"


def _in_words(row: Row, checklists: Iterable[Checklist]) -> str:
    """All that covers a row; what several checklists have alike, because they include it, is named once."""
    found = [_said(each) for checklist in checklists for each in covers(row, checklist)]
    return "<br>".join(dict.fromkeys(found)) or "**nothing**"


def _said(cover: Cover) -> str:
    question, part = cover.question, cover.part
    if part is None:
        asked = f", asked where `{question.asked}`" if question.asked else ""
        return f"question {question.id}, *{_cell(question.title)}*{asked}"
    if isinstance(part, Choice):
        return f"practice in {question.id}, *{_cell(part.text)}*"
    shown = f", where `{part.when}`" if part.when else ""
    return f"guidance {part.id} with {question.id}, *{_cell(part.title)}*{shown}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
