"""`manage.py verify_report`, as an auditor runs it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.reviews.report import forging


@pytest.fixture
def run(tmp_path):
    """Runs the command on a machine that has neither our database nor our keys; returns status and output."""

    def command(pdf: bytes, *options: str) -> tuple[int, str]:
        (tmp_path / "report.pdf").write_bytes(pdf)
        (tmp_path / "ca.pem").write_bytes(forging.ours().authority_pem())
        (tmp_path / "other.pem").write_bytes(forging.theirs().authority_pem())
        env = {
            "PATH": os.environ["PATH"],
            "DATA_DIR": str(tmp_path / "data"),
            "DATABASE_URL": "postgres://nowhere:1/x",
        }
        places = [option.format(folder=tmp_path) for option in options]
        done = subprocess.run(
            [sys.executable, "manage.py", "verify_report", str(tmp_path / "report.pdf"), *places],
            env=env,
            capture_output=True,
            text=True,
        )
        assert not (tmp_path / "data" / "keys").exists()
        return done.returncode, done.stdout + done.stderr

    return command


def test_with_the_authoritys_certificate_alone_it_verifies_without_database_and_keys(run):
    status, said = run(forging.genuine(), "--trust", "{folder}/ca.pem")
    assert status == 0, said
    assert said.startswith("Valid and unchanged.\n")
    assert "SignOff2, sign-off: Lea Okafor (lea)" in said
    assert "covers revision 1 to 4 of 4" in said
    assert "no time stamp proves it" in said
    assert "byte for byte" in said
    assert "Here:" not in said


def test_as_json_it_has_the_documented_shape(run):
    status, said = run(forging.genuine(), "--trust", "{folder}/other.pem", "--trust", "{folder}/ca.pem", "--json")
    assert status == 0
    found = json.loads(said)
    assert found["format"] == "ai-platform-report-verdict/1"
    assert found["valid"] is True
    assert found["here"] is None
    documented = Path("docs/verify.md").read_text()
    for key in (*found, *found["signatures"][0], *found["data"], *found["about"]):
        assert f"`{key}`" in documented, key


def test_one_that_is_not_trusted_ends_with_1_and_one_that_cannot_be_read_with_2(run):
    status, said = run(forging.genuine(), "--trust", "{folder}/other.pem")
    assert status == 1
    assert said.startswith("NOT VALID.")
    status, said = run(b"Hello", "--trust", "{folder}/ca.pem")
    assert status == 2
    assert said.startswith("UNREADABLE.")


def test_a_certificate_that_is_not_there_is_said(run):
    status, said = run(forging.genuine(), "--trust", "{folder}/nowhere.pem")
    assert status == 3
    assert "cannot be read" in said
