"""Which edition of the renderer made a report: a digest of all that decides how a report looks.

It is computed, so that nobody has to remember to raise a number. A report names its edition; so verification can tell
a report that another edition drew otherwise from one whose pages were altered.
"""

import os
import platform
import re
from collections.abc import Iterator
from functools import cache
from importlib.metadata import requires, version
from pathlib import Path
from xml.etree import ElementTree

from django.template.loader import get_template
from weasyprint.text.ffi import pango

from checklists import canonical
from checklists.canonical import canonical_json, sha256_hex
from reviews import notes

TEMPLATE = "reviews/report/report.html"
ASSETS = Path(__file__).parent / "assets"

_NAME = "AI platform reviews, report"
_MADE_BY = re.compile(rf"{_NAME} [0-9a-f]{{12}}")
_FONTS = {".ttf", ".otf", ".ttc"}


def made_by() -> str:
    """What a report says made it: the application, and 12 hexadecimal digits of a SHA-256.

    The same installation says the same. Another template, stylesheet, module of this package, library or set of fonts
    gives another edition, also where a report happens to look the same.
    """
    # Engines keep the template once it is read, so that this takes no time.
    template: str = get_template(TEMPLATE).template.source  # type: ignore[attr-defined]  # of Django's own engine
    return f"{_NAME} {sha256_hex(canonical_json([template, *_rest()]))[:12]}"


def is_edition(said: str) -> bool:
    """Whether a text is of the shape that `made_by` gives."""
    return bool(_MADE_BY.fullmatch(said))


@cache
def _rest() -> tuple[str, ...]:
    """All but the template, as texts: digests of files, versions of libraries, the fonts of the machine."""
    code = [*Path(__file__).parent.glob("*.py"), Path(canonical.__file__), Path(notes.__file__)]
    files = [f"{path.name} {sha256_hex(path.read_bytes())}" for path in sorted([*code, *ASSETS.iterdir()])]
    drawn_with = {"Django", "segno", "markdown-it-py", "mdurl", "weasyprint", *_required("weasyprint")}
    libraries = [f"{name} {version(name)}" for name in sorted(drawn_with)]
    return *files, *libraries, f"Python {platform.python_version()}", f"Pango {pango.pango_version()}", *_fonts()


def _required(library: str) -> Iterator[str]:
    for each in requires(library) or ():
        if "extra ==" not in each and (name := re.match(r"[\w.-]+", each)):
            yield name.group()


def _fonts() -> list[str]:
    """Names and sizes of the fonts that fonts.conf allows: letters that ours lack are drawn with them."""
    data = Path(os.environ.get("XDG_DATA_HOME") or "~/.local/share")
    found = set()
    for folder in ElementTree.parse(ASSETS / "fonts.conf").iter("dir"):  # noqa: S314 (our own file)
        place = (data if folder.get("prefix") == "xdg" else Path()) / (folder.text or "")
        for path in place.expanduser().rglob("*"):
            if path.suffix.lower() in _FONTS and path.is_file():
                found.add(f"{path.name} {path.stat().st_size}")
    return sorted(found)
