"""Deciding on a submitted review: request changes, or approve."""

import uuid

from django.utils import timezone
from django.utils.translation import gettext as _

from reviews.access import Actor, Deed, ReviewAccess
from reviews.actions.after_approval import supersede_earlier
from reviews.actions.errors import Invalid, Stale
from reviews.actions.freeze import freeze
from reviews.actions.holding import locked_review, touch
from reviews.actions.notices import authors_of, tell
from reviews.actions.nudge import make_report_later
from reviews.actions.score import standing_now
from reviews.actions.submit import move
from reviews.actions.texts import fault_of
from reviews.actions.threads import begin
from reviews.actions.trail import record
from reviews.actions.transaction import writing
from reviews.models import (
    Comment,
    Decision,
    DecisionKind,
    EventKind,
    NoticeKind,
    Report,
    Review,
    ReviewState,
    ThreadKind,
    User,
    Workload,
)


def request_changes(actor: Actor, *, review_id: uuid.UUID, version: int, statement: str) -> Review:
    """Give the review back to its authors, saying what should change; approvals so far are void.

    The statement opens a change request on the review as a whole, which its authors resolve before they hand it in.

    Raises as `approve` does.
    """
    with writing():
        review = locked_review(actor.user, review_id)
        access = ReviewAccess(actor.user, review)
        access.require(Deed.REQUEST_CHANGES)
        _require_read(review, version)
        decision = _decide(access, DecisionKind.CHANGES_REQUESTED, statement)
        move(review, ReviewState.CHANGES_REQUESTED)
        record(review, EventKind.CHANGES_REQUESTED, actor, at=decision.at, statement=decision.statement)
        begin(actor, review, "", decision.statement, ThreadKind.CHANGE_REQUEST)
        _tell_authors(review, NoticeKind.REQUEST, decision)
        if review.standing_approvals.exists():
            # Approvals are about a version: handed in again, even unchanged, the review is another one.
            touch(review)
    return review


def approve(
    actor: Actor, *, review_id: uuid.UUID, version: int, statement: str, comments: int | None = None
) -> Review:
    """Approve the review as it was read at `version`, with so many `comments` of others in it.

    The comments become part of the snapshot, but are no change of the review; None is for who decides without having
    counted them.

    The last approval that its policy asks for freezes its snapshot, asks for its report, and supersedes the report of
    the review before it; until then it stays submitted. Raises Review.DoesNotExist, `Refused`, `Stale` where the
    review is not the one that was read, and `Invalid` without a statement.
    """
    with writing():
        # The workload first, as whoever changes it does: two of its reviews that are approved at once take turns.
        Workload.objects.select_for_update(no_key=True).filter(reviews=review_id).first()
        review = locked_review(actor.user, review_id)
        access = ReviewAccess(actor.user, review)
        access.require(Deed.APPROVE)
        _require_read(review, version)
        if refusal := access.refusal_to_approve(standing_now(review)):
            raise refusal
        if comments is not None and comments != comments_for(actor.user, review):
            raise Stale(_("A comment was made after you opened the review. Read it, then decide."))
        missing = access.approvals.missing - 1
        decision = _decide(access, DecisionKind.APPROVED, statement)
        if missing:
            record(review, EventKind.APPROVAL_GIVEN, actor, at=decision.at, statement=decision.statement)
            return review
        move(review, ReviewState.APPROVED)
        record(review, EventKind.APPROVED, actor, at=decision.at, statement=decision.statement)
        _tell_authors(review, NoticeKind.DECISION, decision)
        snapshot = freeze(review, decision)
        Report.objects.create(snapshot=snapshot, wanted_at=decision.at)
        supersede_earlier(actor, review, at=decision.at)
        make_report_later()
    return review


def _tell_authors(review: Review, kind: NoticeKind, decision: Decision) -> None:
    key = f"decision:{decision.pk}"
    tell(authors_of(review), kind, review=review, by=decision.by, key=key, text=decision.statement)


def comments_for(user: User, review: Review) -> int:
    """How many comments the review has that the person did not write, and so has to read."""
    return Comment.objects.filter(thread__review=review).exclude(author=user).count()


def _require_read(review: Review, version: int) -> None:
    if version != review.version:
        raise Stale(_("The review was changed after you opened it. Read what is new, then decide."))


def _decide(access: ReviewAccess, kind: DecisionKind, statement: str) -> Decision:
    statement, review = statement.strip(), access.review
    if not statement:
        raise Invalid({"statement": _("Write a statement: it is printed in the report under your name.")})
    if fault := fault_of("statement", statement):
        raise Invalid({"statement": fault})
    return Decision.objects.create(
        review=review,
        kind=kind,
        by=access.user,
        at=timezone.now(),
        statement=statement,
        review_version=review.version,
        role=access.role,
    )
