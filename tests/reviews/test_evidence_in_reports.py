"""Evidence in snapshots, milestones and reports, and whether the rows beside them still say the same."""

from pathlib import Path

import pytest

from reviews.access import Actor
from reviews.actions.decide import approve
from reviews.actions.evidence import take_away
from reviews.actions.integrity import check_everything
from reviews.actions.milestones import name_milestone
from reviews.actions.report import produce_report
from reviews.actions.submit import submit_review
from reviews.actions.threads import open_thread
from reviews.models import Evidence, Report, Review, Snapshot
from tests.conftest import People, answer_all, version_of
from tests.reviews import files
from tests.reviews.altering import altered
from tests.reviews.evidence import QUESTION, file, link, quote, stored_files
from tests.reviews.report.reading import squeezed, whole_text
from tests.reviews.test_integrity import found

pytestmark = [pytest.mark.usefixtures("folder"), pytest.mark.pages]


@pytest.fixture
def pieces(review: Review, people: People) -> list[Evidence]:
    """What the review was approved with; a link was added and taken away before."""
    answer_all(people.ada, review)
    given = [file(people.ada, review, title="Load test"), link(people.jonas, review), quote(people.ada, review)]
    gone = link(people.ada, review, url="https://example.org/gone")
    take_away(Actor(people.ada), review_id=review.pk, evidence_id=gone.pk)
    open_thread(Actor(people.lea), review_id=review.pk, question_id="", text="All of it was\nwell shown.")
    submit_review(Actor(people.ada), review_id=review.pk)
    approve(Actor(people.lea), review_id=review.pk, version=version_of(review), statement="Good.")
    produce_report(Report.objects.get().pk, worker="w")
    return given


def evidence_in(content: dict) -> list[dict]:
    questions = [question for section in content["sections"] for question in section["questions"]]
    assert not any(each["evidence"] for each in questions if each["id"] != QUESTION)
    return next(each["evidence"] for each in questions if each["id"] == QUESTION)


def test_a_snapshot_has_the_evidence_that_was_there_and_what_was_said_about_the_whole(pieces, people: People):
    content = Snapshot.objects.get().data
    assert content["format"] == "ai-platform-review-snapshot/4"
    one, two, three = evidence_in(content)
    assert one == {
        "kind": "file",
        "title": "Load test",
        "file_name": "load-test.pdf",
        "content_type": "application/pdf",
        "size": len(files.PDF),
        "url": "",
        "quote": "",
        "source": "",
        "sha256": pieces[0].sha256,
        "by": {"name": "Ada", "username": "ada", "email": "ada@example.org"},
        "at": pieces[0].at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    assert (two["kind"], two["url"], two["by"]["name"]) == ("link", pieces[1].url, "Jonas")
    assert (three["kind"], three["quote"], three["source"]) == ("quote", pieces[2].text, pieces[2].source)
    (comment,) = content["comments"]
    assert (comment["by"]["name"], comment["text"]) == ("Lea", "All of it was\nwell shown.")


def test_the_report_lists_the_evidence_with_its_sha256(pieces, tmp_path: Path):
    report = tmp_path / "report.pdf"
    report.write_bytes(bytes(Report.objects.get().pdf))
    text = whole_text(report)
    for piece in pieces:
        assert piece.sha256 in text
        assert squeezed(piece.title) in text
    assert "example.org/gone" not in text
    assert squeezed("well shown.") in text


def test_a_milestone_has_the_evidence_of_its_moment(review: Review, people: People):
    piece = link(people.ada, review)
    milestone = name_milestone(Actor(people.ada), review_id=review.pk, name="Before")
    take_away(Actor(people.ada), review_id=review.pk, evidence_id=piece.pk)
    assert [each["sha256"] for each in evidence_in(milestone.data)] == [piece.sha256]


def test_evidence_that_is_as_it_was_signed_is_no_problem(pieces):
    assert check_everything() == 0


@pytest.mark.parametrize("change", ["altered", "taken away", "put in"])
def test_evidence_that_was_altered_behind_the_applications_back_is_found(pieces, change):
    with altered("reviews_evidence"):
        if change == "altered":
            Evidence.objects.filter(pk=pieces[1].pk).update(url="https://example.org/other")
        elif change == "taken away":
            Evidence.objects.filter(pk=pieces[0].pk).delete()
        else:
            Evidence.objects.filter(removed_by__isnull=False).update(removed_by=None, removed_at=None)
    assert check_everything() == 1
    assert "the evidence" in found()[0]["problem"]


def test_the_nightly_look_reads_each_file_and_records_what_is_altered_or_gone(pieces: list[Evidence], folder: Path):
    assert check_everything() == 0
    (place,) = stored_files(folder)
    place.write_bytes(files.PDF + b"more")
    assert check_everything() == 1
    place.unlink()
    assert check_everything() == 1
    (event,) = found()
    assert event["record"] == f"evidence {pieces[0].pk}"
    assert "SHA-256" in event["problem"]


def test_a_storage_that_is_down_for_a_night_is_no_sign_of_tampering(pieces: list[Evidence], folder: Path):
    (place,) = stored_files(folder)
    place.unlink()
    place.mkdir()  # what is no file cannot be read
    assert check_everything() == 0
