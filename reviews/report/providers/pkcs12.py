"""The seal in a PKCS#12 file, as public authorities issue them."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.serialization import pkcs12

from reviews.report.keys import KeyProvider, KeyStoreError, SigningIdentity, ordered, usable


@dataclass(frozen=True)
class FileKeys:
    """The seal's key, certificate and chain from a file. People's certificates come from the generated authority.

    Such a file holds one key, and nobody outside lets it issue certificates. An empty password means none.
    """

    path: Path
    password: str = field(repr=False)
    generated: KeyProvider

    def version(self) -> Hashable:
        """The file's time, and that of the generated keys."""
        try:
            seen = self.path.stat().st_mtime_ns
        except OSError:
            seen = 0
        return self.path, seen, self.generated.version()

    def load(self) -> SigningIdentity:
        """Read the file. Raises `KeyStoreError`."""
        try:
            content = self.path.read_bytes()
            key, certificate, others = pkcs12.load_key_and_certificates(content, self.password.encode() or None)
        except OSError as problem:
            raise KeyStoreError(f"SIGNING_PKCS12={self.path} cannot be read: {problem.strerror}.") from None
        except ValueError:
            raise KeyStoreError(
                f"SIGNING_PKCS12={self.path} cannot be opened: the password (SIGNING_PKCS12_PASSWORD) or the file is "
                "wrong."
            ) from None
        if key is None or certificate is None:
            raise KeyStoreError(f"SIGNING_PKCS12={self.path} must hold a key and its certificate.")
        own = self.generated.load()
        return usable(key, certificate, ordered(certificate, others), str(self.path), own.issuer, own.retired)
