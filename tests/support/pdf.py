"""What an independent program says of a PDF."""

import subprocess
import tempfile
from pathlib import Path


def pdfsig(pdf: Path, authority: Path) -> str:
    """What Poppler's pdfsig prints, with the authority as the only one that is trusted."""
    with tempfile.TemporaryDirectory() as nss:
        for command in (
            ["certutil", "-N", "-d", nss, "--empty-password"],
            ["certutil", "-A", "-d", nss, "-n", "authority", "-t", "C,C,C", "-i", str(authority)],
        ):
            subprocess.run(command, check=True, capture_output=True)
        done = subprocess.run(["pdfsig", "-nssdir", nss, str(pdf)], capture_output=True, text=True, check=False)
        return done.stdout + done.stderr


def text_of(pdf: Path) -> str:
    """The text of all pages."""
    return subprocess.run(["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True, text=True).stdout
