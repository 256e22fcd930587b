"""What a certificate says: whose it is, who issued it, and when its key might sign."""

from collections.abc import Iterator
from datetime import datetime
from typing import cast

from asn1crypto import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPublicKeyTypes
from cryptography.x509 import CertificateRevocationList, load_der_x509_certificate

from reviews.report.wording import shortened


def common_name(name: x509.Name) -> str:
    """What a subject or issuer is called; the whole name where it has no common name."""
    native = name.native.get("common_name") or name.human_friendly
    return shortened(native if isinstance(native, str) else ", ".join(map(str, native)), 200)


def username(certificate: x509.Certificate) -> str:
    """The account that it was issued to; empty for a seal or an authority."""
    return str(certificate.subject.native.get("user_id", ""))[:200]


def key_in_use(certificate: x509.Certificate, at: datetime) -> bool:
    """Whether the key might sign then (RFC 3280, 4.2.1.4): a person's for a day, though the certificate lasts."""
    period = certificate.private_key_usage_period_value
    if period is None or period["not_after"].native is None:
        return True
    return bool(at <= period["not_after"].native)


def has_signed(issuer: x509.Certificate, certificate: x509.Certificate, entries: CertificateRevocationList) -> bool:
    """Whether an authority issued this certificate and this revocation list, not just one of its name."""
    try:
        authority = load_der_x509_certificate(issuer.dump())
        load_der_x509_certificate(certificate.dump()).verify_directly_issued_by(authority)
        return entries.is_signature_valid(cast(CertificateIssuerPublicKeyTypes, authority.public_key()))
    except (ValueError, TypeError, InvalidSignature):
        return False


def email(certificate: x509.Certificate) -> str:
    """The first address that it names; empty where it names none."""
    return next(iter(_emails(certificate)), "")


def _emails(certificate: x509.Certificate) -> Iterator[str]:
    names = certificate.subject_alt_name_value
    for each in names or ():
        if each.name == "rfc822_name":
            yield str(each.native)[:254]
    if said := certificate.subject.native.get("email_address"):
        yield str(said)[:254]
