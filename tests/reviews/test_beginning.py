"""Beginning a review with answers that are there: carried over, to be confirmed."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from checklists.language import WorkloadKind
from reviews.access import Actor, NotYours
from reviews.actions.answer import confirm_answer
from reviews.actions.beginning import (
    begin_review,
    make_template,
    retire_template,
    source_of,
    source_of_review,
    source_of_template,
    to_confirm,
)
from reviews.actions.errors import Incomplete, Invalid, Stale
from reviews.actions.freeze import state_of
from reviews.actions.score import result_of
from reviews.actions.submit import submit_review
from reviews.models import Answer, Event, Review, Template
from tests.conftest import People, answer_all, give


@pytest.fixture
def earlier(review: Review, people: People) -> Review:
    answer_all(people.ada, review)
    give(people.ada, review, "GEN-01", selected=["informal"], note="As in ADR-7")
    return review


def begun(people: People, earlier: Review, source=None, kind=WorkloadKind.EDA) -> Review:
    return begin_review(
        Actor(people.jonas),
        workload=earlier.workload,
        kind=kind,
        source=source or source_of_review(earlier),
        beside_another=True,
    )


def test_answers_are_carried_over_and_count_for_nothing_until_they_are_confirmed(earlier: Review, people: People):
    later = begun(people, earlier)
    carried = Answer.objects.get(review=later, question_id="GEN-01")
    assert (carried.selected, carried.note, carried.confirmed, carried.version) == (
        ["informal"],
        "As in ADR-7",
        False,
        1,
    )
    assert to_confirm(later) == earlier.answers.count()
    assert result_of(later).answered == 0
    with pytest.raises(Incomplete):
        submit_review(Actor(people.jonas), review_id=later.pk)
    assert later.events.get(kind="answers_carried_over").detail["answers"]["GEN-01"]["note"] == "As in ADR-7"


def test_confirming_an_answer_makes_it_ones_own(earlier: Review, people: People):
    later = begun(people, earlier)
    saved = confirm_answer(Actor(people.ada), review_id=later.pk, question_id="GEN-01", version=1)
    assert saved.result.answered == 1
    stored = Answer.objects.get(review=later, question_id="GEN-01")
    assert (stored.confirmed, stored.answered_by, stored.version) == (True, people.ada, 2)
    assert later.events.filter(kind="answered").get().detail["note"] == "As in ADR-7"
    again = confirm_answer(Actor(people.ada), review_id=later.pk, question_id="GEN-01", version=2)
    assert again.answer.version == 2
    assert Event.objects.filter(review=later, kind="answered").count() == 1


def test_saving_a_carried_answer_changed_or_not_confirms_it(earlier: Review, people: People):
    later = begun(people, earlier)
    give(people.ada, later, "GEN-01", selected=["informal"], note="As in ADR-7")
    give(people.ada, later, "GEN-02", selected=["known"])
    assert set(later.answers.filter(confirmed=True).values_list("question_id", flat=True)) == {"GEN-01", "GEN-02"}


def test_who_confirms_an_answer_that_a_colleague_changed_is_told(earlier: Review, people: People):
    later = begun(people, earlier)
    give(people.ada, later, "GEN-01", selected=["justified"])
    with pytest.raises(Stale):
        confirm_answer(Actor(people.jonas), review_id=later.pk, question_id="GEN-01", version=1)


def test_what_nobody_answered_cannot_be_confirmed(review: Review, people: People):
    with pytest.raises(Invalid, match="no answer to GEN-01"):
        confirm_answer(Actor(people.ada), review_id=review.pk, question_id="GEN-01", version=0)


def test_only_what_the_new_checklist_asks_is_carried_over(earlier: Review, people: People):
    later = begun(people, earlier, kind=WorkloadKind.TRAINING)
    asked = later.checklist.questions_by_id
    carried = set(later.answers.values_list("question_id", flat=True))
    assert carried == set(earlier.answers.values_list("question_id", flat=True)) & set(asked)
    assert "GEN-01" in carried


def test_a_lead_makes_a_template_that_the_team_begins_with(earlier: Review, people: People):
    with pytest.raises(NotYours):
        make_template(Actor(people.ada), review_id=earlier.pk, name="Ours")
    template = make_template(Actor(people.lea), review_id=earlier.pk, name="  House  rules ")
    assert template.name == "House rules"
    give(people.ada, earlier, "GEN-01", selected=["justified"])
    later = begun(people, earlier, source_of_template(template))
    assert Answer.objects.get(review=later, question_id="GEN-01").selected == ["informal"]
    assert Review.objects.get(pk=later.pk).begun_with == "template House rules"
    assert not Template.objects.visible_to(people.stranger).exists()


@pytest.mark.parametrize("name", ["", "   ", "x" * 121])
def test_a_template_has_a_name(earlier: Review, people: People, name):
    with pytest.raises(Invalid, match="1 to 120"):
        make_template(Actor(people.lea), review_id=earlier.pk, name=name)


def test_a_retired_template_makes_room_for_another_of_its_name(earlier: Review, people: People):
    first = make_template(Actor(people.lea), review_id=earlier.pk, name="House rules")
    with pytest.raises(Invalid, match="has a template of this name"):
        make_template(Actor(people.ruth), review_id=earlier.pk, name="House rules")
    with pytest.raises(NotYours):
        retire_template(Actor(people.ada), template_id=first.pk)
    retire_template(Actor(people.ruth), template_id=first.pk)
    make_template(Actor(people.ruth), review_id=earlier.pk, name="House rules")


def test_the_database_itself_keeps_templates(earlier: Review, people: People):
    template = make_template(Actor(people.lea), review_id=earlier.pk, name="House rules")
    with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
        Template.objects.all()._raw_delete("default")
    retire_template(Actor(people.lea), template_id=template.pk)
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        Template.objects.update(answers={})


def test_a_milestone_or_report_has_no_answer_that_nobody_confirmed(earlier: Review, people: People):
    later = begun(people, earlier)
    give(people.ada, later, "GEN-01", selected=["justified"])
    questions = {each["id"]: each for section in state_of(later)["sections"] for each in section["questions"]}
    assert questions["GEN-01"]["answered_by"]["name"] == "Ada"
    assert questions["GEN-02"]["answered_by"] is None
    assert questions["GEN-02"]["risk"] == "unanswered"


def test_in_the_browser_a_review_begins_with_an_earlier_one_and_answers_are_confirmed(
    earlier: Review, people: People, sign_in
):
    client = sign_in(people.ada)
    workload = reverse("workload", args=[earlier.workload.key])
    assert "Earlier reviews of this workload" in client.get(workload).content.decode()
    form = {"kind": "eda", "begin_with": f"review:{earlier.pk}", "beside_another": "on"}
    begun = client.post(f"{workload}reviews/", form)
    later = Review.objects.get(number=2)
    assert begun["Location"] == f"/reviews/{later.pk}/questionnaire/"
    assert "Carried over from Claims assistant" in client.get(begun["Location"]).content.decode()
    url = reverse("answer-confirm", args=[later.pk, "GEN-01"])
    told = client.post(url, {"version": "1"}, headers={"accept": "application/json"}).json()
    assert (told["version"], told["standing"]["answered"], told["current"]["note"]) == (2, 1, "As in ADR-7")
    plain = client.post(reverse("answer-confirm", args=[later.pk, "GEN-02"]), {"version": "1"})
    assert plain["Location"].endswith("/questionnaire/#q-GEN-02")


def test_what_one_may_not_see_is_neither_offered_nor_taken(earlier: Review, people: People, sign_in):
    client = sign_in(people.stranger)
    client.post(
        "/workloads/new/",
        {
            **dict.fromkeys(("name", "purpose", "owner", "regions"), "Theirs"),
            **{"team": people.stranger.memberships.get().team_id, "criticality": "low", "kind": "eda"},
            "data_classification": "public",
        },
    )
    page = client.get("/workloads/theirs/").content.decode()
    assert str(earlier.pk) not in page
    form = {"kind": "eda", "begin_with": f"review:{earlier.pk}", "beside_another": "on"}
    assert client.post("/workloads/theirs/reviews/", form).status_code == 422
    with pytest.raises(Invalid, match="not there any more"):
        source_of(people.stranger, f"review:{earlier.pk}")


def test_a_lead_makes_and_retires_a_template_in_the_browser(earlier: Review, people: People, sign_in):
    client = sign_in(people.lea)
    made = client.post(reverse("template-make", args=[earlier.pk]), {"name": "House rules"}, follow=True)
    assert "House rules" in made.content.decode()
    assert "Retire" not in sign_in(people.ada).get("/templates/").content.decode()
    assert sign_in(people.stranger).get("/templates/").content.decode().count("House rules") == 0
    template = Template.objects.get()
    assert sign_in(people.ada).post(reverse("template-retire", args=[template.pk])).status_code == 403
    client.post(reverse("template-retire", args=[template.pk]))
    assert "There is no template yet" in client.get("/templates/").content.decode()
