"""What is left of what people were assigned, and reminding them before it is due and once it is overdue."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from checklists.language import Checklist
from checklists.models import checklist_of_editions
from checklists.scoring import Risk
from reviews.access import OPEN
from reviews.actions.notices import DIGEST_HOUR, tell
from reviews.actions.transaction import writing
from reviews.languages import zone_of
from reviews.models import Assignment, Notice, NoticeKind, Review, ReviewAddition, User

BEFORE = timedelta(days=1)
"""So long before the day on which it is due, somebody is reminded; and again on the day after."""

_TOO_LATE = timedelta(days=14)
"""What is overdue for longer is not spoken of any more: nobody was there to tell of it when it was."""


@dataclass(frozen=True)
class Task:
    """An assignment with what it is about in words; `left` of the `asked` questions have no answer yet."""

    assignment: Assignment
    title: str
    asked: int
    left: int


def tasks_of(assignments: Iterable[Assignment]) -> list[Task]:
    """The assignments with what is left of them, in their order; two queries.

    Questions count as the review was scored last. A question that is assigned by itself does not count for whoever
    has its section. Reads `review.score` of each, which lists fetch beforehand.
    """
    assignments = list(assignments)
    reviews = {assignment.review_id for assignment in assignments}
    added: dict[UUID, list[UUID]] = defaultdict(list)
    additions = ReviewAddition.objects.filter(review__in=reviews).order_by("pk")
    for review_id, edition_id in additions.values_list("review", "edition"):
        added[review_id].append(edition_id)
    alone: dict[UUID, set[str]] = defaultdict(set)
    by_themselves = Assignment.objects.filter(review__in=reviews).exclude(question_id="")
    for review_id, question_id in by_themselves.values_list("review", "question_id"):
        alone[review_id].add(question_id)
    return [
        _task(
            assignment,
            checklist_of_editions((assignment.review.edition_id, *added[assignment.review_id])),
            alone[assignment.review_id],
        )
        for assignment in assignments
    ]


def _task(assignment: Assignment, checklist: Checklist, alone: set[str]) -> Task:
    risks = assignment.review.score.result.get("risks", {})
    if assignment.section_id:
        section = next((each for each in checklist.sections if each.id == assignment.section_id), None)
        title = section.title if section else assignment.section_id
        names = [each.id for each in section.questions if each.id not in alone] if section else []
    else:
        question = checklist.questions_by_id.get(assignment.question_id)
        title = question.title if question else assignment.question_id
        names = [question.id] if question else []
    # A review that was begun a moment ago is not scored yet.
    asked = [name for name in names if name in risks] if risks else names
    left = sum(risks.get(name, Risk.UNANSWERED) == Risk.UNANSWERED for name in asked)
    return Task(assignment, title, len(asked), left)


def tell_of_due(now: datetime) -> int:
    """Remind people of what they were assigned and have not answered; returns how many reminders were new.

    Once on the day before it is due, and once when it is overdue, from the hour on at which mails of the day go out,
    all in the person's time zone. What is due on the same day in the same review is told of together. Safe to run at
    any time and any number of times; a day on which it did not run is made up for.
    """
    today = timezone.localdate(now)
    # A day more on both sides: elsewhere it is yesterday, or tomorrow already.
    near = Assignment.objects.filter(
        review__state__in=OPEN, due__gte=today - _TOO_LATE, due__lte=today + BEFORE + timedelta(days=1)
    )
    groups: dict[tuple[Review, User, date], list[Task]] = defaultdict(list)
    for task in tasks_of(near.select_related("review__score", "to").order_by("due", "pk")):
        if task.left and task.assignment.due is not None:
            groups[task.assignment.review, task.assignment.to, task.assignment.due].append(task)
    keys = {group: key for group, tasks in groups.items() if (key := _occasion(*group, tasks, now))}
    told = set(Notice.objects.filter(key__in=keys.values()).values_list("key", "user"))
    return sum(_tell(*group, groups[group], key) for group, key in keys.items() if (key, group[1].pk) not in told)


def _occasion(review: Review, person: User, due: date, tasks: list[Task], now: datetime) -> str:
    """The key of what is to be told now; empty for nothing. What was assigned that late was told of only then."""
    zone = zone_of(person)
    local = now.astimezone(zone)
    if local.hour < DIGEST_HOUR:
        return ""
    if local.date() > due:
        return f"overdue:{review.pk}:{due}"
    begins = datetime.combine(due - BEFORE, time(), tzinfo=zone)
    known_before = any(task.assignment.at < begins for task in tasks)
    return f"due:{review.pk}:{due}" if now >= begins and known_before else ""


def _tell(review: Review, person: User, due: date, tasks: list[Task], key: str) -> int:
    with writing():
        # Of two that come here at once, the second waits, and then finds the notice.
        held = Review.objects.select_related("workload").select_for_update(of=("self",)).get(pk=review.pk)
        if held.state not in OPEN:
            return 0
        return tell(
            [person],
            NoticeKind.DUE,
            review=held,
            by=None,
            key=key,
            question_id=tasks[0].assignment.question_id if len(tasks) == 1 else "",
            text=lambda: "\n".join(_lines(due, tasks)),
        )


def _lines(due: date, tasks: list[Task]) -> Iterator[str]:
    yield _("Due on {day}:").format(day=date_format(due, "DATE_FORMAT"))
    for task in tasks:
        several = _("{what}: {left} of {asked} left").format(what=task.title, left=task.left, asked=task.asked)
        yield several if task.asked > 1 else task.title
