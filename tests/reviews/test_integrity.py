"""What the nightly look at everything that was signed finds, and whom it tells."""

import logging

import pytest
from django.conf import settings
from django.core.management import call_command
from django.urls import reverse

from checklists.canonical import sha256_hex
from reviews import tasks
from reviews.actions.integrity import check_everything
from reviews.actions.stamp import add_revision
from reviews.models import Event, Report, ReportRevision, Snapshot
from tests.conftest import People
from tests.reviews.altering import altered
from tests.reviews.report import forging
from tests.reviews.signed_once import people, report, signed_once

__all__ = ["people", "report", "signed_once"]


def found() -> list[dict]:
    return [event.detail for event in Event.objects.filter(kind="integrity_broken").order_by("id")]


def test_where_nothing_was_altered_nothing_is_found(report: Report):
    assert check_everything() == 0
    assert found() == []


def test_an_altered_snapshot_is_recorded_once_and_logged_each_night(report: Report, caplog):
    with altered("reviews_snapshot"):
        Snapshot.objects.update(content=report.snapshot.content.replace("Good.", "Bad!!"))
    with caplog.at_level(logging.ERROR):
        tasks.check_integrity()
        tasks.check_integrity()
    (event,) = found()
    assert event["record"].startswith("snapshot")
    assert "SHA-256" in event["problem"]
    assert len([each for each in caplog.records if "SHA-256" in each.getMessage()]) == 2
    assert all(each.levelno == logging.ERROR for each in caplog.records if "SHA-256" in each.getMessage())


def test_a_snapshot_altered_together_with_its_hash_is_given_away_by_the_signed_report(report: Report):
    content = report.snapshot.content.replace("Good.", "Bad!!")
    with altered("reviews_snapshot"):
        Snapshot.objects.update(content=content, sha256=sha256_hex(content.encode()))
    check_everything()
    (event,) = found()
    assert event["problem"] == "the data in it are not the snapshot that is kept"


def test_a_snapshot_written_otherwise_than_canonically_is_found(report: Report):
    content = report.snapshot.content.replace(":", ": ", 1)
    with altered("reviews_snapshot"):
        Snapshot.objects.update(content=content, sha256=sha256_hex(content.encode()))
    check_everything()
    assert "canonical form" in found()[0]["problem"]


def test_an_exchanged_pdf_is_found_by_its_hash_and_with_a_fitting_hash_by_its_signatures(report: Report):
    forged = forging.signed(forging.render(report.snapshot.data).pdf, report.snapshot.data, forging.theirs())
    with altered("reviews_report"):
        Report.objects.update(pdf=forged)
    check_everything()
    assert "not those whose SHA-256 was kept" in found()[0]["problem"]


def test_a_forged_pdf_with_a_fitting_hash_is_found_by_its_signatures(report: Report):
    forged = forging.signed(forging.render(report.snapshot.data).pdf, report.snapshot.data, forging.theirs())
    with altered("reviews_report"):
        Report.objects.update(pdf=forged, pdf_sha256=sha256_hex(forged))
    check_everything()
    assert "is not trusted" in found()[0]["problem"]


def test_revisions_are_looked_at_as_well(report: Report):
    def touch(writer):
        info = writer.trailer_view["/Info"]
        info["/ModDate"] = forging.pdf_string("D:20300101000000Z")
        writer.update_container(info)

    later = forging.appended(bytes(report.pdf), touch)
    add_revision(report, later)
    assert check_everything() == 0
    with altered("reviews_reportrevision"):
        ReportRevision.objects.update(pdf=later[:-1] + b" ", pdf_sha256=sha256_hex(later))
    check_everything()
    (event,) = found()
    assert event["record"].endswith("revision 1")


def test_administrators_and_leads_see_it_at_home_and_on_the_reports_page_and_others_do_not(
    report: Report, people: People, sign_in
):
    with altered("reviews_snapshot"):
        Snapshot.objects.update(content=report.snapshot.content + " ")
    check_everything()
    people.rolf.is_superuser = True
    people.rolf.save()
    page = reverse("report", args=[report.snapshot.review_id])
    for user, sees in ((people.lea, True), (people.rolf, True), (people.ada, False)):
        assert ("was altered behind the application’s back" in sign_in(user).get("/").content.decode()) is sees
        assert ("A stored record was altered" in sign_in(user).get(page).content.decode()) is sees
    assert "was altered behind" not in sign_in(people.stranger).get("/").content.decode()


def test_the_clock_runs_it_each_night():
    schedule = settings.CELERY_BEAT_SCHEDULE["integrity"]
    assert schedule["task"] == tasks.check_integrity.name
    assert schedule["schedule"].hour == {2}


def test_the_command_says_that_the_report_is_valid_and_the_record_is_not(report: Report, tmp_path, capsys):
    path = tmp_path / "report.pdf"
    path.write_bytes(bytes(report.pdf))
    with altered("reviews_snapshot"):
        Snapshot.objects.update(content=report.snapshot.content.replace("Good.", "Bad!!"))
    with pytest.raises(SystemExit) as ended:
        call_command("verify_report", path)
    assert ended.value.code == 1
    said = capsys.readouterr().out
    assert "Valid and unchanged." in said
    assert "was altered after the approval" in said
