"""Who describes a workload writes in its reviews, which print that description."""

import pytest
from django.urls import reverse

from reviews.access import Actor, NotNow, NotYours
from reviews.actions.decide import approve
from reviews.actions.submit import submit_review, withdraw_review
from reviews.actions.workloads import WorkloadDescription, change_workload
from reviews.models import Membership, Review, Role, Team, User
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


def test_a_workload_stays_with_the_team_whose_leads_are_to_approve_its_review(
    review: Review, people: People, sign_in
):
    others = Team.objects.get(memberships__user=people.stranger)
    Membership.objects.create(user=people.ada, team=others, role=Role.ARCHITECT)
    answer_all(people.ada, review)
    submit_review(Actor(people.ada), review_id=review.pk)
    handed_in = version_of(review)
    with pytest.raises(NotNow, match="stays with them"):
        describe(people.ada, review, team=others)
    client, url = sign_in(people.ada), reverse("workload-edit", args=[review.workload.key])
    sent = client.get(url).context["form"].initial | {"team": others.pk}
    answer = client.post(url, {name: value for name, value in sent.items() if value is not None})
    assert answer.status_code == 422
    assert "waits for approval by leads of" in answer.content.decode()
    review.workload.refresh_from_db()
    assert review.workload.team == people.team
    assert version_of(review) == handed_in

    withdraw_review(Actor(people.ada), review_id=review.pk, reason="It is another team's now.")
    describe(people.ada, review, team=others)
    review.workload.refresh_from_db()
    assert review.workload.team == others
