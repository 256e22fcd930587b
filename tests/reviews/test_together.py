"""Answering together: assignments, filters, who is here, what others change."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from reviews.access import Actor, NotNow, NotYours
from reviews.actions.assign import assign
from reviews.actions.errors import Invalid
from reviews.actions.submit import submit_review
from reviews.actions.threads import open_thread
from reviews.actions.visits import AWAY, HERE
from reviews.models import Assignment, Notice, Review, Visit
from tests.conftest import People, answer_all, give


def give_to(by, review: Review, to, **target) -> Assignment | None:
    return assign(Actor(by), review_id=review.pk, to=to, **target)


def page(client, review: Review, **query) -> str:
    return client.get(reverse("questionnaire", args=[review.pk]), query).content.decode()


def shown(client, review: Review, **query) -> list[str]:
    """The questions that a page without scripts shows."""
    articles = re.findall(r'<article class="question" id="q-([\w-]+)"([^>]*)>', page(client, review, **query))
    return [question for question, attributes in articles if "data-aside" not in attributes]


def ask(client, review: Review, after: int = 0, question: str = "", version: int = 0) -> dict:
    sent = {"after": after, "question": question, "version": version}
    answer = client.post(reverse("here", args=[review.pk]), sent)
    assert answer.status_code == 200
    return answer.json()


def test_a_question_is_assigned_with_a_day_changed_and_taken_back_and_all_of_it_is_told(
    review: Review, people: People
):
    give_to(people.ada, review, people.jonas, question_id="GEN-01", due=date(2031, 5, 1))
    give_to(people.ada, review, people.jonas, question_id="GEN-01", due=date(2031, 5, 1))
    assert Notice.objects.get(kind="assignment").user == people.jonas
    give_to(people.ada, review, people.lea, question_id="GEN-01")
    assert (Assignment.objects.get().to, Assignment.objects.get().due) == (people.lea, None)
    give_to(people.ada, review, None, question_id="GEN-01")
    give_to(people.ada, review, None, question_id="GEN-01")
    kinds = review.events.filter(kind__startswith="assign").order_by("number").values_list("kind", flat=True)
    assert list(kinds) == ["assigned", "assigned", "assignment_ended"]


def test_who_assigns_to_whom_and_what(review: Review, people: People):
    with pytest.raises(NotYours):
        give_to(people.rolf, review, people.ada, question_id="GEN-01")
    for nobody in (people.rolf, people.stranger):
        with pytest.raises(Invalid, match="cannot answer in this review"):
            give_to(people.ada, review, nobody, question_id="GEN-01")
    for target in (
        {"question_id": "GEN-99"},
        {"section_id": "none"},
        {},
        {"question_id": "GEN-01", "section_id": "x"},
    ):
        with pytest.raises(Invalid, match="no such section or question"):
            give_to(people.ada, review, people.jonas, **target)
    answer_all(people.ada, review)
    submit_review(Actor(people.ada), review_id=review.pk)
    with pytest.raises(NotNow):
        give_to(people.ada, review, people.jonas, question_id="GEN-01")


def test_the_questions_of_a_section_are_its_owners_unless_they_are_somebody_elses(
    review: Review, people: People, sign_in
):
    section = review.checklist.sections[0]
    give_to(people.ada, review, people.jonas, section_id=section.id)
    give_to(people.ada, review, people.ada, question_id=section.questions[0].id)
    mine = shown(sign_in(people.jonas), review, show="mine")
    assert mine == [question.id for question in section.questions[1:]]
    assert shown(sign_in(people.ada), review, show="mine") == [section.questions[0].id]


def test_home_shows_what_is_assigned_with_the_earliest_first_and_says_what_is_late(
    review: Review, people: People, sign_in
):
    give_to(people.ada, review, people.jonas, question_id="GEN-02")
    give_to(people.ada, review, people.jonas, question_id="GEN-01", due=date(2031, 1, 1))
    Assignment.objects.filter(question_id="GEN-01").update(due=date(2001, 1, 1))
    html = sign_in(people.jonas).get("/").content.decode()
    assert html.index("#q-GEN-01") < html.index("#q-GEN-02")
    assert html.count("overdue") == 1
    assert "Assigned to me" not in sign_in(people.ada).get("/").content.decode()


def test_the_form_assigns_and_keeps_what_is_refused(review: Review, people: People, sign_in):
    client, url = sign_in(people.ada), reverse("assign", args=[review.pk, "question", "GEN-01"])
    assert "Jonas" in client.get(url, headers={"hx-request": "true"}).content.decode()
    refused = client.post(url, {"to": people.jonas.pk, "due": "soon", "version": ""})
    assert refused.status_code == 422
    assert "“soon” is not a day" in refused.content.decode()
    assert f'value="{people.jonas.pk}" selected' in refused.content.decode()
    assert client.post(url, {"to": people.rolf.pk}).status_code == 422
    done = client.post(url, {"to": people.jonas.pk, "due": "2031-05-01", "version": ""})
    assert done["Location"].endswith("#q-GEN-01")
    assert "Jonas" in page(client, review)
    assert sign_in(people.stranger).get(url).status_code == 404
    assert client.get(reverse("assign", args=[review.pk, "answer", "GEN-01"])).status_code == 404


def test_what_a_colleague_assigned_meanwhile_is_not_overwritten_unseen(review: Review, people: People, sign_in):
    client, url = sign_in(people.ada), reverse("assign", args=[review.pk, "question", "GEN-01"])
    assert 'name="version" value=""' in client.get(url).content.decode()
    give_to(people.lea, review, people.ruth, question_id="GEN-01", due=date(2031, 1, 1))
    mine = {"to": people.jonas.pk, "due": "2031-05-01", "version": ""}
    refused = client.post(url, mine)
    said = refused.content.decode()
    assert refused.status_code == 409
    assert "Lea assigned this on " in said
    assert ", after you opened it, to Ruth, due 1 Jan 2031. " in said
    assert f'value="{people.jonas.pk}" selected' in said
    assert 'value="2031-05-01"' in said
    assert Assignment.objects.get().to == people.ruth
    assert client.post(url, mine).status_code == 409, "to send it once more is no choice"
    assert client.post(url, {**mine, "overwrite": Assignment.objects.get().version}).status_code == 302
    assert Assignment.objects.get().to == people.jonas


def test_what_a_colleague_took_back_meanwhile_is_not_assigned_unseen(review: Review, people: People, sign_in):
    client, url = sign_in(people.ada), reverse("assign", args=[review.pk, "question", "GEN-01"])
    read = give_to(people.lea, review, people.ruth, question_id="GEN-01").version
    give_to(people.lea, review, None, question_id="GEN-01")
    refused = client.post(url, {"to": people.jonas.pk, "due": "", "version": read})
    assert refused.status_code == 409
    assert "taken back after you opened it" in refused.content.decode()
    chosen = client.post(url, {"to": people.jonas.pk, "due": "", "version": read, "overwrite": ""})
    assert chosen.status_code == 302
    assert Assignment.objects.get().to == people.jonas


def test_filters_and_words_narrow_the_questions_and_can_be_shared_as_an_address(
    review: Review, people: People, sign_in
):
    give(people.ada, review, "GEN-01", selected=["not_assessed"], note="Zebra")
    give(people.ada, review, "GEN-02", selected=["known"])
    open_thread(Actor(people.lea), review_id=review.pk, question_id="GEN-03", text="?")
    client = sign_in(people.ada)
    everything = [question.id for question in review.checklist.questions]
    assert shown(client, review) == everything
    assert shown(client, review, show="high") == ["GEN-01"]
    assert shown(client, review, show="discussed") == ["GEN-03"]
    assert set(shown(client, review, show="unanswered")) == set(everything) - {"GEN-01", "GEN-02"}
    assert shown(client, review, q="zebra") == ["GEN-01"]
    assert shown(client, review, q="zebra", show="discussed") == []
    assert shown(client, review, show="nonsense") == everything
    assert "1 of 12 questions shown" in page(client, review, q="ZEBRA")


def test_what_changed_since_one_last_looked_is_what_others_did_while_one_was_away(
    review: Review, people: People, sign_in
):
    client = sign_in(people.ada)
    page(client, review)
    give(people.ada, review, "GEN-02", selected=["known"])
    give(people.jonas, review, "GEN-01", selected=["justified"])
    assert shown(client, review, show="changed") == ["GEN-01"], "in the same sitting, it stays new"
    Visit.objects.update(seen_at=timezone.now() - AWAY - timedelta(minutes=1))
    assert shown(client, review, show="changed") == [], "it was there when the page was opened last"
    Visit.objects.update(seen_at=timezone.now() - AWAY - timedelta(minutes=1))
    open_thread(Actor(people.lea), review_id=review.pk, question_id="GEN-04", text="?")
    assert shown(client, review, show="changed") == ["GEN-04"]


def test_a_page_hears_who_else_is_here_and_where(review: Review, people: People, sign_in):
    ada, jonas = sign_in(people.ada), sign_in(people.jonas)
    page(ada, review)
    page(jonas, review)
    ask(jonas, review, question="GEN-04")
    assert ask(ada, review)["here"] == [{"name": "Jonas", "question": "GEN-04"}]
    Visit.objects.filter(user=people.jonas).update(seen_at=timezone.now() - HERE - timedelta(seconds=1))
    assert ask(ada, review)["here"] == []


def test_a_page_hears_what_others_changed_and_how_the_review_stands_then(review: Review, people: People, sign_in):
    client = sign_in(people.ada)
    page(client, review)
    start = ask(client, review)["upto"]
    assert ask(client, review, after=start)["changed"] == []
    give(people.jonas, review, "GEN-01", selected=["not_assessed"])
    give(people.ada, review, "GEN-02", selected=["known"])
    told = ask(client, review, after=start)
    assert (told["changed"], told["standing"]["answered"], told["standing"]["risks"]["GEN-01"]) == (
        ["GEN-01"],
        2,
        "high",
    )
    assert "standing" not in ask(client, review, after=told["upto"], version=told["version"])


def test_a_page_hears_whose_a_section_is(review: Review, people: People, sign_in):
    client = sign_in(people.ada)
    page(client, review)
    start = ask(client, review)["upto"]
    give_to(people.jonas, review, people.lea, section_id="EDA-F")
    told = ask(client, review, after=start)
    assert told["changed"] == []
    assert "Lea" in told["sections"]["EDA-F"]
    give_to(people.jonas, review, None, section_id="EDA-F")
    assert "Lea" not in ask(client, review, after=told["upto"])["sections"]["EDA-F"]


def test_the_questionnaire_says_what_is_overdue(review: Review, people: People, sign_in):
    give_to(people.ada, review, people.jonas, question_id="GEN-01", due=date(2031, 1, 1))
    client = sign_in(people.ada)
    assert "overdue" not in page(client, review)
    Assignment.objects.update(due=date(2001, 1, 1))
    assert page(client, review).count("overdue</span>") == 1


def test_a_page_hears_that_the_review_is_closed(review: Review, people: People, sign_in):
    client = sign_in(people.ada)
    answer_all(people.ada, review)
    assert ask(client, review)["open"] is True
    submit_review(Actor(people.ada), review_id=review.pk)
    assert ask(client, review)["open"] is False
    assert sign_in(people.stranger).post(reverse("here", args=[review.pk])).status_code == 404


def test_asking_takes_the_same_few_queries_however_much_happened(review: Review, people: People, sign_in):
    client = sign_in(people.ada)
    page(client, review)
    give(people.jonas, review, "GEN-01", selected=["justified"])
    with CaptureQueriesContext(connection) as few:
        ask(client, review, after=1)
    answer_all(people.jonas, review)
    with CaptureQueriesContext(connection) as many:
        ask(client, review, after=1)
    assert len(many) <= len(few)
    assert len(few) <= 12


def test_the_questionnaire_takes_no_more_queries_for_more_assignments(review: Review, people: People, sign_in):
    client = sign_in(people.ada)
    give_to(people.ada, review, people.jonas, question_id="GEN-01")
    page(client, review)
    with CaptureQueriesContext(connection) as few:
        page(client, review)
    for question in review.checklist.questions:
        give_to(people.ada, review, people.lea, question_id=question.id)
    with CaptureQueriesContext(connection) as many:
        page(client, review)
    assert len(many) == len(few)
