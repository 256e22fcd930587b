"""Time stamps and validation data, as pyHanko and pdfsig see them."""

import asyncio
import gc
import socket
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko.sign.validation.ades import ades_lta_validation
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.policy_decl import PdfSignatureValidationSpec, SignatureValidationSpec
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.policy_decl import CertRevTrustPolicy, RevocationCheckingPolicy
from pyhanko_certvalidator.policy_decl import RevocationCheckingRule as Rule
from pyhanko_certvalidator.registry import SimpleTrustManager

from reviews.report import make_report, sign
from reviews.report.errors import ServerDown, TimeStampError, TimeStampServer
from reviews.report.time_stamp import time_stamp
from tests.reviews.report import sample
from tests.support.pdf import text_of
from tests.support.time_stamps import Tsa, serving


@pytest.fixture(scope="module")
def tsa() -> Tsa:
    return Tsa()


@pytest.fixture(scope="module")
def report(identity) -> bytes:
    """A report without a stamp; a short one, as pyHanko looks through every page again for each signature."""
    return make_report(sample.tiny(), identity, signed_at=datetime.now(UTC)).pdf


@pytest.fixture(scope="module")
def made(identity, tsa):
    """A report that was made while the server answers."""
    with serving(tsa) as address:
        return make_report(sample.tiny(), identity, server=TimeStampServer(address, 5))


@pytest.fixture(scope="module")
def stamped(made) -> bytes:
    return made.stamped


@pytest.fixture(scope="module")
def stamped_later(report, identity, tsa) -> bytes:
    with serving(tsa) as address:
        return time_stamp(report, identity, TimeStampServer(address, 5), {})


def lta(pdf: bytes, *trusted):
    """What pyHanko says of each signature by the rules of PAdES B-LTA, with nothing but what is in the file."""
    policy = RevocationCheckingPolicy(Rule.CRL_OR_OCSP_REQUIRED, Rule.CHECK_IF_DECLARED)
    spec = CertValidationPolicySpec(
        trust_manager=SimpleTrustManager.build(trust_roots=list(trusted)),
        revinfo_policy=CertRevTrustPolicy(policy),
    )
    timely = CertValidationPolicySpec(
        trust_manager=SimpleTrustManager.build(trust_roots=list(trusted)),
        revinfo_policy=CertRevTrustPolicy(RevocationCheckingPolicy(Rule.CHECK_IF_DECLARED, Rule.CHECK_IF_DECLARED)),
    )
    asked = PdfSignatureValidationSpec(SignatureValidationSpec(spec, ts_cert_validation_policy=timely))
    reader = PdfFileReader(BytesIO(pdf))
    return [asyncio.run(ades_lta_validation(each, asked)) for each in reader.embedded_regular_signatures]


def test_pyhanko_finds_every_signature_valid_for_the_long_term_with_what_is_in_the_file(stamped, identity, tsa):
    found = lta(stamped, sign.as_asn1(identity.authority), tsa.trusted)
    assert [each.ades_subindic for each in found] == [AdESPassed.OK] * 3
    for each in found:
        assert abs(each.best_signature_time - datetime.now(UTC)) < timedelta(minutes=10)


def test_pdfsig_finds_the_signatures_valid_as_before(stamped, saved, verifier):
    said = verifier.verify(saved(stamped))
    assert said.count("Signature is Valid") >= 3
    assert said.count("Certificate is Trusted") >= 3


def test_what_was_signed_stays_byte_for_byte(made, report, stamped_later):
    assert made.stamped.startswith(made.pdf)
    assert stamped_later.startswith(report)


def test_a_stamp_that_came_later_says_until_when_the_signatures_existed(
    stamped_later, identity, tsa, saved, verifier
):
    reader = PdfFileReader(BytesIO(stamped_later))
    store = DocumentSecurityStore.read_dss(reader)
    roots = [sign.as_asn1(identity.authority), tsa.trusted]
    for each in reader.embedded_regular_signatures:
        status = validate_pdf_signature(each, store.as_validation_context({"trust_roots": roots}))
        assert status.bottom_line, status.pretty_print_details()
        assert status.modification_level == ModificationLevel.FORM_FILLING or each.field_name == "SignOff2"
    (time,) = reader.embedded_timestamp_signatures
    status = validate_pdf_timestamp(time, ValidationContext(trust_roots=[tsa.trusted]))
    assert status.valid
    assert status.trusted
    assert status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    assert verifier.verify(saved(stamped_later)).count("Certificate is Trusted") == 3


def test_without_an_answer_the_report_comes_out_all_the_same(identity, saved, verifier):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        server = TimeStampServer(f"http://127.0.0.1:{free.getsockname()[1]}/", 1)
        made = make_report(sample.tiny(), identity, server=server)
    assert made.stamped is None
    assert verifier.verify(saved(made.pdf)).count("Certificate is Trusted") == 3


def test_the_seal_on_the_page_says_what_its_time_rests_on(report, stamped, saved):
    assert "The time is proved by a time stamp" in " ".join(text_of(saved(stamped)).split())
    plain = " ".join(text_of(saved(report)).split())
    assert "The time is this server’s own, without a time stamp" in plain


def test_the_chain_and_the_revocation_list_are_inside(stamped, identity, tsa):
    store = DocumentSecurityStore.read_dss(PdfFileReader(BytesIO(stamped)))
    inside = {each.subject.human_friendly for each in store.load_certs()}
    assert len(store.crls) == 1
    assert {sign.as_asn1(identity.authority).subject.human_friendly, tsa.trusted.subject.human_friendly} <= inside
    assert any("Lea Okafor" in each for each in inside)


@pytest.mark.parametrize(("when", "valid"), [(timedelta(minutes=-30), False), (timedelta(0), True)])
def test_a_certificate_revoked_before_the_signature_spoils_it_and_one_revoked_later_does_not(
    made, identity, tsa, when, valid
):
    last = PdfFileReader(BytesIO(made.pdf)).embedded_signatures[-1]
    revoked = {identity.issuer.sha256: [(f"{last.signer_cert.serial_number:x}", datetime.now(UTC) + when)]}
    with serving(tsa) as address:
        pdf = time_stamp(made.pdf, identity, TimeStampServer(address, 5), revoked)
    found = lta(pdf, sign.as_asn1(identity.authority), tsa.trusted)
    assert [each.ades_subindic == AdESPassed.OK for each in found] == [True, True, valid]


def test_the_revocation_list_of_the_servers_authority_is_fetched_and_no_connection_left_open(
    report, identity, caplog
):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with serving(Tsa(port=port), port) as address:
        pdf = time_stamp(report, identity, TimeStampServer(address, 5), {})
    gc.collect()
    assert len(DocumentSecurityStore.read_dss(PdfFileReader(BytesIO(pdf))).crls) == 2
    assert "Unclosed" not in caplog.text


def test_a_server_that_is_down_is_said(report, identity):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}/"
        with pytest.raises(ServerDown, match="gave no time stamp"):
            time_stamp(report, identity, TimeStampServer(address, 1), {})


def test_a_server_that_never_answers_is_given_up(report, identity):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        with pytest.raises(ServerDown, match="timed out"):
            time_stamp(report, identity, TimeStampServer(address, 0.2), {})


@pytest.mark.parametrize("answer", [b"", b"<html>Sign in to the hotel</html>", b"\x30\x03\x02\x01\x00"])
def test_an_answer_that_is_no_time_stamp_is_refused(report, identity, answer):
    tsa = Tsa()
    tsa.answer = lambda body: answer
    with serving(tsa) as address, pytest.raises(TimeStampError):
        time_stamp(report, identity, TimeStampServer(address, 5), {})


def test_a_time_stamp_of_something_else_is_refused(report, identity, tsa):
    def of_something_else(body: bytes) -> bytes:
        from asn1crypto import tsp

        asked = tsp.TimeStampReq.load(body)
        asked["message_imprint"]["hashed_message"] = bytes(32)
        return tsa.stamper.request_tsa_response(asked).dump()

    other = Tsa()
    other.answer = of_something_else
    with serving(other) as address, pytest.raises(ServerDown, match="of something else"):
        time_stamp(report, identity, TimeStampServer(address, 5), {})


def test_an_address_that_is_none_of_the_web_is_refused(report, identity):
    with pytest.raises(TimeStampError, match="must begin with http"):
        time_stamp(report, identity, TimeStampServer("file:///etc/passwd", 5), {})
