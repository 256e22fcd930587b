"""Adding a time stamp and the validation data to a signed report: from PAdES level B-B to B-LTA.

One more revision: a document security store with all certificates and revocation lists, and over it and everything
before a document time stamp (ETSI EN 319 142-1, 5.4 and 6.3). The signed bytes stay as they are, so that it makes no
difference whether this happens at once or days later.
"""

import asyncio
import logging
from contextlib import aclosing
from datetime import UTC, datetime
from io import BytesIO

from asn1crypto import crl as asn1_crl
from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import PdfTimeStamper
from pyhanko.sign.signers.pdf_signer import TimestampDSSContentSettings
from pyhanko.sign.validation import async_validate_pdf_timestamp
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko_certvalidator import CertificateValidator, ValidationContext

from reviews.report.certificates import Revoked, revocation_list
from reviews.report.errors import ServerDown, TimeStampError, TimeStampServer
from reviews.report.keys import SigningIdentity
from reviews.report.sign import as_asn1
from reviews.report.tsa import HttpTimeStamper

log = logging.getLogger(__name__)

_TIME_STAMPS = TimestampDSSContentSettings(include_vri=False, update_before_ts=True)


def time_stamp(
    pdf: bytes,
    identity: SigningIdentity,
    server: TimeStampServer,
    revoked: Revoked,
) -> bytes:
    """The signed PDF with validation data and a time stamp appended.

    The server's answer is checked: its signature, that it is of this document, and that its certificate is
    for time stamps; whether to trust that certificate is up to verifiers. Raises `TimeStampError`.
    """
    stamper = HttpTimeStamper(server)
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
    stamper: "HttpTimeStamper",
    revoked: Revoked,
) -> bytes:
    await stamper.async_dummy_response("sha256")
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    await _add_validation_data(writer, PdfFileReader(BytesIO(pdf)), identity, revoked)
    output = BytesIO()
    async with aclosing(stamper.context(fetch=True)) as context:
        await PdfTimeStamper(stamper).async_timestamp_pdf(
            writer, "sha256", validation_context=context, output=output, dss_settings=_TIME_STAMPS
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
    revoked: Revoked,
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
        async with aclosing(outside):
            validator = CertificateValidator(signature.signer_cert, validation_context=outside)
            try:
                path = await validator.async_validate_usage(set())
            except Exception as problem:
                log.warning("no revocation data for %s: %s", signature.signer_cert.subject.human_friendly, problem)
                continue
        DocumentSecurityStore.supply_dss_in_writer(writer, None, paths=[path], validation_context=outside)
    unique = {each.dump(): each for each in certificates}
    DocumentSecurityStore.supply_dss_in_writer(writer, None, certs=unique.values(), crls=lists.values())
