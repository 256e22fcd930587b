"""What the nightly look finds of rows beside the signed ones that somebody altered who owns the database."""

from datetime import timedelta

from django.utils import timezone

from checklists.canonical import sha256_hex
from reviews.access import Actor
from reviews.actions import report as reports
from reviews.actions.after_approval import withdraw_report
from reviews.actions.integrity import check_everything
from reviews.models import Decision, Event, Report, ReportMark, Review, Snapshot, Submission
from tests.conftest import People
from tests.reviews.altering import altered
from tests.reviews.signed_once import people, report, signed_once
from tests.reviews.test_integrity import found

__all__ = ["people", "report", "signed_once"]


def problem() -> str:
    check_everything()
    return "\n".join(each["problem"] for each in found())


def test_an_approval_that_was_made_to_last_longer(report: Report):
    with altered("reviews_snapshot"):
        Snapshot.objects.update(valid_until=timezone.now() + timedelta(days=9000))
    assert "how long the approval lasts" in problem()


def test_a_statement_that_was_put_into_somebodys_mouth(report: Report):
    with altered("reviews_decision"):
        Decision.objects.update(statement="I approve of everything.")
    assert "the sign-offs" in problem()


def test_a_submission_that_was_altered(report: Report):
    with altered("reviews_submission"):
        Submission.objects.update(role="lead")
    assert "the sign-offs" in problem()


def test_a_trail_that_was_altered(report: Report):
    with altered("reviews_event"):
        Event.objects.filter(kind="submitted").update(detail={"statement": "Another."})
    assert "the trail" in problem()


def test_a_trail_of_which_something_was_taken_away(report: Report):
    with altered("reviews_event"):
        Event.objects.filter(kind="submitted").delete()
    assert "the trail" in problem()


def test_a_review_that_was_opened_again(report: Report):
    with altered("reviews_review"):
        Review.objects.update(state="draft")
    assert "is not approved any more" in problem()


def test_a_withdrawal_that_was_taken_away(report: Report, people: People):
    withdraw_report(Actor(people.lea), review_id=report.snapshot.review_id, reason="It was wrong.")
    assert problem() == ""
    with altered("reviews_reportmark"):
        ReportMark.objects.all().delete()
    assert "withdrawn or superseded" in problem()


def test_a_withdrawal_that_nobody_made(report: Report, people: People):
    ReportMark.objects.create(report=report, kind="withdrawn", by=people.lea, at=timezone.now(), reason="So.")
    assert "withdrawn or superseded" in problem()


def test_a_signed_report_that_was_taken_away(report: Report):
    with altered("reviews_report"):
        Report.objects.update(state="failed", pdf=None, error="No.")
    assert "the report that was signed" in problem()


def test_a_report_that_was_made_anew_from_an_altered_record(report: Report):
    """The worker signs what it finds: only the trail knows what was signed before."""
    content = report.snapshot.content.replace("Good.", "Best.")
    with altered("reviews_snapshot"), altered("reviews_report"), altered("reviews_decision"):
        Snapshot.objects.update(content=content, sha256=sha256_hex(content.encode()))
        Decision.objects.update(statement="Best.")
        Report.objects.update(state="wanted", pdf=None, attempts=0)
    assert reports.produce_report(report.pk, worker="w")
    assert "the report that was signed" in problem()
