"""What verification says of reports with time stamps: when each signature existed for certain, and who says so."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from asn1crypto import cms, crl
from cryptography.x509.oid import ExtendedKeyUsageOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import PdfTimeStamper
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore

from reviews.report import contained, make_report, sign
from reviews.report.certificates import revocation_list
from reviews.report.errors import TimeStampServer
from reviews.report.render import render
from reviews.report.time_stamp import time_stamp
from reviews.report.verdict import Compared, SignatureKind, Verdict
from tests.reviews.report import forging, sample
from tests.support.time_stamps import Tsa, serving, stamper


@pytest.fixture(scope="module")
def tsa() -> Tsa:
    return Tsa()


@pytest.fixture(scope="module")
def other_tsa() -> Tsa:
    """A server of the same names, with other keys."""
    return Tsa()


@pytest.fixture(scope="module")
def stamped(tsa) -> bytes:
    """A report of level B-LTA: a time stamp in each signature, and one over all."""
    with serving(tsa) as address:
        return make_report(sample.tiny(), forging.ours(), server=TimeStampServer(address, 5)).stamped


def stamped_later(pdf: bytes, tsa: Tsa, revoked=None) -> bytes:
    with serving(tsa) as address:
        return time_stamp(pdf, forging.ours(), TimeStampServer(address, 5), revoked or {})


def stamped_by_anybody(pdf: bytes, by: TimeStamper) -> bytes:
    """The PDF with a time stamp over it that nobody has checked."""
    writer, output = IncrementalPdfFileWriter(BytesIO(pdf)), BytesIO()
    asyncio.run(PdfTimeStamper(by).async_timestamp_pdf(writer, "sha256", output=output))
    return output.getvalue()


def verdict(pdf: bytes, *stamps_trusted: Tsa, **options) -> Verdict:
    return forging.verdict(pdf, stamps_trusted=[each.trusted for each in stamps_trusted], **options)


def personal(found: Verdict) -> list:
    return [each for each in found.signatures if each.kind != SignatureKind.TIME_STAMP]


def revoked(pdf: bytes, at: datetime) -> dict:
    """The list on which the certificate of the last sign-off stands since some time."""
    last = PdfFileReader(BytesIO(pdf)).embedded_regular_signatures[-1].signer_cert
    return {forging.ours().issuer.sha256: [(f"{last.serial_number:x}", at)]}


def contents(pdf: bytes) -> list[re.Match[bytes]]:
    """The places in which signatures lie, those of time stamps over the document as well."""
    return list(re.finditer(rb"<([0-9a-fA-F]{1000,})>", pdf))


def with_token(pdf: bytes, number: int, change) -> bytes:
    """The PDF with the time stamp in one of its signatures changed; what was signed stays."""
    place = contents(pdf)[number]
    signature = cms.ContentInfo.load(bytes.fromhex(place[1].decode()))
    (attribute,) = [
        each
        for each in signature["content"]["signer_infos"][0]["unsigned_attrs"]
        if each["type"].native == "signature_time_stamp_token"
    ]
    attribute["values"] = [change(attribute["values"][0])]
    # As often as it lies inside another: what asn1crypto has read it writes again as it was.
    made = cms.ContentInfo.load(signature.dump(force=True)).dump()
    put = made.hex().encode().ljust(len(place[1]), b"0")
    assert len(put) == len(place[1])
    return pdf[: place.start(1)] + put + pdf[place.end(1) :]


def token_in(pdf: bytes, number: int) -> cms.ContentInfo:
    taken = []
    with_token(pdf, number, lambda token: taken.append(token.copy()) or token)
    return taken[0]


def with_a_byte_altered(pdf: bytes, part: str) -> bytes:
    """The PDF with the last byte of a part of its last time stamp altered."""
    place = contents(pdf)[-1]
    token = cms.ContentInfo.load(bytes.fromhex(place[1].decode()))["content"]
    info = token["encap_content_info"]["content"].parsed
    (certificate,) = [
        each.chosen for each in token["certificates"] if each.chosen.subject.native["common_name"] == "Time stamps"
    ]
    found = {
        "what it stamps": info["message_imprint"]["hashed_message"],
        "the time": info["gen_time"],
        "the server's signature": token["signer_infos"][0]["signature"],
        "the server's certificate": certificate["signature_value"],
    }[part]
    written = found.dump().hex().upper().encode()
    assert place[1].count(written) == 1
    at = place.start(1) + place[1].index(written) + len(written) - 2
    if part == "the time":
        at -= 2  # The last byte is the letter that names the zone.
    return pdf[:at] + f"{int(pdf[at : at + 2], 16) ^ 1:02x}".encode() + pdf[at + 2 :]


# Genuine ones


def test_of_each_signature_the_trusted_authority_that_vouches_for_its_time_is_named(stamped, tsa):
    found = verdict(stamped, tsa)
    assert found.problems == ()
    assert found.notes == ()
    *signatures, time = found.signatures
    assert [each.kind for each in signatures] == [SignatureKind.SEAL, *[SignatureKind.SIGN_OFF] * 2]
    for each in found.signatures:
        assert each.intact
        assert each.trusted
        assert each.stamped_by == "Time stamps"
        assert abs(datetime.fromisoformat(each.stamped_at) - datetime.now(UTC)) < timedelta(minutes=10)
    assert time.kind == SignatureKind.TIME_STAMP
    assert time.issuer == "Time authority"
    assert time.revision == found.revisions


@pytest.mark.parametrize("trusted", [True, False])
def test_the_pages_are_compared_with_the_data_whether_or_not_the_time_stamps_are_trusted(stamped, tsa, trusted):
    found = verdict(stamped, *([tsa] if trusted else []), compare_pages=True)
    assert found.valid
    assert found.data.compared == Compared.BYTES


def test_by_an_authority_that_is_not_trusted_the_time_is_said_to_be_the_signers_claim(stamped, other_tsa):
    for found in (verdict(stamped), verdict(stamped, other_tsa)):
        assert found.valid
        assert all(each.intact and each.trusted and each.at and not each.stamped_at for each in personal(found))
        for each in personal(found):
            said = f"The time stamp of the signature “{each.field}” is by “Time stamps”, which is not trusted here"
            assert any(note.startswith(said) and "the signer's own claim" in note for note in found.notes)


def test_a_time_stamp_that_was_added_later_counts_for_all_signatures(tsa):
    found = verdict(stamped_later(forging.genuine(), tsa), tsa)
    assert found.problems == ()
    assert [each.stamped_by for each in found.signatures] == ["Time stamps"] * 4
    signed, existed = (
        datetime.fromisoformat(text) for text in (found.signatures[0].at, found.signatures[0].stamped_at)
    )
    assert existed >= signed
    assert not any(each.stamped_by for each in verdict(stamped_later(forging.genuine(), tsa)).signatures)


def test_a_further_time_stamp_over_the_first_leaves_the_report_valid(stamped, tsa, other_tsa):
    found = verdict(stamped_later(stamped, other_tsa), tsa)
    assert found.problems == ()
    assert [each.kind for each in found.signatures[-2:]] == [SignatureKind.TIME_STAMP] * 2
    assert all(each.stamped_by for each in personal(found))


def test_in_a_process_of_its_own_the_verdict_is_the_same(stamped, tsa):
    found = contained.verify_contained(
        stamped, forging.ours().authorities, limits=contained.ON_THE_WEB, stamps_trusted=[tsa.root]
    )
    assert found == verdict(stamped, tsa, compare_pages=True)


# Whom nobody should believe


def test_a_time_stamp_of_another_report_in_a_signature_is_a_problem(stamped, tsa):
    other = sample.tiny()
    other["workload"]["name"] = "Another workload"
    with serving(tsa) as address:
        theirs = make_report(other, forging.ours(), server=TimeStampServer(address, 5)).stamped
    moved = with_token(stamped, 0, lambda token: token_in(theirs, 0))
    found = verdict(moved, tsa)
    assert "The time stamp of the signature “Seal” does not belong to it." in found.problems
    assert personal(found)[0].stamped_by == ""


def test_a_time_stamp_of_another_signature_of_the_same_report_is_a_problem(stamped, tsa):
    found = verdict(with_token(stamped, 1, lambda token: token_in(stamped, 2)), tsa)
    assert "The time stamp of the signature “SignOff1” does not belong to it." in found.problems


@pytest.mark.parametrize("is_trusted", [True, False])
def test_a_time_stamp_in_a_signature_that_was_set_to_another_time_is_a_problem(stamped, tsa, is_trusted):
    def earlier(token):
        info = token["content"]["encap_content_info"]["content"].parsed
        info["gen_time"] = datetime.now(UTC).replace(microsecond=0) - timedelta(days=30)
        token["content"]["encap_content_info"]["content"] = cms.ParsableOctetString(info.dump(force=True))
        return token

    found = verdict(with_token(stamped, 0, earlier), *([tsa] if is_trusted else []))
    assert not found.valid
    assert any("of the signature “Seal” does not belong to it" in each for each in found.problems)


def test_a_time_stamp_over_another_report_is_a_problem(tsa):
    other = sample.tiny()
    other["workload"]["name"] = "Another workload"
    theirs = stamped_later(forging.signed(render(other).pdf, other), tsa)
    pdf = stamped_later(forging.genuine(), tsa)
    mine, copied = contents(pdf)[-1], contents(theirs)[-1]
    pdf = pdf[: mine.start(1)] + copied[1][: len(mine[1])].ljust(len(mine[1]), b"0") + pdf[mine.end(1) :]
    found = verdict(pdf, tsa)
    assert not found.valid
    assert any("does not fit the file: what it stamped was changed" in each for each in found.problems)
    assert not any(each.stamped_by for each in found.signatures)


@pytest.mark.parametrize("part", ["what it stamps", "the time", "the server's signature"])
def test_a_time_stamp_of_which_a_byte_was_altered_is_a_problem(stamped, tsa, part):
    found = verdict(with_a_byte_altered(stamped, part), tsa)
    assert not found.valid
    assert any(each.startswith("The time stamp “Timestamp-") for each in found.problems)
    assert not found.signatures[-1].intact
    assert found.signatures[-1].stamped_by == ""


def test_a_time_stamp_of_which_the_certificate_was_altered_proves_no_time(tsa):
    found = verdict(with_a_byte_altered(stamped_later(forging.genuine(), tsa), "the server's certificate"), tsa)
    assert not any(each.stamped_by or each.stamped_at for each in found.signatures)


def test_a_time_stamp_by_a_certificate_that_is_not_for_time_stamps_proves_no_time():
    mailer = Tsa(ExtendedKeyUsageOID.EMAIL_PROTECTION)
    found = verdict(stamped_by_anybody(forging.genuine(), mailer.stamper), mailer)
    assert found.valid
    assert not any(each.stamped_by for each in found.signatures)
    assert found.signatures[-1].trusted is False
    assert any("“Time stamps”, which is not trusted here" in each for each in found.notes)


def test_our_own_seal_cannot_stamp_times():
    """Our authority is trusted for time stamps too, but none of the certificates that it gives is for them."""
    ours = forging.ours()
    found = verdict(stamped_by_anybody(forging.genuine(), stamper(ours.key, ours.certificate, *ours.chain)))
    assert not any(each.trusted for each in found.signatures if each.kind == SignatureKind.TIME_STAMP)
    assert not any(each.stamped_by for each in found.signatures)


def test_an_authority_for_time_stamps_is_not_trusted_with_signatures(stamped, tsa):
    found = forging.verify(stamped, [tsa.trusted], stamps_trusted=[tsa.trusted], compare_pages=False)
    assert not found.valid
    assert not any(each.trusted for each in personal(found))


# Changes


def test_a_change_after_the_time_stamp_over_the_document_is_found(stamped, tsa):
    def draw(writer):
        page = forging.page(writer)
        page[forging.generic.pdf_name("/Contents")] = forging.text_over(writer)
        writer.update_container(page)

    found = verdict(forging.appended(stamped, draw), tsa)
    assert any("what is shown on page 1" in each for each in found.problems)


def test_a_change_between_the_signatures_and_a_later_time_stamp_is_found(tsa):
    def draw(writer):
        page = forging.page(writer)
        page[forging.generic.pdf_name("/Contents")] = forging.text_over(writer)
        writer.update_container(page)

    found = verdict(stamped_later(forging.appended(forging.genuine(), draw), tsa), tsa)
    assert any("what is shown on page 1" in each for each in found.problems)


# Revocations, by the list that is in the file


def test_a_certificate_revoked_after_the_time_that_a_time_stamp_proves_leaves_the_signature_good(stamped, tsa):
    later = datetime.now(UTC) + timedelta(minutes=5)
    found = verdict(stamped_later(stamped, tsa, revoked(stamped, later)), tsa)
    assert found.problems == ()


def test_a_certificate_revoked_before_that_time_spoils_it(stamped, tsa):
    earlier = datetime.now(UTC) - timedelta(minutes=30)
    found = verdict(stamped_later(stamped, tsa, revoked(stamped, earlier)), tsa)
    assert [each.trusted for each in personal(found)] == [True, True, False]
    assert any("SignOff2" in each and "was revoked" in each for each in found.problems)


@pytest.mark.parametrize("trusted", [True, False])
def test_a_signature_that_says_it_is_older_than_the_revocation_needs_a_trusted_time_stamp_to_prove_it(trusted):
    """Whoever steals a key can write any time into a signature."""
    now, late = datetime.now(UTC), Tsa()
    late.stamper.fixed_dt = now + timedelta(minutes=10 if trusted else 2)
    pdf = forging.genuine()
    pdf = stamped_later(pdf, late, revoked(pdf, now + timedelta(minutes=5)))
    found = verdict(pdf, *([late] if trusted else []))
    assert [each.trusted for each in personal(found)] == [True, True, False]
    assert any("SignOff2" in each and "was revoked on" in each for each in found.problems)


def test_a_list_that_the_authority_did_not_sign_revokes_nothing(stamped, tsa):
    """Anybody can append a list to the file."""
    theirs = forging.theirs()
    last = PdfFileReader(BytesIO(stamped)).embedded_regular_signatures[-1].signer_cert
    entries = [(f"{last.serial_number:x}", datetime.now(UTC) - timedelta(minutes=30))]
    forged = crl.CertificateList.load(revocation_list(theirs.issuer, entries, datetime.now(UTC)))

    def append(writer):
        certs = [sign.as_asn1(theirs.issuer.certificate)]
        DocumentSecurityStore.supply_dss_in_writer(writer, None, certs=certs, crls=[forged])

    found = verdict(stamped_later(forging.appended(stamped, append), tsa), tsa)
    assert found.problems == ()


def test_a_signature_that_claims_a_time_after_its_own_stamp_is_not_valid(tsa):
    later = datetime.now(UTC) + timedelta(hours=2)
    with serving(tsa) as address:
        server = TimeStampServer(address, 5)
        pdf = make_report(sample.tiny(), forging.ours(), signed_at=later, server=server).stamped
    found = verdict(pdf, tsa)
    assert not found.valid
    assert len([each for each in found.problems if "a time after the one that its time stamp proves" in each]) == 3
