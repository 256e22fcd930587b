"""Putting the signature on a report."""

from io import BytesIO

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils.font.opentype import GlyphAccumulatorFactory
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, Margins, SimpleBoxLayoutRule
from pyhanko.pdf_utils.text import TextBoxStyle
from pyhanko.sign import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.stamp import TextStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from reviews.report.keys import SigningIdentity
from reviews.report.render import ASSETS, Rendered

FIELD = "Approval"
"""The name of the signature's field in the PDF."""

_STATEMENT_SHOWN = 180


class SigningError(Exception):
    """A signature that could not be made."""


def sign(
    rendered: Rendered, identity: SigningIdentity, *, name: str, role: str, statement: str, decided_at: str
) -> bytes:
    """Sign a rendered report; `decided_at` is ISO 8601.

    A PAdES baseline signature (ETSI EN 319 142-1, level B-B) that certifies the document: afterwards only further
    signatures and form entries are allowed (DocMDP level 2, ISO 32000-1, 12.8.2.2). It is visible in the box that the
    sign-off page keeps free for it, in a font that is embedded. Raises `SigningError`.
    """
    signer = SimpleSigner(
        signing_cert=_certificate(identity.certificate),
        signing_key=_key(identity),
        cert_registry=SimpleCertificateStore.from_certs([_certificate(each) for each in identity.chain]),
    )
    metadata = PdfSignatureMetadata(
        field_name=FIELD,
        name=name,
        reason=f"{role}: {statement}"[:_STATEMENT_SHOWN],
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.FILL_FORMS,
    )
    box = tuple(round(edge) for edge in rendered.box)
    field = SigFieldSpec(FIELD, on_page=rendered.page, box=box)  # type: ignore[arg-type]
    style = TextStampStyle(
        stamp_text="Signed for %(name)s, %(role)s\nDecided %(decided)s\nSigned %(ts)s\nby %(seal)s",
        timestamp_format="%Y-%m-%d %H:%M:%S %Z",
        text_box_style=TextBoxStyle(
            font=GlyphAccumulatorFactory(str(ASSETS / "regular.ttf")), font_size=10, leading=14
        ),
        inner_content_layout=SimpleBoxLayoutRule(
            x_align=AxisAlignment.ALIGN_MIN, y_align=AxisAlignment.ALIGN_MID, margins=Margins(10, 10, 6, 6)
        ),
        border_width=0,
        background=None,
    )
    output = BytesIO()
    try:
        PdfSigner(metadata, signer, stamp_style=style, new_field_spec=field).sign_pdf(
            IncrementalPdfFileWriter(BytesIO(rendered.pdf)),
            output=output,
            appearance_text_params={
                "name": name,
                "role": role,
                "decided": decided_at.replace("T", " ").replace("Z", " UTC"),
                "seal": _common_name(identity.certificate),
            },
        )
    except Exception as problem:
        raise SigningError(f"The report could not be signed: {problem}") from problem
    return output.getvalue()


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
