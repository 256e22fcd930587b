"""A genuine report, and the tools of those who would forge one."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from asn1crypto import x509 as asn1_x509
from asn1crypto.keys import PrivateKeyInfo
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter

from checklists.canonical import sha256_hex
from reviews.report import sign
from reviews.report.certificates import personal
from reviews.report.keys import SigningIdentity
from reviews.report.providers.generated import GeneratedKeys
from reviews.report.render import render
from reviews.report.snapshot import Person, SnapshotData
from reviews.report.verdict import Verdict
from reviews.report.verify import expected_reason, verify
from tests.reviews.report import sample

NAME = "Example Insurance"


@lru_cache(maxsize=1)
def ours() -> SigningIdentity:
    """The organisation's keys."""
    return _new_identity()


@lru_cache(maxsize=1)
def theirs() -> SigningIdentity:
    """Keys of somebody else, who takes the same names."""
    return _new_identity()


def _new_identity() -> SigningIdentity:
    return GeneratedKeys(Path(tempfile.mkdtemp()) / "keys", NAME).load()


@lru_cache(maxsize=1)
def base() -> bytes:
    """The sample, rendered and not signed."""
    return render(sample.tiny()).pdf


@lru_cache(maxsize=1)
def genuine() -> bytes:
    """The sample as a signed report."""
    return signed(base(), sample.tiny())


def signed(pdf: bytes, snapshot: SnapshotData, identity: SigningIdentity | None = None) -> bytes:
    """The PDF with the seal and the sign-offs that the snapshot names."""
    return sign.sign(pdf, identity or ours(), snapshot["sign_offs"]).pdf


def trusted(*identities: SigningIdentity) -> list[asn1_x509.Certificate]:
    return [sign.as_asn1(each) for identity in identities or (ours(),) for each in identity.authorities]


def verdict(pdf: bytes, **options) -> Verdict:
    """What verification says, trusting our authority, without rendering unless asked to."""
    return verify(pdf, trusted(), **{"compare_pages": False, **options})


def appended(pdf: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    """The PDF with one more revision."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    change(writer)
    output = BytesIO()
    writer.write(output)
    return output.getvalue()


def page(writer: IncrementalPdfFileWriter, number: int = 0) -> generic.DictionaryObject:
    return writer.root["/Pages"]["/Kids"][number]


def text_over(writer: IncrementalPdfFileWriter) -> generic.IndirectObject:
    """A stream that paints the page white and writes on it."""
    drawn = b"q 1 1 1 rg 0 0 600 850 re f Q BT /F0 30 Tf 60 700 Td (Approved for everything) Tj ET"
    return writer.add_object(generic.StreamObject(stream_data=drawn))


class _SignerAt(PdfSigner):
    """Signs as of a given time, which pyHanko only takes from the clock."""

    def __init__(self, at: datetime, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self._at = at

    def init_signing_session(self, pdf_out, existing_fields_only=False):
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self._at
        return session


def _put(pdf: bytes, key, certificate: x509.Certificate, at: datetime, box=None, **metadata) -> bytes:
    info = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    signer = SimpleSigner(
        signing_cert=sign.as_asn1(certificate), signing_key=PrivateKeyInfo.load(info), cert_registry=None
    )
    said = PdfSignatureMetadata(md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES, **metadata)
    spec = SigFieldSpec(said.field_name, box=box) if box else None
    output = BytesIO()
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    _SignerAt(at, said, signer, new_field_spec=spec).sign_pdf(writer, output=output)
    return output.getvalue()


@dataclass(frozen=True)
class Signer:
    """Somebody with a certificate, who signs a field."""

    identity: SigningIdentity
    name: str
    email: str
    username: str

    def sign(self, pdf: bytes, field: str, reason: str = "I agree", *, issued_at=None, at=None, box=None) -> bytes:
        now = datetime.now(UTC)
        key, certificate = personal(
            self.identity.issuer, name=self.name, email=self.email, username=self.username, at=issued_at or now
        )
        return _put(pdf, key, certificate, at or now, box, field_name=field, reason=reason)


def person(who: Person, identity: SigningIdentity | None = None) -> Signer:
    """Somebody with a certificate of our authority, or of another."""
    return Signer(identity or ours(), who["name"], who["email"], who["username"])


def sealed(
    pdf: bytes, identity: SigningIdentity | None = None, *, certify: bool = True, field: str = "Seal"
) -> bytes:
    """The PDF with the seal alone."""
    identity = identity or ours()
    permitted = {"certify": True, "docmdp_permissions": MDPPerm.FILL_FORMS} if certify else {}
    now = datetime.now(UTC)
    return _put(pdf, identity.key, identity.certificate, now, field_name=field, reason="Seals", **permitted)


def signed_off(pdf: bytes, snapshot: SnapshotData, identity: SigningIdentity | None = None, **options) -> bytes:
    """A sealed PDF with the sign-offs that the snapshot names."""
    for number, each in enumerate(snapshot["sign_offs"], 1):
        pdf = person(each["by"], identity).sign(pdf, f"SignOff{number}", reason_of(number, snapshot), **options)
    return pdf


def reason_of(number: int, snapshot: SnapshotData) -> str:
    sign_off = snapshot["sign_offs"][number - 1]
    return expected_reason(sign_off["role"], sign_off["statement"])


def attachment(
    writer: IncrementalPdfFileWriter, content: bytes, name: str = "snapshot.json"
) -> generic.IndirectObject:
    stream = generic.StreamObject({pdf_name("/Type"): pdf_name("/EmbeddedFile")}, stream_data=content)
    return writer.add_object(
        generic.DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/Filespec"),
                pdf_name("/F"): pdf_string(name),
                pdf_name("/UF"): pdf_string(name),
                pdf_name("/EF"): generic.DictionaryObject({pdf_name("/F"): writer.add_object(stream)}),
            }
        )
    )


__all__ = ["pdf_string", "render", "sha256_hex"]
