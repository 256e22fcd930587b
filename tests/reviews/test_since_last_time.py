"""An approval that follows another one of the workload says what is different since."""

import pytest

from checklists.canonical import sha256_hex
from checklists.language import WorkloadKind
from reviews.access import Actor
from reviews.actions.beginning import begin_review, source_of_review
from reviews.actions.decide import approve
from reviews.actions.integrity import check_everything
from reviews.actions.report import produce_report
from reviews.actions.start import start_review
from reviews.actions.submit import submit_review
from reviews.models import Report, Review, Snapshot
from tests.conftest import People, answer_all, give, version_of
from tests.reviews.altering import altered
from tests.reviews.test_integrity import found

pytestmark = pytest.mark.pages


def approved(review: Review, people: People) -> Snapshot:
    submit_review(Actor(people.ada), review_id=review.pk)
    approve(Actor(people.lea), review_id=review.pk, version=version_of(review), statement="Good.")
    return Snapshot.objects.get(review=review)


@pytest.fixture
def first(review: Review, people: People) -> Snapshot:
    answer_all(people.ada, review)
    give(people.ada, review, "GEN-01", selected=["not_assessed"], note="Nobody looked.")
    return approved(review, people)


def second_of(first: Snapshot, people: People, kind: WorkloadKind = WorkloadKind.EDA) -> Review:
    earlier = first.review
    source = source_of_review(earlier)
    review = begin_review(Actor(people.ada), workload=earlier.workload, kind=kind, source=source)
    answer_all(people.ada, review)
    return review


def test_the_first_approval_is_compared_with_nothing(first: Snapshot):
    assert "since" not in first.data


def test_the_next_one_names_the_first_by_its_digest_and_says_what_is_different(first: Snapshot, people: People):
    review = second_of(first, people)
    give(people.ada, review, "GEN-01", selected=["justified"], note="Ada looked.")
    since = approved(review, people).data["since"]
    assert since["review"] == {
        "id": str(first.review_id),
        "number": 1,
        "approved_at": first.data["approval"]["at"],
        "sha256": sha256_hex(first.content.encode()),
    }
    assert [(each["id"], each["before"], each["after"]) for each in since["gone"]] == [("GEN-01", "high", "none")]
    (answer,) = [each for each in since["answers"] if each["id"] == "GEN-01"]
    texts = {choice.id: choice.text for choice in review.checklist.questions_by_id["GEN-01"].choices}
    assert (answer["dropped"], answer["chosen"]) == ([texts["not_assessed"]], [texts["justified"]])
    assert since["overall"]["before"] < since["overall"]["after"]
    assert since["new_questions"] == since["gone_questions"] == []


def test_the_third_is_compared_with_the_second(first: Snapshot, people: People):
    second = approved(second_of(first, people), people)
    third = approved(second_of(second, people), people)
    assert third.data["since"]["review"]["sha256"] == second.sha256
    assert third.data["since"]["answers"] == []


def test_reviews_of_another_kind_and_of_other_workloads_do_not_count(first: Snapshot, people: People):
    review = second_of(first, people, WorkloadKind.TRAINING)
    assert "since" not in approved(review, people).data


def test_a_review_that_was_withdrawn_does_not_count(review: Review, people: People):
    start_review(Actor(people.ada), workload=review.workload, kind=WorkloadKind.EDA, beside_another=True)
    answer_all(people.ada, review)
    assert "since" not in approved(review, people).data


def test_its_report_is_made_and_verified_and_the_first_one_must_still_be_there(first: Snapshot, people: People):
    snapshot = approved(second_of(first, people), people)
    for report in Report.objects.order_by("pk"):
        produce_report(report.pk, worker="w")
    assert Report.objects.get(snapshot=snapshot).state == "ready"
    check_everything()
    assert found() == []
    with altered("reviews_snapshot"):
        Snapshot.objects.filter(pk=first.pk).update(sha256="0" * 64)
    check_everything()
    assert any("the approval that it is compared with" in each["problem"] for each in found())
