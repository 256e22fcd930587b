"""Identities, snapshots and signed reports, each made once."""

import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from reviews.report import make_report
from reviews.report.keys import SigningIdentity
from reviews.report.providers.generated import GeneratedKeys
from reviews.report.render import Rendered, render
from reviews.report.snapshot import SnapshotData
from tests.reviews.report import sample


@dataclass(frozen=True)
class Verifier:
    """pdfsig with a certificate store that trusts one authority."""

    store: Path

    def verify(self, pdf: Path) -> str:
        """What pdfsig says."""
        run = subprocess.run(["pdfsig", "-nssdir", self.store, pdf], capture_output=True, text=True)
        return run.stdout + run.stderr


@pytest.fixture(scope="session")
def keys_folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("installation") / "keys"


@pytest.fixture(scope="session")
def identity(keys_folder) -> SigningIdentity:
    return GeneratedKeys(keys_folder, "Example Insurance").load()


@pytest.fixture
def snapshot() -> SnapshotData:
    return sample.realistic()


@pytest.fixture(scope="session")
def report(identity) -> bytes:
    """The realistic sample, signed now: verifiers compare the time of signing with the certificate's."""
    return make_report(sample.realistic(), identity, signed_at=datetime.now(UTC)).pdf


@pytest.fixture(scope="session")
def rendered() -> Rendered:
    """The realistic sample, not signed."""
    return render(sample.realistic())


@pytest.fixture(scope="session")
def sample_pdf(rendered, tmp_path_factory) -> Path:
    """The realistic sample, not signed, as a file."""
    path = tmp_path_factory.mktemp("sample") / "sample.pdf"
    path.write_bytes(rendered.pdf)
    return path


def trusting(folder: Path, identity: SigningIdentity) -> Verifier:
    """A verifier that trusts the authorities of an identity, as whoever has its ca.pem does."""
    subprocess.run(["certutil", "-N", "-d", folder, "--empty-password"], check=True)
    for number, each in enumerate(identity.authorities):
        pem = folder / f"ca-{number}.pem"
        pem.write_bytes(each.public_bytes(serialization.Encoding.PEM))
        trust = ["-n", f"authority {number}", "-t", "CT,C,C", "-i", pem]
        subprocess.run(["certutil", "-A", "-d", folder, *trust], check=True)
    return Verifier(folder)


@pytest.fixture(scope="session")
def verifier(identity, tmp_path_factory) -> Verifier:
    return trusting(tmp_path_factory.mktemp("nss"), identity)


@pytest.fixture
def saved(tmp_path):
    """Write bytes to a file that programs can open; returns its path."""

    def save(pdf: bytes) -> Path:
        path = tmp_path / "report.pdf"
        path.write_bytes(pdf)
        return path

    return save
