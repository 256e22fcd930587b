"""Snapshot -> HTML -> PDF. The one place that calls WeasyPrint."""

from dataclasses import dataclass
from pathlib import Path

from django.template.loader import render_to_string
from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from checklists.canonical import canonical_json, sha256_hex
from reviews.report.content import content
from reviews.report.snapshot import SnapshotData

ASSETS = Path(__file__).parent / "assets"
_SCHEME = "asset:///"
_TYPES = {"report.css": "text/css", "regular.ttf": "font/ttf", "italic.ttf": "font/ttf", "semibold.ttf": "font/ttf"}

SIGNATURE_SIZE = (360.0, 84.0)
"""Width and height of the visible signature, in points; report.css draws the same box around it."""

_POINTS_PER_PIXEL = 0.75


class RenderError(Exception):
    """A page that could not be made."""


@dataclass(frozen=True)
class Rendered:
    """A PDF that is not signed yet, and where its signature goes.

    `page` counts from 0; `box` is (left, bottom, right, top) in points from the page's lower left corner.
    """

    pdf: bytes
    page: int
    box: tuple[float, float, float, float]


class AssetFetcher(URLFetcher):
    """Serves our stylesheet and fonts by name, and nothing else: no address, no other file, no redirect."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=["asset"], allow_redirects=False)

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """One asset; anything else ends the rendering with FatalURLFetchingError, and is not opened."""
        name = url.removeprefix(_SCHEME)
        if not url.startswith(_SCHEME) or name not in _TYPES:
            raise FatalURLFetchingError(f"The report may not fetch {url[:200]}")
        return URLFetcherResponse(url, (ASSETS / name).read_bytes(), {"Content-Type": _TYPES[name]})


def render(snapshot: SnapshotData) -> Rendered:
    """The snapshot's PDF; the same snapshot gives the same bytes. Raises `RenderError`."""
    digest = sha256_hex(canonical_json(snapshot))
    try:
        document = HTML(string=render_html(snapshot), base_url=_SCHEME, url_fetcher=AssetFetcher()).render(
            font_config=FontConfiguration(), pdf_tags=True
        )
        pdf = document.write_pdf(pdf_identifier=bytes.fromhex(digest[:32]), pdf_tags=True)
    except FatalURLFetchingError as refused:
        raise RenderError(str(refused)) from refused
    for number, page in enumerate(document.pages):
        if "signature-box" in page.anchors:
            x, y = page.anchors["signature-box"][:2]
            left, top = x * _POINTS_PER_PIXEL, (page.height - y) * _POINTS_PER_PIXEL
            width, height = SIGNATURE_SIZE
            return Rendered(pdf, number, (left, top - height, left + width, top))
    raise RenderError("The page for the signature is missing.")


def render_html(snapshot: SnapshotData) -> str:
    """The report as one HTML page, every text of the snapshot escaped."""
    return render_to_string("reviews/report/report.html", content(snapshot))
