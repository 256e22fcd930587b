"""The seal, and if wanted the authority, in a token: a hardware security module, a smart card, SoftHSM."""

import hashlib
import threading
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pkcs11
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from pkcs11.exceptions import NoSuchKey, NoSuchToken, PKCS11Error
from pkcs11.util.ec import encode_ecdsa_signature

from reviews.report.keys import (
    Authority,
    KeyProvider,
    KeyStoreError,
    PrivateKey,
    PublicKey,
    SigningIdentity,
    ordered,
    usable,
)
from reviews.report.providers.remote import remote_key

_one_session = threading.Lock()
"""A token is signed in to by process, not by session: a second session of a process would find it signed in."""

_NONE_RETIRED: tuple[Authority, ...] = ()


@dataclass(frozen=True)
class TokenKeys:
    """The seal's key and certificate by their label in a token; the other certificates there make up its chain.

    Where `authority` is a label, that key issues people's certificates, else the generated authority does.
    """

    module: str
    token: str
    pin: str = field(repr=False)
    seal: str
    authority: str
    generated: KeyProvider

    def version(self) -> Hashable:
        """A token does not tell; processes that run use what they have read until they are started again."""
        return self.module, self.token, self.seal, self.authority, self.generated.version()

    def load(self) -> SigningIdentity:
        """Read the certificates. Raises `KeyStoreError`."""
        with self._session() as session:
            found = {}
            for each in session.get_objects({pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE}):
                certificate = x509.load_der_x509_certificate(each[pkcs11.Attribute.VALUE])
                found[str(each[pkcs11.Attribute.LABEL])] = certificate
            for label in filter(None, (self.seal, self.authority)):
                if label not in found:
                    raise KeyStoreError(f"The token “{self.token}” has no certificate with the label “{label}”.")
                self._private(session, label)
        if self.authority:
            certificate = found[self.authority]
            issuer, retired = Authority(self._key(self.authority, certificate), certificate), _NONE_RETIRED
        else:
            own = self.generated.load()
            issuer, retired = own.issuer, own.retired
        certificate = found[self.seal]
        chain = ordered(certificate, list(found.values()))
        where = f"the token “{self.token}”"
        return usable(self._key(self.seal, certificate), certificate, chain, where, issuer, retired)

    def _key(self, label: str, certificate: x509.Certificate) -> PrivateKey:
        public = certificate.public_key()
        if not isinstance(public, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
            raise KeyStoreError(f"The key “{label}” in the token is neither RSA nor an elliptic-curve key.")
        return remote_key(public, lambda data: self._sign(label, public, data))

    def _sign(self, label: str, public: PublicKey, data: bytes) -> bytes:
        """Sign in a session of its own, so that a token that was taken out and put back in works again."""
        with self._session() as session:
            key = self._private(session, label)
            if isinstance(public, rsa.RSAPublicKey):
                return bytes(key.sign(data, mechanism=pkcs11.Mechanism.SHA256_RSA_PKCS))
            raw = key.sign(hashlib.sha256(data).digest(), mechanism=pkcs11.Mechanism.ECDSA)
            return bytes(encode_ecdsa_signature(raw))

    def _private(self, session: "pkcs11.Session", label: str) -> Any:
        try:
            return session.get_key(object_class=pkcs11.ObjectClass.PRIVATE_KEY, label=label)
        except NoSuchKey:
            raise KeyStoreError(f"The token “{self.token}” has no private key with the label “{label}”.") from None

    @contextmanager
    def _session(self) -> Iterator["pkcs11.Session"]:
        with _one_session:
            try:
                token = pkcs11.lib(self.module).get_token(token_label=self.token)
                with token.open(user_pin=self.pin or None) as session:
                    yield session
            except NoSuchToken:
                raise KeyStoreError(f"PKCS11_MODULE={self.module} knows no token “{self.token}”.") from None
            except (PKCS11Error, RuntimeError) as problem:
                said = type(problem).__name__
                raise KeyStoreError(
                    f"The token “{self.token}” ({self.module}) cannot be used: {said}. Check PKCS11_MODULE, "
                    "PKCS11_TOKEN and PKCS11_PIN."
                ) from None
