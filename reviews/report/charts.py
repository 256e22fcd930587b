"""The report's charts as SVG, inline in the page: drawn here, as numbers and titles only."""

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from reviews.report.snapshot import PillarScoreData, RiskName

INK, SOFT, TRACK, ACCENT = "#1b2430", "#56636f", "#e6eaed", "#0f6b6b"
RISKS: dict[RiskName, tuple[str, str]] = {
    "high": ("High risk", "#b3261e"),
    "medium": ("Medium risk", "#b26a00"),
    "none": ("No risk", "#2e7d4f"),
    "unanswered": ("Unanswered", "#6b7280"),
    "not_applicable": ("Not applicable", "#aab4bd"),
}
"""Each risk's title and colour, worst first."""

_ROW = 22
_WIDTH = 310
_BAR_FROM, _BAR_TO = 128, 234


def pillar_chart(pillars: Sequence[PillarScoreData]) -> SafeString:
    """Horizontal bars: a pillar's score from 0 to 100, and what the pillar counts."""
    span = _BAR_TO - _BAR_FROM
    rows = format_html_join(
        "",
        '<text x="0" y="{y}" font-size="11" fill="{ink}">{title}</text>'
        '<rect x="{x}" y="{top}" width="{span}" height="9" rx="2" fill="{track}"/>'
        '<rect x="{x}" y="{top}" width="{length}" height="9" rx="2" fill="{accent}"/>'
        '<text x="{number}" y="{y}" font-size="11" font-weight="600" fill="{ink}" text-anchor="end">{score}</text>'
        '<text x="{end}" y="{y}" font-size="9" fill="{soft}" text-anchor="end">{weight}</text>',
        (
            {
                "y": 14 + index * _ROW,
                "top": 6 + index * _ROW,
                "x": _BAR_FROM,
                "span": span,
                "length": round(span * (pillar["score"] or 0) / 100, 1),
                "number": _BAR_TO + 24,
                "end": _WIDTH,
                "title": pillar["title"],
                "score": "–" if pillar["score"] is None else round(pillar["score"]),
                "weight": pillar["weight_title"],
                "ink": INK,
                "soft": SOFT,
                "track": TRACK,
                "accent": ACCENT,
            }
            for index, pillar in enumerate(pillars)
        ),
    )
    said = "; ".join(
        f"{pillar['title']} {'not scored' if pillar['score'] is None else round(pillar['score'])}"
        for pillar in pillars
    )
    return _svg("Score by pillar", said, len(pillars) * _ROW, rows)


def risk_chart(counts: dict[RiskName, int]) -> SafeString:
    """One bar, divided by how many questions have each risk; a legend with the numbers below."""
    total = sum(counts.values()) or 1
    present = [risk for risk in RISKS if counts.get(risk)]
    pieces, legend, x = [], [], 0.0
    for index, risk in enumerate(present):
        title, colour = RISKS[risk]
        width = _WIDTH * counts[risk] / total
        pieces.append((round(x, 1), round(max(width - 1.5, 1), 1), colour))
        column, line = index % 2, index // 2
        legend.append((column * 155, 36 + line * 18, colour, column * 155 + 14, 44 + line * 18, counts[risk], title))
        x += width
    bar = format_html_join("", '<rect x="{}" y="4" width="{}" height="18" fill="{}"/>', pieces)
    key = format_html_join(
        "",
        '<rect x="{}" y="{}" width="9" height="9" fill="{}"/><text x="{}" y="{}" font-size="11">{} {}</text>',
        legend,
    )
    said = ", ".join(f"{counts[risk]} {RISKS[risk][0].lower()}" for risk in present)
    return _svg("Questions by risk", said, 36 + 18 * -(-len(present) // 2), bar + key)


def _svg(title: str, description: str, height: int, content: SafeString) -> SafeString:
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" role="img" aria-label="{}: {}" '
        'font-family="Plex"><title>{}</title><desc>{}</desc>{}</svg>',
        _WIDTH,
        height,
        title,
        description,
        title,
        description,
        content,
    )
