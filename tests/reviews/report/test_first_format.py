"""A report of the first release, kept since, is judged as it was: signed, and without data to compare."""

from pathlib import Path

import pytest
from asn1crypto import pem, x509
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name

from reviews.report.verdict import Compared, SignatureKind, Verdict
from reviews.report.verify import verify
from tests.reviews.report import forging

FOLDER = Path("tests/samples/report_format_1")
REPORT = (FOLDER / "report.pdf").read_bytes()
AUTHORITY = x509.Certificate.load(pem.unarmor((FOLDER / "ca.pem").read_bytes())[2])


def judged(pdf: bytes) -> Verdict:
    return verify(pdf, [AUTHORITY])


def test_it_is_valid_and_said_to_have_no_data():
    found = judged(REPORT)
    assert found.problems == ()
    assert found.exit_status == 0
    assert any(note.startswith("No data are embedded") for note in found.notes)
    assert not found.data.embedded
    assert found.data.compared == Compared.NOT
    assert found.about is None


def test_its_one_signature_is_the_seal_and_says_who_approved():
    (seal,) = judged(REPORT).signatures
    assert (seal.field, seal.kind) == ("Approval", SignatureKind.SEAL)
    assert seal.signer == "Architecture reviews: report signing"
    assert seal.reason.startswith("Lead: I read all answers")
    assert seal.at == "2026-11-25T02:15:01Z"


def test_by_an_authority_that_is_not_trusted_it_is_not_valid():
    assert not verify(REPORT, forging.trusted()).valid


@pytest.mark.parametrize("part", [0.05, 0.3, 0.6, 0.85, 0.999])
def test_one_bit_changed_makes_it_invalid(part):
    altered = bytearray(REPORT)
    altered[int(len(REPORT) * part)] ^= 1
    found = judged(bytes(altered))
    assert not found.valid
    assert not any(each.intact and each.trusted for each in found.signatures)


def test_text_drawn_over_a_page_afterwards_makes_it_invalid():
    def draw(writer):
        page = forging.page(writer)
        page[pdf_name("/Contents")] = generic.ArrayObject([page.raw_get("/Contents"), forging.text_over(writer)])
        writer.update_container(page)

    found = judged(forging.appended(REPORT, draw))
    assert not found.valid
    assert any("what is shown on page 1" in each for each in found.changes)


def test_data_attached_afterwards_make_it_invalid():
    def attach(writer):
        names = generic.ArrayObject([forging.pdf_string("snapshot.json"), forging.attachment(writer, b"{}")])
        files = generic.DictionaryObject({pdf_name("/Names"): names})
        writer.root[pdf_name("/Names")] = generic.DictionaryObject({pdf_name("/EmbeddedFiles"): files})
        writer.update_root()

    assert not judged(forging.appended(REPORT, attach)).valid


def test_bytes_behind_its_end_make_it_invalid():
    assert not judged(REPORT + b"\nApproved for everything").valid
