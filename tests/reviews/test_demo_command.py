"""`manage.py demo --out`, which brings a database of its own: SQLite, whichever the tests run on."""

import subprocess
import sys
from pathlib import Path

from tests.support.pdf import pdfsig
from tests.support.site import ROOT


def test_the_demo_command_does_the_whole_job_without_a_browser(tmp_path: Path):
    out = tmp_path / "out"
    command = [sys.executable, "manage.py", "demo", "--out", str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert sorted(path.name for path in out.iterdir()) == ["ca.pem", "report.pdf", "snapshot.json"]
    verdict = pdfsig(out / "report.pdf", out / "ca.pem")
    assert "Signature is Valid" in verdict
    assert "Certificate is Trusted" in verdict
    digest = subprocess.run(["sha256sum", str(out / "snapshot.json")], capture_output=True, text=True, check=True)
    printed = subprocess.run(["pdftotext", str(out / "report.pdf"), "-"], capture_output=True, text=True, check=True)
    assert digest.stdout.split()[0] in printed.stdout
