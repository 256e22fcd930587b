"""The chain of each review's trail, and what `verify_audit` finds of whoever owns the database."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from checklists.language import WorkloadKind
from reviews.access import Actor
from reviews.actions.integrity import check_everything
from reviews.actions.milestones import name_milestone
from reviews.actions.start import start_review
from reviews.actions.threads import open_thread
from reviews.actions.trail import link_of
from reviews.models import Event, Report, Review, Snapshot, Workload
from tests.conftest import People, answer_all, give
from tests.reviews.altering import altered


@pytest.fixture
def told(review: Review, people: People) -> Review:
    """A review with a trail of some length."""
    give(people.ada, review, "GEN-01", selected=["justified"], note="ADR-7")
    give(people.jonas, review, "GEN-01", selected=["informal"], note="10⁷ requests, 1e16 bytes – “ünlesbar”")
    open_thread(Actor(people.lea, "192.0.2.7"), review_id=review.pk, question_id="GEN-01", text="Which?")
    return review


def audit() -> str:
    """What the command finds; empty where it finds nothing."""
    said = StringIO()
    try:
        call_command("verify_audit", stdout=StringIO(), stderr=said)
    except CommandError:
        return said.getvalue()
    return ""


def test_a_trail_that_nobody_touched_is_whole(told: Review):
    assert audit() == ""
    assert [event.number for event in told.events.order_by("id")] == [1, 2, 3, 4]


def test_answers_and_facts_of_every_kind_leave_the_chain_whole(library: None, people: People, workload: Workload):
    review = start_review(Actor(people.ada), workload=workload, kind=WorkloadKind.INFERENCING)
    answer_all(people.ada, review)
    assert {"answered", "fact_set"} <= set(review.events.values_list("kind", flat=True))
    assert audit() == ""


def test_an_altered_event_is_named(told: Review):
    with altered("reviews_event"):
        Event.objects.filter(number=2).update(actor_name="Eve")
    assert f"review {told.pk}, event 2: “Question answered”" in audit()


@pytest.mark.parametrize("change", [{"detail": {}}, {"kind": "commented"}, {"address": "192.0.2.9"}])
def test_whatever_is_altered_of_an_event_breaks_the_chain(told: Review, change):
    with altered("reviews_event"):
        Event.objects.filter(number=3).update(**change)
    assert "event 3" in audit()


def test_an_event_that_was_taken_away_is_named(told: Review):
    with altered("reviews_event"):
        Event.objects.filter(number=2).delete()
    assert f"review {told.pk}, event 2: it is missing" in audit()


def test_an_end_that_was_taken_away_is_noticed(told: Review):
    with altered("reviews_event"):
        Event.objects.filter(number=4).delete()
    assert "it ends with event 3, and the review says 4" in audit()


def test_an_end_that_was_taken_away_together_with_the_head_is_noticed_up_to_the_last_milestone(
    told: Review, people: People
):
    name_milestone(Actor(people.ada), review_id=told.pk, name="Before the pilot")
    give(people.ada, told, "GEN-01", selected=["justified"], note="ADR-8")
    cut(told, 5)
    assert audit() == ""  # as docs/trail.md says
    cut(told, 3)
    assert f"review {told.pk}, event 4: it is not there, or not the one that a snapshot or a milestone" in audit()


def cut(review: Review, last: int) -> None:
    """Take away the events after one, and the traces of it that the review keeps."""
    with altered("reviews_event"):
        review.events.filter(number__gt=last).delete()
    Review.objects.filter(pk=review.pk).update(trail_length=last, trail_head=review.events.get(number=last).sha256)


def test_events_that_changed_places_are_noticed(told: Review):
    with altered("reviews_event"):
        for old, new in ((2, 90), (3, 2), (90, 3)):
            Event.objects.filter(number=old).update(number=new)
    assert "event 2" in audit()


def test_a_trail_that_was_chained_anew_contradicts_the_snapshot(report: Report, people: People):
    """Whoever alters all that follows, and the head of the review, cannot alter what was signed."""
    assert audit() == ""
    review = report.snapshot.review
    with altered("reviews_event"):
        head = ""
        for event in review.events.order_by("number"):
            event.actor_name = event.actor_name.replace("Ada", "Eve")
            event.sha256 = head = link_of(event, head)
            event.save()
    with altered("reviews_review"):
        Review.objects.filter(pk=review.pk).update(trail_head=head)
    assert "or not the one that a snapshot or a milestone names" in audit()


def test_a_review_that_was_taken_away_leaves_a_gap(told: Review):
    with altered("reviews_review"):
        Review.objects.update(number=2)
    assert f"workload {told.workload.key} has reviews up to number 2, and only 1 are there" in audit()


def test_the_nightly_look_finds_it_as_well(told: Review):
    with altered("reviews_event"):
        Event.objects.filter(number=2).update(actor_name="Eve")
    assert check_everything() == 1
    (event,) = Event.objects.filter(kind="integrity_broken")
    assert event.detail["record"] == "trail"
    assert "event 2" in event.detail["problem"]


def test_the_snapshot_of_an_approval_names_the_end_of_the_trail(report: Report):
    head = Snapshot.objects.get().data["trail_head"]
    approved = Event.objects.get(kind="approved")
    assert head == {"events": approved.number, "sha256": approved.sha256}
