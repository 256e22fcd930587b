"""Milestones: named states of a review."""

import uuid

from django.utils.translation import gettext as _

from reviews.access import Actor, Deed, ReviewAccess
from reviews.actions.errors import Invalid
from reviews.actions.freeze import set_milestone
from reviews.actions.holding import locked_review
from reviews.actions.texts import in_one_line
from reviews.actions.trail import record
from reviews.actions.transaction import writing
from reviews.models import EventKind, Milestone

LONGEST_NAME = 200


def name_milestone(actor: Actor, *, review_id: uuid.UUID, name: str) -> Milestone:
    """Keep the review as it is now under a name, for good.

    Raises Review.DoesNotExist, `Refused`, and `Invalid` for a name that is empty, too long, or taken in this review.
    """
    name = in_one_line(name)
    with writing():
        review = locked_review(actor.user, review_id)
        ReviewAccess(actor.user, review).require(Deed.SET_MILESTONE)
        if not name or len(name) > LONGEST_NAME:
            raise Invalid({"name": _("Give the milestone a name of 1 to {} characters.").format(LONGEST_NAME)})
        if review.milestones.filter(name=name).exists():
            raise Invalid({"name": _("This review has a milestone of this name already. Choose another.")})
        milestone = set_milestone(review, name=name, by=actor.user)
        record(review, EventKind.MILESTONE_SET, actor, at=milestone.at, name=name, sha256=milestone.sha256)
    return milestone
