import json
import re

import pytest
from django.urls import reverse

from checklists.language import WorkloadKind
from checklists.models import Edition
from checklists.publish import publish
from reviews.access import Actor, NotYours
from reviews.actions.additions import add_checklist, addable, remove_checklist
from reviews.actions.decide import approve
from reviews.actions.errors import Incomplete, Invalid
from reviews.actions.score import result_of
from reviews.actions.start import start_review
from reviews.actions.submit import submit_review
from reviews.models import Answer, Review, ReviewAddition, Snapshot, WorkloadFact
from tests.conftest import People, answer_all, give, state, version_of

SCRIPT = {"headers": {"Accept": "application/json"}}
QUOTA = [{"service": "Model", "limit": "1,000", "peak": "800", "unit": "requests"}]


@pytest.fixture
def serving(library: None, people: People, workload) -> Review:
    return start_review(Actor(people.ada), workload=workload, kind=WorkloadKind.INFERENCING)


def stated(name: str) -> object:
    return WorkloadFact.objects.values_list("value", flat=True).filter(name=name).first()


@pytest.mark.parametrize(
    ("kind", "name", "texts", "value"),
    [
        (WorkloadKind.INFERENCING, "inferencing_mode", ["online", "batch"], ["batch", "online"]),
        (WorkloadKind.INFERENCING, "latency_target_ms", ["1,500"], 1500),
        (WorkloadKind.INFERENCING, "data_regions", [" westeurope, eastus ,westeurope"], ["westeurope", "eastus"]),
        (WorkloadKind.TRAINING, "recovery_time", ["90 min"], 5400),
        (WorkloadKind.TRAINING, "training_runs", ["regular"], "regular"),
        (WorkloadKind.TRAINING, "models_must_stay_fresh", ["no"], False),
    ],
)
def test_facts_of_every_type_are_stated_as_people_write_them(
    library, people: People, workload, kind, name: str, texts: list[str], value
):
    review = start_review(Actor(people.ada), workload=workload, kind=kind)
    state(people.ada, review, name, *texts)
    assert stated(name) == value


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("inferencing_mode", "sometimes", "sometimes is no option of this fact"),
        ("latency_target_ms", "1,5", "“1,5” is not a number: write 1500.5, with a point before decimals"),
        ("latency_target_ms", "soon", "“soon” is not a number"),
        ("platform_shared", "maybe", "Say yes or no"),
        ("data_regions", "west\x00europe", "The character NUL cannot be stored"),
    ],
)
def test_what_is_no_value_of_a_fact_is_refused_with_what_to_write(
    serving: Review, people: People, name: str, text: str, sentence: str
):
    with pytest.raises(Invalid, match=sentence):
        state(people.ada, serving, name, text)


def test_a_statement_can_be_taken_back(serving: Review, people: People):
    state(people.ada, serving, "inferencing_mode", "batch")
    state(people.ada, serving, "inferencing_mode")
    assert stated("inferencing_mode") is None


def test_what_the_description_of_the_workload_says_is_not_asked_again_and_counts(serving: Review, people: People):
    assert "INF-N-01" in result_of(serving).missing
    serving.workload.criticality = "low"
    serving.workload.save()
    assert "INF-N-01" not in result_of(Review.objects.get()).missing


def test_a_review_with_facts_that_are_not_stated_is_not_submitted(serving: Review, people: People):
    with pytest.raises(Incomplete, match="facts are not stated") as refused:
        submit_review(Actor(people.ada), review_id=serving.pk)
    assert "hosting" in refused.value.facts
    assert "latency_target_ms" not in refused.value.facts


def test_a_hidden_answer_is_kept_counts_for_nothing_and_comes_back(serving: Review, people: People):
    state(people.ada, serving, "platform_shared", "yes")
    choice = serving.checklist.questions_by_id["INF-F-04"].choices[0].id
    give(people.ada, serving, "INF-F-04", selected=[choice], note="By tag.")
    shown = result_of(serving)
    state(people.ada, serving, "platform_shared", "no")
    hidden = result_of(serving)
    assert "INF-F-04" in shown.risks
    assert "INF-F-04" not in hidden.risks
    assert (hidden.answered, hidden.total) == (shown.answered - 1, shown.total - 1)
    assert Answer.objects.get().note == "By tag."
    state(people.ada, serving, "platform_shared", "yes")
    assert result_of(serving) == shown


def test_a_snapshot_holds_what_was_asked_and_nothing_that_never_was(serving: Review, people: People):
    state(people.ada, serving, "platform_shared", "no")
    answer_all(people.ada, serving)
    give(people.ada, serving, "INF-N-07", rows=QUOTA, note="From the portal.")
    submit_review(Actor(people.ada), review_id=serving.pk)
    approve(Actor(people.lea), review_id=serving.pk, version=version_of(serving), statement="Good.")
    data = json.loads(Snapshot.objects.get().content)
    questions = {question["id"]: question for section in data["sections"] for question in section["questions"]}
    assert "INF-F-04" not in questions
    assert questions["INF-N-07"]["table"] == {
        "columns": ["Service", "Limit", "Expected peak", "Unit", "Headroom"],
        "rows": [{"cells": ["Model", "1000", "800", "requests", "1.25"], "best": False}],
    }
    assert questions["INF-N-07"]["risk"] == "medium"
    facts = {fact["id"]: fact["said"] for fact in data["workload"]["facts"]}
    assert facts["platform_shared"] == "No"
    assert facts["inferencing_mode"].startswith("Batch")


def test_what_is_stated_after_the_approval_changes_nothing_in_an_approved_review(
    serving: Review, people: People, workload, sign_in
):
    answer_all(people.ada, serving)
    state(people.ada, serving, "platform_shared", "yes")
    submit_review(Actor(people.ada), review_id=serving.pk)
    approve(Actor(people.lea), review_id=serving.pk, version=version_of(serving), statement="Good.")

    def shown() -> str:
        page = sign_in(people.rolf).get(reverse("review", args=[serving.pk])).content.decode()
        return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)

    approved, before = result_of(Review.objects.get()), shown()
    later = start_review(Actor(people.ada), workload=workload, kind=WorkloadKind.INFERENCING)
    state(people.ada, later, "platform_shared", "no")
    state(people.ada, later, "caller_regions", "eastus")
    assert result_of(Review.objects.get(pk=serving.pk)) == approved
    assert "INF-F-04" in approved.risks
    assert "INF-F-04" not in result_of(later).risks
    assert shown() == before


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"rows": [{"service": "Model", "limit": "9"}]}, "Row 1 has no “Expected peak”"),
        ({"rows": [*QUOTA, {**QUOTA[0], "limit": "0"}]}, "Row 2, Limit: must be more than 0"),
        ({"rows": [{**QUOTA[0], "peak": "-1"}]}, "Row 1, Expected peak: “-1” is not a number"),
        ({"rows": [{**QUOTA[0], "peak": "1e9"}]}, "is not a number"),
        ({"rows": [{**QUOTA[0], "service": "x" * 121}]}, "Row 1, Service: up to 120 characters"),
        ({"rows": QUOTA * 51}, "51 rows; 50 is the most"),
        ({"rows": QUOTA, "selected": ["unknown"]}, "Either fill in the table or make a choice"),
        ({"left_out": ["unknown"]}, "cannot be marked as not applicable one by one"),
    ],
)
def test_a_table_that_cannot_be_taken_is_refused_with_row_and_column(
    review: Review, people: People, given, sentence: str
):
    with pytest.raises(Invalid, match=sentence):
        give(people.ada, review, "GEN-04", **given)
    assert not Answer.objects.exists()


def test_a_number_that_would_be_stored_as_nothing_is_not_divided_by(review: Review, people: People):
    row = {"configuration": "One GPU", "throughput": "0.0000001", "p95_ms": "300", "cost_per_hour": "4"}
    with pytest.raises(Invalid, match="Row 1, Throughput: must be more than 0"):
        give(people.ada, review, "GEN-07", rows=[row])
    give(people.ada, review, "GEN-07", rows=[row | {"throughput": "0.000001"}])
    assert result_of(review).risks["GEN-07"] == "medium"


def test_a_table_is_for_questions_that_are_answered_with_numbers(review: Review, people: People):
    with pytest.raises(Invalid, match="GEN-01 is not answered with a table"):
        give(people.ada, review, "GEN-01", rows=QUOTA)


def test_a_practice_cannot_be_in_place_and_not_applicable_at_once(review: Review, people: People):
    with pytest.raises(Invalid, match="GEN-06a cannot be in place and not applicable at once"):
        give(people.ada, review, "GEN-06", selected=["GEN-06a"], left_out=["GEN-06a"])
    with pytest.raises(Invalid, match="None of these"):
        give(people.ada, review, "GEN-06", left_out=["none_of_these"])
    give(people.ada, review, "GEN-06", selected=["GEN-06b", "GEN-06c"], left_out=["GEN-06a"])
    assert result_of(review).risks["GEN-06"] == "none"


def test_a_table_that_is_refused_comes_back_as_it_was_typed(review: Review, people: People, sign_in):
    client = sign_in(people.ada)
    data = {
        "version": "0",
        "service": ["Model", "Search"],
        "limit": ["9", "x"],
        "peak": ["1", "2"],
        "unit": ["a", "b"],
    }
    response = client.post(reverse("answer", args=[review.pk, "GEN-04"]), data)
    html = response.content.decode()
    assert response.status_code == 422
    assert "Row 2, Limit: “x” is not a number" in html
    assert 'name="limit" value="x"' in html
    assert 'name="service" value="Search"' in html


def test_a_fact_that_is_refused_comes_back_as_it_was_typed(serving: Review, people: People, sign_in):
    client = sign_in(people.ada)
    state(people.ada, serving, "inferencing_mode", "online")
    url = reverse("fact", args=[serving.pk, "latency_target_ms"])
    plain = client.post(url, {"value": "fast", "was": ""})
    assert plain.status_code == 422
    assert 'name="value" value="fast"' in plain.content.decode()
    told = client.post(url, {"value": "fast", "was": ""}, **SCRIPT)
    assert told.status_code == 422
    assert "“fast” is not a number" in told.json()["error"]


def test_the_badge_of_a_benchmark_follows_the_latency_that_is_stated(serving: Review, people: People, sign_in):
    state(people.ada, serving, "inferencing_mode", "online")
    runs = [{"configuration": name, "throughput": "9", "p95_ms": "300", "cost_per_hour": "4"} for name in "ab"]
    give(people.ada, serving, "GEN-07", rows=runs)
    url = reverse("fact", args=[serving.pk, "latency_target_ms"])
    saved = sign_in(people.ada).post(url, {"value": "200", "was": ""}, **SCRIPT).json()
    assert saved["standing"]["risks"]["GEN-07"] == "high"


def test_a_row_of_blanks_is_empty_and_has_nothing_worked_out(review: Review, people: People, sign_in):
    data = {"version": "0", "service": [" ", "Model"], "limit": ["", "9"], "peak": ["", "3"], "unit": ["", "a"]}
    saved = sign_in(people.ada).post(reverse("answer", args=[review.pk, "GEN-04"]), data, **SCRIPT).json()
    assert [(row["number"], row["shown"]) for row in saved["outputs"]] == [(2, "3.00")]


def test_a_checklist_for_any_workload_can_be_added_and_taken_out_and_its_answers_wait(
    serving: Review, people: People, sign_in
):
    (orchestration,) = addable(serving)
    review = add_checklist(Actor(people.ada), review_id=serving.pk, edition_id=orchestration.pk)
    assert review.checklist.questions[-1].id.startswith("ORC")
    assert review.checklist.weights == review.edition.checklist.weights
    choice = review.checklist.questions_by_id["ORC-N-02"].choices[0].id
    give(people.ada, review, "ORC-N-02", selected=[choice])
    with pytest.raises(Invalid, match="is in this review already"):
        add_checklist(Actor(people.ada), review_id=serving.pk, edition_id=orchestration.pk)
    without = remove_checklist(Actor(people.ada), review_id=serving.pk, edition_id=orchestration.pk)
    assert "ORC-N-02" not in without.checklist.questions_by_id
    again = add_checklist(Actor(people.jonas), review_id=serving.pk, edition_id=orchestration.pk)
    assert result_of(again).risks["ORC-N-02"] == "none"


def test_only_who_writes_in_the_team_adds_checklists_and_only_those_for_any_workload(serving: Review, people: People):
    (orchestration,) = addable(serving)
    with pytest.raises(NotYours):
        add_checklist(Actor(people.rolf), review_id=serving.pk, edition_id=orchestration.pk)
    with pytest.raises(Invalid, match="is for one kind of workload"):
        add_checklist(
            Actor(people.ada),
            review_id=serving.pk,
            edition_id=type(orchestration).objects.get(key="training").pk,
        )
    assert not ReviewAddition.objects.exists()


def test_an_approved_review_with_an_added_checklist_says_so_in_its_snapshot(serving: Review, people: People):
    (orchestration,) = addable(serving)
    add_checklist(Actor(people.ada), review_id=serving.pk, edition_id=orchestration.pk)
    answer_all(people.ada, Review.objects.get())
    submit_review(Actor(people.ada), review_id=serving.pk)
    approve(Actor(people.lea), review_id=serving.pk, version=version_of(serving), statement="Good.")
    data = json.loads(Snapshot.objects.get().content)
    assert [added["id"] for added in data["added_checklists"]] == ["orchestration"]
    assert data["added_checklists"][0]["sha256"] == orchestration.sha256
    assert data["sections"][-1]["questions"][-1]["id"].startswith("ORC")


def test_the_sections_of_an_added_checklist_say_which_it_is(serving: Review, people: People, sign_in):
    own = [section.title for section in serving.checklist.sections]
    (orchestration,) = addable(serving)
    add_checklist(Actor(people.ada), review_id=serving.pk, edition_id=orchestration.pk)
    review = Review.objects.get()
    theirs = [f"Orchestration: {section.title}" for section in orchestration.checklist.sections]
    assert [section.title for section in review.checklist.sections] == own + theirs
    for page in ("questionnaire", "review"):
        assert (
            "Orchestration, edition 1.0" in sign_in(people.ada).get(reverse(page, args=[review.pk])).content.decode()
        )


def test_a_checklist_of_ones_own_for_a_kind_is_there_to_be_chosen_and_displaces_nothing(
    library, people: People, workload, sign_in
):
    own = Edition.objects.get(key="eda").checklist.model_copy(update={"id": "our-eda", "title": "Our own"})
    edition = publish(own)
    assert start_review(Actor(people.ada), workload=workload, kind=WorkloadKind.EDA).edition.key == "eda"
    client = sign_in(people.ada)
    assert "Our own, edition 2.0" in client.get(reverse("workload", args=[workload.key])).content.decode()
    url = reverse("review-start", args=[workload.key])
    client.post(url, {"kind": "eda", "edition": str(edition.pk), "beside_another": "on"})
    assert Review.objects.order_by("number").last().edition == edition
    wrong = client.post(url, {"kind": "training", "edition": str(edition.pk)})
    assert "is for workloads of another kind" in wrong.content.decode()


def test_regions_are_the_same_however_they_are_capitalised(review: Review, people: People):
    state(people.ada, review, "data_regions", "WestEurope")
    state(people.ada, review, "compute_regions", "westeurope")
    assert result_of(review).risks["GEN-05"] == "unanswered"
