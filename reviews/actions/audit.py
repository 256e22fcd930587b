"""Whether the trail of every review is whole: each event follows from the one before, up to the head that is kept.

Triggers refuse changes of events, but whoever owns the database can take triggers away. Whoever alters an event has
to alter all that follow it, the head that the review keeps, and those in its milestones and in the snapshot of its
approval: and that one is in the signed report.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, F, Max

from reviews.actions.trail import link_of
from reviews.models import Event, Milestone, Review, Snapshot, Workload


@dataclass(frozen=True)
class Broken:
    """The first broken link of one trail: which review, at which event (None: at its end), and what is wrong."""

    review_id: uuid.UUID | None
    number: int | None
    problem: str

    def __str__(self) -> str:
        place = f"review {self.review_id}" if self.review_id else "the reviews"
        return f"{place}{f', event {self.number}' if self.number else ''}: {self.problem}"


def broken_trails() -> Iterator[Broken]:
    """The first broken link of each review's trail, and reviews that are missing; memory does not grow with them."""
    yield from _missing_reviews()
    for review in Review.objects.order_by("pk").only("pk", "trail_length", "trail_head").iterator(chunk_size=500):
        # Read again: the review may have gone on between the two queries.
        if _first_broken(review) and (found := _first_broken(Review.objects.get(pk=review.pk))):
            yield found


def _first_broken(review: Review) -> Broken | None:
    head, number = "", 0
    heads: dict[int, str] = {}
    promised = _promised(review)
    for event in Event.objects.filter(review=review).order_by("number").iterator(chunk_size=500):
        number += 1
        if event.number != number:
            return Broken(review.pk, number, f"it is missing; the next one there is event {event.number}")
        if link_of(event, head) != event.sha256:
            return Broken(
                review.pk,
                number,
                f"“{event.get_kind_display()}” of {event.at:%Y-%m-%d %H:%M:%S} UTC was altered, "
                "or does not follow the event before it",
            )
        head = event.sha256
        if number in promised:
            heads[number] = head
    if (number, head) != (review.trail_length, review.trail_head):
        return Broken(review.pk, None, f"it ends with event {number}, and the review says {review.trail_length}")
    for number, said in promised.items():
        if heads.get(number) != said:
            return Broken(review.pk, number, "it is not there, or not the one that a snapshot or a milestone names")
    return None


def _promised(review: Review) -> dict[int, str]:
    """The heads that snapshots and milestones of the review name, by number of event; earlier formats name none."""
    kept: list[Snapshot | Milestone] = [
        *Snapshot.objects.filter(review=review),
        *Milestone.objects.filter(review=review),
    ]
    heads = [each.data.get("trail_head") for each in kept]
    return {head["events"]: head["sha256"] for head in heads if head}


def _missing_reviews() -> Iterator[Broken]:
    """Reviews of a workload are numbered without a gap."""
    numbered = Workload.objects.annotate(last=Max("reviews__number"), there=Count("reviews"))
    for key, last, there in numbered.filter(last__gt=F("there")).values_list("key", "last", "there").iterator():
        yield Broken(None, None, f"workload {key} has reviews up to number {last}, and only {there} are there")
