"""Putting the signature on a report."""

from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from typing import Any

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from fontTools.ttLib import TTFont
from pyhanko.pdf_utils.font.opentype import GlyphAccumulatorFactory
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, Margins, SimpleBoxLayoutRule
from pyhanko.pdf_utils.text import TextBoxStyle
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.stamp import TextStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from reviews.report.keys import SigningIdentity
from reviews.report.render import ASSETS, Rendered
from reviews.report.wording import moment, shortened

FIELD = "Approval"
"""The name of the signature's field in the PDF."""

_FONT = ASSETS / "stamp.ttf"
_REASON_LENGTH = 180
_NAME_SHOWN = 60


class SigningError(Exception):
    """A signature that could not be made."""


def sign(
    rendered: Rendered,
    identity: SigningIdentity,
    *,
    name: str,
    role: str,
    statement: str,
    decided_at: str,
    signed_at: datetime | None = None,
) -> bytes:
    """Sign a rendered report; `decided_at` is ISO 8601, `signed_at` an aware datetime (None: now).

    A PAdES baseline signature (ETSI EN 319 142-1, level B-B) that certifies the document: afterwards only further
    signatures and form entries are allowed (DocMDP level 2, ISO 32000-1, 12.8.2.2). It is visible in the box that the
    sign-off page keeps free for it, in a font that is embedded. Raises `SigningError`, `KeyStoreError` where the
    certificates are not valid at `signed_at`, and ValueError where that has no time zone.
    """
    at = signed_at or datetime.now(UTC)
    if at.tzinfo is None:
        raise ValueError("signed_at needs a time zone")
    identity.require_valid(at)
    signer = SimpleSigner(
        signing_cert=_certificate(identity.certificate),
        signing_key=_key(identity),
        cert_registry=SimpleCertificateStore.from_certs([_certificate(each) for each in identity.chain]),
    )
    metadata = PdfSignatureMetadata(
        field_name=FIELD,
        name=name,
        reason=shortened(f"{role}: {statement}", _REASON_LENGTH),
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.FILL_FORMS,
    )
    left, bottom, right, top = (round(edge) for edge in rendered.box)
    field = SigFieldSpec(FIELD, on_page=rendered.page, box=(left, bottom, right, top))
    style = TextStampStyle(
        stamp_text="Signed for %(name)s, %(role)s\nDecided %(decided)s\nSigned %(signed)s\nby %(seal)s",
        text_box_style=TextBoxStyle(font=GlyphAccumulatorFactory(str(_FONT)), font_size=10, leading=14),
        inner_content_layout=SimpleBoxLayoutRule(
            x_align=AxisAlignment.ALIGN_MIN, y_align=AxisAlignment.ALIGN_MID, margins=Margins(10, 10, 6, 6)
        ),
        border_width=0,
        background=None,
    )
    output = BytesIO()
    try:
        _SignerAt(at, metadata, signer, stamp_style=style, new_field_spec=field).sign_pdf(
            IncrementalPdfFileWriter(BytesIO(rendered.pdf)),
            output=output,
            appearance_text_params={
                "name": _drawable(name, otherwise="the approver named on this page"),
                "role": _drawable(role, otherwise="in the role named on this page"),
                "decided": moment(decided_at),
                "signed": moment(at),
                "seal": _drawable(_common_name(identity.certificate), otherwise="the certificate in this signature"),
            },
        )
    except Exception as problem:
        raise SigningError(f"The report could not be signed: {problem}") from problem
    return output.getvalue()


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


def _drawable(text: str, *, otherwise: str) -> str:
    """The text on one line; something else where our font lacks its letters, for pyHanko would draw empty boxes."""
    line = shortened(" ".join(text.split()), _NAME_SHOWN)
    return line if all(ord(letter) in _letters() for letter in line) else otherwise


@cache
def _letters() -> frozenset[int]:
    with TTFont(_FONT, lazy=True) as font:
        return frozenset(font.getBestCmap())


def _certificate(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


def _key(identity: SigningIdentity) -> asn1_keys.PrivateKeyInfo:
    der = identity.key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return asn1_keys.PrivateKeyInfo.load(der)


def _common_name(certificate: x509.Certificate) -> str:
    names = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()
