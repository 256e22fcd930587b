"""Keys that never leave where they are: a token, or a service, that signs what it is given.

They take the place of `cryptography`'s private keys, so that certificates, revocation lists and reports are signed
with them like with any other.
"""

from collections.abc import Callable
from typing import Any, Never

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from reviews.report.keys import KeyStoreError, PrivateKey, PublicKey

Sign = Callable[[bytes], bytes]
"""Signs data with SHA-256: PKCS #1 v1.5 for an RSA key, ECDSA in DER for one on an elliptic curve."""


def remote_key(public_key: PublicKey, sign: Sign) -> PrivateKey:
    """The private key of a public key, of which there is nothing here but a way to have something signed."""
    return _RemoteRsa(public_key, sign) if isinstance(public_key, rsa.RSAPublicKey) else _RemoteEc(public_key, sign)


class _Elsewhere:
    """What both kinds cannot do."""

    def private_numbers(self) -> Never:
        raise KeyStoreError("This key cannot be read: it stays where it is.")

    def private_bytes(self, *args: Any, **kwargs: Any) -> Never:
        self.private_numbers()

    def decrypt(self, *args: Any, **kwargs: Any) -> Never:
        raise KeyStoreError("This key signs, and nothing else.")

    def exchange(self, *args: Any, **kwargs: Any) -> Never:
        self.decrypt()


class _RemoteRsa(_Elsewhere, rsa.RSAPrivateKey):
    def __init__(self, public_key: rsa.RSAPublicKey, sign: Sign) -> None:
        self._public, self._sign = public_key, sign

    def __copy__(self) -> "_RemoteRsa":
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> "_RemoteRsa":
        return self

    @property
    def key_size(self) -> int:
        return self._public.key_size

    def public_key(self) -> rsa.RSAPublicKey:
        return self._public

    def sign(self, data: Any, padding: Any, algorithm: Any) -> bytes:
        _require(_is_pkcs1(padding) and isinstance(algorithm, hashes.SHA256))
        return self._sign(bytes(data))


class _RemoteEc(_Elsewhere, ec.EllipticCurvePrivateKey):
    def __init__(self, public_key: ec.EllipticCurvePublicKey, sign: Sign) -> None:
        self._public, self._sign = public_key, sign

    def __copy__(self) -> "_RemoteEc":
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> "_RemoteEc":
        return self

    @property
    def curve(self) -> ec.EllipticCurve:
        return self._public.curve

    @property
    def key_size(self) -> int:
        return self._public.key_size

    def public_key(self) -> ec.EllipticCurvePublicKey:
        return self._public

    def sign(self, data: Any, signature_algorithm: Any) -> bytes:
        _require(isinstance(signature_algorithm.algorithm, hashes.SHA256))
        return self._sign(bytes(data))


def _is_pkcs1(scheme: Any) -> bool:
    return isinstance(scheme, padding.PKCS1v15)


def _require(understood: bool) -> None:
    if not understood:
        raise KeyStoreError("This key signs with SHA-256, and as RSA with PKCS #1 v1.5, only.")
