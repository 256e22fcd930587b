"""What signing takes: a key, its certificate, and the authority that issues certificates to people."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey


class KeyStoreError(KeyError):
    """Keys that are not there, cannot be read or can no longer be used; the text says which and what to do."""

    def __str__(self) -> str:
        # KeyError shows the repr of its argument, quotation marks and all.
        return str(self.args[0])


@dataclass(frozen=True)
class Authority:
    """What issues certificates and signs the list of those it has revoked; `repr` never shows the key.

    A retired authority whose key is gone has none: it only goes on being trusted.
    """

    key: PrivateKey | None = field(repr=False)
    certificate: x509.Certificate

    @property
    def sha256(self) -> str:
        """The SHA-256 of its certificate, in hexadecimal: what it is known by."""
        return self.certificate.fingerprint(hashes.SHA256()).hex()


@dataclass(frozen=True)
class SigningIdentity:
    """What is needed to sign reports: the seal's key, its certificate, and the certificates up to its authority.

    `issuer` gives people their certificates; `retired` are the authorities of earlier reports, the latest first.
    `repr` never shows a key.
    """

    key: PrivateKey = field(repr=False)
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    issuer: Authority
    retired: tuple[Authority, ...] = ()

    @property
    def authority(self) -> x509.Certificate:
        """The certificate that stands at the end of the seal's chain."""
        return self.chain[-1] if self.chain else self.certificate

    @property
    def authorities(self) -> tuple[x509.Certificate, ...]:
        """All certificates that verifiers should trust: the seal's, people's, then those of earlier reports."""
        found = (self.authority, self.issuer.certificate, *(each.certificate for each in self.retired))
        return tuple(dict.fromkeys(found))

    @property
    def issuers(self) -> tuple[Authority, ...]:
        """The authorities that keep a revocation list: today's, then the retired ones whose keys are there."""
        return (self.issuer, *(each for each in self.retired if each.key))

    def require_valid(self, at: datetime) -> None:
        """Raises `KeyStoreError` unless all certificates and the seal's key may be used at that (aware) time."""
        for each in (self.certificate, *self.chain, self.issuer.certificate):
            if not each.not_valid_before_utc <= at <= _last_use(each):
                raise KeyStoreError(
                    f"The certificate “{each.subject.rfc4514_string()}” may be used from "
                    f"{each.not_valid_before_utc:%Y-%m-%d} to {_last_use(each):%Y-%m-%d}, and cannot sign "
                    f"on {at:%Y-%m-%d}. Put a renewed one in its place (for keys this application made: "
                    "manage.py rotate_keys); reports signed before stay as they are."
                )

    def authority_pem(self) -> bytes:
        """The certificates of all authorities as PEM, one after the other."""
        return b"".join(each.public_bytes(serialization.Encoding.PEM) for each in self.authorities)


class KeyProvider(Protocol):
    """Where an installation's keys are: a folder, a file, a token, a service. docs/signing.md says how to add one."""

    def version(self) -> Hashable:
        """Something cheap that is another whenever the keys were exchanged, so that running processes notice."""

    def load(self) -> SigningIdentity:
        """The keys. Raises `KeyStoreError`, whose text never has a secret in it."""


def signature(key: PrivateKey, data: bytes) -> bytes:
    """The key's signature of the data with SHA-256: PKCS #1 v1.5, or ECDSA in DER."""
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, padding.PKCS1v15(), hashes.SHA256())
    return key.sign(data, ec.ECDSA(hashes.SHA256()))


def usable(
    key: object,
    certificate: x509.Certificate,
    chain: tuple[x509.Certificate, ...],
    where: str,
    issuer: Authority,
    retired: tuple[Authority, ...] = (),
) -> SigningIdentity:
    """The identity, once it is clear that it can sign now. Raises `KeyStoreError` that says what is wrong `where`."""
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise KeyStoreError(f"The key in {where} is neither RSA nor an elliptic-curve key.")
    if key.public_key() != certificate.public_key():
        raise KeyStoreError(f"The key and the certificate in {where} do not belong together.")
    if not _may_sign(certificate):
        raise KeyStoreError(
            f"The certificate in {where} is not for signing: its key usage has neither digitalSignature nor "
            "nonRepudiation. Ask whoever issued it for one that signs documents."
        )
    identity = SigningIdentity(key, certificate, chain, issuer, retired)
    try:
        identity.require_valid(datetime.now(UTC))
    except KeyStoreError as problem:
        raise KeyStoreError(f"{where}: {problem}") from None
    return identity


def ordered(certificate: x509.Certificate, others: list[x509.Certificate]) -> tuple[x509.Certificate, ...]:
    """Of the other certificates, those from the issuer of `certificate` up to the authority."""
    chain: list[x509.Certificate] = []
    issuer = certificate.issuer
    by_subject = {other.subject: other for other in others if other != certificate}
    while issuer in by_subject:
        chain.append(by_subject.pop(issuer))
        issuer = chain[-1].issuer
    return tuple(chain)


def _last_use(certificate: x509.Certificate) -> datetime:
    """When the key may sign for the last time, which can be before the certificate ends."""
    try:
        period = certificate.extensions.get_extension_for_class(x509.PrivateKeyUsagePeriod).value
    except x509.ExtensionNotFound:
        return certificate.not_valid_after_utc
    ends = period.not_after.replace(tzinfo=UTC) if period.not_after else certificate.not_valid_after_utc
    return min(ends, certificate.not_valid_after_utc)


def _may_sign(certificate: x509.Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return usage.digital_signature or usage.content_commitment
