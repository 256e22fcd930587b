"""The report's drawings as SVG: charts and the code to scan, and the marks that stand beside risks and choices.

Marks are drawn, not typed: a sign that our font lacks would come from whatever fonts the machine has. They are
backgrounds in report.css, as the words beside them say the same: who has the report read aloud hears it once. A chart
is read as its title, the one alternative text that WeasyPrint knows for SVG.
"""

from collections.abc import Sequence

import segno
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from reviews.report.snapshot import PillarScoreData, RiskName
from reviews.report.wording import shortened, whole

FONTS = "Plex, 'Noto Sans', 'Noto Sans Arabic', 'Noto Sans Hebrew', 'Noto Sans CJK SC', 'Report Emoji'"
"""As in report.css, which an SVG's text does not follow."""

INK, SOFT, TRACK, ACCENT = "#1b2430", "#56636f", "#e6eaed", "#0f6b6b"
RISKS: dict[RiskName, tuple[str, str]] = {
    "high": ("High risk", "#b3261e"),
    "medium": ("Medium risk", "#b26a00"),
    "none": ("No risk", "#2e7d4f"),
    "unanswered": ("Unanswered", "#6b7280"),
    "not_applicable": ("Does not apply", "#94a3b8"),
}
"""Each risk's title and colour, worst first."""

_SHAPES: dict[RiskName, str] = {
    "high": "M5 .8 9.6 9.2H.4Z",
    "medium": "M5 .3 9.7 5 5 9.7.3 5Z",
    "none": "M1 5.2 3.9 8.2 9.2 1.9",
    "unanswered": "M9 5A4 4 0 1 1 1 5 4 4 0 1 1 9 5Z",
    "not_applicable": "M1 5H9",
}
"""Each risk's mark on a field of 10 by 10; the first two are filled, the others are lines."""

_TITLE = 23
"""Letters of a pillar's title that have room before its bar; the table of scores has all of it."""

_ROW = 22
_WIDTH = 310
_BAR_FROM, _BAR_TO = 126, 226


def pillar_chart(pillars: Sequence[PillarScoreData]) -> SafeString:
    """Horizontal bars: a pillar's score from 0 to 100, and the weight that the pillar has."""
    span = _BAR_TO - _BAR_FROM
    rows = format_html_join(
        "",
        '<text x="0" y="{y}" font-size="11" fill="{ink}">{title}</text>'
        '<rect x="{x}" y="{top}" width="{span}" height="10" fill="{track}"/>'
        '<rect x="{x}" y="{top}" width="{length}" height="10" fill="{accent}"/>'
        '<text x="{number}" y="{y}" font-size="11" font-weight="600" fill="{ink}" text-anchor="end">{score}</text>'
        '<text x="{end}" y="{y}" font-size="10" fill="{soft}" text-anchor="end">{weight}</text>',
        (
            {
                "y": 14 + index * _ROW,
                "top": 5 + index * _ROW,
                "x": _BAR_FROM,
                "span": span,
                "length": round(span * (pillar["score"] or 0) / 100, 1),
                "number": _BAR_TO + 26,
                "end": _WIDTH,
                "title": shortened(pillar["title"], _TITLE),
                "score": whole(pillar["score"]),
                "weight": f"{pillar['weight_title']} · {pillar['weight']}",
                "ink": INK,
                "soft": SOFT,
                "track": TRACK,
                "accent": ACCENT,
            }
            for index, pillar in enumerate(pillars)
        ),
    )
    said = "; ".join(
        f"{pillar['title']} {'not scored' if pillar['score'] is None else whole(pillar['score'])}"
        for pillar in pillars
    )
    return _chart("Score by pillar", said, max(1, len(pillars)) * _ROW, rows)


def risk_chart(counts: dict[RiskName, int]) -> SafeString:
    """One bar, divided by how many questions have each risk; below it a legend with marks and numbers."""
    total = sum(counts.values()) or 1
    present = [risk for risk in RISKS if counts.get(risk)]
    pieces, legend, x = [], [], 0.0
    for index, risk in enumerate(present):
        title, colour = RISKS[risk]
        width = _WIDTH * counts[risk] / total
        pieces.append((round(x, 1), round(max(width - 1.5, 1), 1), colour))
        left, line = index % 2 * 155, 38 + index // 2 * 18
        legend.append((left, line, _shape(risk), left + 16, line + 8.5, counts[risk], title))
        x += width
    bar = format_html_join("", '<rect x="{}" y="5" width="{}" height="18" fill="{}"/>', pieces)
    key = format_html_join(
        "",
        '<g transform="translate({} {})">{}</g>'
        '<text x="{}" y="{}" font-size="11" fill="#1b2430"><tspan font-weight="600">{}</tspan> {}</text>',
        legend,
    )
    said = ", ".join(f"{counts[risk]} {RISKS[risk][0].lower()}" for risk in present)
    return _chart("Questions by risk", said, 38 + 18 * -(-len(present) // 2), bar + key)


def score_bar(overall: float | None) -> SafeString:
    """The overall score as a mark on the line from 0 to 100."""
    said = "Not scored" if overall is None else f"{whole(overall)} of 100"
    return format_html(
        '<svg class="score-bar" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 8" role="img"><title>{}</title>'
        '<rect y="1" width="400" height="6" fill="{}"/><rect y="1" width="{}" height="6" fill="{}"/></svg>',
        said,
        TRACK,
        round(4 * (overall or 0), 1),
        ACCENT,
    )


def qr_code(address: str) -> SafeString:
    """The address as a QR code of error correction level M, with the quiet zone that ISO/IEC 18004 asks for."""
    rows = [list(row) for row in segno.make_qr(address, error="m").matrix_iter(border=4)]
    dark = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, module in enumerate(row) if module)
    return format_html(
        '<svg class="qr" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" role="img">'
        '<title>QR code with the address {}</title><path d="{}" fill="{}" shape-rendering="crispEdges"/></svg>',
        len(rows),
        len(rows),
        address,
        dark,
        INK,
    )


def _mark(drawn: SafeString) -> bytes:
    return format_html('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10">{}</svg>', drawn).encode()


def _shape(risk: RiskName) -> SafeString:
    colour = RISKS[risk][1]
    filled = risk in ("high", "medium")
    return format_html(
        '<path d="{}" fill="{}" stroke="{}" stroke-width="{}"/>',
        _SHAPES[risk],
        colour if filled else "none",
        "none" if filled else colour,
        "1.6",
    )


def _chart(title: str, description: str, height: int, content: SafeString) -> SafeString:
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" role="img" font-family="{}">'
        "<title>{}: {}</title>{}</svg>",
        _WIDTH,
        height,
        FONTS,
        title,
        description,
        content,
    )


_LINE = 'fill="none" stroke="#0f6b6b" stroke-width="{}"'
_CIRCLE, _SQUARE = '<circle cx="5" cy="5" r="4.3" {}/>', '<rect x=".7" y=".7" width="8.6" height="8.6" {}/>'
_DOT, _TICK = '<circle cx="5" cy="5" r="2.4" fill="#0f6b6b"/>', '<path d="M2.3 5.2 4.3 7.3 7.9 2.8" {}/>'

MARKS: dict[str, bytes] = {f"risk-{risk}.svg": _mark(_shape(risk)) for risk in RISKS} | {
    "one.svg": _mark(SafeString(_CIRCLE.format(_LINE.format(".7")))),
    "one-chosen.svg": _mark(SafeString(_CIRCLE.format(_LINE.format("1.1")) + _DOT)),
    "several.svg": _mark(SafeString(_SQUARE.format(_LINE.format(".7")))),
    "several-chosen.svg": _mark(SafeString(_SQUARE.format(_LINE.format("1.1")) + _TICK.format(_LINE.format("1.5")))),
}
"""The signs before risks and choices, by the name that report.css asks for. Each risk has a shape of its own, so that
colour alone says nothing; a choice has a circle where one is chosen, a square where several may be."""
