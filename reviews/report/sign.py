"""Putting the signatures on a report: the organisation's seal, then each sign-off as a signature of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from typing import Any

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from fontTools.ttLib import TTFont
from pyhanko.pdf_utils.font.opentype import GlyphAccumulatorFactory
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, Margins, SimpleBoxLayoutRule
from pyhanko.pdf_utils.text import TextBoxStyle
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, PdfSigner, Signer
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.stamp import TextStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from reviews.report.certificates import Issued, issued, personal
from reviews.report.fields import SEAL, sign_off_field
from reviews.report.keys import KeyStoreError, PrivateKey, SigningIdentity, signature
from reviews.report.render import ASSETS
from reviews.report.snapshot import SignOffData
from reviews.report.wording import moment, shortened, visible

_FONT = ASSETS / "stamp.ttf"
_REASON_LENGTH = 180
_NAME_SHOWN = 60
_STATEMENT_SHOWN = 60
_SEALED = "Seals this report: what is in it cannot be changed, only signed"


class SigningError(Exception):
    """A signature that could not be made."""


@dataclass(frozen=True)
class Signed:
    """A signed report, and the certificates of ours that its signatures were made with, the seal's first."""

    pdf: bytes
    issued: tuple[Issued, ...]


def sign(
    pdf: bytes,
    identity: SigningIdentity,
    sign_offs: Sequence[SignOffData],
    *,
    signed_at: datetime | None = None,
) -> Signed:
    """Sign a rendered report, whose fields are there and empty, as of an aware time (None: now).

    All are PAdES baseline signatures (ETSI EN 319 142-1, level B-B), visible in a font that is embedded. The seal comes
    first and certifies: afterwards only further signatures are allowed (DocMDP level 2, ISO 32000-1, 12.8.2.2). Each
    sign-off is signed with a new key under a certificate for that person; the key is used for this alone. Raises
    `SigningError`, `KeyStoreError` where a certificate may not be used at `signed_at`, and ValueError where that has
    no time zone.
    """
    at = signed_at or datetime.now(UTC)
    if at.tzinfo is None:
        raise ValueError("signed_at needs a time zone")
    identity.require_valid(at)
    try:
        pdf = _sealed(pdf, identity, at)
        made = [issued(identity.certificate, identity.issuer, None)] if _is_ours(identity) else []
        for number, sign_off in enumerate(sign_offs, start=1):
            by = sign_off["by"]
            key, certificate = personal(
                identity.issuer, name=by["name"], email=by["email"], username=by["username"], at=at
            )
            pdf = _signed_off(pdf, number, sign_off, _KeySigner(key, certificate, (identity.issuer.certificate,)), at)
            made.append(issued(certificate, identity.issuer, by["username"]))
    except KeyStoreError:
        raise
    except Exception as problem:
        raise SigningError(f"The report could not be signed: {problem}") from problem
    return Signed(pdf, tuple(made))


def _sealed(pdf: bytes, identity: SigningIdentity, at: datetime) -> bytes:
    company = _common_name(identity.certificate)
    metadata = PdfSignatureMetadata(
        field_name=SEAL,
        name=company,
        reason=_SEALED,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.FILL_FORMS,
    )
    lines = [
        f"Sealed by {_drawable(company, _NAME_SHOWN, otherwise='the certificate in this signature')}",
        f"Sealed {moment(at)}",
    ]
    return _append(pdf, metadata, _KeySigner(identity.key, identity.certificate, identity.chain), lines, at)


def _signed_off(pdf: bytes, number: int, sign_off: SignOffData, signer: "_KeySigner", at: datetime) -> bytes:
    name, role, statement = sign_off["by"]["name"], sign_off["role"], visible(sign_off["statement"])
    metadata = PdfSignatureMetadata(
        field_name=sign_off_field(number),
        name=visible(name),
        reason=shortened(f"{role}: {statement}", _REASON_LENGTH),
        contact_info=sign_off["by"]["email"],
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
    )
    shown = _drawable(name, _NAME_SHOWN, otherwise="the person named on this page")
    lines = [
        f"{shown}, {_drawable(role, _NAME_SHOWN, otherwise='in the role named on this page')}",
        f"“{_drawable(statement, _STATEMENT_SHOWN, otherwise='the statement on this page')}”",
        f"Signed off {moment(sign_off['at'])}",
        f"Signature made {moment(at)}",
    ]
    return _append(pdf, metadata, signer, lines, at)


def _append(pdf: bytes, metadata: PdfSignatureMetadata, signer: Signer, lines: list[str], at: datetime) -> bytes:
    """The PDF with one more signature in its field."""
    texts = {f"line{number}": line for number, line in enumerate(lines)}
    style = TextStampStyle(
        stamp_text="\n".join(f"%({name})s" for name in texts),
        text_box_style=TextBoxStyle(font=GlyphAccumulatorFactory(str(_FONT)), font_size=10, leading=14),
        inner_content_layout=SimpleBoxLayoutRule(
            x_align=AxisAlignment.ALIGN_MIN, y_align=AxisAlignment.ALIGN_MID, margins=Margins(10, 10, 3, 3)
        ),
        border_width=0,
        background=None,
    )
    output = BytesIO()
    _SignerAt(at, metadata, signer, stamp_style=style).sign_pdf(
        IncrementalPdfFileWriter(BytesIO(pdf)),
        output=output,
        existing_fields_only=True,
        appearance_text_params=texts,
    )
    return output.getvalue()


class _KeySigner(Signer):
    """Signs with whatever key there is, here or in a token."""

    def __init__(self, key: PrivateKey, certificate: x509.Certificate, chain: tuple[x509.Certificate, ...]) -> None:
        super().__init__(
            signing_cert=as_asn1(certificate),
            cert_registry=SimpleCertificateStore.from_certs([as_asn1(each) for each in chain]),
        )
        self._key = key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """The signature; of the same length without the key's help in a dry run."""
        if dry_run:
            # ECDSA in DER: two numbers of the curve's size, with up to nine bytes around them.
            size = self._key.key_size // 8
            return bytes(2 * (size + 1) + 9 if isinstance(self._key, ec.EllipticCurvePrivateKey) else size)
        return signature(self._key, data)


class _SignerAt(PdfSigner):
    """Signs as of a given time, which pyHanko only takes from the clock."""

    def __init__(self, at: datetime, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._at = at

    def init_signing_session(
        self, pdf_out: BasePdfFileWriter, existing_fields_only: bool = False
    ) -> PdfSigningSession:
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self._at
        return session


def as_asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    """The certificate as pyHanko takes it."""
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


def _is_ours(identity: SigningIdentity) -> bool:
    return identity.certificate.issuer == identity.issuer.certificate.subject and bool(
        identity.chain and identity.chain[0] == identity.issuer.certificate
    )


def _drawable(text: str, length: int, *, otherwise: str) -> str:
    """The text on one line; something else where our font lacks its letters, for pyHanko would draw empty boxes."""
    line = shortened(" ".join(text.split()), length)
    return line if all(ord(letter) in _letters() for letter in line) else otherwise


@cache
def _letters() -> frozenset[int]:
    with TTFont(_FONT, lazy=True) as font:
        return frozenset(font.getBestCmap())


def _common_name(certificate: x509.Certificate) -> str:
    names = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()
