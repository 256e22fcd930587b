"""Snapshot -> HTML -> PDF, ready to be signed. The one place that calls WeasyPrint."""

import os
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any, Literal
from xml.etree import ElementTree

import pydyf
from django.template.loader import render_to_string
from django.utils import translation
from weasyprint import HTML, Attachment, Document
from weasyprint.pdf.metadata import DocumentMetadata
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from checklists.canonical import canonical_json, sha256_hex
from reviews.report.charts import MARKS
from reviews.report.content import content
from reviews.report.edition import ASSETS, TEMPLATE, made_by
from reviews.report.snapshot import SnapshotData
from reviews.report.wording import code_point

SNAPSHOT_FILE = "snapshot.json"
"""The embedded file with the snapshot as canonical JSON, whose SHA-256 is the one that is printed."""

Paper = Literal["A4", "Letter"]

_SCHEME = "asset:///"
_TYPES = {
    "report.css": "text/css",
    "A4.css": "text/css",
    "Letter.css": "text/css",
    "regular.ttf": "font/ttf",
    "italic.ttf": "font/ttf",
    "semibold.ttf": "font/ttf",
    "emoji.ttf": "font/ttf",
} | dict.fromkeys(MARKS, "image/svg+xml")
VARIANT = "pdf/a-3a"
"""What WeasyPrint is asked for; it claims PDF/UA-1 besides, see `_Metadata`."""

# PDF/A-3 wants these prefixes and no others (ISO 19005-3, 6.6.2.3.3).
for _prefix, _namespace in {"Extension": "ns/extension/", "Schema": "ns/schema#", "Property": "ns/property#"}.items():
    ElementTree.register_namespace(f"pdfa{_prefix}", f"http://www.aiim.org/pdfa/{_namespace}")


class RenderError(Exception):
    """A page that could not be made."""


@dataclass(frozen=True)
class Rendered:
    """A PDF that is not signed yet, and the names of its empty signature fields, the seal's first; see `fields`."""

    pdf: bytes
    fields: tuple[str, ...]


class AssetFetcher(URLFetcher):
    """Serves our stylesheets, fonts and marks by name, and nothing else: no address, no other file, no redirect."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=["asset"], allow_redirects=False)

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """One asset; anything else ends the rendering with FatalURLFetchingError, and is not opened."""
        name = url.removeprefix(_SCHEME)
        if not url.startswith(_SCHEME) or name not in _TYPES:
            raise FatalURLFetchingError(f"The report may not fetch {url[:200]}")
        data = MARKS[name] if name in MARKS else (ASSETS / name).read_bytes()
        return URLFetcherResponse(url, data, {"Content-Type": _TYPES[name]})


def render(snapshot: SnapshotData, *, paper: Paper = "A4", edition: str = "") -> Rendered:
    """The snapshot's PDF; the same snapshot on the same paper gives the same bytes. Raises `RenderError`.

    It conforms to PDF/A-3a and PDF/UA-1, has the snapshot as an associated file (`SNAPSHOT_FILE`), and an empty
    signature field for the seal and for each sign-off. It names the edition of the renderer that is here; `edition`
    gives it the name of another, so that it can be compared with what that one made.
    """
    data = canonical_json(snapshot)
    html = render_html(snapshot, paper=paper, edition=edition)
    try:
        document, pdf = _drawn(html, data, snapshot)
        if undrawn := {chr(code) for font in document.fonts.values() for code in font.missing}:
            # No font has these letters: rather their numbers than empty boxes, which PDF/A forbids.
            html = html.translate({ord(letter): code_point(letter) for letter in undrawn})
            document, pdf = _drawn(html, data, snapshot)
    except FatalURLFetchingError as refused:
        raise RenderError(str(refused)) from refused
    fields = [box.element.get("name") for page in document.pages for boxes in page.forms.values() for box, _ in boxes]
    # The seal is printed last, below what it certifies, and signs first.
    return Rendered(pdf, (*fields[-1:], *fields[:-1]))


def render_html(snapshot: SnapshotData, *, paper: Paper = "A4", edition: str = "") -> str:
    """The report as one HTML page, in English, every text of the snapshot escaped."""
    with translation.override("en"):
        return render_to_string(TEMPLATE, content(snapshot, paper=paper) | {"edition": edition or made_by()})


def _drawn(html: str, data: bytes, snapshot: SnapshotData) -> tuple[Document, bytes]:
    document = HTML(string=html, base_url=_SCHEME, url_fetcher=AssetFetcher()).render(font_config=_fonts())
    approved_at = datetime.fromisoformat(snapshot["approval"]["at"])
    document.metadata = _Metadata(**vars(document.metadata))
    document.metadata.attachments = [
        Attachment(
            file_obj=BytesIO(data),
            name=SNAPSHOT_FILE,
            description="The review’s data, of which this report was made",
            created=approved_at,
            modified=approved_at,
            relationship="Data",
            url_fetcher=AssetFetcher(),
        )
    ]
    pdf = document.write_pdf(
        pdf_variant=VARIANT, pdf_identifier=bytes.fromhex(sha256_hex(data)[:32]), finisher=_make_fields
    )
    return document, pdf


def _fonts() -> FontConfiguration:
    """The fonts that fonts.conf allows; fontconfig knows no way to be told but the environment."""
    before = os.environ.get("FONTCONFIG_FILE")
    os.environ["FONTCONFIG_FILE"] = str(ASSETS / "fonts.conf")
    try:
        return FontConfiguration()
    finally:
        if before is None:
            del os.environ["FONTCONFIG_FILE"]
        else:
            os.environ["FONTCONFIG_FILE"] = before


class _Metadata(DocumentMetadata):
    """Metadata that claim PDF/UA-1 beside the PDF/A part that WeasyPrint claims: it writes one of the two at a time.

    PDF/A wants the properties of other standards described where they are used (ISO 19005-3, 6.6.2.3).
    """

    def generate_rdf_metadata(self, *identification: Any) -> bytes:
        rdf = ElementTree.fromstring(super().generate_rdf_metadata(*identification))  # noqa: S314 (it made that itself)
        rdf.extend(ElementTree.fromstring((ASSETS / "pdfua.xml").read_bytes()))  # noqa: S314 (our own file)
        written: bytes = ElementTree.tostring(rdf, encoding="utf-8")
        return written


def _make_fields(_document: Document, pdf: pydyf.PDF) -> None:
    """Turn the check boxes, with which the page keeps the places free, into empty signature fields.

    So each has its place in the order of reading, and nothing needs to be read and written a second time.
    """
    form = pdf.catalog["AcroForm"]
    fields = form["Fields"]
    form.clear()
    form["Fields"] = fields
    for reference in fields:
        field = _at(pdf, reference)
        appearance = _at(pdf, field["AP"]["N"]["on"])
        appearance.stream = []
        appearance.extra["Resources"] = pydyf.Dictionary()
        left, top, right, bottom = (round(edge, 2) for edge in field["Rect"])
        kept = {key: field[key] for key in ("Type", "Subtype", "P", "T", "TU", "StructParent")}
        field.clear()
        field.update(kept)
        field["FT"] = "/Sig"
        field["Rect"] = pydyf.Array((left, bottom, right, top))
        field["AP"] = pydyf.Dictionary({"N": appearance.reference})
        # Printed, and not to be moved (ISO 32000-1, 12.5.3).
        field["F"] = 4 + 128
    for element in pdf.objects:
        # One kid stands for itself, not in an array: so pyHanko, comparing revisions, knows the place of a field.
        if isinstance(element, pydyf.Dictionary) and element.get("S") == "/Form" and len(element["K"]) == 1:
            (element["K"],) = element["K"]
    # WeasyPrint names each associated file twice.
    pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))


def _at(pdf: pydyf.PDF, reference: bytes) -> Any:
    return pdf.objects[int(reference.split()[0])]
