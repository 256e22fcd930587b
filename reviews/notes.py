"""Notes are Markdown: what people write, as HTML that is safe to show. Pure.

CommonMark with tables and struck-out text. HTML in a note is shown as it was typed, images are not fetched from
anywhere, and a line that ends is a line that ends.
"""

from collections.abc import Sequence
from typing import Any

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
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


def as_html(note: str) -> SafeString:
    """A note as HTML of the tags above; links lead to web pages and mail addresses only."""
    html = _markdown.render(note)
    clean = nh3.clean(
        html, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel="noopener noreferrer nofollow"
    )
    return mark_safe(clean)  # noqa: S308 - what nh3 leaves is safe


def parsed(note: str) -> list[Token]:
    """A note as the parts that Markdown sees in it; the report prints them in a way of its own."""
    return _markdown.parse(note)


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
