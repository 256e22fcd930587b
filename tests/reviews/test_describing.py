"""Who describes a workload writes in its reviews, which print that description."""

import pytest
from django.urls import reverse

from reviews.access import Actor, NotNow, NotYours
from reviews.actions.decide import approve
from reviews.actions.submit import submit_review, withdraw_review
from reviews.actions.workloads import WorkloadDescription, change_workload
from reviews.forms import WorkloadForm
from reviews.models import Membership, Review, Role, Team, User, Workload
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
    sent = client.get(url).context["form"].initial | {"team": others.pk, "version": review.workload.version}
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


def form_of(workload: Workload, **typed: object) -> dict[str, object]:
    """What a page that was opened now sends when somebody has typed in it."""
    workload.refresh_from_db()
    shown = WorkloadForm.initial_of(workload) | {"team": workload.team.pk, "version": workload.version}
    return shown | typed


def test_a_description_that_a_colleague_changed_meanwhile_is_not_overwritten_but_shown_beside_it(
    people: People, workload: Workload, sign_in
):
    address = reverse("workload-edit", args=[workload.key])
    mine = form_of(workload, purpose="What Ada typed.", criticality="low")
    theirs = form_of(workload, purpose="What Jonas typed.", owner="Jonas’s unit")
    assert sign_in(people.jonas).post(address, theirs).status_code == 302
    client = sign_in(people.ada)
    answer = client.post(address, mine)
    page = answer.content.decode()
    assert answer.status_code == 409
    workload.refresh_from_db()
    assert (workload.purpose, workload.owner) == ("What Jonas typed.", "Jonas’s unit")
    assert "Jonas, <time" in page
    for said in ("What Ada typed.", "What Jonas typed.", "Claims", "Jonas’s unit", "Low", "High"):
        assert f'<p class="prose">{said}</p>' in page
    assert client.post(address, mine).status_code == 409, "to save once more is no choice"

    chosen = client.post(address, mine | {"overwrite": workload.version})
    assert chosen.status_code == 302
    workload.refresh_from_db()
    assert (workload.purpose, workload.criticality) == ("What Ada typed.", "low")


def test_a_choice_between_two_descriptions_does_not_hold_for_a_third(people: People, workload: Workload, sign_in):
    address = reverse("workload-edit", args=[workload.key])
    mine = form_of(workload, purpose="What Ada typed.")
    jonas = sign_in(people.jonas)
    jonas.post(address, form_of(workload, purpose="The second."))
    workload.refresh_from_db()
    compared = workload.version
    jonas.post(address, form_of(workload, purpose="The third."))
    answer = sign_in(people.ada).post(address, mine | {"overwrite": compared})
    assert answer.status_code == 409
    assert "The third." in answer.content.decode()


def test_a_description_that_does_not_say_what_it_is_based_on_is_not_saved(
    people: People, workload: Workload, sign_in
):
    typed = form_of(workload, purpose="What Ada typed.")
    del typed["version"]
    answer = sign_in(people.ada).post(reverse("workload-edit", args=[workload.key]), typed)
    assert answer.status_code == 409
    assert "What Ada typed." in answer.content.decode()


def test_two_who_describe_a_workload_alike_have_no_conflict(people: People, workload: Workload, sign_in):
    address = reverse("workload-edit", args=[workload.key])
    mine = form_of(workload, purpose="What both typed.")
    for person in (people.jonas, people.ada):
        assert sign_in(person).post(address, mine).status_code == 302


def test_the_page_of_a_description_says_which_version_it_shows(people: People, workload: Workload, sign_in):
    describe_at = reverse("workload-edit", args=[workload.key])
    assert f'name="version" value="{workload.version}"' in sign_in(people.ada).get(describe_at).content.decode()
