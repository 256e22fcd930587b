"""Undo, and the history of an answer."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from checklists.language import Checklist, WorkloadKind
from checklists.publish import publish
from reviews.access import Actor, NotNow
from reviews.actions.beginning import begin_review, source_of_review
from reviews.actions.errors import Invalid, Stale
from reviews.actions.move import move_review
from reviews.actions.restoring import restore_answer
from reviews.actions.submit import submit_review
from reviews.models import Answer, Review
from tests.conftest import People, answer_all, give, version_of

SCRIPT = {"headers": {"accept": "application/json"}}


def back(user, review: Review, version: int, to: int, question_id: str = "GEN-01") -> Answer:
    return restore_answer(Actor(user), review_id=review.pk, question_id=question_id, version=version, to=to).answer


def test_the_last_change_is_undone_and_undone_again(review: Review, people: People):
    give(people.ada, review, "GEN-01", selected=["justified"], note="one")
    give(people.ada, review, "GEN-01", selected=["informal"], note="two")
    assert back(people.ada, review, 2, 1).note == "one"
    assert back(people.ada, review, 3, 2).note == "two"
    assert Answer.objects.get().version == 4


def test_the_first_answer_is_undone_to_none(review: Review, people: People):
    give(people.ada, review, "GEN-01", not_applicable=True, reason="Because.")
    undone = back(people.ada, review, 1, 0)
    assert (undone.selected, undone.not_applicable, undone.reason) == ([], False, "")


def test_undoing_does_not_overwrite_a_colleague(review: Review, people: People):
    give(people.ada, review, "GEN-01", selected=["justified"])
    give(people.jonas, review, "GEN-01", selected=["informal"])
    with pytest.raises(Stale):
        back(people.ada, review, 1, 0)


def test_a_version_that_never_was_is_refused(review: Review, people: People):
    with pytest.raises(Invalid, match="no version 7"):
        back(people.ada, review, 0, 7)


def test_a_carried_over_answer_is_taken_back_as_it_was(review: Review, people: People):
    give(people.ada, review, "GEN-01", selected=["justified"], note="carried")
    later = begin_review(
        Actor(people.ada),
        workload=review.workload,
        kind=WorkloadKind.EDA,
        source=source_of_review(review),
        beside_another=True,
    )
    give(people.ada, later, "GEN-01", selected=["informal"])
    assert back(people.ada, later, 2, 1).note == "carried"


def test_undone_after_a_move_to_another_edition_what_has_no_place_there_stays_away(review: Review, people: People):
    give(people.ada, review, "GEN-01", selected=["informal"], note="Spoken about.")
    values = review.edition.checklist.to_json()
    for question in values["sections"][0]["questions"]:
        question["choices"] = [choice for choice in question["choices"] if choice["id"] != "informal"]
    newer = publish(Checklist.model_validate(values))
    move_review(Actor(people.ada), review_id=review.pk, edition_id=newer.pk, version=version_of(review))
    give(people.ada, review, "GEN-01", selected=["justified"])
    undone = back(people.ada, review, 3, 2)
    assert (undone.selected, undone.note, undone.version) == ([], "Spoken about.", 4)


def test_after_submission_nothing_is_undone(review: Review, people: People):
    answer_all(people.ada, review)
    submit_review(Actor(people.ada), review_id=review.pk)
    with pytest.raises(NotNow):
        back(people.ada, review, 1, 0)


def test_the_page_undoes_and_gets_the_content_to_show(review: Review, people: People, sign_in):
    give(people.ada, review, "GEN-01", selected=["justified"], note="one")
    give(people.ada, review, "GEN-01", selected=["informal"], note="two")
    client, url = sign_in(people.ada), reverse("answer-restore", args=[review.pk, "GEN-01"])
    told = client.post(url, {"version": "2", "to": "1"}, **SCRIPT).json()
    assert (told["version"], told["current"]["note"], told["current"]["selected"]) == (3, "one", ["justified"])
    overtaken = client.post(url, {"version": "2", "to": "1"}, **SCRIPT)
    assert overtaken.status_code == 200, "the same content is no conflict"
    overtaken = client.post(url, {"version": "1", "to": "2"}, **SCRIPT)
    assert (overtaken.status_code, overtaken.json()["current"]["version"]) == (409, 3)
    assert re.fullmatch(r"\d{1,2} \w{3} \d{4}, \d\d:\d\d UTC", overtaken.json()["current"]["at"])
    assert client.post(url, {"version": "3"}, **SCRIPT).status_code == 422
    assert client.post(url, {"version": "3", "to": "2"})["Location"].endswith("#q-GEN-01")
    stranger = sign_in(people.stranger)
    assert stranger.post(url, {"version": "4", "to": "1"}, **SCRIPT).status_code == 404


def test_the_history_shows_every_change_with_who_and_a_way_back(review: Review, people: People, sign_in):
    for number in range(3):
        give(people.ada, review, "GEN-01", selected=["justified"], note=f"Note {number}")
    give(people.jonas, review, "GEN-01", selected=["informal"], note="By <b>Jonas</b>")
    address = reverse("answer-history", args=[review.pk, "GEN-01"])
    client = sign_in(people.ada)
    html = client.get(address, headers={"hx-request": "true"}).content.decode()
    assert html.count("Restore this version") == 3
    assert "<strong>Jonas</strong>" in html
    assert "<b>" not in html
    assert "<h1>GEN-01</h1>" in client.get(address).content.decode()
    assert "Restore this version" not in sign_in(people.rolf).get(address).content.decode()
    assert sign_in(people.stranger).get(address).status_code == 404
    assert client.get(reverse("answer-history", args=[review.pk, "GEN-99"])).status_code == 404


def test_the_history_takes_no_more_queries_for_more_changes(review: Review, people: People, sign_in):
    client, address = sign_in(people.ada), reverse("answer-history", args=[review.pk, "GEN-01"])
    for number in range(2):
        give(people.ada, review, "GEN-01", selected=["justified"], note=f"{number}")
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for number in range(20):
        give(people.ada, review, "GEN-01", selected=["justified"], note=f"more {number}")
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) == len(few)
