"""Keys that this application makes itself and keeps in a folder, encrypted.

`ca.key` and `ca.pem` are the authority, `signer.key` and `signer.pem` the seal; `old/` has retired authorities,
`next/` exists for a moment while keys are exchanged. Files are for their owner only.
"""

import fcntl
import hashlib
import logging
import os
import shutil
import tempfile
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from django.conf import settings

from reviews.report import certificates
from reviews.report.keys import Authority, KeyStoreError, PrivateKey, SigningIdentity, usable

log = logging.getLogger(__name__)

_PEM = serialization.Encoding.PEM


@dataclass(frozen=True)
class GeneratedKeys:
    """The keys in a folder, made there for the organisation when the folder is absent or empty.

    RSA with 3,072 bits and SHA-256: pdfsig, pyHanko and Adobe's readers of any age verify RSA, while elliptic curves
    are not taken by all of them; NIST SP 800-57 holds 3,072 bits good beyond 2030. They are encrypted with the first
    of `passwords` and read with any of them, or unencrypted; in the latter cases they are written anew. Several
    processes may load or exchange keys at once. All methods raise `KeyStoreError`.
    """

    folder: Path
    organisation: str
    passwords: tuple[str, ...] = field(default_factory=lambda: _passwords(), repr=False)

    def version(self) -> Hashable:
        """Which seal it is by the file's own number, and where."""
        try:
            seen = (self.folder / "signer.pem").stat()
        except OSError:
            return self.folder
        return self.folder, seen.st_ino, seen.st_mtime_ns

    def load(self) -> SigningIdentity:
        """The keys in the folder, made if need be."""
        try:
            if not self.folder.exists() or not any(self.folder.iterdir()):
                self._create()
        except OSError as problem:
            raise KeyStoreError(
                f"No signing keys can be made in {self.folder}: {problem.strerror}. Let the application write to "
                f"{self.folder.parent}."
            ) from None
        with self._readable(), self._held():
            return self._read()

    def rotate(self, *, authority: bool = False) -> SigningIdentity:
        """Make a new seal, under the same authority or under a new one; the old authority goes to `old/`.

        Old keys of the seal are gone afterwards. The old authority's key stays, so that its revocation list goes on.
        """
        with self._readable(), self._held():
            before = self._read()
            issuer = before.issuer
            if authority:
                issuer = certificates.new_authority(_new_key(), self.organisation, datetime.now(UTC))
                self._retire(before.issuer)
            fresh = Path(tempfile.mkdtemp(prefix="next-", dir=self.folder))
            try:
                self._write(fresh, issuer)
                fresh.rename(self.folder / "next")
            finally:
                shutil.rmtree(fresh, ignore_errors=True)
            self._finish_exchange()
            return self._read()

    def _read(self) -> SigningIdentity:
        key = self._private_key(self.folder / "signer.key")
        certificate = x509.load_pem_x509_certificate((self.folder / "signer.pem").read_bytes())
        authority = self._authority(self.folder / "ca.pem", self.folder / "ca.key")
        retired = tuple(
            self._authority(pem, pem.with_suffix(".key"))
            for pem in sorted(self.folder.glob("old/*.pem"), key=_modified, reverse=True)
        )
        return usable(key, certificate, (authority.certificate,), str(self.folder), authority, retired)

    @contextmanager
    def _readable(self) -> Iterator[None]:
        try:
            yield
        except (OSError, ValueError) as problem:
            raise KeyStoreError(
                f"The signing keys in {self.folder} cannot be read ({problem}). Restore the folder from a backup, or "
                "move it away to have a new authority made; reports signed before verify with the old ca.pem only."
            ) from None

    def _create(self) -> None:
        """Make all files beside the folder, then put them in place in one step; who comes second uses the first's."""
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{self.folder.name}-", dir=self.folder.parent))
        try:
            self._write(fresh, certificates.new_authority(_new_key(), self.organisation, datetime.now(UTC)))
            # A rename replaces no folder that has files in it, so the second of two processes fails here.
            fresh.rename(self.folder)
            log.warning("a new signing authority was made in %s: give verifiers its ca.pem", self.folder)
        except OSError:
            if not (self.folder / "signer.key").exists():
                raise
        finally:
            shutil.rmtree(fresh, ignore_errors=True)

    @contextmanager
    def _held(self) -> Iterator[None]:
        """Only this process reads or writes the folder; an exchange of keys that was broken off is finished first."""
        handle = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            self._finish_exchange()
            yield
        finally:
            os.close(handle)

    def _finish_exchange(self) -> None:
        """From the moment that there is a folder `next`, its files are the ones that count."""
        following = self.folder / "next"
        if following.is_dir():
            # The certificate of the seal comes last: its file is what `version` looks at.
            for path in sorted(following.iterdir()):
                path.replace(self.folder / path.name)
            following.rmdir()

    def _write(self, folder: Path, authority: Authority) -> None:
        """Write an authority with a new seal under it."""
        if authority.key is None:
            raise KeyStoreError(f"The key of the authority in {self.folder} is missing.")
        key = _new_key()
        seal = certificates.seal_certificate(authority, key.public_key(), self.organisation, datetime.now(UTC))
        _write_private(folder / "ca.key", self._encrypted(authority.key))
        _write_private(folder / "ca.pem", authority.certificate.public_bytes(_PEM))
        _write_private(folder / "signer.key", self._encrypted(key))
        _write_private(folder / "signer.pem", seal.public_bytes(_PEM))

    def _retire(self, authority: Authority) -> None:
        old = self.folder / "old"
        old.mkdir(mode=0o700, exist_ok=True)
        name = authority.sha256[:16]
        for suffix in (".key", ".pem"):
            (old / f"{name}{suffix}").unlink(missing_ok=True)
        if authority.key is not None:
            _write_private(old / f"{name}.key", self._encrypted(authority.key))
        _write_private(old / f"{name}.pem", authority.certificate.public_bytes(_PEM))

    def _authority(self, pem: Path, key: Path) -> Authority:
        certificate = x509.load_pem_x509_certificate(pem.read_bytes())
        if not key.exists() and key.parent.name == "old":
            return Authority(None, certificate)
        read = self._private_key(key)
        if read.public_key() != certificate.public_key():
            raise ValueError(f"{key.name} and {pem.name} do not belong together")
        return Authority(read, certificate)

    def _private_key(self, path: Path) -> PrivateKey:
        """Read a key; one that the first password does not open is encrypted with it from now on."""
        pem = path.read_bytes()
        for passphrase in [*(_passphrase(each) for each in self.passwords), None]:
            try:
                key = serialization.load_pem_private_key(pem, passphrase)
            except TypeError:  # Encrypted and no password given, or the other way round.
                continue
            except ValueError as problem:
                if b"ENCRYPTED" in pem and "ncorrect password" in str(problem):
                    continue
                raise
            if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
                raise ValueError(f"{path.name} is neither RSA nor an elliptic-curve key")
            if passphrase != _passphrase(self.passwords[0]):
                self._encrypt_in_place(path, key)
            return key
        raise ValueError(
            f"{path.name} was encrypted with another password: if SECRET_KEY or KEYS_PASSWORD was changed, give the "
            "former one as KEYS_PASSWORD_OLD"
        )

    def _encrypt_in_place(self, path: Path, key: PrivateKey) -> None:
        fresh = path.with_name(f"{path.name}.fresh")
        try:
            fresh.unlink(missing_ok=True)
            _write_private(fresh, self._encrypted(key))
            fresh.replace(path)
        except OSError as problem:
            # A folder that is mounted read-only can be used all the same.
            log.warning("%s could not be encrypted anew: %s", path, problem.strerror)

    def _encrypted(self, key: PrivateKey) -> bytes:
        return key.private_bytes(
            _PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(_passphrase(self.passwords[0])),
        )


def _passwords() -> tuple[str, ...]:
    """What keys are encrypted with, then what they may have been encrypted with before."""
    given = (settings.KEYS_PASSWORD, settings.SECRET_KEY, settings.KEYS_PASSWORD_OLD)
    return tuple(dict.fromkeys(each for each in given if each))


@lru_cache(maxsize=8)
def _passphrase(password: str) -> bytes:
    """The password made costly to guess; the file's own format adds salt of its own."""
    return hashlib.scrypt(password.encode(), salt=b"ai-platform-reviews: keys", n=2**14, r=8, p=1).hex().encode()


def _new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=3072)


def _modified(path: Path) -> float:
    return path.stat().st_mtime


def _write_private(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
