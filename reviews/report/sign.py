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
from fontTools.ttLib import TTFont
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, PdfSigner, Signer
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.stamp import BaseStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from reviews.report.certificates import Issued, issued, personal
from reviews.report.edition import ASSETS
from reviews.report.errors import ServerDown, TimeStampError, TimeStampServer
from reviews.report.fields import SEAL, sign_off_field
from reviews.report.keys import KeyStoreError, PrivateKey, SigningIdentity, signature
from reviews.report.snapshot import SignOffData
from reviews.report.stamp import Lettering
from reviews.report.tsa import HttpTimeStamper
from reviews.report.wording import moment, shortened, visible

_FONT = ASSETS / "stamp.ttf"
_REASON_LENGTH = 180
_SHOWN = 60
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
    server: TimeStampServer | None = None,
) -> Signed:
    """Sign a rendered report, whose fields are there and empty, as of an aware time (None: now).

    All are PAdES baseline signatures (ETSI EN 319 142-1) of level B-B, or B-T with the server's time stamp, visible
    in a font that is embedded. The seal comes first and certifies: then only signatures are allowed (DocMDP
    level 2, ISO 32000-1, 12.8.2.2). Each sign-off is signed with a new key under a certificate for that person, and
    the key is then dropped. Raises `SigningError`, `ServerDown` where the server gives no time stamp, `KeyStoreError`
    where a certificate may not be used at `signed_at`, and ValueError where that has no time zone.
    """
    at = signed_at or datetime.now(UTC)
    if at.tzinfo is None:
        raise ValueError("signed_at needs a time zone")
    identity.require_valid(at)
    stamper = HttpTimeStamper(server) if server else None
    try:
        seal = _KeySigner(identity.key, identity.certificate, identity.chain)
        lettering = Lettering(
            _FONT,
            [
                _seal_shows(identity, at, stamped=stamper is not None),
                *(_sign_off_shows(each, at) for each in sign_offs),
            ],
        )
        pdf = _append(pdf, _seal_says(identity), seal, lettering.style(0), at, stamper)
        made = [issued(identity.certificate, identity.issuer, None)] if _is_ours(identity) else []
        for number, sign_off in enumerate(sign_offs, start=1):
            by = sign_off["by"]
            key, certificate = personal(
                identity.issuer, name=by["name"], email=by["email"], username=by["username"], at=at
            )
            signer = _KeySigner(key, certificate, (identity.issuer.certificate,))
            pdf = _append(pdf, _sign_off_says(number, sign_off), signer, lettering.style(number), at, stamper)
            made.append(issued(certificate, identity.issuer, by["username"]))
    except (KeyStoreError, TimeStampError):
        raise
    except OSError as problem:
        raise ServerDown(f"No time stamp: {problem}") from problem
    except Exception as problem:
        raise SigningError(f"The report could not be signed: {problem}") from problem
    return Signed(pdf, tuple(made))


def _seal_says(identity: SigningIdentity) -> PdfSignatureMetadata:
    return PdfSignatureMetadata(
        field_name=SEAL,
        name=_common_name(identity.certificate),
        reason=_SEALED,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.FILL_FORMS,
    )


def _seal_shows(identity: SigningIdentity, at: datetime, *, stamped: bool) -> list[str]:
    company = _drawable(_common_name(identity.certificate), otherwise="the certificate in this signature")
    proof = "The time is proved by a time stamp" if stamped else "The time is this server’s own, without a time stamp"
    return [f"Sealed by {company}", f"Sealed {moment(at)}", proof]


def _sign_off_says(number: int, sign_off: SignOffData) -> PdfSignatureMetadata:
    return PdfSignatureMetadata(
        field_name=sign_off_field(number),
        name=visible(sign_off["by"]["name"]),
        reason=shortened(f"{sign_off['role']}: {visible(sign_off['statement'])}", _REASON_LENGTH),
        contact_info=sign_off["by"]["email"],
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
    )


def _sign_off_shows(sign_off: SignOffData, at: datetime) -> list[str]:
    name = _drawable(sign_off["by"]["name"], otherwise="The person named on this page")
    role = _drawable(sign_off["role"], otherwise="in the role named on this page")
    statement = _drawable(sign_off["statement"], otherwise="")
    return [
        f"{name}, {role}",
        f"“{statement}”" if statement else "The statement on this page",
        f"Signed off {moment(sign_off['at'])}",
        f"Signature made {moment(at)}",
    ]


def _append(
    pdf: bytes,
    metadata: PdfSignatureMetadata,
    signer: "_KeySigner",
    style: BaseStampStyle,
    at: datetime,
    stamper: HttpTimeStamper | None,
) -> bytes:
    """The PDF with one more signature in its field."""
    output = BytesIO()
    room = signer.room + (2 * stamper.room() if stamper else 0)
    _SignerAt(at, metadata, signer, stamp_style=style, timestamper=stamper).sign_pdf(
        IncrementalPdfFileWriter(BytesIO(pdf)),
        output=output,
        existing_fields_only=True,
        bytes_reserved=room,
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
        sizes = [len(each.public_bytes(serialization.Encoding.DER)) for each in (certificate, *chain)]
        # Two hexadecimal digits for a byte. What is not a certificate or a signature takes about 500 bytes.
        self.room = 2 * (sum(sizes) + key.key_size // 2 + 1500)

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """The signature."""
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


def _drawable(text: str, *, otherwise: str) -> str:
    """The text on one line; something else where our font lacks its letters, for pyHanko would draw empty boxes."""
    line = shortened(" ".join(text.split()), _SHOWN)
    return line if all(ord(letter) in _letters() for letter in line) else otherwise


@cache
def _letters() -> frozenset[int]:
    with TTFont(_FONT, lazy=True) as font:
        return frozenset(font.getBestCmap())


def _common_name(certificate: x509.Certificate) -> str:
    names = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()
