"""Answering from the results of resource graph queries, with the resources as evidence."""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from checklists.formats.azure_review_checklist import FULFILLED, OPEN
from checklists.formats.graph_results import GraphResults, Resources
from checklists.language import Question
from reviews.access import Actor, Deed, ReviewAccess
from reviews.actions.answer import Given, answer_question
from reviews.actions.holding import locked_review
from reviews.actions.transaction import writing
from reviews.models import Answer
from reviews.models.review import NOTE_LENGTH

_HEADING = "Resources found by Azure Resource Graph, results of {timestamp}"
_OUR_LINE = re.compile(
    r"Resources found by Azure Resource Graph, results of .*"
    r"|▪ (?:not compliant|compliant|undefined): \S+|▪ [\d,]+ more, not shown"
)
"""The lines that an application of results writes into a note; each is known by itself, wherever people moved it."""

_NO_TIME = "an unknown time"


@dataclass(frozen=True)
class Verified:
    """What applying results did, by question id.

    `fulfilled` and `open` were answered so; of these, `without_evidence` had no room left in the note. `unchanged`
    said and showed the same already. `judged` are questions that people set aside as not required or not applicable:
    they keep that answer, and get the evidence. `undefined` are those whose queries could not tell for every
    resource, and found none that does not comply: they are untouched. `unknown` are guids that no question of the
    review has.
    """

    fulfilled: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    judged: tuple[str, ...] = ()
    undefined: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    without_evidence: tuple[str, ...] = ()


def apply_graph_results(actor: Actor, *, review_id: uuid.UUID, results: GraphResults) -> Verified:
    """Answer the questions whose ids are guids of the results: open where a resource does not comply, else fulfilled.

    The resources are put into the note behind what people wrote there, in place of those of earlier results. All or
    nothing; each answer that changes has its event. Raises as `answer_question` does.
    """
    with writing():
        review = locked_review(actor.user, review_id)
        ReviewAccess(actor.user, review).require(Deed.ANSWER)
        questions = {
            question.id.casefold(): question
            for question in review.checklist.questions
            if {OPEN, FULFILLED} <= question.choice_ids
        }
        answers = {answer.question_id: answer for answer in Answer.objects.filter(review=review)}
        outcome = _Outcome()
        for guid, resources in results.checks.items():
            question = questions.get(guid)
            if question is None:
                outcome.unknown.append(guid)
            elif resources.undefined and not resources.non_compliant:
                outcome.undefined.append(question.id)
            else:
                given = outcome.given(question, answers.get(question.id), resources, results.timestamp)
                if given is not None:
                    answer_question(actor, review_id=review_id, question_id=question.id, given=given)
    return outcome.verified()


@dataclass
class _Outcome:
    fulfilled: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    judged: list[str] = field(default_factory=list)
    undefined: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    without_evidence: list[str] = field(default_factory=list)

    def given(self, question: Question, answer: Answer | None, resources: Resources, timestamp: str) -> Given | None:
        """What the results say to a question that has this answer; None where that is there already."""
        before = Given(version=0)
        if answer is not None:
            before = Given(answer.version, answer.selected, answer.not_applicable, answer.reason, answer.note)
        note = _with_evidence(before.note, resources, timestamp)
        verdict = OPEN if resources.non_compliant else FULFILLED
        judged = before.not_applicable or _set_aside(question, before)
        after = replace(
            before,
            selected=before.selected if judged else [verdict],
            note=_people_wrote(before.note) if note is None else note,
        )
        if note is None:
            self.without_evidence.append(question.id)
        if after == before:
            self.unchanged.append(question.id)
            return None
        (self.judged if judged else self.open if verdict == OPEN else self.fulfilled).append(question.id)
        return after

    def verified(self) -> Verified:
        return Verified(**{name: tuple(found) for name, found in vars(self).items()})


def _set_aside(question: Question, given: Given) -> bool:
    """Whether people chose that the question does not concern the workload."""
    return any(choice.risk == "not_applicable" for choice in question.choices if choice.id in given.selected)


def _people_wrote(note: str) -> str:
    """The note without the lines of earlier results."""
    lines = note.split("\n")
    kept = [line for line in lines if not _OUR_LINE.fullmatch(line.rstrip("\r"))]
    return note if len(kept) == len(lines) else "\n".join(kept).rstrip()


def _with_evidence(note: str, resources: Resources, timestamp: str) -> str | None:
    """The note with the resources behind what people wrote, as many as fit; None where nothing fits."""
    written = _people_wrote(note)
    heading = _HEADING.format(timestamp=timestamp or _NO_TIME)
    text = f"{written}\n\n{heading}" if written else heading
    lines = list(_lines(resources))
    # Room is kept for the line that tells how many are not shown.
    room = NOTE_LENGTH - len(text) - len(f"\n▪ {len(lines):,} more, not shown")
    if room < 0:
        return None
    shown = 0
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            break
        shown += 1
    more = [f"▪ {len(lines) - shown:,} more, not shown"] if shown < len(lines) else []
    return "\n".join([text, *lines[:shown], *more])


def _lines(resources: Resources) -> Iterator[str]:
    """One line for each resource, those that matter most first; a resource that was found twice stands once."""
    for said, found in (
        ("not compliant", resources.non_compliant),
        ("undefined", resources.undefined),
        ("compliant", resources.compliant),
    ):
        for resource in dict.fromkeys(found):
            yield f"▪ {said}: {resource}"
