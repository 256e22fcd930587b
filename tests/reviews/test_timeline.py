"""The timeline: every change of a review in words that a person can read."""

import re

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reviews.access import Actor
from reviews.actions.submit import submit_review
from reviews.actions.threads import open_thread
from reviews.forms import WorkloadForm
from reviews.models import Review
from tests.conftest import People, answer_all, give


def shown(client, review: Review, **query) -> str:
    answer = client.get(reverse("timeline", args=[review.pk]), query)
    assert answer.status_code == 200
    return " ".join(re.sub(r"<(?!/?(ins|del)\b)[^>]+>", " ", answer.content.decode()).split())


def test_it_says_what_was_chosen_and_how_the_note_changed(review: Review, people: People, sign_in):
    give(people.ada, review, "GEN-01", selected=["justified"], note="See the old record")
    give(people.jonas, review, "GEN-01", selected=["informal"], note="See the new record")
    choices = {choice.id: choice.text for choice in review.checklist.questions_by_id["GEN-01"].choices}
    said = shown(sign_in(people.ada), review)
    assert f"Chosen: “{choices['informal']}”" in said
    assert f"No longer chosen: “{choices['justified']}”" in said
    assert "See the <del>old</del><ins>new</ins> record" in said
    assert said.index("Jonas ·") < said.index("Ada ·")


def test_it_says_that_a_question_does_not_apply_and_that_it_does_again(review: Review, people: People, sign_in):
    give(people.ada, review, "GEN-01", not_applicable=True, reason="Nothing is reused.")
    give(people.ada, review, "GEN-01", selected=["informal"])
    said = shown(sign_in(people.ada), review)
    assert "The question does not apply: Nothing is reused." in said
    assert "The question applies again" in said


def test_it_has_comments_facts_and_decisions_too(review: Review, people: People, sign_in):
    answer_all(people.ada, review)
    open_thread(Actor(people.lea), review_id=review.pk, question_id="GEN-01", text="Which ADR?")
    submit_review(Actor(people.ada), review_id=review.pk, statement="I stand for it.")
    said = shown(sign_in(people.rolf), review)
    assert "Which ADR?" in said
    assert "Submitted for approval" in said
    assert "I stand for it." in said


def test_it_says_how_the_workload_was_described_anew(review: Review, people: People, workload, sign_in):
    described = WorkloadForm.initial_of(workload)
    client = sign_in(people.jonas)
    address = reverse("workload-edit", args=[workload.key])
    form = {**described, "team": people.team.pk, "links": "", "version": workload.version}
    assert client.post(address, form).status_code == 302
    assert "described anew" not in shown(client, review)
    assert (
        client.post(address, {**form, "criticality": "low", "regions": "westeurope, swedencentral"}).status_code
        == 302
    )
    said = shown(client, review)
    assert "Workload described anew Jonas" in said
    assert "Criticality: “high” became “low”" in said
    assert "Regions: “westeurope” became “westeurope, swedencentral”" in said


def test_it_can_be_narrowed_to_a_person_a_topic_and_a_question(review: Review, people: People, sign_in):
    give(people.ada, review, "GEN-01", selected=["justified"], note="by Ada")
    give(people.jonas, review, "GEN-02", selected=["known"], note="by Jonas")
    open_thread(Actor(people.lea), review_id=review.pk, question_id="GEN-01", text="a comment")
    client = sign_in(people.ada)
    assert "by Jonas" not in shown(client, review, who=people.ada.pk)
    assert "a comment" not in shown(client, review, what="answers")
    only = shown(client, review, question="GEN-01")
    assert "by Ada" in only
    assert "a comment" in only
    assert "by Jonas" not in only


def test_what_nobody_has_is_said_and_not_an_error(review: Review, people: People, sign_in):
    client = sign_in(people.ada)
    for query in ({"who": "x"}, {"who": "9" * 40}, {"what": "x"}, {"question": "\x01"}, {"question": "none"}):
        assert "Nothing that fits happened." in shown(client, review, **query)
    assert "Review created" in shown(client, review, page="-7")


def test_texts_in_it_are_escaped(review: Review, people: People, sign_in):
    give(people.ada, review, "GEN-01", selected=["justified"], note="<img src=x onerror=alert(1)>")
    assert "<img" not in sign_in(people.ada).get(reverse("timeline", args=[review.pk])).content.decode()


def test_people_outside_the_team_do_not_see_it(review: Review, people: People, sign_in):
    assert sign_in(people.stranger).get(reverse("timeline", args=[review.pk])).status_code == 404


def test_a_long_trail_is_paged_and_takes_no_more_queries_than_a_short_one(review: Review, people: People, sign_in):
    client = sign_in(people.ada)
    give(people.ada, review, "GEN-01", selected=["justified"])
    give(people.ada, review, "GEN-01", selected=["informal"])
    address = reverse("timeline", args=[review.pk])
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for number in range(60):
        give(people.jonas, review, "GEN-01", selected=["justified"], note=f"note {number}.")
    with CaptureQueriesContext(connection) as many:
        page = client.get(address).content.decode()
    assert len(many) <= len(few)
    assert "<ins>59" in page
    assert "Page 1 of 2" in page
    assert "Review created" in client.get(address, {"page": 2}).content.decode()
