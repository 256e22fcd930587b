"""States of reviews that can be compared: as a review is now, a milestone of it, or the snapshot of its approval."""

import uuid
from dataclasses import dataclass

from django.utils.translation import gettext as _

from reviews.actions.freeze import read_state
from reviews.comparing import State
from reviews.models import Milestone, Review, Snapshot, User

MOST_OFFERED = 50
"""So many other reviews are offered to compare with, the latest first."""


@dataclass(frozen=True)
class Named:
    """A state with what it is called."""

    name: str
    content: State


def choices_for(user: User, review: Review) -> list[tuple[str, list[tuple[str, str]]]]:
    """What a review can be compared with, in groups: (title, [(value for `state_called`, label)]). Three queries."""
    own = [("now", _("As it is now"))]
    own += [(f"milestone:{each.pk}", each.name) for each in review.milestones.defer("content").order_by("-at")]
    visible = Review.objects.visible_to(user).select_related("workload").exclude(pk=review.pk)
    earlier = visible.filter(workload=review.workload_id).order_by("-number")[:MOST_OFFERED]
    others = visible.exclude(workload=review.workload_id).order_by("-changed_at")[:MOST_OFFERED]
    groups = [
        (_("This review"), own),
        (_("Other reviews of this workload"), [(f"review:{each.pk}", _labelled(each)) for each in earlier]),
        (_("Other workloads"), [(f"review:{each.pk}", str(each)) for each in others]),
    ]
    return [(title, offered) for title, offered in groups if offered]


def state_called(user: User, review: Review, value: str) -> Named | None:
    """The state that a value stands for; None for what is not there, or the person may not see.

    Another review is the snapshot of its approval where there is one, else as it is now.
    """
    what, _colon, key = value.partition(":")
    if what == "now":
        return Named(_("as it is now"), read_state(review)[0])
    if what == "milestone" and key.isascii() and key.isdigit() and len(key) < 19:
        milestone = Milestone.objects.filter(review=review, pk=int(key)).first()
        return Named(milestone.name, milestone.data) if milestone else None
    try:
        other = (
            Review.objects.visible_to(user)
            .select_related("workload__team", "edition", "created_by")
            .get(pk=uuid.UUID(key))
        )
    except (ValueError, Review.DoesNotExist):
        return None
    snapshot = Snapshot.objects.filter(review=other).first()
    return Named(str(other), snapshot.data if snapshot else read_state(other)[0])


def _labelled(review: Review) -> str:
    return _("Review {number}: {kind}, {state}").format(
        number=review.number, kind=review.get_kind_display(), state=review.get_state_display()
    )
