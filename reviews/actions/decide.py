"""A lead's decision: request changes, or approve."""

import uuid

from django.utils import timezone

from reviews.access import Actor, Deed, ReviewAccess
from reviews.actions.errors import Invalid, Stale
from reviews.actions.freeze import freeze
from reviews.actions.holding import locked_review
from reviews.actions.nudge import make_report_later
from reviews.actions.submit import move
from reviews.actions.texts import fault_of
from reviews.actions.trail import record
from reviews.actions.transaction import writing
from reviews.models import Decision, DecisionKind, EventKind, Report, Review, ReviewState


def request_changes(actor: Actor, *, review_id: uuid.UUID, version: int, statement: str) -> Review:
    """Give the review back to its authors, saying what should change. Raises as `approve` does."""
    with writing():
        review, decision = _decide(actor, review_id, version, DecisionKind.CHANGES_REQUESTED, statement)
        move(review, ReviewState.CHANGES_REQUESTED)
        record(review, EventKind.CHANGES_REQUESTED, actor, at=decision.at, statement=decision.statement)
    return review


def approve(actor: Actor, *, review_id: uuid.UUID, version: int, statement: str) -> Review:
    """Approve the review as it was read at `version`: freezes its snapshot, and asks for its report.

    Raises Review.DoesNotExist, `Refused`, `Stale` where the review is not the one that was read, and `Invalid`
    without a statement.
    """
    with writing():
        review, decision = _decide(actor, review_id, version, DecisionKind.APPROVED, statement)
        move(review, ReviewState.APPROVED)
        record(review, EventKind.APPROVED, actor, at=decision.at, statement=decision.statement)
        snapshot = freeze(review, decision)
        report = Report.objects.create(snapshot=snapshot, wanted_at=decision.at)
        make_report_later(report.pk)
    return review


def _decide(
    actor: Actor, review_id: uuid.UUID, version: int, kind: DecisionKind, statement: str
) -> tuple[Review, Decision]:
    statement = statement.strip()
    review = locked_review(actor.user, review_id)
    access = ReviewAccess(actor.user, review)
    access.require(Deed.DECIDE)
    if version != review.version:
        raise Stale("The review was changed after you opened it. Read what is new, then decide.")
    if not statement:
        raise Invalid({"statement": "Write a statement: it is printed in the report under your name."})
    if fault := fault_of("statement", statement):
        raise Invalid({"statement": fault})
    decision = Decision.objects.create(
        review=review,
        kind=kind,
        by=actor.user,
        at=timezone.now(),
        statement=statement,
        review_version=review.version,
        role=access.role,
    )
    return review, decision
