"""Adding a time stamp and the validation data to a signed report: from PAdES level B-B to B-LTA.

One more revision: a document security store with all certificates and revocation lists, and over it and everything
before a document time stamp (ETSI EN 319 142-1, 5.4 and 6.3). The signed bytes stay as they are, so that it makes no
difference whether this happens at once or days later.
"""

import asyncio
import logging
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from urllib.parse import urlsplit

from asn1crypto import crl as asn1_crl
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import PdfTimeStamper
from pyhanko.sign.signers.pdf_signer import TimestampDSSContentSettings
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation import async_validate_pdf_timestamp
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko_certvalidator import CertificateValidator, ValidationContext

from reviews.report.certificates import revocation_list
from reviews.report.errors import ServerDown, TimeStampError
from reviews.report.keys import SigningIdentity
from reviews.report.sign import as_asn1

log = logging.getLogger(__name__)

_MOST_BYTES = 1_000_000
"""No answer of a time-stamp server is nearly as long."""

_TIME_STAMPS = TimestampDSSContentSettings(include_vri=False, update_before_ts=True)


@dataclass(frozen=True)
class TimeStampServer:
    """An RFC 3161 server by its http(s) address, and the seconds in which it has to answer."""

    address: str
    timeout: float


def time_stamp(
    pdf: bytes,
    identity: SigningIdentity,
    server: TimeStampServer,
    revoked: Mapping[str, Sequence[tuple[str, datetime]]],
) -> bytes:
    """The signed PDF with validation data and a time stamp appended.

    `revoked` has, by the SHA-256 of an authority's certificate, the serial numbers (hexadecimal) that it has revoked
    and when. The server's answer is checked: its signature, that it is of this document, and that its certificate is
    for time stamps; whether to trust that certificate is up to verifiers. Raises `TimeStampError`.
    """
    stamper = _HttpTimeStamper(server)
    try:
        return asyncio.run(_stamped(pdf, identity, stamper, revoked))
    except TimeStampError:
        raise
    except OSError as problem:
        raise ServerDown(f"The time-stamp server {server.address} gave no time stamp: {problem}") from problem
    except Exception as problem:
        raise TimeStampError(f"The time stamp could not be added: {problem}") from problem


async def _stamped(
    pdf: bytes,
    identity: SigningIdentity,
    stamper: "_HttpTimeStamper",
    revoked: Mapping[str, Sequence[tuple[str, datetime]]],
) -> bytes:
    await stamper.async_dummy_response("sha256")
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    await _add_validation_data(writer, PdfFileReader(BytesIO(pdf)), identity, revoked)
    output = BytesIO()
    await PdfTimeStamper(stamper).async_timestamp_pdf(
        writer, "sha256", validation_context=stamper.context(fetch=True), output=output, dss_settings=_TIME_STAMPS
    )
    made = PdfFileReader(output).embedded_timestamp_signatures[-1]
    status = await async_validate_pdf_timestamp(made, stamper.context(fetch=False))
    if not (status.intact and status.valid and status.trusted):
        raise ServerDown(f"The time-stamp server {stamper.server.address} gave a time stamp that is not valid.")
    return output.getvalue()


async def _add_validation_data(
    writer: IncrementalPdfFileWriter,
    signed: PdfFileReader,
    identity: SigningIdentity,
    revoked: Mapping[str, Sequence[tuple[str, datetime]]],
) -> None:
    """All certificates, and the lists of who issued them; where that is nobody of ours, what its own pages say."""
    now = datetime.now(UTC)
    by_name = {as_asn1(each.certificate).subject.dump(): each for each in identity.issuers}
    certificates: list[asn1_x509.Certificate] = [as_asn1(each) for each in identity.authorities]
    lists: dict[str, asn1_crl.CertificateList] = {}
    for signature in signed.embedded_regular_signatures:
        certificates += [signature.signer_cert, *signature.other_embedded_certs]
        issuer = by_name.get(signature.signer_cert.issuer.dump())
        if issuer:
            made = revocation_list(issuer, revoked.get(issuer.sha256, ()), now)
            lists.setdefault(issuer.sha256, asn1_crl.CertificateList.load(made))
            continue
        outside = ValidationContext(
            trust_roots=certificates[: len(identity.authorities)],
            other_certs=certificates,
            allow_fetching=True,
        )
        try:
            path = await CertificateValidator(signature.signer_cert, validation_context=outside).async_validate_usage(
                set()
            )
        except Exception as problem:
            log.warning("no revocation data for %s: %s", signature.signer_cert.subject.human_friendly, problem)
            continue
        DocumentSecurityStore.supply_dss_in_writer(writer, None, paths=[path], validation_context=outside)
    unique = {each.dump(): each for each in certificates}
    DocumentSecurityStore.supply_dss_in_writer(writer, None, certs=unique.values(), crls=lists.values())


class _HttpTimeStamper(TimeStamper):
    """Asks a server once to learn its certificates and the size of its answers, then for the time stamp."""

    def __init__(self, server: TimeStampServer) -> None:
        super().__init__()
        self.server = server

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """Send a request; raises OSError where there is no answer, or none that can be read."""
        address = self.server.address
        if urlsplit(address).scheme not in {"http", "https"}:
            raise TimeStampError(f"TSA_URL={address} must begin with http:// or https://.")
        headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
        request = urllib.request.Request(address, req.dump(), headers)  # noqa: S310 - the scheme was looked at
        try:
            with urllib.request.urlopen(request, timeout=self.server.timeout) as answer:  # noqa: S310 - see above
                return tsp.TimeStampResp.load(answer.read(_MOST_BYTES), strict=True)
        except ValueError as problem:
            raise OSError(f"the answer is not one to a request for a time stamp ({problem})") from problem

    def context(self, *, fetch: bool) -> ValidationContext:
        """Trusts the topmost of the certificates that the server sends: which authority it is, verifiers judge."""
        sent = list(self.cert_registry)
        names = {each.subject.dump() for each in sent}
        leaves = list(self._certs.values())
        tops = [each for each in sent if each.self_issued or each.issuer.dump() not in names]
        return ValidationContext(trust_roots=tops or leaves, other_certs=sent, allow_fetching=fetch)
