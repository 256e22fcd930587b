"""The key that signs reports, and the authority that vouches for it."""

import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

_AUTHORITY_YEARS = 20
_SIGNER_YEARS = 10
_CLOCK_SKEW = timedelta(hours=1)
"""Certificates begin this long ago, so that a verifier whose clock is behind does not find them not yet valid."""

_NAME_BYTES = 64
"""X.520 gives the names of organisations and subjects this much room."""

_DOCUMENT_SIGNING = ObjectIdentifier("1.3.6.1.5.5.7.3.36")
"""id-kp-documentSigning, RFC 9336."""

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


class KeyStoreError(KeyError):
    """Keys that are not there, cannot be read or can no longer be used; the text says which and what to do."""

    def __str__(self) -> str:
        # KeyError shows the repr of its argument, quotation marks and all.
        return str(self.args[0])


@dataclass(frozen=True)
class SigningIdentity:
    """What is needed to sign: the key, its certificate, and the certificates up to the authority.

    `repr` never shows the key.
    """

    key: PrivateKey = field(repr=False)
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]

    @property
    def authority(self) -> x509.Certificate:
        """The certificate that verifiers should trust: the last of the chain."""
        return self.chain[-1] if self.chain else self.certificate

    def require_valid(self, at: datetime) -> None:
        """Raises `KeyStoreError` unless the certificates are all valid at that (aware) time."""
        for each in (self.certificate, *self.chain):
            if not each.not_valid_before_utc <= at <= each.not_valid_after_utc:
                raise KeyStoreError(
                    f"The certificate “{each.subject.rfc4514_string()}” is valid from "
                    f"{each.not_valid_before_utc:%Y-%m-%d} to {each.not_valid_after_utc:%Y-%m-%d}, and cannot sign "
                    f"on {at:%Y-%m-%d}. Put a renewed one in its place (for keys this application made: move their "
                    "folder away, and give verifiers the new ca.pem); reports signed before stay as they are."
                )

    def authority_pem(self) -> bytes:
        """The authority's certificate as PEM."""
        return self.authority.public_bytes(serialization.Encoding.PEM)


def load_or_create(folder: Path, organisation: str) -> SigningIdentity:
    """The identity kept in the folder; made there, for the organisation, when the folder is absent or empty.

    RSA with 3,072 bits and SHA-256: pdfsig, pyHanko and Adobe's readers of any age verify RSA, while elliptic curves
    are not taken by all of them; NIST SP 800-57 holds 3,072 bits good beyond 2030. Several processes may call this at
    once: one identity results. Raises `KeyStoreError`.
    """
    try:
        if not folder.exists() or not any(folder.iterdir()):
            _create(folder, organisation)
    except OSError as problem:
        raise KeyStoreError(
            f"No signing keys can be made in {folder}: {problem.strerror}. Let the application write to "
            f"{folder.parent}."
        ) from None
    try:
        key = serialization.load_pem_private_key((folder / "signer.key").read_bytes(), password=None)
        certificate = x509.load_pem_x509_certificate((folder / "signer.pem").read_bytes())
        authority = x509.load_pem_x509_certificate((folder / "ca.pem").read_bytes())
    except (OSError, ValueError) as problem:
        raise KeyStoreError(
            f"The signing keys in {folder} cannot be read ({problem}). Restore the folder from a backup, or move it "
            "away to have a new authority made; reports signed before verify with the old ca.pem only."
        ) from None
    return _usable(key, certificate, (authority,), str(folder))


def from_pkcs12(path: Path, password: bytes | None) -> SigningIdentity:
    """The identity in a PKCS#12 file: key, certificate, and the chain to its authority. Raises `KeyStoreError`."""
    try:
        key, certificate, others = pkcs12.load_key_and_certificates(path.read_bytes(), password)
    except OSError as problem:
        raise KeyStoreError(f"SIGNING_PKCS12={path} cannot be read: {problem.strerror}.") from None
    except ValueError:
        raise KeyStoreError(
            f"SIGNING_PKCS12={path} cannot be opened: the password (SIGNING_PKCS12_PASSWORD) or the file is wrong."
        ) from None
    if key is None or certificate is None:
        raise KeyStoreError(f"SIGNING_PKCS12={path} must hold a key and its certificate.")
    return _usable(key, certificate, _ordered(certificate, others), str(path))


def _usable(
    key: object, certificate: x509.Certificate, chain: tuple[x509.Certificate, ...], where: str
) -> SigningIdentity:
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise KeyStoreError(f"The key in {where} is neither RSA nor an elliptic-curve key.")
    if key.public_key() != certificate.public_key():
        raise KeyStoreError(f"The key and the certificate in {where} do not belong together.")
    if not _may_sign(certificate):
        raise KeyStoreError(
            f"The certificate in {where} is not for signing: its key usage has neither digitalSignature nor "
            "nonRepudiation. Ask whoever issued it for one that signs documents."
        )
    identity = SigningIdentity(key, certificate, chain)
    try:
        identity.require_valid(datetime.now(UTC))
    except KeyStoreError as problem:
        raise KeyStoreError(f"{where}: {problem}") from None
    return identity


def _may_sign(certificate: x509.Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return usage.digital_signature or usage.content_commitment


def _ordered(certificate: x509.Certificate, others: list[x509.Certificate]) -> tuple[x509.Certificate, ...]:
    """The certificates from the issuer of `certificate` up to the authority."""
    chain: list[x509.Certificate] = []
    issuer = certificate.issuer
    by_subject = {other.subject: other for other in others}
    while issuer in by_subject:
        chain.append(by_subject.pop(issuer))
        issuer = chain[-1].issuer
    return tuple(chain)


def _create(folder: Path, organisation: str) -> None:
    """Make all files beside the folder, then put them in place in one step; who comes second uses the first's."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        _write_identity(fresh, organisation)
        # A rename replaces no folder that has files in it, so the second of two processes fails here.
        fresh.rename(folder)
    except OSError:
        if not (folder / "signer.key").exists():
            raise
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _write_identity(folder: Path, organisation: str) -> None:
    authority_key, signer_key = _new_key(), _new_key()
    authority_name = _name(organisation, "review authority")
    authority = _certificate(
        authority_name,
        authority_name,
        authority_key,
        authority_key,
        _AUTHORITY_YEARS,
        lambda builder: builder.add_extension(
            x509.BasicConstraints(ca=True, path_length=0), critical=True
        ).add_extension(_usage(authority=True), critical=True),
    )
    signer = _certificate(
        _name(organisation, "report signing"),
        authority_name,
        signer_key,
        authority_key,
        _SIGNER_YEARS,
        lambda builder: (
            builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(authority=False), critical=True)
            # NSS, and so pdfsig, knows no document signing: it wants the usage for e-mail.
            .add_extension(
                x509.ExtendedKeyUsage([_DOCUMENT_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False
            )
        ),
    )
    for name, key in (("ca.key", authority_key), ("signer.key", signer_key)):
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        _write_private(folder / name, pem)
    for name, certificate in (("ca.pem", authority), ("signer.pem", signer)):
        _write_private(folder / name, certificate.public_bytes(serialization.Encoding.PEM))


def _new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=3072)


def _name(organisation: str, purpose: str) -> x509.Name:
    """A certificate's subject; cut in the organisation, so that two purposes never get the same name."""
    organisation = " ".join(organisation.split()) or "Architecture reviews"
    room = _NAME_BYTES - len(f": {purpose}")
    # Cut by bytes, as X.509 libraries count them; a letter that the cut falls into is dropped.
    cut = organisation.encode()[:room].decode(errors="ignore")
    return x509.Name(
        [
            x509.NameAttribute(
                NameOID.ORGANIZATION_NAME, organisation.encode()[:_NAME_BYTES].decode(errors="ignore")
            ),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{cut}: {purpose}"),
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


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: rsa.RSAPrivateKey,
    issuer_key: rsa.RSAPrivateKey,
    years: int,
    extend: Callable[[x509.CertificateBuilder], x509.CertificateBuilder],
) -> x509.Certificate:
    now = datetime.now(UTC).replace(microsecond=0)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCK_SKEW)
        .not_valid_after(now + timedelta(days=365 * years))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )
    return extend(builder).sign(issuer_key, hashes.SHA256())


def _write_private(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
