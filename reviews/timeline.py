"""The trail of a review in words that a person can read."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from checklists.language import Checklist, Question, said
from checklists.language.diff import Piece, words_compared
from reviews.models import Event, EventKind, EvidenceKind, Review, ThreadKind

TOPICS: dict[str, tuple[str, tuple[EventKind, ...]]] = {
    "answers": (gettext_noop("Answers and facts"), (EventKind.ANSWERED, EventKind.FACT_SET)),
    "assignments": (gettext_noop("Assignments"), (EventKind.ASSIGNED, EventKind.ASSIGNMENT_ENDED)),
    "evidence": (gettext_noop("Evidence"), (EventKind.EVIDENCE_ADDED, EventKind.EVIDENCE_REMOVED)),
    "discussion": (
        gettext_noop("Discussion"),
        (EventKind.COMMENTED, EventKind.THREAD_RESOLVED, EventKind.THREAD_REOPENED),
    ),
    "decisions": (
        gettext_noop("Submissions and decisions"),
        (
            EventKind.SUBMITTED,
            EventKind.RESUBMITTED,
            EventKind.CHANGES_REQUESTED,
            EventKind.APPROVAL_GIVEN,
            EventKind.APPROVED,
            EventKind.WITHDRAWN,
        ),
    ),
}
"""What a timeline can be narrowed to: its title, and the kinds of events."""


@dataclass(frozen=True)
class Entry:
    """One event in words: `lines` say what, `note` is how a note changed, `text` what somebody wrote."""

    event: Event
    question: Question | None
    lines: list[str]
    note: tuple[Piece, ...] = ()
    text: str = ""


def entries(review: Review, events: QuerySet[Event]) -> list[Entry]:
    """The events of one page of the review's trail in words: one query more than `events`, however many they are."""
    same_question = Event.objects.filter(
        review=OuterRef("review"),
        kind=EventKind.ANSWERED,
        number__lt=OuterRef("number"),
        detail__question=OuterRef("detail__question"),
    )
    page = list(events.annotate(before=Subquery(same_question.order_by("-number").values("pk")[:1])))
    before = Event.objects.in_bulk([event.before for event in page if event.before])
    return [_entry(review.checklist, event, before.get(event.before)) for event in page]


def _entry(checklist: Checklist, event: Event, before: Event | None) -> Entry:
    detail = event.detail
    question = checklist.questions_by_id.get(detail.get("question", ""))
    if event.kind == EventKind.ANSWERED:
        was = before.detail if before else {}
        note = words_compared(was.get("note", ""), detail["note"]) if was.get("note", "") != detail["note"] else ()
        return Entry(event, question, list(_changes(question, was, detail)), note)
    if event.kind == EventKind.FACT_SET:
        fact = checklist.facts_by_id.get(detail["fact"])
        value = said(fact, detail["value"]) if fact else detail["value"]
        return Entry(event, None, [f"{fact.text if fact else detail['fact']} {value or _('not stated')}"])
    if event.kind == EventKind.WORKLOAD_DESCRIBED:
        return Entry(event, None, [_described(name, *texts) for name, texts in sorted(detail["changes"].items())])
    if event.kind == EventKind.ASSIGNED:
        due = _(", due {}").format(detail["due"]) if detail["due"] else ""
        return Entry(event, question, [_("{}: to {}").format(detail["title"], detail["to"]) + due])
    if event.kind == EventKind.ASSIGNMENT_ENDED:
        return Entry(event, question, [_("It was {}’s").format(detail["to"])])
    if event.kind in {EventKind.EVIDENCE_ADDED, EventKind.EVIDENCE_REMOVED}:
        return Entry(event, question, list(_piece(detail)))
    lines = [detail[name] for name in ("title", "name", "edition", "problem") if detail.get(name)]
    if detail.get("opens") == ThreadKind.CHANGE_REQUEST:
        lines.append(_("This asks for a change"))
    if detail.get("sha256"):
        lines.append(f"SHA-256 {detail['sha256']}")
    return Entry(event, question, lines, text=detail.get("statement") or detail.get("text") or "")


def _piece(detail: Mapping[str, Any]) -> Iterator[str]:
    """What a piece of evidence is."""
    if detail["title"] not in {detail.get("file_name"), detail.get("source")}:
        yield detail["title"]
    if detail["piece"] == EvidenceKind.FILE:
        yield f"{detail['file_name']}, {filesizeformat(detail['size'])}"
    elif detail["piece"] == EvidenceKind.LINK:
        yield detail["url"]
    else:
        yield f"“{detail['text']}” ({detail['source']})"
    yield f"SHA-256 {detail['sha256']}"


def _described(name: str, old: str, new: str) -> str:
    return _("{}: “{}” became “{}”").format(name.replace("_", " ").capitalize(), old, new)


def _changes(question: Question | None, was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """What is different between two contents of an answer, besides the note."""
    if not now.get("confirmed", True):
        yield _("Taken back to what was carried over, to be confirmed")
    texts = {choice.id: choice.text for choice in question.choices} if question else {}

    def quoted(ids: Iterable[str]) -> str:
        return "; ".join(f"“{texts.get(each, each)}”" for each in ids)

    for name, gained, lost in (
        ("selected", _("Chosen: {}"), _("No longer chosen: {}")),
        ("left_out", _("Does not apply: {}"), _("Applies again: {}")),
    ):
        old, new = was.get(name, []), now.get(name, [])
        if more := [each for each in new if each not in old]:
            yield gained.format(quoted(more))
        if fewer := [each for each in old if each not in new]:
            yield lost.format(quoted(fewer))
    if was.get("rows", []) != now.get("rows", []):
        for row in now.get("rows", []):
            yield _("Table: {}").format(" · ".join(row.values()))
        if not now.get("rows"):
            yield _("The table was emptied")
    if now.get("not_applicable") and (was.get("reason"), was.get("not_applicable")) != (now["reason"], True):
        yield _("The question does not apply: {}").format(now["reason"])
    elif was.get("not_applicable") and not now.get("not_applicable"):
        yield _("The question applies again")
