import json

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from checklists.language import Checklist
from checklists.models import Edition
from checklists.publish import publish
from reviews.access import Actor, NotNow, NotYours
from reviews.actions.additions import add_checklist
from reviews.actions.decide import approve
from reviews.actions.errors import Invalid, Stale
from reviews.actions.move import last_move, move_review, newer_edition, preview_of_move, undo_move
from reviews.actions.submit import submit_review
from reviews.models import Answer, EditionChange, Event, Milestone, Review
from tests.conftest import People, answer_all, give, version_of

TABLE = [{"service": "Model", "limit": "300", "peak": "100", "unit": "requests"}]


def changed(edition: Edition) -> Checklist:
    """GEN-01 loses the choice `informal`, GEN-03 is gone, GEN-04 takes one choice, EDA-F-01 says something else, and
    NEW-01 is new."""
    values = edition.checklist.to_json()
    for section in values["sections"]:
        for question in list(section["questions"]):
            if question["id"] == "GEN-01":
                question["choices"] = [choice for choice in question["choices"] if choice["id"] != "informal"]
            if question["id"] == "GEN-03":
                section["questions"].remove(question)
                section["questions"].append(question | {"id": "NEW-01"})
            if question["id"] == "GEN-04":
                question |= {"kind": "one", "quota": None}
            if question["id"] == "EDA-F-01":
                question["title"] = "Compute that stops by itself"
        section["questions"] = [
            question if question["id"] != "GEN-04" else question | {"kind": "one", "quota": None}
            for question in section["questions"]
        ]
    return Checklist.model_validate(values)


@pytest.fixture
def answered(review: Review, people: People) -> Review:
    give(people.ada, review, "GEN-01", selected=["informal"], note="Spoken about.")
    give(people.ada, review, "GEN-03", selected=["managed"])
    give(people.ada, review, "GEN-04", rows=TABLE, note="From the portal.")
    give(people.ada, review, "EDA-F-01", selected=["auto"])
    return Review.objects.get()


@pytest.fixture
def newer(answered: Review) -> Edition:
    return publish(changed(answered.edition), notes="Stricter.")


def selected(question: str) -> list[str]:
    return Answer.objects.get(question_id=question).selected


def move(review: Review, people: People, edition: Edition) -> EditionChange:
    return move_review(Actor(people.ada), review_id=review.pk, edition_id=edition.pk, version=version_of(review))


def test_a_preview_says_what_carries_over_what_falls_away_and_what_is_new(answered: Review, newer: Edition):
    assert newer_edition(answered) == newer
    preview = preview_of_move(answered, newer)
    assert {lost.question: lost.why for lost in preview.lost} == {
        "GEN-01": "choices",
        "GEN-03": "question",
        "GEN-04": "kind",
    }
    assert preview.new == ("NEW-01",)
    assert "EDA-F-01" in preview.kept
    assert "EDA-F-01" in preview.look_again


def test_the_page_shows_the_preview_and_moves(answered: Review, newer: Edition, people: People, sign_in):
    client = sign_in(people.ada)
    assert (
        "Edition 2.1 of this checklist is published"
        in client.get(reverse("questionnaire", args=[answered.pk])).content.decode()
    )
    html = client.get(reverse("move-preview", args=[answered.pk])).content.decode()
    assert "the question is gone" in html
    assert "Assessed, but the reasons are not written down" in html
    assert "NEW-01" in html
    response = client.post(
        reverse("move", args=[answered.pk]), {"edition": newer.pk, "version": version_of(answered)}, follow=True
    )
    assert "edition 2.1 now" in response.content.decode()
    back = client.post(reverse("move-undo", args=[answered.pk]), follow=True)
    assert "back at edition 2.0" in back.content.decode()


def test_a_move_keeps_what_has_a_place_and_a_milestone_of_all_that_was(
    answered: Review, newer: Edition, people: People
):
    before = version_of(answered)
    move(answered, people, newer)
    review = Review.objects.get()
    assert review.edition == newer
    assert review.version > before
    assert selected("EDA-F-01") == ["auto"]
    assert selected("GEN-01") == []
    assert Answer.objects.get(question_id="GEN-01").note == "Spoken about."
    assert Answer.objects.get(question_id="GEN-04").rows == []
    milestone = Milestone.objects.get()
    questions = {
        question["id"]: question
        for section in json.loads(milestone.content)["sections"]
        for question in section["questions"]
    }
    assert [choice["id"] for choice in questions["GEN-01"]["choices"] if choice["selected"]] == ["informal"]
    assert questions["GEN-04"]["table"]["rows"][0]["cells"][0] == "Model"
    assert Event.objects.filter(kind="edition_changed").get().detail["statement"] == "Edition 2.0 → 2.1"


def test_undoing_a_move_brings_back_what_fell_away_and_keeps_what_was_answered_since(
    answered: Review, newer: Edition, people: People
):
    move(answered, people, newer)
    give(people.jonas, answered, "GEN-02", selected=["settled"])
    give(people.jonas, answered, "EDA-F-01", selected=["manual"])
    give(people.jonas, answered, "NEW-01", selected=["managed"])
    undo_move(Actor(people.ada), review_id=answered.pk)
    review = Review.objects.get()
    assert review.edition.version == "2.0"
    assert selected("GEN-01") == ["informal"]
    assert selected("GEN-03") == ["managed"]
    assert Answer.objects.get(question_id="GEN-04").rows == TABLE
    assert selected("GEN-02") == ["settled"]
    assert selected("EDA-F-01") == ["manual"]
    assert last_move(review) is None
    with pytest.raises(Invalid, match="nothing to undo"):
        undo_move(Actor(people.ada), review_id=answered.pk)


def test_what_was_answered_anew_after_the_move_is_not_overwritten_by_its_undoing(
    answered: Review, newer: Edition, people: People
):
    move(answered, people, newer)
    give(people.jonas, answered, "GEN-01", selected=["justified"], note="Written down now.")
    undo_move(Actor(people.ada), review_id=answered.pk)
    assert selected("GEN-01") == ["justified"]


def without(edition: Edition, question_id: str, *choices: str, **more: object) -> Checklist:
    """The edition's checklist without some choices of a question; without choices, the question is gone."""
    values = edition.checklist.to_json() | more
    for section in values["sections"]:
        for question in list(section["questions"]):
            if question["id"] == question_id and choices:
                question["choices"] = [each for each in question["choices"] if each["id"] not in choices]
                question["risk_rules"] = [{"risk": "none", "when": "GEN-06c"}, {"risk": "high", "when": "default"}]
            elif question["id"] == question_id:
                section["questions"].remove(question)
    return Checklist.model_validate(values)


def test_two_moves_are_undone_one_after_the_other(review: Review, people: People):
    give(people.ada, review, "GEN-06", selected=["GEN-06b", "GEN-06c"], left_out=["GEN-06a"])
    first = publish(without(review.edition, "GEN-06", "GEN-06a"))
    move(review, people, first)
    move(review, people, publish(without(first, "GEN-06", "GEN-06b")))
    assert selected("GEN-06") == ["GEN-06c"]
    undo_move(Actor(people.ada), review_id=review.pk)
    assert selected("GEN-06") == ["GEN-06b", "GEN-06c"]
    assert Answer.objects.get().left_out == []
    undo_move(Actor(people.ada), review_id=review.pk)
    assert selected("GEN-06") == ["GEN-06b", "GEN-06c"]
    assert Answer.objects.get().left_out == ["GEN-06a"]


def test_a_practice_that_does_not_apply_falls_away_with_its_choice_and_the_preview_says_so(
    review: Review, people: People
):
    give(people.ada, review, "GEN-06", selected=["GEN-06b"], left_out=["GEN-06a"])
    newer = publish(without(review.edition, "GEN-06", "GEN-06a"))
    assert [lost.choices for lost in preview_of_move(review, newer).lost] == [("GEN-06a",)]


def test_an_answer_that_a_move_leaves_as_it_is_keeps_its_version_so_that_open_pages_can_save(
    answered: Review, newer: Edition, people: People
):
    give(people.ada, answered, "GEN-04", not_applicable=True, reason="No quota.")
    before = Answer.objects.get(question_id="GEN-04").version
    move(answered, people, newer)
    assert Answer.objects.get(question_id="GEN-04").version == before
    undo_move(Actor(people.ada), review_id=answered.pk)
    assert Answer.objects.get(question_id="GEN-04").version == before


def test_none_of_these_does_not_stay_selected_beside_a_practice(review: Review, people: People):
    values = review.edition.checklist.to_json()
    for section in values["sections"]:
        for question in section["questions"]:
            for choice in question["choices"] if question["id"] == "GEN-06" else ():
                choice["none_of_these"] = choice["id"] == "GEN-06a"
    give(people.ada, review, "GEN-06", selected=["GEN-06a", "GEN-06b"])
    move(review, people, publish(Checklist.model_validate(values)))
    assert selected("GEN-06") == ["GEN-06b"]


def test_a_move_is_not_undone_while_a_checklist_that_was_added_since_asks_the_same(
    review: Review, people: People, sign_in
):
    old = review.edition
    move(review, people, publish(without(old, "GEN-03")))
    section = next(each for each in old.checklist.sections if any(q.id == "GEN-03" for q in each.questions))
    question = next(each for each in section.questions if each.id == "GEN-03")
    alone = {"sections": [section.model_copy(update={"questions": (question,)}).model_dump(mode="json")]}
    values = old.checklist.to_json() | alone | {"id": "extra", "title": "Extra", "kind": "any"}
    extra = publish(Checklist.model_validate(values))
    add_checklist(Actor(people.ada), review_id=review.pk, edition_id=extra.pk)
    with pytest.raises(Invalid, match="Extra asks GEN-03, which is asked already"):
        undo_move(Actor(people.ada), review_id=review.pk)
    assert sign_in(people.ada).get(reverse("questionnaire", args=[review.pk])).status_code == 200


def test_a_move_is_for_the_version_that_was_looked_at(answered: Review, newer: Edition, people: People):
    looked_at = version_of(answered)
    give(people.jonas, answered, "GEN-02", selected=["settled"])
    with pytest.raises(Stale, match="changed after this preview"):
        move_review(Actor(people.ada), review_id=answered.pk, edition_id=newer.pk, version=looked_at)
    assert Review.objects.get().edition.version == "2.0"
    assert not Milestone.objects.exists()


def test_only_writers_move_a_review_and_only_to_editions_of_its_own_checklist(
    answered: Review, newer: Edition, people: People
):
    with pytest.raises(NotYours):
        move_review(Actor(people.rolf), review_id=answered.pk, edition_id=newer.pk, version=version_of(answered))
    with pytest.raises(Invalid, match="Choose another edition"):
        move(answered, people, Edition.objects.get(key="training"))


def test_a_finished_review_never_moves(review: Review, people: People):
    answer_all(people.ada, review)
    submit_review(Actor(people.ada), review_id=review.pk)
    newer = publish(changed(review.edition))
    with pytest.raises(NotNow):
        move(review, people, newer)
    approve(Actor(people.lea), review_id=review.pk, version=version_of(review), statement="Good.")
    with pytest.raises(NotNow):
        move(review, people, newer)
    with pytest.raises(IntegrityError, match="keeps its edition"), transaction.atomic():
        Review.objects.update(edition=newer)


def test_a_milestone_never_changes(answered: Review, newer: Edition, people: People):
    move(answered, people, newer)
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        Milestone.objects.update(name="Another")
    with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
        EditionChange.objects.all().delete()
