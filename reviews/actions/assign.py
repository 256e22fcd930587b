"""Assigning sections and questions to people."""

import uuid
from datetime import date

from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from checklists.language import Checklist
from checklists.locale import moment
from reviews.access import OPEN, RUNNING, Actor, Deed, ReviewAccess, may_answer
from reviews.actions.errors import Invalid, Stale
from reviews.actions.holding import locked_review
from reviews.actions.notices import tell
from reviews.actions.trail import record
from reviews.actions.transaction import writing
from reviews.models import Assignment, EventKind, NoticeKind, Review, User
from reviews.models.review import ReviewQuerySet


def assign(
    actor: Actor,
    *,
    review_id: uuid.UUID,
    to: User | None,
    section_id: str = "",
    question_id: str = "",
    due: date | None = None,
    based_on: str | None = None,
) -> Assignment | None:
    """Give a section or a question to somebody, or take it back where `to` is None; returns the assignment.

    `based_on` is the version that the person read, empty for none; None where nobody read one.

    An equal assignment changes nothing. Raises Review.DoesNotExist, `Refused`, `Stale` where a colleague's would be
    overwritten, and `Invalid` for a person who cannot answer in the review, for a section or question that is not
    there, and for a day that is past, unless it was the day before as well.
    """
    with writing():
        review = locked_review(actor.user, review_id)
        ReviewAccess(actor.user, review).require(Deed.ASSIGN)
        target = _target(review.checklist, section_id, question_id)
        if to is not None and not may_answer(review).filter(pk=to.pk).exists():
            raise Invalid({"to": _("{} cannot answer in this review. Choose somebody who can.").format(to.name)})
        stored = Assignment.objects.filter(review=review, section_id=section_id, question_id=question_id)
        assignment = stored.select_related("to", "by").first()
        alike = (assignment.to, assignment.due) == (to, due) if assignment else to is None
        if not alike and based_on is not None and based_on != (assignment.version if assignment else ""):
            raise Stale(_overtaken(assignment))
        if to is None:
            if assignment is not None:
                _take_back(actor, review, assignment)
            return None
        if alike:
            return assignment
        if due is not None and due < timezone.localdate() and (assignment is None or due != assignment.due):
            day = date_format(due, "DATE_FORMAT")
            raise Invalid({"due": _("{} is past. Choose today or a later day.").format(day)})
        made, _fresh = Assignment.objects.update_or_create(
            review=review,
            section_id=section_id,
            question_id=question_id,
            defaults={"to": to, "due": due, "by": actor.user, "at": timezone.now()},
        )
        event = record(
            review,
            EventKind.ASSIGNED,
            actor,
            question=question_id,
            section=section_id,
            title=target,
            to=to.name,
            due=due.isoformat() if due else "",
        )
        tell(
            [to],
            NoticeKind.ASSIGNMENT,
            review=review,
            by=actor.user,
            key=f"event:{event.pk}",
            question_id=question_id,
            text=lambda: _told(target, due),
        )
    return made


def _overtaken(assignment: Assignment | None) -> str:
    if assignment is None:
        return _("This was taken back after you opened it. Keep what you chose, or take that.")
    return _(
        "{by} assigned this on {moment}, after you opened it, to {to}. Keep what you chose, or take that."
    ).format(by=assignment.by.name, to=_told(assignment.to.name, assignment.due), moment=moment(assignment.at))


def _told(target: str, due: date | None) -> str:
    if due is None:
        return target
    return _("{what}, due {day}").format(what=target, day=date_format(due, "DATE_FORMAT"))


def assigned_to(user: User) -> QuerySet[Assignment]:
    """What is the person's to answer in reviews that are open, the earliest due first."""
    running = Review.objects.visible_to(user).filter(state__in=OPEN)
    assignments = Assignment.objects.filter(to=user, review__in=running)
    return assignments.select_related("review__workload", "review__score").order_by(
        F("due").asc(nulls_last=True), "at"
    )


def release(actor: Actor, reviews: ReviewQuerySet) -> None:
    """Take back what is assigned to people who cannot answer in the reviews any more. Call inside a transaction."""
    running = reviews.filter(state__in=RUNNING, assignments__isnull=False).distinct().select_related("workload")
    for review in running.order_by("pk"):
        left = review.assignments.exclude(to__in=may_answer(review)).select_related("to")
        for assignment in left.order_by("pk"):
            _take_back(actor, review, assignment)


def _take_back(actor: Actor, review: Review, assignment: Assignment) -> None:
    record(
        review,
        EventKind.ASSIGNMENT_ENDED,
        actor,
        question=assignment.question_id,
        section=assignment.section_id,
        to=assignment.to.name,
    )
    assignment.delete()


def _target(checklist: Checklist, section_id: str, question_id: str) -> str:
    """The title of what is assigned."""
    if question_id in checklist.questions_by_id and not section_id:
        return checklist.questions_by_id[question_id].title
    title = next((section.title for section in checklist.sections if section.id == section_id), "")
    if not title or question_id:
        raise Invalid({"": _("There is no such section or question in this review.")})
    return title
