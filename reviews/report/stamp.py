"""What the signatures of a report show in their fields: a few lines each, in one font that the first brings along."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pyhanko.pdf_utils.content import ResourceType
from pyhanko.pdf_utils.font.opentype import GlyphAccumulatorFactory
from pyhanko.pdf_utils.generic import IndirectObject, pdf_name
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.stamp import BaseStamp, BaseStampStyle

_SIZE = 10
_LEADING, _MARGIN, _DESCENT = 13.0, 10.0, 3.5


class Lettering:
    """The lines of all signatures of one report, set once: loading and cutting the font is what takes time.

    The first signature's revision embeds the font with all letters; the later ones refer to it.
    """

    def __init__(self, font: Path, stamps: Sequence[Sequence[str]]) -> None:
        self._font_file, self._lines = font, stamps
        self._font: IndirectObject | None = None
        self._set: list[list[tuple[bytes, float]]] = []

    def style(self, number: int) -> "BaseStampStyle":
        """How pyHanko draws the stamp at this place; they have to be drawn in their order."""
        return _Style(lettering=self, number=number, border_width=0, background=None)

    def font_for(self, writer: BasePdfFileWriter) -> IndirectObject:
        """The font as an object of this revision's writer."""
        if self._font is None:
            engine = GlyphAccumulatorFactory(str(self._font_file), font_size=_SIZE).create_font_engine(writer)
            for lines in self._lines:
                shaped = [engine.shape(line) for line in lines]
                self._set.append([(each.graphics_ops, each.x_advance * _SIZE) for each in shaped])
            self._font = engine.as_resource()
        return IndirectObject(self._font.idnum, self._font.generation, writer)

    def lines(self, number: int) -> list[tuple[bytes, float]]:
        """The lines of one stamp as operators that show them, with their widths in points."""
        return self._set[number]


@dataclass(frozen=True)
class _Style(BaseStampStyle):
    lettering: Lettering = field(kw_only=True)
    number: int = field(kw_only=True)

    def create_stamp(self, writer: BasePdfFileWriter, box: BoxConstraints, text_params: dict[str, Any]) -> "_Stamp":
        return _Stamp(writer, self, box)


class _Stamp(BaseStamp):
    """Lines from the left, in the middle of the height; made smaller where the field is too narrow."""

    style: _Style

    def _render_inner_content(self) -> list[bytes]:
        font = self.style.lettering.font_for(self._ensure_writer)
        self.set_resource(ResourceType.FONT, pdf_name("/F1"), font)
        lines = self.style.lettering.lines(self.style.number)
        scale = min(1.0, (self.box.width - 2 * _MARGIN) / max(width for _, width in lines))
        top = (self.box.height + len(lines) * _LEADING * scale) / 2
        commands = []
        for place, (operators, _) in enumerate(lines, start=1):
            baseline = top - (place * _LEADING - _DESCENT) * scale
            at = f"{scale:.4f} 0 0 {scale:.4f} {_MARGIN:.2f} {baseline:.2f} Tm"
            commands.append(b"BT /F1 %d Tf %s %s ET" % (_SIZE, at.encode(), operators))
        return commands
