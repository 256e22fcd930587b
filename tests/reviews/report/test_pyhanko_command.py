"""Reports, as pyHanko's own command line judges them, by the commands in docs/verify.md."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from reviews.report import make_report
from reviews.report.errors import TimeStampServer
from tests.reviews.report import forging, sample
from tests.support.time_stamps import Tsa, serving

DOCUMENTED = [line.strip() for line in Path("docs/verify.md").read_text().splitlines() if "pyhanko sign" in line]
PLAIN, STAMPED, LONG_TERM = DOCUMENTED
FIELDS = ["Seal", "SignOff1", "SignOff2"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """What somebody has who verifies: the authorities' certificates."""
    path = tmp_path_factory.mktemp("pyhanko")
    (path / "ca.pem").write_bytes(forging.ours().authority_pem())
    return path


@pytest.fixture(scope="module")
def stamped(folder) -> bytes:
    tsa = Tsa()
    (folder / "tsa.pem").write_bytes(tsa.root.public_bytes(serialization.Encoding.PEM))
    with serving(tsa) as address:
        return make_report(sample.tiny(), forging.ours(), server=TimeStampServer(address, 5)).stamped


def run(command: str, pdf: bytes, folder: Path) -> tuple[int, str]:
    """The exit status of a documented command on a report, and what it printed."""
    (folder / "report.pdf").write_bytes(pdf)
    program, *arguments = command.split()
    assert program == "pyhanko"
    done = subprocess.run(
        [Path(sys.executable).parent / program, *arguments], cwd=folder, capture_output=True, text=True
    )
    return done.returncode, done.stdout + done.stderr


def judged_valid(said: str) -> list[str]:
    """The fields whose signature is sound, by a trusted certificate, and valid all in all."""
    parts = re.split(r"^Field \d+: (.+)$", said, flags=re.M)[1:]
    return [
        field
        for field, text in zip(parts[::2], parts[1::2], strict=True)
        if "The signer's certificate is trusted." in text
        and "The signature is cryptographically sound." in text
        and "The signature is judged VALID." in text
    ]


def test_every_signature_of_a_report_is_valid_and_trusted(folder):
    status, said = run(PLAIN, forging.genuine(), folder)
    assert status == 0, said
    assert judged_valid(said) == FIELDS
    assert said.count("appear to be compatible with the current document modification policy") == 2
    assert said.count("The signature covers the entire file.") == 1


def test_every_signature_of_a_report_with_time_stamps_is_valid_and_trusted_and_its_time_proven(folder, stamped):
    status, said = run(STAMPED, stamped, folder)
    assert status == 0, said
    assert judged_valid(said) == FIELDS
    assert said.count("The TSA certificate is trusted.") == 3
    assert said.count('TSA cert trust anchor: "Common Name: Time authority"') == 3


def test_by_the_rules_for_long_keeping_the_revocation_lists_in_the_file_are_enough(folder, stamped):
    status, said = run(LONG_TERM, stamped, folder)
    assert status == 0, said
    assert judged_valid(said) == FIELDS
    without_list = set(
        re.findall(r"no revocation information could be found for the end-entity certificate (.*)", said)
    )
    assert without_list <= {"Common Name: Time stamps"}  # This server's authority publishes none.
    status, said = run(LONG_TERM, forging.genuine(), folder)
    assert (status, judged_valid(said)) == (1, [])


def test_a_report_that_was_changed_or_is_by_another_authority_is_not_valid(folder):
    at = forging.genuine().index(b"stream\n") + 20
    changed = forging.genuine()[:at] + b"\0\0" + forging.genuine()[at + 2 :]
    for pdf in (changed, forging.signed(forging.base(), sample.tiny(), forging.theirs())):
        status, said = run(PLAIN, pdf, folder)
        assert status == 1
        assert judged_valid(said) == []
