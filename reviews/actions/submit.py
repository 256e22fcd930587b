"""Submitting a review for approval, and withdrawing it."""

import uuid

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from checklists.scoring import score_standing
from reviews.access import Actor, Deed, ReviewAccess, may_approve, open_requests
from reviews.actions.answer import contributes
from reviews.actions.errors import Incomplete, Invalid
from reviews.actions.holding import locked_review
from reviews.actions.notices import tell
from reviews.actions.score import standing_now, store
from reviews.actions.texts import fault_of
from reviews.actions.trail import record
from reviews.actions.transaction import writing
from reviews.handed_in import handed_in
from reviews.models import DecisionKind, EventKind, NoticeKind, Review, ReviewState, Submission

STATEMENT = gettext_lazy("The answers are complete and true to the best of my knowledge.")
"""What the form proposes to somebody who hands a review in."""


def submit_review(actor: Actor, *, review_id: uuid.UUID, statement: str | Promise = STATEMENT) -> Review:
    """Hand the review to those who approve, and stand for its answers; from now on nobody answers in it.

    The statement is the authors' sign-off in the report. Raises Review.DoesNotExist, `Refused`, `Invalid` for a
    statement that is empty or cannot be stored, and `Incomplete` with what is still to be answered, stated
    and resolved.
    """
    statement = str(statement).strip()
    with writing():
        review = locked_review(actor.user, review_id)
        access = ReviewAccess(actor.user, review)
        access.require(Deed.SUBMIT)
        if not statement:
            raise Invalid({"statement": _("Write what you stand for: it is printed in the report under your name.")})
        if fault := fault_of("statement", statement):
            raise Invalid({"statement": fault})
        standing = standing_now(review)
        result = score_standing(standing)
        requests = open_requests(review).count()
        if result.missing or result.missing_facts or requests:
            raise Incomplete(result.missing, result.missing_facts, requests)
        store(review, result)
        contributes(access)
        submission = Submission.objects.create(
            review=review,
            by=actor.user,
            role=access.role,
            at=timezone.now(),
            statement=statement,
            review_version=review.version,
            result=handed_in(standing),
        )
        again = review.decisions.filter(kind=DecisionKind.CHANGES_REQUESTED).exists()
        move(review, ReviewState.SUBMITTED)
        kind = EventKind.RESUBMITTED if again else EventKind.SUBMITTED
        event = record(review, kind, actor, at=submission.at, version=review.version, statement=statement)
        deciders = may_approve(review)
        tell(deciders, NoticeKind.AWAITING, review=review, by=actor.user, key=f"event:{event.pk}", text=statement)
    return review


def withdraw_review(actor: Actor, *, review_id: uuid.UUID, reason: str) -> Review:
    """Give the review up, for good; it stays readable.

    Raises Review.DoesNotExist, `Refused`, and `Invalid` without a reason.
    """
    reason = reason.strip()
    with writing():
        review = locked_review(actor.user, review_id)
        ReviewAccess(actor.user, review).require(Deed.WITHDRAW)
        if not reason:
            raise Invalid({"reason": _("Say why the review is withdrawn: it stays in the trail.")})
        if fault := fault_of("reason", reason):
            raise Invalid({"reason": fault})
        move(review, ReviewState.WITHDRAWN)
        record(review, EventKind.WITHDRAWN, actor, statement=reason)
    return review


def move(review: Review, state: ReviewState) -> None:
    """Put the review into a state. Who may do so was decided before."""
    review.state = state
    review.changed_at = timezone.now()
    review.save(update_fields=["state", "changed_at"])
