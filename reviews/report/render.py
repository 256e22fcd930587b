"""Snapshot -> HTML -> PDF. The one place that calls WeasyPrint."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from checklists.canonical import canonical_json, sha256_hex
from reviews.report.charts import RISKS, pillar_chart, risk_chart
from reviews.report.snapshot import QuestionData, SnapshotData

ASSETS = Path(__file__).parent / "assets"
_SCHEME = "asset:///"
_TYPES = {".css": "text/css", ".ttf": "font/ttf"}

SIGNATURE_SIZE = (360.0, 84.0)
"""Width and height of the visible signature, in points; report.css draws the same box around it."""

_POINTS_PER_PIXEL = 0.75
_TOP_FINDINGS = 6


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
    """Serves the files of our assets folder by name, and nothing else: no address, no other file, no redirect."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=["asset"], allow_redirects=False)

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """One asset; anything else ends the rendering."""
        name = url.removeprefix(_SCHEME)
        path = ASSETS / name
        if not url.startswith(_SCHEME) or name != path.name or path.suffix not in _TYPES or not path.is_file():
            raise FatalURLFetchingError(f"The report may not fetch {url[:200]}")
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": _TYPES[path.suffix]})


def render(snapshot: SnapshotData) -> Rendered:
    """The snapshot's PDF; the same snapshot gives the same bytes. Raises `RenderError`."""
    digest = sha256_hex(canonical_json(snapshot))
    fetcher = AssetFetcher()
    fonts = FontConfiguration()
    try:
        document = HTML(string=render_html(snapshot), base_url=_SCHEME, url_fetcher=fetcher).render(
            font_config=fonts, pdf_tags=True
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
    questions = [question for section in snapshot["sections"] for question in section["questions"]]
    findings = [question for risk in ("high", "medium") for question in questions if question["risk"] == risk]
    digest = sha256_hex(canonical_json(snapshot))
    context = {
        "snapshot": snapshot,
        "digest": digest,
        "digest_lines": [digest[:32], digest[32:]],
        "verdict": verdict(snapshot),
        "score": _whole(snapshot["score"]["overall"]),
        "approved_at": _shown(snapshot["approval"]["at"]),
        "created_at": _shown(snapshot["review"]["created_at"]),
        "metadata_at": snapshot["approval"]["at"],
        "pillar_chart": pillar_chart(snapshot["score"]["pillars"]),
        "risk_chart": risk_chart(snapshot["score"]["counts"]),
        "findings": [_view(question) for question in findings],
        "top_findings": [_view(question) for question in findings[:_TOP_FINDINGS]],
        "more_findings": max(0, len(findings) - _TOP_FINDINGS),
        "sections": [
            {**section, "questions": [_view(question) for question in section["questions"]]}
            for section in snapshot["sections"]
        ],
        "trail": [{**event, "at": _shown(event["at"])} for event in snapshot["trail"]],
        "facts": [{"text": fact["text"], "value": _said(fact["value"])} for fact in snapshot["workload"]["facts"]],
    }
    return render_to_string("reviews/report/report.html", context)


def verdict(snapshot: SnapshotData) -> str:
    """The outcome in one sentence."""
    counts = snapshot["score"]["counts"]
    parts = [f"{counts[risk]} {risk}" for risk in ("high", "medium") if counts[risk]]
    if not parts:
        return "Approved with no high or medium risk open."
    last = counts["medium"] if counts["medium"] else counts["high"]
    return f"Approved with {' and '.join(parts)} risk{'s' if last != 1 or len(parts) > 1 else ''} open."


def _view(question: QuestionData) -> dict[str, Any]:
    return {
        **question,
        "risk_title": RISKS[question["risk"]][0],
        "chosen": [choice for choice in question["choices"] if choice["selected"]],
        "answered_at": _shown(question["answered_at"]) if question["answered_at"] else "",
        "note_lines": list(_paragraphs(question["note"])),
        "reason_lines": list(_paragraphs(question["reason"])),
        "comments": [{**comment, "at": _shown(comment["at"])} for comment in question["comments"]],
    }


def _paragraphs(text: str) -> Iterator[str]:
    """A text's lines, each a block of its own: one huge block would not break over pages well."""
    yield from text.split("\n") if text else ()


def _shown(moment: str) -> str:
    return datetime.fromisoformat(moment).strftime("%-d %b %Y, %H:%M UTC")


def _whole(score: float | None) -> str:
    return "–" if score is None else str(int(score + 0.5))


def _said(value: bool | None) -> str:
    return {True: "yes", False: "no", None: "not stated"}[value]
