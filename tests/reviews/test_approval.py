import json

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from checklists.canonical import canonical_json, sha256_hex
from reviews.access import Actor, NotNow, NotYours
from reviews.actions.decide import approve, request_changes
from reviews.actions.errors import Incomplete, Invalid, Stale
from reviews.actions.submit import submit_review
from reviews.actions.threads import open_thread
from reviews.actions.workloads import WorkloadDescription, change_workload
from reviews.models import (
    Answer,
    Contributor,
    Decision,
    Event,
    Report,
    ReportState,
    Review,
    ReviewState,
    Score,
    Snapshot,
)
from tests.conftest import People, answer_all, give, resolve_requests, state_all, version_of


@pytest.fixture
def submitted(review: Review, people: People) -> Review:
    answer_all(people.ada, review)
    return submit_review(Actor(people.ada), review_id=review.pk)


@pytest.fixture
def approved(submitted: Review, people: People) -> Review:
    return approve(
        Actor(people.lea, "192.0.2.7"), review_id=submitted.pk, version=version_of(submitted), statement="Good."
    )


def test_submitting_says_which_obligatory_questions_are_not_answered(review: Review, people: People):
    give(people.ada, review, "GEN-01", selected=["justified"])
    with pytest.raises(Incomplete) as refused:
        submit_review(Actor(people.ada), review_id=review.pk)
    assert refused.value.missing[0] == "GEN-02"
    assert len(refused.value.missing) == 11
    assert Review.objects.get().state == ReviewState.DRAFT


def test_an_unanswered_optional_question_does_not_stand_in_the_way(library, people: People, workload):
    from checklists.language import WorkloadKind
    from reviews.actions.start import start_review

    review = start_review(Actor(people.ada), workload=workload, kind=WorkloadKind.INFERENCING)
    state_all(people.ada, review)
    for question in review.checklist.questions:
        if question.obligatory is not False:
            give(people.ada, review, question.id, not_applicable=True, reason="Not here.")
    submit_review(Actor(people.ada), review_id=review.pk)
    assert Review.objects.get().state == ReviewState.SUBMITTED


def test_who_submits_becomes_a_contributor(review: Review, people: People):
    answer_all(people.ada, review)
    submit_review(Actor(people.lea), review_id=review.pk)
    with pytest.raises(NotYours, match="wrote or answered"):
        approve(Actor(people.lea), review_id=review.pk, version=version_of(review), statement="Mine.")


@pytest.mark.parametrize("decide", [approve, request_changes])
def test_only_a_lead_of_the_team_decides(submitted: Review, people: People, decide):
    for user in (people.ada, people.jonas, people.rolf):
        with pytest.raises(NotYours, match="lead"):
            decide(Actor(user), review_id=submitted.pk, version=version_of(submitted), statement="?")
    with pytest.raises(Review.DoesNotExist):
        decide(Actor(people.stranger), review_id=submitted.pk, version=version_of(submitted), statement="?")
    assert not Decision.objects.exists()


@pytest.mark.parametrize("decide", [approve, request_changes])
def test_nobody_decides_on_a_review_that_they_answered_in(review: Review, people: People, decide):
    answer_all(people.ada, review)
    give(people.lea, review, "GEN-01", selected=["informal"])
    submit_review(Actor(people.ada), review_id=review.pk)
    with pytest.raises(NotYours, match="Nobody decides on a review that they wrote or answered in"):
        decide(Actor(people.lea), review_id=review.pk, version=version_of(review), statement="Mine.")
    decide(Actor(people.ruth), review_id=review.pk, version=version_of(review), statement="Read it.")


def test_the_database_itself_refuses_a_decision_by_a_contributor(submitted: Review, people: People):
    Contributor.objects.create(review=submitted, user=people.lea)
    with pytest.raises(IntegrityError, match="nobody decides"), transaction.atomic():
        Decision.objects.create(
            review=submitted,
            kind="approved",
            by=people.lea,
            at=timezone.now(),
            statement="?",
            review_version=version_of(submitted),
        )


def test_the_database_itself_refuses_a_decision_on_a_draft(review: Review, people: People):
    with pytest.raises(IntegrityError, match="only a submitted review"), transaction.atomic():
        Decision.objects.create(
            review=review, kind="approved", by=people.lea, at=timezone.now(), statement="?", review_version=1
        )


def test_the_database_itself_refuses_an_approval_by_somebody_without_the_role(submitted: Review, people: People):
    for user, role in ((people.jonas, "lead"), (people.jonas, "architect"), (people.stranger, "lead")):
        with pytest.raises(IntegrityError, match="in the role that the policy asks for"), transaction.atomic():
            Decision.objects.create(
                review=submitted,
                kind="approved",
                by=user,
                role=role,
                at=timezone.now(),
                statement="?",
                review_version=version_of(submitted),
            )


def test_the_database_itself_refuses_a_decision_about_another_version(submitted: Review, people: People):
    with pytest.raises(IntegrityError, match="about the review as it is"), transaction.atomic():
        Decision.objects.create(
            review=submitted, kind="approved", by=people.lea, at=timezone.now(), statement="?", review_version=1
        )


def test_the_database_itself_refuses_answers_after_submission(submitted: Review, people: People):
    for change in (
        lambda: Answer.objects.update(note="forged"),
        lambda: Answer.objects.all()._raw_delete("default"),
        lambda: Answer.objects.create(
            review=submitted, question_id="X", answered_by=people.ada, answered_at=timezone.now()
        ),
    ):
        with pytest.raises(IntegrityError, match="closed for answers"), transaction.atomic():
            change()


def test_the_database_itself_keeps_what_is_written_for_ever(approved: Review):
    for model, field in ((Event, "actor_name"), (Decision, "statement"), (Snapshot, "content")):
        with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
            model.objects.update(**{field: "forged"})
        with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
            model.objects.all()._raw_delete("default")
    with pytest.raises(IntegrityError, match="stays a contributor"), transaction.atomic():
        Contributor.objects.all()._raw_delete("default")
    with pytest.raises(IntegrityError, match="stays so"), transaction.atomic():
        Review.objects.update(state=ReviewState.DRAFT)


def test_a_decision_needs_a_statement(submitted: Review, people: People):
    for decide in (approve, request_changes):
        with pytest.raises(Invalid, match="Write a statement"):
            decide(Actor(people.lea), review_id=submitted.pk, version=version_of(submitted), statement=" ")


def test_an_approval_is_bound_to_the_state_that_was_read(submitted: Review, people: People):
    read = version_of(submitted)
    request_changes(Actor(people.lea), review_id=submitted.pk, version=read, statement="Change GEN-01.")
    give(people.ada, submitted, "GEN-01", selected=["informal"])
    resolve_requests(people.ada, submitted)
    submit_review(Actor(people.ada), review_id=submitted.pk)
    with pytest.raises(Stale, match="changed after you opened it"):
        approve(Actor(people.ruth), review_id=submitted.pk, version=read, statement="As I read it.")


def test_a_workload_described_anew_must_be_read_again_before_approval(submitted: Review, people: People):
    read = version_of(submitted)
    description = WorkloadDescription(
        name="Other",
        purpose="Something else.",
        owner="Claims",
        team=people.team,
        criticality="low",
        data_classification="public",
        regions=["westeurope"],
        links=[],
    )
    change_workload(Actor(people.ada), submitted.workload, description)
    with pytest.raises(Stale):
        approve(Actor(people.lea), review_id=submitted.pk, version=read, statement="As I read it.")


def test_changes_are_requested_made_and_resubmitted_and_all_of_it_stands_in_the_trail(
    submitted: Review, people: People
):
    request_changes(Actor(people.lea), review_id=submitted.pk, version=version_of(submitted), statement="See GEN-01.")
    give(people.ada, submitted, "GEN-01", selected=["informal"])
    resolve_requests(people.ada, submitted)
    submit_review(Actor(people.ada, "192.0.2.1"), review_id=submitted.pk)
    approve(
        Actor(people.lea, "192.0.2.7"), review_id=submitted.pk, version=version_of(submitted), statement="Now good."
    )
    steps = Event.objects.exclude(kind__in=["answered", "commented", "fact_set", "thread_resolved"]).values_list(
        "kind", "actor_name", "address"
    )
    assert list(steps) == [
        ("created", "Ada", None),
        ("submitted", "Ada", None),
        ("changes_requested", "Lea", None),
        ("resubmitted", "Ada", "192.0.2.1"),
        ("approved", "Lea", "192.0.2.7"),
    ]


def test_a_review_is_approved_once(approved: Review, people: People):
    with pytest.raises(NotNow, match="it is approved"):
        approve(Actor(people.ruth), review_id=approved.pk, version=version_of(approved), statement="Me too.")
    assert Report.objects.count() == 1


def test_approval_freezes_the_whole_review_as_canonical_json_with_its_digest(submitted: Review, people: People):
    open_thread(Actor(people.lea), review_id=submitted.pk, question_id="GEN-02", text="Where is it confirmed?")
    approve(Actor(people.lea), review_id=submitted.pk, version=version_of(submitted), statement="Good.")
    snapshot = Snapshot.objects.get()
    data = json.loads(snapshot.content)
    assert snapshot.content.encode() == canonical_json(data)
    assert snapshot.sha256 == sha256_hex(snapshot.content.encode())
    questions = {question["id"]: question for section in data["sections"] for question in section["questions"]}
    assert len(questions) == 12
    assert [choice["id"] for choice in questions["GEN-01"]["choices"] if choice["selected"]] == ["justified"]
    assert questions["GEN-02"]["comments"][0]["text"] == "Where is it confirmed?"
    assert data["approval"]["statement"] == "Good."
    assert [event["kind"] for event in data["trail"]] == ["created", "submitted", "approved"]
    assert data["score"]["overall"] == float(Score.objects.get().overall)


def test_approval_asks_for_exactly_one_report_in_the_same_transaction(approved: Review):
    report = Report.objects.get()
    assert report.state == ReportState.WANTED
    assert report.snapshot.review == approved
