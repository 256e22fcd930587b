"""Several answers of a section at once: set aside, confirmed, taken back; each as one alone would be saved."""

import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from checklists.language import WorkloadKind
from reviews.access import Actor, NotNow, NotYours
from reviews.actions.answer import Given, save_answer
from reviews.actions.at_once import confirm_all, open_in, set_aside, take_back
from reviews.actions.audit import broken_trails
from reviews.actions.beginning import begin_review, source_of_review
from reviews.actions.errors import Invalid
from reviews.actions.restoring import restore_answer
from reviews.actions.score import as_json, result_of
from reviews.actions.submit import submit_review
from reviews.models import Answer, Review, Score
from tests.conftest import People, answer_all, give, version_of

SECTION = "EDA-F"
HTMX = {"headers": {"hx-request": "true"}}


@pytest.fixture
def followed(review: Review, people: People) -> Review:
    """A review in which two answers of the section are carried over."""
    give(people.ada, review, "EDA-F-01", selected=["auto"], note="carried")
    give(people.ada, review, "EDA-F-02", selected=["menu"])
    return begin_review(
        Actor(people.ada),
        workload=review.workload,
        kind=WorkloadKind.EDA,
        source=source_of_review(review),
        beside_another=True,
    )


def aside(by, review: Review, versions=None, reason: str = "No such data."):
    versions = open_in(review, SECTION).unanswered if versions is None else versions
    return set_aside(Actor(by), review_id=review.pk, section_id=SECTION, versions=versions, reason=reason)


def stored(review: Review, question_id: str) -> Answer:
    return Answer.objects.get(review=review, question_id=question_id)


def test_the_unanswered_questions_of_a_section_do_not_apply_for_one_reason(review: Review, people: People):
    give(people.jonas, review, "EDA-F-01", selected=["auto"])
    give(people.jonas, review, "EDA-F-02", note="To be looked at.")
    done = aside(people.ada, review)
    assert done.made == {"EDA-F-02": 2, "EDA-F-03": 1}
    assert done.overtaken == ()
    assert stored(review, "EDA-F-01").selected == ["auto"]
    noted = stored(review, "EDA-F-02")
    assert (noted.not_applicable, noted.reason, noted.note) == (True, "No such data.", "To be looked at.")
    events = review.events.filter(kind="answered", actor=people.ada).order_by("number")
    assert [event.detail["question"] for event in events] == ["EDA-F-02", "EDA-F-03"]
    assert Score.objects.get().result == as_json(result_of(review))
    assert Score.objects.get().for_version == version_of(review)
    assert not list(broken_trails())


def test_what_somebody_answered_meanwhile_stays_and_is_named(review: Review, people: People):
    seen = open_in(review, SECTION).unanswered
    give(people.jonas, review, "EDA-F-02", selected=["menu"])
    give(people.jonas, review, "EDA-F-03", note="A note came in between.")
    done = aside(people.ada, review, seen)
    assert (done.made, done.overtaken) == ({"EDA-F-01": 1}, ("EDA-F-02", "EDA-F-03"))
    assert stored(review, "EDA-F-02").selected == ["menu"]
    assert not stored(review, "EDA-F-03").not_applicable


def test_it_is_taken_back_but_for_what_was_changed_since(review: Review, people: People):
    give(people.jonas, review, "EDA-F-02", note="To be looked at.")
    done = aside(people.ada, review)
    give(people.jonas, review, "EDA-F-03", selected=["EDA-F-03a"])
    back = take_back(Actor(people.ada), review_id=review.pk, section_id=SECTION, versions=done.made)
    assert back.overtaken == ("EDA-F-03",)
    assert stored(review, "EDA-F-03").selected == ["EDA-F-03a"]
    noted = stored(review, "EDA-F-02")
    assert (noted.not_applicable, noted.note) == (False, "To be looked at.")
    assert set(open_in(review, SECTION).unanswered) == {"EDA-F-01", "EDA-F-02"}


def test_carried_over_answers_of_a_section_are_confirmed_and_that_is_taken_back(followed: Review, people: People):
    assert open_in(followed, SECTION).carried == {"EDA-F-01": 1, "EDA-F-02": 1}
    assert open_in(followed, SECTION).unanswered == {"EDA-F-03": 0}
    done = confirm_all(
        Actor(people.jonas),
        review_id=followed.pk,
        section_id=SECTION,
        versions=open_in(followed, SECTION).carried,
    )
    assert done.made == {"EDA-F-01": 2, "EDA-F-02": 2}
    answer = stored(followed, "EDA-F-01")
    assert (answer.confirmed, answer.answered_by, answer.note) == (True, people.jonas, "carried")
    score = Score.objects.get(review=followed).result
    back = take_back(Actor(people.jonas), review_id=followed.pk, section_id=SECTION, versions=done.made)
    assert back.made == {"EDA-F-01": 3, "EDA-F-02": 3}
    assert open_in(followed, SECTION).carried == {"EDA-F-01": 3, "EDA-F-02": 3}
    assert Score.objects.get(review=followed).result == as_json(result_of(followed)) != score


def test_what_was_changed_before_it_was_confirmed_is_not_confirmed_unseen(followed: Review, people: People):
    seen = open_in(followed, SECTION).carried
    give(people.ada, followed, "EDA-F-01", selected=["always"])
    done = confirm_all(Actor(people.jonas), review_id=followed.pk, section_id=SECTION, versions=seen)
    assert (done.made, done.overtaken) == ({"EDA-F-02": 2}, ("EDA-F-01",))


def test_undoing_a_confirmation_makes_the_answer_one_to_be_confirmed_again(followed: Review, people: People):
    given = Given(version=1, selected=["auto"], note="carried")
    save_answer(Actor(people.ada), review_id=followed.pk, question_id="EDA-F-01", given=given)

    def back(version: int, to: int) -> Answer:
        return restore_answer(
            Actor(people.ada), review_id=followed.pk, question_id="EDA-F-01", version=version, to=to
        ).answer

    assert not back(2, 1).confirmed
    assert back(3, 2).confirmed
    assert not back(4, 3).confirmed
    assert not stored(followed, "EDA-F-01").confirmed


@pytest.mark.parametrize("reason", ["", "  ", "a\x00b", "x" * 20_001])
def test_without_a_reason_that_can_be_taken_nothing_is_written(review: Review, people: People, reason: str):
    with pytest.raises(Invalid):
        aside(people.ada, review, reason=reason)
    assert not Answer.objects.exists()


def test_who_may_do_it_when_and_to_which_questions(review: Review, people: People):
    with pytest.raises(NotYours):
        aside(people.rolf, review)
    with pytest.raises(Review.DoesNotExist):
        aside(people.stranger, review)
    with pytest.raises(Invalid, match="no such section or question"):
        aside(people.ada, review, {"GEN-01": 0})
    answer_all(people.ada, review)
    submit_review(Actor(people.ada), review_id=review.pk)
    for act in (confirm_all, take_back):
        with pytest.raises(NotNow):
            act(Actor(people.ada), review_id=review.pk, section_id=SECTION, versions={"EDA-F-01": 1})


def test_each_answer_takes_the_queries_of_one_alone(review: Review, people: People):
    with CaptureQueriesContext(connection) as of_one:
        aside(people.ada, review, {"EDA-F-01": 0})
    with CaptureQueriesContext(connection) as of_two:
        aside(people.ada, review, {"EDA-F-02": 0, "EDA-F-03": 0})
    assert len(of_two) <= len(of_one) + 2


def test_the_page_does_it_and_takes_it_back_without_scripts(review: Review, people: People, sign_in):
    client, url = sign_in(people.ada), reverse("at-once", args=[review.pk, SECTION])
    page = client.get(url).content.decode()
    assert "3 questions do not apply" in page
    at = re.findall(r'name="at" value="([^"]+)"', page)
    refused = client.post(url, {"what": "set-aside", "at": at, "reason": " "})
    assert refused.status_code == 422
    assert "Say why the question does not apply" in refused.content.decode()
    done = client.post(url, {"what": "set-aside", "at": at, "reason": "No such data."})
    assert done.status_code == 302
    page = client.get(done["Location"]).content.decode()
    assert "3 answers are saved: EDA-F-01, EDA-F-02, EDA-F-03" in page
    at = re.findall(r'name="at" value="([^"]+)"', page)
    undone = client.get(client.post(url, {"what": "take-back", "at": at})["Location"]).content.decode()
    assert "3 answers are as they were before." in undone
    assert "3 questions do not apply" in undone


def test_a_script_gets_the_fragment_and_which_questions_to_show_anew(review: Review, people: People, sign_in):
    client, url = sign_in(people.ada), reverse("at-once", args=[review.pk, SECTION])
    give(people.jonas, review, "EDA-F-02", selected=["menu"])
    sent = {"what": "set-aside", "at": ["EDA-F-01:0", "EDA-F-02:0"], "reason": "No such data."}
    answer = client.post(url, sent, **HTMX)
    assert json.loads(answer["HX-Trigger"]) == {"renew": {"questions": ["EDA-F-01", "EDA-F-02"]}}
    said = " ".join(answer.content.decode().split())
    assert "1 answer is saved: EDA-F-01" in said
    assert "Somebody changed these meanwhile; they stay as they are: EDA-F-02" in said
    assert "<html" not in said


def test_addresses_that_lead_nowhere_are_not_found(review: Review, people: People, sign_in):
    url = reverse("at-once", args=[review.pk, SECTION])
    assert sign_in(people.stranger).get(url).status_code == 404
    assert sign_in(people.ada).get(reverse("at-once", args=[review.pk, "none"])).status_code == 404
    assert sign_in(people.ada).post(url, {"what": "nonsense"}).status_code == 404
    assert sign_in(people.rolf).post(url, {"what": "set-aside", "reason": "x"}).status_code == 403


def test_what_is_to_be_confirmed_can_be_filtered_where_there_is_something(
    followed: Review, review: Review, people: People, sign_in
):
    client = sign_in(people.ada)
    page = client.get(reverse("questionnaire", args=[followed.pk]), {"show": "carried"}).content.decode()
    articles = re.findall(r'<article class="question" id="q-([\w-]+)"([^>]*)>', page)
    assert [name for name, marks in articles if "data-aside" not in marks] == ["EDA-F-01", "EDA-F-02"]
    assert "To confirm" in page
    assert "To confirm" not in client.get(reverse("questionnaire", args=[review.pk])).content.decode()


def test_the_history_says_that_an_answer_was_taken_back_to_what_was_carried_over(
    followed: Review, people: People, sign_in
):
    give(people.ada, followed, "EDA-F-01", selected=["auto"], note="carried")
    restore_answer(Actor(people.ada), review_id=followed.pk, question_id="EDA-F-01", version=2, to=1)
    page = sign_in(people.ada).get(reverse("answer-history", args=[followed.pk, "EDA-F-01"])).content.decode()
    assert "Taken back to what was carried over, to be confirmed" in page
