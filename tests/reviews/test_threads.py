"""Threads on a question: reply, resolve, reopen, mentions, and change requests that hold up a submission."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from checklists.language import WorkloadKind
from checklists.models import Edition
from reviews.access import Actor, NotNow, NotYours, open_requests
from reviews.actions.additions import add_checklist, remove_checklist
from reviews.actions.decide import approve, request_changes
from reviews.actions.errors import Incomplete, Invalid
from reviews.actions.start import start_review
from reviews.actions.submit import submit_review, withdraw_review
from reviews.actions.threads import mentioned, open_thread, reopen, reply, resolve
from reviews.models import (
    Comment,
    Decision,
    DecisionKind,
    Event,
    Notice,
    Review,
    ReviewState,
    Submission,
    Thread,
    ThreadKind,
)
from reviews.timeline import entries
from tests.conftest import People, answer_all, resolve_requests, state, version_of

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def submitted(review: Review, people: People) -> Review:
    answer_all(people.ada, review)
    return submit_review(Actor(people.ada), review_id=review.pk)


def ask(user, review: Review, text: str = "Say which ADR.", question_id: str = "GEN-01") -> Thread:
    kind = ThreadKind.CHANGE_REQUEST
    return open_thread(Actor(user), review_id=review.pk, question_id=question_id, text=text, kind=kind).thread


def talk(user, review: Review, text: str = "Which ADR?", question_id: str = "GEN-01") -> Thread:
    return open_thread(Actor(user), review_id=review.pk, question_id=question_id, text=text).thread


def test_a_thread_is_replied_to_resolved_and_reopened_and_all_of_it_is_in_the_trail(review: Review, people: People):
    thread = talk(people.lea, review)
    reply(Actor(people.ada), review_id=review.pk, thread_id=thread.pk, text=" ADR-7. ")
    resolve(Actor(people.ada), review_id=review.pk, thread_id=thread.pk)
    resolve(Actor(people.jonas), review_id=review.pk, thread_id=thread.pk)
    assert Thread.objects.get().resolved_by == people.ada
    reopen(Actor(people.lea), review_id=review.pk, thread_id=thread.pk)
    assert Thread.objects.get().is_open
    assert [each.text for each in thread.comments.all()] == ["Which ADR?", "ADR-7."]
    kinds = Event.objects.filter(review=review).order_by("number").values_list("kind", flat=True)
    assert list(kinds)[-4:] == ["commented", "commented", "thread_resolved", "thread_reopened"]


def test_what_cannot_be_said_is_refused(review: Review, people: People):
    thread = talk(people.lea, review)
    with pytest.raises(Invalid, match="empty"):
        reply(Actor(people.ada), review_id=review.pk, thread_id=thread.pk, text="  ")
    with pytest.raises(Invalid, match="no question"):
        talk(people.ada, review, question_id="GEN-99")
    with pytest.raises(NotYours):
        reply(Actor(people.rolf), review_id=review.pk, thread_id=thread.pk, text="?")
    with pytest.raises(NotYours):
        resolve(Actor(people.rolf), review_id=review.pk, thread_id=thread.pk)
    with pytest.raises(Review.DoesNotExist):
        reply(Actor(people.stranger), review_id=review.pk, thread_id=thread.pk, text="?")
    with pytest.raises(Thread.DoesNotExist):
        reply(Actor(people.ada), review_id=review.pk, thread_id=thread.pk + 1, text="?")


def test_only_who_decides_asks_for_a_change_and_only_while_it_waits_for_them(review: Review, people: People):
    with pytest.raises(NotNow):
        ask(people.lea, review)
    answer_all(people.ada, review)
    submit_review(Actor(people.ada), review_id=review.pk)
    with pytest.raises(NotYours):
        ask(people.jonas, review)
    assert ask(people.lea, review).kind == ThreadKind.CHANGE_REQUEST


def test_a_review_is_handed_in_again_once_every_change_request_is_resolved(submitted: Review, people: People):
    thread = ask(people.lea, submitted)
    request_changes(Actor(people.lea), review_id=submitted.pk, version=version_of(submitted), statement="See GEN-01.")
    with pytest.raises(Incomplete, match="2 change requests are not resolved yet"):
        submit_review(Actor(people.ada), review_id=submitted.pk)
    resolve_requests(people.ada, submitted)
    reopen(Actor(people.lea), review_id=submitted.pk, thread_id=thread.pk)
    with pytest.raises(Incomplete, match="1 change request is not resolved yet"):
        submit_review(Actor(people.ada), review_id=submitted.pk)
    resolve_requests(people.jonas, submitted)
    submit_review(Actor(people.ada), review_id=submitted.pk)


def test_while_a_change_is_asked_for_nobody_approves_and_only_who_asked_takes_it_back(
    submitted: Review, people: People
):
    thread = ask(people.lea, submitted)
    for person in (people.ada, people.ruth):
        with pytest.raises(NotYours, match="Lea asked for this change"):
            resolve(Actor(person), review_id=submitted.pk, thread_id=thread.pk)
    with pytest.raises(NotNow, match="A change was asked for"):
        approve(Actor(people.ruth), review_id=submitted.pk, version=version_of(submitted), statement="Good.")
    resolve(Actor(people.lea), review_id=submitted.pk, thread_id=thread.pk)
    approve(Actor(people.ruth), review_id=submitted.pk, version=version_of(submitted), statement="Good.")


def test_the_database_itself_takes_no_submission_while_a_change_request_is_open(submitted: Review, people: People):
    ask(people.lea, submitted)
    with pytest.raises(IntegrityError, match="before a review is handed in"), transaction.atomic():
        Submission.objects.create(
            review=submitted, by=people.ada, role="architect", at=timezone.now(), statement="So.", review_version=1
        )
    approval = {"kind": DecisionKind.APPROVED, "role": "lead", "review_version": version_of(submitted)}
    with pytest.raises(IntegrityError, match="not approved while a change request is open"), transaction.atomic():
        Decision.objects.create(review=submitted, by=people.ruth, at=timezone.now(), statement="Good.", **approval)
    with pytest.raises(IntegrityError, match="comment never changes"), transaction.atomic():
        Comment.objects.update(text="Another.")
    with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
        Comment.objects.all()._raw_delete("default")


def test_who_is_mentioned_is_told_and_so_are_those_who_talk(review: Review, people: People):
    thread = talk(people.lea, review, "Ask @jonas, please. Or ada@example.org? @nobody @stranger")
    reply(Actor(people.jonas), review_id=review.pk, thread_id=thread.pk, text="@lea: ADR-7.")
    told = set(Notice.objects.values_list("user__username", "kind"))
    assert told == {("jonas", "mention"), ("lea", "mention")}
    reply(Actor(people.lea), review_id=review.pk, thread_id=thread.pk, text="Thanks.")
    assert Notice.objects.get(kind="comment").user == people.jonas


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@ada", ["ada"]),
        ("(@Ada, @jonas.)", ["ada", "jonas"]),
        ("mail ada@example.org", []),
        ("@@ada", []),
        ("@adam", []),
    ],
)
def test_a_mention_is_a_user_name_after_an_at_sign(people: People, text, names):
    assert [person.username for person in mentioned(text, [people.ada, people.jonas])] == names


def test_a_page_can_ask_who_may_be_mentioned_of_a_review_that_the_person_sees(
    review: Review, people: People, sign_in
):
    address = reverse("mentionable", args=[review.pk])
    people.jonas.is_active = False
    people.jonas.save()
    told = sign_in(people.ada).get(address).json()["people"]
    assert ["lea", people.lea.name] in told
    assert people.jonas.username not in {username for username, _name in told}
    assert "stranger" not in {username for username, _name in told}
    assert sign_in(people.stranger).get(address).status_code == 404


def test_in_the_browser_without_scripts_too_and_what_is_refused_comes_back(review: Review, people: People, sign_in):
    thread = talk(people.lea, review)
    client = sign_in(people.ada)
    url = reverse("thread-reply", args=[review.pk, thread.pk])
    page = f"http://testserver/reviews/{review.pk}/questionnaire/"
    assert client.post(url, {"text": "ADR-7"}, headers={"referer": page})["Location"] == (
        f"/reviews/{review.pk}/questionnaire/#thread-GEN-01"
    )
    for more in ({"HTTP_HX_REQUEST": "true"}, {}):
        refused = client.post(url, {"text": "z" * 20_001}, **more)
        assert refused.status_code == 422
        assert "z" * 20_001 + "</textarea>" in refused.content.decode()
    client.post(reverse("thread-resolve", args=[review.pk, thread.pk]))
    shown = client.get(reverse("review", args=[review.pk])).content.decode()
    assert "1 resolved thread" in shown
    assert "resolved by Ada" in shown


def test_the_lead_asks_for_a_change_beside_the_question(submitted: Review, people: People, sign_in):
    client = sign_in(people.lea)
    url = reverse("comment", args=[submitted.pk, "GEN-01"])
    html = client.post(url, {"text": "Say which.", "kind": "change_request"}, HTTP_HX_REQUEST="true").content.decode()
    assert "Change request" in html
    assert "A change was asked for" in client.get(reverse("review", args=[submitted.pk])).content.decode()
    refused = sign_in(people.ada).post(url, {"text": "x", "kind": "change_request"}, HTTP_HX_REQUEST="true")
    assert refused.status_code == 403


def test_people_talk_about_the_review_as_a_whole(review: Review, people: People, sign_in):
    client = sign_in(people.ada)
    client.post(reverse("comment", args=[review.pk, "review"]), {"text": "<b>When</b> do we hand it in?"})
    shown = client.get(reverse("review", args=[review.pk])).content.decode()
    assert "&lt;b&gt;When&lt;/b&gt; do we hand it in?" in shown


def test_threads_of_other_reviews_are_not_reached(review: Review, people: People, sign_in):
    thread = talk(people.lea, review)
    for name in ("thread-reply", "thread-resolve", "thread-reopen"):
        answer = sign_in(people.stranger).post(reverse(name, args=[review.pk, thread.pk]), {"text": "?"})
        assert answer.status_code == 404


@pytest.mark.parametrize("name", ["questionnaire", "review"])
def test_pages_take_no_more_queries_for_more_threads(review: Review, people: People, sign_in, name):
    client = sign_in(people.ada)
    talk(people.lea, review)
    address = reverse(name, args=[review.pk])
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for question in review.checklist.questions:
        reply(
            Actor(people.jonas),
            review_id=review.pk,
            thread_id=talk(people.lea, review, question_id=question.id).pk,
            text="So.",
        )
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) == len(few)


def give_back(review: Review, people: People, statement: str = "See GEN-01.") -> None:
    request_changes(Actor(people.lea), review_id=review.pk, version=version_of(review), statement=statement)


def test_the_refusal_to_approve_names_what_changes_are_asked_for(submitted: Review, people: People):
    ask(people.lea, submitted)
    ask(people.lea, submitted, question_id="")
    with pytest.raises(NotNow, match=r"Open change requests: GEN-01 \(.+\); the whole\."):
        approve(Actor(people.ruth), review_id=submitted.pk, version=version_of(submitted), statement="Good.")


def test_the_questionnaire_begins_with_the_open_change_requests_and_leads_to_each(
    submitted: Review, people: People, sign_in
):
    thread = ask(people.lea, submitted)
    give_back(submitted, people, "Two things, please.")
    client = sign_in(people.ada)
    page = reverse("questionnaire", args=[submitted.pk])
    shown = client.get(page).content.decode()
    assert "2 change requests" in shown
    assert f'href="#talk-{thread.pk}"' in shown
    assert f'id="talk-{thread.pk}"' in shown
    assert "Not submitted" not in shown
    refused = client.post(reverse("submit", args=[submitted.pk]), {"statement": "Done."}, follow=True)
    assert refused.redirect_chain[-1][0].endswith("?missing#requests")
    html = refused.content.decode()
    assert "2 change requests are not resolved yet." in html
    assert html.count("Not submitted.") == 1
    assert "Done.</textarea>" in refused.content.decode()
    url = reverse("thread-resolve", args=[submitted.pk, thread.pk])
    resolved = client.post(url, headers={"hx-request": "true", "hx-current-url": f"http://testserver{page}"})
    assert "1 change request<" in resolved.content.decode()
    resolve_requests(people.ada, submitted)
    after = client.get(page).content.decode()
    assert "All change requests are resolved" in after
    assert "Two things, please." in after


def test_a_change_request_whose_question_is_not_asked_any_more_can_be_found_and_resolved(
    review: Review, people: People, sign_in
):
    added = Edition.objects.get(key="orchestration")
    add_checklist(Actor(people.ada), review_id=review.pk, edition_id=added.pk)
    review = Review.objects.get(pk=review.pk)
    question = added.checklist.questions[-1].id
    answer_all(people.ada, review)
    submit_review(Actor(people.ada), review_id=review.pk)
    thread = ask(people.lea, review, "Which of them?", question_id=question)
    give_back(review, people)
    remove_checklist(Actor(people.ada), review_id=review.pk, edition_id=added.pk)
    client = sign_in(people.ada)
    shown = client.get(reverse("questionnaire", args=[review.pk])).content.decode()
    place = reverse("talk", args=[review.pk, question])
    assert f'href="{place}"' in shown
    assert "Which of them?" in client.get(place).content.decode()
    url = reverse("thread-resolve", args=[review.pk, thread.pk])
    assert client.post(url, headers={"referer": f"http://testserver{place}"})["Location"].startswith(place)
    assert client.post(url, **HTMX).status_code == 200
    assert not Thread.objects.get(pk=thread.pk).is_open
    assert client.get(reverse("talk", args=[review.pk, "GEN-99"])).status_code == 404


def test_a_question_that_is_asked_no_more_by_a_condition_leads_to_the_page_of_its_threads(
    library, workload, people: People, sign_in
):
    review = start_review(Actor(people.ada), workload=workload, kind=WorkloadKind.INFERENCING)
    state(people.ada, review, "inferencing_mode", "batch", "online")
    answer_all(people.ada, review)
    submit_review(Actor(people.ada), review_id=review.pk)
    ask(people.lea, review, question_id="INF-F-01-online")
    give_back(review, people)
    state(people.ada, review, "inferencing_mode", "batch")
    shown = sign_in(people.ada).get(reverse("questionnaire", args=[review.pk])).content.decode()
    assert f'href="{reverse("talk", args=[review.pk, "INF-F-01-online"])}"' in shown


def test_a_reply_to_a_thread_that_was_settled_meanwhile_is_given_back_with_the_reason(
    review: Review, people: People, sign_in
):
    thread = talk(people.lea, review)
    resolve(Actor(people.lea), review_id=review.pk, thread_id=thread.pk)
    client = sign_in(people.ada)
    url = reverse("thread-reply", args=[review.pk, thread.pk])
    for more in (HTMX, {}):
        html = client.post(url, {"text": "z" * 20_001}, **more).content.decode()
        assert "20,000 is the most" in html
        assert "z" * 20_001 + "</textarea>" in html
    withdraw_review(Actor(people.ada), review_id=review.pk, reason="Stopped.")
    for more in (HTMX, {}):
        html = client.post(url, {"text": "One more word"}, **more).content.decode()
        assert "it was withdrawn" in html
        assert "One more word</textarea>" in html


def test_the_timeline_says_that_a_comment_asks_for_a_change(submitted: Review, people: People):
    talk(people.lea, submitted)
    ask(people.lea, submitted)
    said = entries(submitted, Event.objects.filter(review=submitted, kind="commented").order_by("number"))
    assert [entry.lines for entry in said] == [[], ["This asks for a change"]]


def test_a_review_that_was_given_back_before_there_were_change_requests_has_one(
    submitted: Review, people: People, monkeypatch
):
    at = timezone.now() - timedelta(days=3)
    request = {"kind": DecisionKind.CHANGES_REQUESTED, "role": "lead", "review_version": version_of(submitted)}
    Decision.objects.create(review=submitted, by=people.lea, at=at, statement="More, please.", **request)
    Review.objects.update(state=ReviewState.CHANGES_REQUESTED)
    # The migration stops the clock of the model that it is given.
    monkeypatch.setattr(Comment._meta.get_field("at"), "auto_now_add", True)
    import_module("reviews.migrations.0011_requests_are_resolved").open_requests(apps, None)
    comment = Comment.objects.get()
    assert (comment.text, comment.author, comment.at, comment.thread.opened_at) == (
        "More, please.",
        people.lea,
        at,
        at,
    )
    assert open_requests(submitted).count() == 1
