"""Identities, snapshots and signed reports, each made once."""

import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

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


@pytest.fixture(scope="session")
def verifier(identity, tmp_path_factory) -> Verifier:
    store = tmp_path_factory.mktemp("nss")
    authority = store / "ca.pem"
    authority.write_bytes(identity.authority_pem())
    subprocess.run(["certutil", "-N", "-d", store, "--empty-password"], check=True)
    subprocess.run(["certutil", "-A", "-d", store, "-n", "authority", "-t", "CT,C,C", "-i", authority], check=True)
    return Verifier(store)


@pytest.fixture
def saved(tmp_path):
    """Write bytes to a file that programs can open; returns its path."""

    def save(pdf: bytes) -> Path:
        path = tmp_path / "report.pdf"
        path.write_bytes(pdf)
        return path

    return save
