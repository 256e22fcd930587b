"""Signed reports, as independent programs see them."""

import subprocess
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pypdf import PdfReader

from reviews.report import certificates, make_report, sign
from reviews.report.fields import SEAL, sign_off_field
from reviews.report.keys import KeyStoreError, SigningIdentity
from tests.reviews.report import sample
from tests.reviews.report.conftest import trusting
from tests.reviews.report.reading import pages


def signed_by(name: str):
    snapshot = sample.tiny()
    snapshot["approval"]["by"] = {**snapshot["approval"]["by"], "name": name}
    snapshot["sign_offs"][-1] = snapshot["approval"]
    return snapshot


def test_pdfsig_finds_the_seal_and_every_sign_off_valid_and_trusted(report, saved, verifier):
    said = verifier.verify(saved(report))
    assert said.count("Signature is Valid") == 3
    assert said.count("Certificate is Trusted") == 3
    assert said.count("  - Total document signed") == 1
    assert said.count("ETSI.CAdES.detached") == 3
    assert said.count("SHA-256") == 3
    for whose in (
        "CN=Example Insurance: report signing,O=Example Insurance",
        "E=jonas@example.org,UID=jonas,CN=Jonas Keller,O=Example Insurance",
        "E=lea@example.org,UID=lea,CN=Lea Okafor,O=Example Insurance",
    ):
        assert f"Signer full Distinguished Name: {whose}\n" in said


def test_pyhanko_agrees_and_finds_that_only_signatures_were_added(identity):
    # Of few pages: it goes through all that could have been changed.
    report = make_report(sample.tiny(), identity, signed_at=datetime.now(UTC)).pdf
    roots = ValidationContext(trust_roots=[sign.as_asn1(identity.authority)])
    found = PdfFileReader(BytesIO(report)).embedded_signatures
    assert [each.field_name for each in found] == [SEAL, sign_off_field(1), sign_off_field(2)]
    for each in found:
        status = validate_pdf_signature(each, roots)
        assert status.bottom_line, status.pretty_print_details()
        assert status.docmdp_ok is not False
        assert status.modification_level <= ModificationLevel.FORM_FILLING
    assert found[-1].coverage == SignatureCoverageLevel.ENTIRE_FILE


def test_the_seal_covers_what_was_rendered_and_each_sign_off_what_came_before(report):
    revisions = [each.byte_range for each in PdfFileReader(BytesIO(report)).embedded_signatures]
    ends = [start + length for _, _, start, length in revisions]
    assert ends == sorted(ends)
    assert ends[-1] == len(report)


def test_every_sign_off_is_signed_with_a_key_of_its_own(report):
    certificates = [each.signer_cert for each in PdfFileReader(BytesIO(report)).embedded_signatures]
    assert len({each.public_key.dump() for each in certificates}) == 3
    assert len({each.serial_number for each in certificates}) == 3


def test_the_made_certificates_are_told_as_plain_values(identity):
    snapshot = sample.tiny()
    made = make_report(snapshot, identity)
    assert [each.username for each in made.issued] == [
        None,
        *(each["by"]["username"] for each in snapshot["sign_offs"]),
    ]
    inside = [each.signer_cert.serial_number for each in PdfFileReader(BytesIO(made.pdf)).embedded_signatures]
    assert [int(each.serial, 16) for each in made.issued] == inside
    assert {each.issuer_sha256 for each in made.issued} == {identity.issuer.sha256}


def test_a_persons_key_may_sign_for_a_day_and_the_certificate_verifies_as_long_as_the_authority(report, identity):
    certificate = x509.load_der_x509_certificate(
        PdfFileReader(BytesIO(report)).embedded_signatures[-1].signer_cert.dump()
    )
    period = certificate.extensions.get_extension_for_class(x509.PrivateKeyUsagePeriod).value
    assert timedelta(days=1) <= period.not_after - period.not_before <= timedelta(days=1, hours=1)
    assert certificate.not_valid_after_utc == identity.issuer.certificate.not_valid_after_utc
    assert certificate.not_valid_after_utc > datetime.now(UTC) + timedelta(days=365 * 20)


def test_a_report_verifies_long_after_the_keys_may_no_longer_sign(tmp_path, saved):
    ago = datetime.now(UTC) - timedelta(days=365 * 12)
    key = rsa.generate_private_key(65537, 2048)
    authority = certificates.new_authority(key, "Example", ago)
    seal = certificates.seal_certificate(authority, key.public_key(), "Example", ago)
    old = SigningIdentity(key, seal, (authority.certificate,), authority)
    pdf = make_report(sample.tiny(), old, signed_at=ago).pdf
    said = trusting(tmp_path, old).verify(saved(pdf))
    assert said.count("Certificate is Trusted") == said.count("Signature is Valid") == 3
    with pytest.raises(KeyStoreError, match="cannot sign on"):
        make_report(sample.tiny(), old)


def test_pdfsig_does_not_trust_a_report_of_another_authority(report, saved, tmp_path):
    subprocess.run(["certutil", "-N", "-d", tmp_path, "--empty-password"], check=True)
    run = subprocess.run(["pdfsig", "-nssdir", tmp_path, saved(report)], capture_output=True, text=True)
    assert run.stdout.count("Signature is Valid") == 3
    assert "Certificate is Trusted" not in run.stdout


@pytest.mark.parametrize("part", [0.2, 0.5, 0.8])
def test_a_changed_byte_is_reported(report, saved, verifier, part):
    # Inside a stream of what was rendered, before the signatures.
    start = report.index(b"stream\n", int(report.index(b"/ByteRange") * part)) + 20
    changed = bytearray(report)
    changed[start] ^= 1
    said = verifier.verify(saved(bytes(changed)))
    assert "Signature is Valid" not in said
    assert said.count("Digest Mismatch") == 3


def test_the_signature_certifies_and_leaves_room_for_more_signatures(report):
    catalog = PdfReader(BytesIO(report)).root_object
    certification = catalog["/Perms"]["/DocMDP"]
    assert certification["/Reference"][0]["/TransformParams"]["/P"] == 2


def test_every_signature_is_visible_in_its_field_on_the_sign_off_page(identity, saved):
    at = datetime.now(UTC)
    path = saved(make_report(sample.realistic(), identity, signed_at=at).pdf)
    text = "".join(page for page in pages(path) if "Sign-off" in page)
    sealed = f"Sealed {at.day} {at:%b %Y, %H:%M} UTC"
    assert f"Sealed by Example Insurance: report signing\n{sealed}" in text
    assert "Lea Okafor, Lead\n“" in text
    assert "Signed off 24 Nov 2026, 13:20 UTC" in text
    assert text.count(f"Signature made {at.day} {at:%b %Y, %H:%M} UTC") == 2


def test_the_statement_is_the_reason_of_the_signature(report):
    last = PdfFileReader(BytesIO(report)).embedded_signatures[-1]
    approval = sample.realistic()["approval"]
    assert str(last.sig_object["/Reason"]).startswith(f"Lead: {approval['statement']}"[:100])
    assert last.sig_object["/Name"] == "Lea Okafor"


def test_the_font_of_the_visible_signature_is_embedded(report, sample_pdf, saved):
    run = subprocess.run(["pdffonts", saved(report)], capture_output=True, text=True, check=True)
    before = subprocess.run(["pdffonts", sample_pdf], capture_output=True, text=True, check=True)
    fonts = run.stdout.splitlines()[2:]
    assert len(fonts) == len(before.stdout.splitlines()[2:]) + 1
    assert all(line.split()[-5] == "yes" for line in fonts)


def test_a_name_that_our_font_cannot_draw_is_not_drawn_as_boxes_and_stands_in_the_certificate(
    identity, saved, verifier
):
    snapshot = signed_by("山田 太郎")
    path = saved(make_report(snapshot, identity).pdf)
    assert "The person named on this page, Lead" in "".join(pages(path))
    assert "CN=山田 太郎" in verifier.verify(path)


@pytest.mark.parametrize("name", ["100%s " * 20, "Ö" * 120, "O=Evil, CN=Other+UID=x", "Lea\u202egro.\x00", " \n "])
def test_any_name_fits_the_field_and_the_certificate(identity, saved, verifier, name):
    path = saved(make_report(signed_by(name), identity).pdf)
    said = verifier.verify(path)
    assert said.count("Signature is Valid") == said.count("Certificate is Trusted") == 3
    assert "\u202e" not in said


@pytest.mark.parametrize("email", ["löwe@example.org", "a" * 240 + "@example.org", ""])
def test_any_address_fits_the_certificate(identity, saved, verifier, email):
    snapshot = sample.tiny()
    for sign_off in snapshot["sign_offs"]:
        sign_off["by"] = {**sign_off["by"], "email": email}
    said = verifier.verify(saved(make_report(snapshot, identity).pdf))
    assert said.count("Signature is Valid") == said.count("Certificate is Trusted") > 1


def test_a_statement_longer_than_a_page_leaves_the_signatures_where_they_are(identity, saved, verifier):
    snapshot = sample.tiny()
    snapshot["approval"]["statement"] = "I have read it all. " * 900
    snapshot["sign_offs"][-1] = snapshot["approval"]
    said = verifier.verify(saved(make_report(snapshot, identity).pdf))
    assert said.count("Signature is Valid") == 3


def test_four_sign_offs_are_four_signatures_and_the_seal(identity, saved, verifier):
    snapshot = sample.tiny()
    snapshot["sign_offs"] = [snapshot["sign_offs"][-1]] * 4
    said = verifier.verify(saved(make_report(snapshot, identity).pdf))
    assert said.count("Signature is Valid") == said.count("Certificate is Trusted") == 5


def test_a_time_outside_the_certificate_is_refused(identity):
    with pytest.raises(KeyStoreError, match="cannot sign on"):
        make_report(sample.tiny(), identity, signed_at=datetime.now(UTC) + timedelta(days=365 * 30))


def test_a_time_without_a_zone_is_refused(identity):
    with pytest.raises(ValueError, match="time zone"):
        make_report(sample.tiny(), identity, signed_at=datetime(2026, 11, 24, 13, 20))
