import subprocess
import sys
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from checklists.language import WorkloadKind
from reviews import tasks
from reviews.access import Actor
from reviews.actions import report as reports
from reviews.actions.decide import approve
from reviews.actions.errors import Invalid
from reviews.actions.start import start_review
from reviews.actions.submit import submit_review
from reviews.models import Event, Report, ReportState, Workload
from reviews.report.keys import KeyStoreError
from reviews.report.render import RenderError
from tests.conftest import People, answer_all, version_of


def test_a_wanted_report_is_made_once_however_often_it_is_asked_for(report: Report):
    assert reports.produce_report(report.pk, worker="w1") is True
    first = bytes(Report.objects.get().pdf)
    assert first.startswith(b"%PDF")
    assert reports.produce_report(report.pk, worker="w2") is False
    assert bytes(Report.objects.get().pdf) == first
    assert Event.objects.filter(kind="report_signed").count() == 1


def test_while_one_worker_makes_it_another_leaves_it_alone(report: Report):
    Report.objects.update(state=ReportState.MAKING, worker="w1", started_at=timezone.now())
    assert reports.produce_report(report.pk, worker="w2") is False
    assert reports.unmade() == []


def test_a_claim_that_has_lapsed_is_taken_over(report: Report, settings):
    begun = timezone.now() - timedelta(seconds=settings.REPORT_LEASE_SECONDS + 1)
    Report.objects.update(state=ReportState.MAKING, worker="w1", started_at=begun)
    assert reports.unmade() == [report.pk]
    assert reports.produce_report(report.pk, worker="w2") is True


def test_of_two_workers_that_both_finish_one_counts(report: Report, monkeypatch):
    make = reports.make_report

    def slow(snapshot, identity):
        Report.objects.filter(pk=report.pk).update(
            started_at=timezone.now() - timedelta(days=1)  # the claim of the first lapses while it works
        )
        monkeypatch.setattr(reports, "make_report", make)
        assert reports.produce_report(report.pk, worker="w2") is True
        return make(snapshot, identity)

    monkeypatch.setattr(reports, "make_report", slow)
    assert reports.produce_report(report.pk, worker="w1") is False
    assert Event.objects.filter(kind="report_signed").count() == 1


def test_a_worker_that_starts_frees_what_one_of_its_name_had_begun(report: Report, monkeypatch):
    sent = []
    monkeypatch.setattr(tasks, "send", lambda task, *arguments: sent.append(task))
    Report.objects.update(state=ReportState.MAKING, worker="w1", started_at=timezone.now())
    tasks.recover(worker="w2")
    assert "reviews.tasks.make_next_report" not in sent
    tasks.recover(worker="w1")
    assert "reviews.tasks.make_next_report" in sent


def test_a_failure_says_so_after_three_attempts_and_can_be_retried(
    report: Report, people: People, monkeypatch, sign_in
):
    def fail(snapshot, identity):
        raise RenderError("The report may not fetch http://example.org/")

    monkeypatch.setattr(reports, "make_report", fail)
    url = reverse("report", args=[report.snapshot.review_id])
    for attempt in (1, 2, 3):
        assert Report.objects.get().state == ReportState.WANTED
        with pytest.raises(RenderError):
            reports.produce_report(report.pk, worker=f"w{attempt}")
    html = sign_in(people.ada).get(url).content.decode()
    assert "could not be made" in html
    assert "RenderError: The report may not fetch" in html
    assert "The report of" in sign_in(people.lea).get("/").content.decode()
    assert "Try again" not in sign_in(people.rolf).get(url).content.decode()

    monkeypatch.undo()
    sign_in(people.ada).post(reverse("report-retry", args=[report.snapshot.review_id]))
    assert Report.objects.get().state == ReportState.WANTED
    assert reports.produce_report(report.pk, worker="w") is True
    with pytest.raises(Invalid, match="nothing to retry"):
        reports.retry_report(Actor(people.ada), review_id=report.snapshot.review_id)


def test_keys_that_cannot_be_read_are_said_and_not_replaced(report: Report, monkeypatch):
    def broken():
        raise KeyStoreError("The signing keys cannot be read.")

    monkeypatch.setattr(reports, "signing_identity", broken)
    with pytest.raises(KeyStoreError):
        reports.produce_report(report.pk, worker="w")
    assert "signing keys cannot be read" in Report.objects.get().error


def test_a_report_over_which_worker_after_worker_dies_is_left_to_people(report: Report):
    for _ in range(3):
        assert reports.unmade() == [report.pk]
        assert reports._claim(report.pk, "w1")
        reports.release("w1")
    stuck = Report.objects.get()
    assert stuck.state == ReportState.FAILED
    assert "A worker ended while making it" in stuck.error
    assert reports.unmade() == []


def test_a_signed_report_can_be_neither_changed_nor_deleted(report: Report):
    reports.produce_report(report.pk, worker="w")
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        Report.objects.update(pdf=b"forged")
    with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
        Report.objects.all()._raw_delete("default")


def test_members_download_what_was_signed_and_others_do_not(report: Report, people: People, sign_in):
    reports.produce_report(report.pk, worker="w")
    review_id = report.snapshot.review_id
    pdf = sign_in(people.rolf).get(reverse("report-pdf", args=[review_id]))
    assert pdf.content == bytes(Report.objects.get().pdf)
    assert pdf["Content-Disposition"] == 'attachment; filename="claims-assistant-review-1.pdf"'
    snapshot = sign_in(people.rolf).get(reverse("snapshot", args=[review_id]))
    assert snapshot.content.decode() == report.snapshot.content
    for name in ("report", "report-pdf", "snapshot", "report-status"):
        assert sign_in(people.stranger).get(reverse(name, args=[review_id])).status_code == 404


def test_a_broker_that_is_down_does_not_stop_the_one_who_asks(tmp_path):
    ask = "from reviews.actions.nudge import send; send('reviews.tasks.score_review', 'x')"
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-c", ask],
        env={"PATH": "/usr/bin", "DATA_DIR": str(tmp_path), "REDIS_URL": "redis://127.0.0.1:1/0"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert "no nudge for reviews.tasks.score_review" in done.stderr


def test_reports_are_made_in_the_order_in_which_they_were_wanted(
    report: Report, workload: Workload, people: People, monkeypatch
):
    for _ in range(2):
        review = start_review(Actor(people.ada), workload=workload, kind=WorkloadKind.EDA)
        answer_all(people.ada, review)
        submit_review(Actor(people.ada), review_id=review.pk)
        approve(Actor(people.lea), review_id=review.pk, version=version_of(review), statement="Good.")
    wanted = list(Report.objects.order_by("pk"))
    for minutes, each in zip((2, 3, 1), wanted, strict=True):
        Report.objects.filter(pk=each.pk).update(wanted_at=timezone.now() - timedelta(minutes=minutes))
    sent = []
    monkeypatch.setattr(tasks, "send", lambda task, *arguments: sent.append(task))
    tasks.sweep()
    assert sent.count("reviews.tasks.make_next_report") == 3
    while reports.produce_next(worker="w"):
        pass
    assert list(Report.objects.order_by("ready_at")) == [wanted[place] for place in (1, 0, 2)]


def test_a_report_that_fails_lets_the_others_pass(report: Report, workload: Workload, people: People, monkeypatch):
    review = start_review(Actor(people.ada), workload=workload, kind=WorkloadKind.EDA)
    answer_all(people.ada, review)
    submit_review(Actor(people.ada), review_id=review.pk)
    approve(Actor(people.lea), review_id=review.pk, version=version_of(review), statement="Good.")
    later = Report.objects.get(snapshot__review=review)
    make = reports.make_report

    def fails_for_the_first(snapshot, identity):
        if snapshot["review"]["id"] == str(report.snapshot.review_id):
            raise RenderError("The report may not fetch http://example.org/")
        return make(snapshot, identity)

    monkeypatch.setattr(reports, "make_report", fails_for_the_first)
    with pytest.raises(RenderError):
        reports.produce_next(worker="w")
    assert reports.produce_next(worker="w") is True
    later.refresh_from_db()
    assert later.state == ReportState.READY
