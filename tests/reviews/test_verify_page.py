"""The public page on which anybody has a report verified."""

import re
from datetime import timedelta
from io import StringIO

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from reviews.access import Actor
from reviews.actions import stamp
from reviews.actions.after_approval import withdraw_report
from reviews.actions.verify_report import AT_ONCE, PER_ADDRESS
from reviews.models import IssuedCertificate, MarkKind, Report, ReportMark, Snapshot, Verification
from reviews.report import signing_identity
from tests.conftest import People
from tests.reviews.altering import altered
from tests.reviews.report import forging
from tests.reviews.signed_once import people, report, signed_once
from tests.support.time_stamps import Tsa, serving

__all__ = ["people", "report", "signed_once"]

# Verdicts are found by a process that has no database.
pytestmark = pytest.mark.pages

URL = "/verify/"


def send(pdf: bytes, client: Client | None = None, **extra):
    file = SimpleUploadedFile("report.pdf", pdf, content_type="application/pdf")
    return (client or Client()).post(URL, {"report": file}, **extra)


def text(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_anybody_sees_who_signed_a_genuine_report_and_that_it_still_stands(report: Report):
    answer = send(bytes(report.pdf))
    assert answer.status_code == 200
    said = text(answer)
    assert "The report is genuine and unchanged" in said
    assert "The approval still stands. The file is, byte for byte, the one that was made here." in said
    assert "The pages are exactly what the data inside say" in said
    assert re.search(r"Ada · Architect, submitted the review .*All of it is so.", said)
    assert re.search(r"Lea · Lead, approved it .*Good.", said)
    assert report.snapshot.data["approval"]["by"]["email"] in said
    assert report.snapshot.sha256 in said


def test_somebody_who_is_no_engineer_reads_what_it_means_that_no_time_stamp_is_there(report: Report):
    said = text(send(bytes(report.pdf)))
    assert "by the clock of the organisation" in said
    assert "Who signed, and that nothing was changed since, is proved all the same" in said


def test_the_fingerprint_that_people_compare_is_on_the_page():
    (authority,) = signing_identity().authorities
    assert authority.fingerprint(SHA256()).hex(":").upper() in text(Client().get(URL))


def test_nothing_is_kept_and_no_page_is_stored_by_browsers(report: Report):
    before = Report.objects.count(), Snapshot.objects.count()
    answer = send(bytes(report.pdf))
    assert (Report.objects.count(), Snapshot.objects.count()) == before
    assert "no-store" in answer["Cache-Control"]
    assert bytes(Report.objects.get().pdf) == bytes(report.pdf)


def test_it_says_that_a_report_was_withdrawn_and_no_name_nor_reason(report: Report, people: People):
    withdraw_report(Actor(people.lea), review_id=report.snapshot.review_id, reason="The secret reason.")
    said = text(send(bytes(report.pdf)))
    assert "genuine and unchanged, but it was withdrawn" in said
    assert "It was withdrawn on" in said
    assert "secret reason" not in said


def test_it_says_that_a_report_was_superseded(report: Report):
    ReportMark.objects.create(
        report=report, kind=MarkKind.SUPERSEDED, at=timezone.now(), successor=report.snapshot.review
    )
    said = text(send(bytes(report.pdf)))
    assert "genuine and unchanged, but a later review took its place" in said
    assert "It was superseded by a later review on" in said


def test_it_says_that_the_approval_has_ended(report: Report):
    with altered("reviews_snapshot"):
        Snapshot.objects.update(valid_until=timezone.now() - timedelta(days=1))
    said = text(send(bytes(report.pdf)))
    assert "genuine and unchanged, but its approval has ended" in said
    assert "The approval ended on" in said


def test_a_changed_report_is_refused_in_plain_words(report: Report):
    def rename(writer):
        info = writer.trailer_view["/Info"]
        info["/Title"] = forging.pdf_string("Another")
        writer.update_container(info)

    said = text(send(forging.appended(bytes(report.pdf), rename)))
    assert "The report was changed after it was signed" in said
    assert "the title, author or dates of the document were changed" in said
    assert "Do not rely on this file" in said
    # What is still true of the report must not be read as true of this file.
    assert "Of the report that was signed, not of this file: The approval still stands." in said
    assert "Holds for the file as it was before that change" in said
    assert "Intact and trusted" not in said
    assert "while the signatures do not hold" not in said
    assert "proved all the same" not in said


def test_a_report_of_others_says_nothing_of_what_is_known_here(report: Report, people: People):
    withdraw_report(Actor(people.lea), review_id=report.snapshot.review_id, reason="Wrong.")
    # The same data, so that only the signatures tell it from ours.
    forged = forging.signed(forging.render(report.snapshot.data).pdf, report.snapshot.data, forging.theirs())
    said = text(send(forged))
    assert "no genuine report of this organisation" in said
    assert "withdrawn" not in said
    assert "So the file says; nothing vouches for it" in said
    assert "approved it" not in said


def test_a_genuine_report_of_a_review_that_is_not_kept_here_is_said_to_be_unknown(report: Report):
    snapshot = report.snapshot.data
    snapshot["review"]["id"] = "00000000-0000-4000-8000-000000000000"
    stranger = forging.signed(forging.render(snapshot).pdf, snapshot, signing_identity())
    assert "does not hold this report" in text(send(stranger))


def test_a_record_altered_behind_the_application_is_noticed(report: Report):
    with altered("reviews_snapshot"):
        Snapshot.objects.update(content=report.snapshot.content.replace("Good.", "Bad!!"))
    said = text(send(bytes(report.pdf)))
    assert "The record of the review that is kept here was altered after the approval" in said
    assert "genuine and unchanged, but read on" in said


def test_a_record_altered_together_with_its_hash_is_noticed(report: Report):
    content = report.snapshot.content.replace("Good.", "Bad!!")
    with altered("reviews_snapshot"):
        Snapshot.objects.update(content=content, sha256=forging.sha256_hex(content.encode()))
    assert "is not the one that was signed" in text(send(bytes(report.pdf)))


def test_an_approval_that_was_lengthened_behind_the_application_is_noticed(report: Report):
    with altered("reviews_snapshot"):
        Snapshot.objects.update(valid_until=timezone.now() + timedelta(days=9999))
    said = text(send(bytes(report.pdf)))
    assert "The end of the approval that is kept here is not the one that was signed" in said
    assert "genuine and unchanged, but read on" in said


def test_a_revoked_certificate_is_not_trusted(report: Report):
    IssuedCertificate.objects.filter(user__username="lea").update(revoked_at=timezone.now(), reason="Lost.")
    said = text(send(bytes(report.pdf)))
    assert "its certificate was revoked on" in said
    assert "not everything in it holds" in said
    assert "Lost." not in said


def test_a_time_is_proven_by_the_authorities_for_time_stamps_that_the_settings_name(
    report: Report, settings, tmp_path
):
    tsa = Tsa()
    with serving(tsa) as settings.TSA_URL:
        assert stamp.stamp_reports() == 1
    stamped = bytes(report.revisions.get().pdf)
    said = text(send(stamped))
    assert "The report is genuine and unchanged" in said
    assert "“Time stamps”, which is not trusted here" in said
    (tmp_path / "tsa.pem").write_bytes(tsa.root.public_bytes(Encoding.PEM))
    settings.TSA_TRUSTED = str(tmp_path / "tsa.pem")
    said = text(send(stamped))
    assert "The report is genuine and unchanged" in said
    assert "not trusted here" not in said
    found = IssuedCertificate.objects.exclude(user=None).last()
    call_command("revoke_certificate", found.serial, reason="Lost.", stdout=StringIO())
    assert "The report is genuine and unchanged" in text(send(stamped))
    assert "no trusted time stamp proves that it is older" in text(send(bytes(report.pdf)))


@pytest.mark.django_db
def test_what_is_no_pdf_gets_an_answer():
    assert "cannot be read as a report" in text(send(b"Hello"))
    answer = Client().post(URL, {})
    assert answer.status_code == 400
    assert "Choose a PDF first" in text(answer)


@pytest.mark.django_db
def test_a_file_that_is_too_large_is_refused_before_it_is_read():
    answer = Client().post(URL, b"", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH=str(30_000_000))
    assert answer.status_code == 413
    assert "larger than 20 MB" in text(answer)
    assert Verification.objects.count() == 0


@pytest.mark.django_db
def test_one_address_gets_so_many_and_others_are_not_held_up_by_it():
    assert send(b"Hello").status_code == 200
    first = Verification.objects.get()
    Verification.objects.bulk_create(
        Verification(address=first.address, at=first.at, ended_at=first.ended_at) for _ in range(PER_ADDRESS - 2)
    )
    assert send(b"Hello").status_code == 200
    refused = send(b"Hello")
    assert refused.status_code == 429
    assert "Wait a little" in text(refused)
    assert send(b"Hello", REMOTE_ADDR="192.0.2.7").status_code == 200


@pytest.mark.django_db
def test_only_so_many_are_verified_at_once_and_those_that_died_do_not_count():
    now = timezone.now()
    for number in range(AT_ONCE):
        Verification.objects.create(address=f"other {number}", at=now)
    assert send(b"Hello").status_code == 429
    Verification.objects.update(at=now - timedelta(minutes=5))
    assert send(b"Hello").status_code == 200


@pytest.mark.django_db
def test_addresses_are_kept_neither_in_clear_nor_for_long():
    Verification.objects.create(address="old", at=timezone.now() - timedelta(hours=2), ended_at=timezone.now())
    send(b"Hello", REMOTE_ADDR="192.0.2.7")
    (kept,) = Verification.objects.all()
    assert "192" not in kept.address
    assert kept.ended_at is not None


@pytest.mark.django_db
def test_a_form_without_its_token_is_refused():
    client = Client(enforce_csrf_checks=True)
    assert send(b"Hello", client).status_code == 403
    page = client.get(URL).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
    file = SimpleUploadedFile("report.pdf", b"Hello")
    assert client.post(URL, {"report": file, "csrfmiddlewaretoken": token}).status_code == 200


@pytest.mark.django_db
def test_the_page_runs_no_script_but_its_own_and_shows_names_as_text():
    page = Client().get(URL)
    assert "default-src 'none'" in page["Content-Security-Policy"]
    assert "<style" not in page.content.decode()
    assert not re.search(r"<script(?![^>]*\bsrc=)", page.content.decode())
    file = SimpleUploadedFile("<img src=x onerror=alert(1)>.pdf", b"Hello")
    assert b"<img" not in Client().post(URL, {"report": file}).content


def test_the_address_in_the_report_leads_to_the_page(report: Report):
    assert report.snapshot.data["verify_url"].endswith(reverse("verify"))
