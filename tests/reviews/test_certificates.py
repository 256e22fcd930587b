"""Certificates and time stamps in the application: recorded, revoked, listed, added later."""

import socket
from contextlib import suppress
from io import BytesIO, StringIO

import pytest
from cryptography import x509
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.urls import reverse
from pyhanko.pdf_utils.reader import PdfFileReader

from checklists.language import WorkloadKind
from reviews import tasks
from reviews.access import Actor
from reviews.actions import report as reports
from reviews.actions import stamp
from reviews.actions.decide import approve
from reviews.actions.start import start_review
from reviews.actions.submit import submit_review
from reviews.models import Event, IssuedCertificate, Report, ReportRevision, Workload
from reviews.report import signing_identity
from tests.conftest import People, answer_all, version_of
from tests.support.time_stamps import Tsa, serving


@pytest.fixture
def ready(report: Report) -> Report:
    reports.produce_report(report.pk, worker="w")
    return Report.objects.get()


def listed(client, url: str = "/ca.crl") -> x509.CertificateRevocationList:
    answer = client.get(url)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pkix-crl"
    return x509.load_der_x509_crl(answer.content)


def test_every_certificate_is_recorded_with_its_account_and_report(ready: Report):
    found = list(IssuedCertificate.objects.order_by("id"))
    people = [each["by"]["username"] for each in ready.snapshot.data["sign_offs"]]
    assert [each.user.username if each.user else None for each in found] == [None, *people]
    assert [each.report for each in found] == [None, *[ready] * len(people)]
    assert {each.issuer_sha256 for each in found} == {signing_identity().issuer.sha256}
    assert f"CN={ready.snapshot.decision.by.name}" in found[-1].subject


def test_anybody_gets_the_revocation_list_signed_by_the_authority(ready: Report, client):
    made = listed(client)
    authority = signing_identity().issuer
    assert made.is_signature_valid(authority.certificate.public_key())
    assert made.next_update_utc > made.last_update_utc
    assert len(made) == 0
    assert listed(client, reverse("revocations-of", args=[authority.sha256])).issuer == made.issuer
    assert client.get("/ca.crl")["Cache-Control"] == "public, max-age=3600"
    assert client.get(reverse("revocations-of", args=["0" * 64])).status_code == 404
    assert client.post("/ca.crl").status_code == 405


def test_a_revoked_certificate_is_on_the_list_at_once_and_for_good(ready: Report, client):
    listed(client)
    found = IssuedCertificate.objects.last()
    shown = found.serial.upper().zfill(len(found.serial) + len(found.serial) % 2)
    serial = ":".join(shown[place : place + 2] for place in range(0, len(shown), 2))
    out = StringIO()
    call_command("revoke_certificate", serial, reason="The account was taken over.", stdout=out)
    assert found.serial in out.getvalue()
    assert [each.serial_number for each in listed(client)] == [int(found.serial, 16)]
    with pytest.raises(CommandError, match=r"was revoked on .* The account was taken over"):
        call_command("revoke_certificate", serial, reason="Again.")
    with pytest.raises(IntegrityError, match="stays revoked"), transaction.atomic():
        IssuedCertificate.objects.update(revoked_at=None, reason="")


def test_a_certificate_that_was_not_issued_here_cannot_be_revoked(db):
    with pytest.raises(CommandError, match="was issued here"):
        call_command("revoke_certificate", "abc", reason="Why not.")


def test_a_revocation_says_why(ready: Report):
    with pytest.raises(CommandError, match="Say why"):
        call_command("revoke_certificate", IssuedCertificate.objects.last().serial, reason=" ")


def test_certificates_name_the_list_where_it_can_be_reached(report: Report, settings):
    settings.REVOCATION_LISTS = "https://reviews.example.org/ca/"
    made = reports._make(report.snapshot.data)
    address = f"https://reviews.example.org/ca/{signing_identity().issuer.sha256}.crl"
    last = PdfFileReader(BytesIO(made.pdf)).embedded_signatures[-1].signer_cert
    assert [point.url for point in last.crl_distribution_points] == [address]


def test_rotated_keys_are_noticed_by_processes_that_run_and_old_authorities_stay_on_offer(
    db, client, settings, tmp_path
):
    settings.KEYS_DIR = tmp_path / "keys"
    before = signing_identity()
    call_command("rotate_keys", stdout=StringIO())
    seal = signing_identity()
    assert (seal.certificate == before.certificate, seal.authority == before.authority) == (False, True)
    call_command("rotate_keys", authority=True, stdout=StringIO())
    offered = x509.load_pem_x509_certificates(client.get("/ca.pem").content)
    assert offered == [signing_identity().authority, before.authority]
    old = listed(client, reverse("revocations-of", args=[before.issuer.sha256]))
    assert old.is_signature_valid(before.authority.public_key())


def test_without_a_server_nothing_is_stamped(ready: Report, sign_in, people):
    assert stamp.unstamped() == []
    assert stamp.stamp_report(ready.pk) is False
    page = sign_in(people.ada).get(reverse("report", args=[ready.snapshot.review_id])).content.decode()
    assert "Not time-stamped (PAdES B-B)" in page


def test_with_a_server_the_report_is_stamped_when_it_is_ready(report: Report, settings, sign_in, people):
    with serving(Tsa()) as settings.TSA_URL:
        reports.produce_report(report.pk, worker="w")
    revision = ReportRevision.objects.get()
    assert (revision.number, revision.level) == (1, "B-LTA")
    assert Event.objects.filter(kind="report_stamped").count() == 1
    page = sign_in(people.ada).get(reverse("report", args=[report.snapshot.review_id])).content.decode()
    assert "PAdES B-LTA" in page
    assert revision.pdf_sha256 in page
    pdf = sign_in(people.ada).get(reverse("report-pdf", args=[report.snapshot.review_id])).content
    assert pdf == bytes(revision.pdf)
    assert pdf.startswith(bytes(Report.objects.get().pdf))


def test_while_the_server_is_down_the_report_comes_out_and_the_sweep_stamps_it_later(
    report: Report,
    settings,
    monkeypatch,
):
    settings.TSA_URL = "http://127.0.0.1:1/"
    assert reports.produce_report(report.pk, worker="w") is True
    assert stamp.stamp_reports() == 0
    sent = []
    monkeypatch.setattr(tasks, "send", lambda *message: sent.append(message))
    tasks.sweep()
    assert ("reviews.tasks.stamp_reports",) in sent
    tsa = Tsa()
    with serving(tsa) as settings.TSA_URL:
        assert stamp.stamp_reports() == 1
        asked = tsa.asked
        assert stamp.stamp_reports() == 0
        assert stamp.stamp_report(report.pk) is False
    assert tsa.asked == asked
    assert ReportRevision.objects.count() == Event.objects.filter(kind="report_stamped").count() == 1


def test_after_a_server_that_never_answered_the_next_reports_do_not_wait_for_it(
    report: Report,
    workload: Workload,
    people: People,
    settings,
):
    for _ in range(2):
        review = start_review(Actor(people.ada), workload=workload, kind=WorkloadKind.EDA)
        answer_all(people.ada, review)
        submit_review(Actor(people.ada), review_id=review.pk)
        approve(Actor(people.lea), review_id=review.pk, version=version_of(review), statement="Good.")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(0)
        settings.TSA_URL, settings.TSA_TIMEOUT = f"http://127.0.0.1:{silent.getsockname()[1]}/", 0.5
        assert [reports.produce_report(each.pk, worker="w") for each in Report.objects.all()] == [True] * 3
        assert connections(silent) == 1
        assert len(stamp.unstamped()) == 3
        assert stamp.stamp_reports() == 0
        assert connections(silent) == 1


def test_as_soon_as_the_server_answers_the_sweep_new_reports_ask_it_again(report: Report, settings):
    tsa = Tsa()
    tsa.answer = lambda body: b"<html>Maintenance</html>"
    with serving(tsa) as settings.TSA_URL:
        reports.produce_report(report.pk, worker="w")
        assert stamp.server_for_new_reports() is None
        tsa.answer = tsa.stamp
        assert stamp.stamp_reports() == 1
        assert stamp.server_for_new_reports() is not None


def connections(silent: socket.socket) -> int:
    """How many have called since the last time that this was asked."""
    count = 0
    with suppress(BlockingIOError):
        while True:
            silent.accept()[0].close()
            count += 1
    return count


def test_of_two_that_stamp_at_once_one_counts(report: Report, settings, monkeypatch):
    settings.TSA_URL = "http://127.0.0.1:1/"
    reports.produce_report(report.pk, worker="w")
    is_stamped, asked = stamp._is_stamped, []

    def another_was_faster(found: Report) -> bool:
        asked.append(found)
        if len(asked) == 2:
            stamp.add_revision(found, b"%PDF")
        return is_stamped(found)

    monkeypatch.setattr(stamp, "_is_stamped", another_was_faster)
    with serving(Tsa()) as settings.TSA_URL:
        assert stamp.stamp_report(report.pk) is False
    assert ReportRevision.objects.count() == Event.objects.filter(kind="report_stamped").count() == 1
