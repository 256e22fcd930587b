"""The certificates of the organisation's own authority: its own, the seal's, people's; and its revocation lists.

Reports must verify for as long as they are kept, also with programs that hold a certificate against the clock of the
day and know no time stamps (pdfsig is one). So certificates last as long as their authority, and the time in which
the key may sign is a private key usage period (RFC 3280, 4.2.1.4): years for the seal, a day for a person, whose key
is forgotten anyway as soon as it has signed once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier
from django.conf import settings

from reviews.report import subject_names
from reviews.report.keys import Authority, KeyStoreError, PrivateKey, PublicKey

_AUTHORITY_YEARS = 30
_SEAL_YEARS = 10
_PERSONAL_DAYS = 1
_LIST_DAYS = 7
"""A verifier may take a revocation list for good this long."""

_CLOCK_SKEW = timedelta(hours=1)
"""Certificates begin this long ago, so that a verifier whose clock is behind does not find them not yet valid."""

_EMAIL_LENGTH = 255

_DOCUMENT_SIGNING = ObjectIdentifier("1.3.6.1.5.5.7.3.36")
"""id-kp-documentSigning, RFC 9336."""

Revoked = Mapping[str, Sequence[tuple[str, datetime]]]
"""By the SHA-256 of an authority's certificate, the serial numbers (hexadecimal) that it has revoked, and when."""


@dataclass(frozen=True)
class Issued:
    """A certificate that an authority of ours issued: to a person by user name, or to the seal (None)."""

    serial: str
    issuer_sha256: str
    subject: str
    username: str | None
    not_before: datetime
    not_after: datetime


def issued(certificate: x509.Certificate, issuer: Authority, username: str | None) -> Issued:
    """The certificate as plain values; the serial number in hexadecimal."""
    return Issued(
        f"{certificate.serial_number:x}",
        issuer.sha256,
        certificate.subject.rfc4514_string(),
        username,
        certificate.not_valid_before_utc,
        certificate.not_valid_after_utc,
    )


def new_authority(key: PrivateKey, organisation: str, at: datetime) -> Authority:
    """An authority of the organisation that begins now."""
    name = _company_name(organisation, "review authority")
    builder = (
        _begun(name, name, key.public_key(), key.public_key(), at)
        .not_valid_after(_second(at) + timedelta(days=365 * _AUTHORITY_YEARS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(authority=True), critical=True)
    )
    return Authority(key, builder.sign(key, hashes.SHA256()))


def seal_certificate(
    authority: Authority, public_key: PublicKey, organisation: str, at: datetime
) -> x509.Certificate:
    """The certificate of the organisation's seal."""
    name = _company_name(organisation, "report signing")
    return _sign(authority, name, public_key, at, timedelta(days=365 * _SEAL_YEARS), email="")


def personal(
    authority: Authority, *, name: str, email: str, username: str, at: datetime
) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    """A new key, to be used once and dropped, with its certificate for an account.

    P-256: a key takes no time to make, and a signature few bytes. Raises `KeyStoreError` where the authority has no
    key.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    company = authority.certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    email = email if email.isascii() and len(email) <= _EMAIL_LENGTH else ""
    subject = [
        *company[:1],
        x509.NameAttribute(NameOID.COMMON_NAME, subject_names.of_person(name, username)),
        x509.NameAttribute(NameOID.USER_ID, subject_names.of_account(username)),
        *([x509.NameAttribute(NameOID.EMAIL_ADDRESS, email)] if email else []),
    ]
    return key, _sign(authority, x509.Name(subject), key.public_key(), at, timedelta(days=_PERSONAL_DAYS), email)


def revocation_list(authority: Authority, revoked: Iterable[tuple[str, datetime]], at: datetime) -> bytes:
    """The authority's list (RFC 5280, DER) of serial numbers in hexadecimal with the time of their revocation.

    Raises `KeyStoreError` where the authority has no key.
    """
    if authority.key is None:
        raise KeyStoreError(f"The key of “{authority.certificate.subject.rfc4514_string()}” is not here.")
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority.certificate.subject)
        # An hour ago, as certificates: a list of the future would not be taken.
        .last_update(_second(at) - _CLOCK_SKEW)
        .next_update(_second(at) + timedelta(days=_LIST_DAYS))
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key()), critical=False)
        .add_extension(x509.CRLNumber(int(at.timestamp())), critical=False)
    )
    for serial, when in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(int(serial, 16)).revocation_date(_second(when))
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(authority.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def _sign(
    authority: Authority,
    subject: x509.Name,
    public_key: PublicKey,
    at: datetime,
    key_life: timedelta,
    email: str,
) -> x509.Certificate:
    if authority.key is None:
        raise KeyStoreError(f"The key of “{authority.certificate.subject.rfc4514_string()}” is not here.")
    begins, ends = _second(at) - _CLOCK_SKEW, authority.certificate.not_valid_after_utc
    builder = (
        _begun(subject, authority.certificate.subject, public_key, authority.key.public_key(), at)
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(authority=False), critical=True)
        # NSS, and so pdfsig, knows no document signing: it wants the usage for e-mail.
        .add_extension(
            x509.ExtendedKeyUsage([_DOCUMENT_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False
        )
        .add_extension(
            x509.PrivateKeyUsagePeriod(
                begins.replace(tzinfo=None), min(_second(at) + key_life, ends).replace(tzinfo=None)
            ),
            critical=False,
        )
    )
    if email:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.RFC822Name(email)]), critical=False)
    if settings.REVOCATION_LISTS:
        address = x509.UniformResourceIdentifier(f"{settings.REVOCATION_LISTS}{authority.sha256}.crl")
        point = x509.DistributionPoint([address], relative_name=None, reasons=None, crl_issuer=None)
        builder = builder.add_extension(x509.CRLDistributionPoints([point]), critical=False)
    return builder.sign(authority.key, hashes.SHA256())


def _begun(
    subject: x509.Name, issuer: x509.Name, key: PublicKey, issuer_key: PublicKey, at: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(_second(at) - _CLOCK_SKEW)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key), critical=False)
    )


def _company_name(organisation: str, purpose: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, subject_names.of_organisation(organisation)),
            x509.NameAttribute(NameOID.COMMON_NAME, subject_names.of_purpose(organisation, purpose)),
        ]
    )


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _second(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)
