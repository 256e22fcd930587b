"""Adding a checklist to a review, such as the one for orchestration, and taking it out again."""

import uuid

from django.utils.translation import gettext as _

from checklists.language import ANY_KIND, JoinError, joined
from checklists.models import Edition
from reviews.access import Actor, Deed, ReviewAccess
from reviews.actions.answer import contributes
from reviews.actions.errors import Invalid
from reviews.actions.holding import locked_review, touch
from reviews.actions.trail import record
from reviews.actions.transaction import writing
from reviews.languages import as_stored
from reviews.models import EventKind, Review, ReviewAddition


def addable(review: Review) -> list[Edition]:
    """The newest editions of the checklists that can be added to the review: for any kind, and not in it yet."""
    present = {edition.key for edition in review.editions}
    newest = Edition.objects.latest_of_each().without_content().filter(kind=ANY_KIND).exclude(key__in=present)
    return list(newest.order_by("title"))


def add_checklist(actor: Actor, *, review_id: uuid.UUID, edition_id: uuid.UUID) -> Review:
    """Add an edition to the review; its questions come after those that are there.

    Raises Review.DoesNotExist and Edition.DoesNotExist, `Refused`, and `Invalid` for a checklist of one kind of
    workload, one that is in the review already, or one whose questions clash with those of the review.
    """
    with writing():
        review = locked_review(actor.user, review_id)
        access = ReviewAccess(actor.user, review)
        access.require(Deed.CHANGE_CHECKLIST)
        edition = Edition.objects.without_content().get(pk=edition_id)
        if edition.kind != ANY_KIND:
            raise Invalid(
                {
                    "edition": _("{title} is for one kind of workload: start a review of it instead.").format(
                        title=edition.title
                    )
                }
            )
        if edition.key in {each.key for each in review.editions}:
            raise Invalid({"edition": _("{title} is in this review already.").format(title=edition.title)})
        try:
            joined([*(each.checklist for each in review.editions), edition.checklist])
        except JoinError as problem:
            raise Invalid({"edition": str(problem)}) from None
        ReviewAddition.objects.create(review=review, edition=edition)
        contributes(access)
        record(review, EventKind.CHECKLIST_ADDED, actor, statement=as_stored(edition))
        touch(review)
        vars(review).pop("editions", None)
    return review


def remove_checklist(actor: Actor, *, review_id: uuid.UUID, edition_id: uuid.UUID) -> Review:
    """Take an added edition out of the review; what was answered to it is kept, should it be added again.

    Raises as `add_checklist` does, and ReviewAddition.DoesNotExist for an edition that was not added.
    """
    with writing():
        review = locked_review(actor.user, review_id)
        access = ReviewAccess(actor.user, review)
        access.require(Deed.CHANGE_CHECKLIST)
        addition = review.additions.select_related("edition").get(edition_id=edition_id)
        addition.delete()
        contributes(access)
        record(review, EventKind.CHECKLIST_REMOVED, actor, statement=as_stored(addition.edition))
        touch(review)
    return review
