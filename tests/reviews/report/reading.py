"""Reading a PDF as independent programs read it."""

import re
import subprocess
from pathlib import Path


def pages(pdf: Path) -> list[str]:
    """The text of each page, as pdftotext finds it."""
    run = subprocess.run(["pdftotext", "-enc", "UTF-8", pdf, "-"], capture_output=True, check=True)
    return run.stdout.decode().split("\f")[:-1]


def squeezed(text: str) -> str:
    """The text without blanks, so that where a line was broken makes no difference."""
    return re.sub(r"\s+", "", text)


def whole_text(pdf: Path) -> str:
    """The text between the headers and footers of all pages, without blanks, as if it ran over one endless page."""
    inside = ["-r", "72", "-x", "0", "-y", "58", "-W", "595", "-H", "728"]
    run = subprocess.run(["pdftotext", "-enc", "UTF-8", *inside, pdf, "-"], capture_output=True, check=True)
    return squeezed(run.stdout.decode())
