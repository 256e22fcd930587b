"""Who describes a workload writes in its reviews, which print that description."""

import pytest

from reviews.access import Actor, NotYours
from reviews.actions.decide import approve
from reviews.actions.submit import submit_review
from reviews.actions.workloads import WorkloadDescription, change_workload
from reviews.models import Review, User
from tests.conftest import People, answer_all, version_of


def describe(user: User, review: Review, **changes) -> None:
    workload = review.workload
    names = ["name", "purpose", "owner", "team", "criticality", "data_classification", "regions", "links"]
    description = WorkloadDescription(**{name: getattr(workload, name) for name in names} | changes)
    change_workload(Actor(user), workload, description)


def test_a_lead_who_rewrites_the_purpose_does_not_approve_it(review: Review, people: People):
    answer_all(people.ada, review)
    submit_review(Actor(people.ada), review_id=review.pk)
    describe(people.lea, review, purpose="Nothing that needs a second look.")
    with pytest.raises(NotYours, match="wrote or answered in"):
        approve(Actor(people.lea), review_id=review.pk, version=version_of(review), statement="Good.")


def test_nor_one_who_wrote_it_before_it_was_handed_in(review: Review, people: People):
    answer_all(people.ada, review)
    describe(people.lea, review, purpose="Nothing that needs a second look.")
    submit_review(Actor(people.ada), review_id=review.pk)
    with pytest.raises(NotYours, match="wrote or answered in"):
        approve(Actor(people.lea), review_id=review.pk, version=version_of(review), statement="Good.")
