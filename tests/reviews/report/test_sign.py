"""Signed reports, as independent programs see them."""

import subprocess
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import PdfSignatureMetadata, signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pypdf import PdfReader

from reviews.report import make_report, sign
from reviews.report.keys import KeyStoreError
from tests.reviews.report import sample
from tests.reviews.report.reading import pages


def test_pdfsig_finds_the_signature_valid_and_trusted_over_the_whole_document(report, saved, verifier):
    said = verifier.verify(saved(report))
    assert "Signature is Valid" in said
    assert "Certificate is Trusted" in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said
    assert "SHA-256" in said


def test_pdfsig_does_not_trust_a_report_of_another_authority(report, saved, tmp_path):
    subprocess.run(["certutil", "-N", "-d", tmp_path, "--empty-password"], check=True)
    run = subprocess.run(["pdfsig", "-nssdir", tmp_path, saved(report)], capture_output=True, text=True)
    assert "Signature is Valid" in run.stdout
    assert "Certificate is Trusted" not in run.stdout


@pytest.mark.parametrize("part", [0.2, 0.5, 0.8])
def test_a_changed_byte_is_reported(report, saved, verifier, part):
    start = report.index(b"stream\n", int(len(report) * part * 0.7)) + 20
    changed = bytearray(report)
    changed[start] ^= 1
    said = verifier.verify(saved(bytes(changed)))
    assert "Signature is Valid" not in said
    assert "Digest Mismatch" in said


def test_the_signature_certifies_and_leaves_room_for_more_signatures(report):
    catalog = PdfReader(BytesIO(report)).root_object
    certification = catalog["/Perms"]["/DocMDP"]
    assert certification["/Reference"][0]["/TransformParams"]["/P"] == 2


def test_pyhanko_accepts_a_personal_signature_added_afterwards(report, identity, saved, verifier):
    signer = signers.SimpleSigner(
        signing_cert=sign._certificate(identity.certificate),
        signing_key=sign._key(identity),
        cert_registry=None,
    )
    metadata = PdfSignatureMetadata(field_name="Personal", subfilter=SigSeedSubFilter.PADES)
    output = BytesIO()
    signers.sign_pdf(IncrementalPdfFileWriter(BytesIO(report)), metadata, signer, output=output)
    roots = ValidationContext(trust_roots=[sign._certificate(identity.authority)])
    first, second = PdfFileReader(output).embedded_signatures
    for signature in (first, second):
        status = validate_pdf_signature(signature, roots)
        assert status.intact
        assert status.valid
        assert status.trusted
        assert status.docmdp_ok is not False
    assert verifier.verify(saved(output.getvalue())).count("Signature is Valid") == 2


def test_the_signature_is_visible_inside_the_box_on_the_sign_off_page(report, rendered, saved):
    reader = PdfReader(BytesIO(report))
    field = reader.get_fields()[sign.FIELD]
    page = next(
        number
        for number, page in enumerate(reader.pages)
        if any(each.get_object().get("/T") == sign.FIELD for each in page.get("/Annots", []))
    )
    assert page == rendered.page == len(reader.pages) - 1
    assert "Sign-off" in pages(saved(report))[page]
    widget = next(
        each.get_object() for each in reader.pages[page]["/Annots"] if each.get_object().get("/T") == sign.FIELD
    )
    assert [float(edge) for edge in widget["/Rect"]] == pytest.approx(rendered.box, abs=0.5)
    assert field["/FT"] == "/Sig"


def test_the_visible_signature_names_approver_role_and_times(identity, saved):
    at = datetime.now(UTC)
    text = pages(saved(make_report(sample.realistic(), identity, signed_at=at)))[-1]
    assert "Signed for Lea Okafor, Lead" in text
    assert "Decided 24 Nov 2026, 13:20 UTC" in text
    assert f"Signed {at.day} {at:%b %Y, %H:%M} UTC" in text
    assert "by Example Insurance: report signing" in text


def test_the_font_of_the_visible_signature_is_embedded(report, sample_pdf, saved):
    run = subprocess.run(["pdffonts", saved(report)], capture_output=True, text=True, check=True)
    before = subprocess.run(["pdffonts", sample_pdf], capture_output=True, text=True, check=True)
    fonts = run.stdout.splitlines()[2:]
    assert len(fonts) == len(before.stdout.splitlines()[2:]) + 1
    assert all(line.split()[-5] == "yes" for line in fonts)


def test_a_name_that_our_font_cannot_draw_is_not_drawn_as_boxes(identity, saved):
    snapshot = sample.realistic()
    snapshot["approval"]["by"] = {**snapshot["approval"]["by"], "name": "山田 太郎"}
    text = pages(saved(make_report(snapshot, identity)))[-1]
    assert "Signed for the approver named on this page, Lead" in text


def test_a_long_name_with_signs_of_percent_fits_the_box(identity, saved, verifier):
    snapshot = sample.realistic()
    snapshot["approval"]["by"] = {**snapshot["approval"]["by"], "name": "100%s " * 20}
    path = saved(make_report(snapshot, identity))
    assert "100%s 100%s" in pages(path)[-1]
    assert "Signature is Valid" in verifier.verify(path)


def test_a_statement_longer_than_a_page_leaves_the_box_where_the_signature_is(identity, saved, verifier):
    snapshot = sample.realistic()
    snapshot["approval"]["statement"] = "I have read it all. " * 900
    path = saved(make_report(snapshot, identity))
    assert "Signature is Valid" in verifier.verify(path)
    assert ["Signed for Lea Okafor" in text for text in pages(path)] == [False] * (len(pages(path)) - 1) + [True]


def test_a_time_outside_the_certificate_is_refused(identity):
    with pytest.raises(KeyStoreError, match="cannot sign on"):
        make_report(sample.tiny(), identity, signed_at=datetime.now(UTC) + timedelta(days=365 * 30))


def test_a_time_without_a_zone_is_refused(identity):
    with pytest.raises(ValueError, match="time zone"):
        make_report(sample.tiny(), identity, signed_at=datetime(2026, 11, 24, 13, 20))
