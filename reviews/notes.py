"""Notes are Markdown: what people write, as HTML that is safe to show. Pure.

CommonMark with tables and struck-out text. HTML in a note is shown as it was typed, images are not fetched from
anywhere, and a line that ends is a line that ends. What would take too long is shown as it was typed as well: a note
of more than `MOST_PARTS` lines and cells, and what stands in more than `DEEPEST` lists and quotes.
"""

import re
from collections.abc import Sequence
from typing import Any

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

_TAGS = {
    "a",
    "blockquote",
    "br",
    "code",
    "em",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "s",
    "strong",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
}
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto"}

MOST_PARTS = 3_000
"""So many lines and cells of a note are laid out: a few lines of `|a|a|a…` are a table of sixty thousand cells."""

DEEPEST = 18
"""So deep lists and quotes stand in each other: the parser, which counts a list twice, drops what is below 20."""


def as_html(note: str) -> SafeString:
    """A note as HTML of the tags above; links lead to web pages and mail addresses only."""
    html = _markdown.renderer.render(parsed(note), _markdown.options, {})
    clean = nh3.clean(
        html, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel="noopener noreferrer nofollow"
    )
    return mark_safe(clean)  # noqa: S308 - what nh3 leaves is safe


def parsed(note: str) -> list[Token]:
    """A note as the parts that Markdown sees in it; the report prints them in a way of its own."""
    if _parts(note) > MOST_PARTS:
        return [Token("code_block", "code", 0, content=note)]
    return _markdown.parse(note)


def _parts(note: str) -> int:
    """At most so many lines and cells the note has: each line of a block can have as many cells as the widest one."""
    blocks = [block.splitlines() for block in _BETWEEN_BLOCKS.split(note)]
    return sum(len(lines) * max((line.count("|") + 1 for line in lines), default=1) for lines in blocks)


def _typed_where_too_deep(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A rule of the parser: what is nested too deep is shown as it was typed, and not dropped."""
    if state.level < DEEPEST:
        return False
    if silent:
        return True
    line = start + 1
    while line < end and (state.isEmpty(line) or state.sCount[line] >= state.blkIndent):
        line += 1
    state.line = line
    token = state.push("code_block", "code", 0)
    token.content = state.getLines(start, line, state.blkIndent, False) + "\n"
    return True


_BETWEEN_BLOCKS = re.compile(r"\n[ \t]*\n")


class _Renderer(RendererHTML):
    """Writes headings as strong paragraphs: the page has headings of its own, and a note has no place among them."""

    def heading_open(self, tokens: Sequence[Token], index: int, options: OptionsDict, env: Any) -> str:
        return "<p><strong>"

    def heading_close(self, tokens: Sequence[Token], index: int, options: OptionsDict, env: Any) -> str:
        return "</strong></p>\n"


_markdown = (
    MarkdownIt("commonmark", {"html": False, "breaks": True}, renderer_cls=_Renderer)
    .enable(["table", "strikethrough"])
    .disable(["image"])
)
_markdown.block.ruler.before("table", "typed_where_too_deep", _typed_where_too_deep)
