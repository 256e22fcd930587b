"""Notes, which are Markdown, as they are printed: paragraphs, lists, quotes, code and tables in a few plain tags.

The same Markdown as on pages (`reviews.notes`). Headings become strong paragraphs, as a report has headings of its
own; a link is its text and its address; nothing of a note is fetched, or can be clicked.
"""

import re
from collections.abc import Iterator, Sequence
from html import unescape
from itertools import zip_longest

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from markdown_it.token import Token

from reviews.notes import parsed
from reviews.report.wording import is_right_to_left, lines

_EMPHASIS = {"em": "i", "strong": "b", "s": "s"}
_DEEPEST = 6
"""So deep emphasis is printed within emphasis: more shows nothing, and thousands of levels would end the renderer."""
_BLOCKS = {
    "bullet_list_open": "<ul>",
    "bullet_list_close": "</ul>",
    "ordered_list_open": "<ol>",
    "ordered_list_close": "</ol>",
    "list_item_close": "</li>",
    "blockquote_open": "<blockquote>",
    "blockquote_close": "</blockquote>",
    "table_open": "<table>",
    "table_close": "</table>",
    "thead_open": "<thead>",
    "thead_close": "</thead>",
    "tbody_open": "<tbody>",
    "tbody_close": "</tbody>",
    "tr_open": "<tr>",
    "tr_close": "</tr>",
    "th_close": "</th>",
    "td_close": "</td>",
    "paragraph_close": "</p>",
    "heading_close": "</b></p>",
}
_OPENED = {"paragraph_open": "<p{}>", "heading_open": "<p{}><b>", "th_open": "<th{}>", "td_open": "<td{}>"}
"""What has a direction of its own, which its text says."""
_WITHIN_A_LINE = re.compile("</?(b|i|s|span)( [^>]*)?>")
_TAG = re.compile("<[^>]*>")


def printed(note: str) -> SafeString:
    """A note as HTML for the report, every text in it escaped."""
    return mark_safe("".join(_blocks(parsed(note))))  # noqa: S308 - what is not escaped stands above


def printed_text(note: str) -> str:
    """The text of a note as it is printed, in the order in which it is drawn, parts of it on lines of their own."""
    return unescape(_TAG.sub("\n", _WITHIN_A_LINE.sub("", printed(note))))


def _blocks(tokens: Sequence[Token]) -> Iterator[str]:
    mark = ""
    numbers: list[int] = []
    for token, following in zip_longest(tokens, tokens[1:]):
        if token.type == "list_item_open":
            # Marks are text: PDF/UA wants the marks of lists in elements of their own, which blocks beside them lose.
            mark = f'<span class="mark">{numbers[-1]}.</span>' if token.info else '<span class="mark">•</span>'
            numbers[-1] += 1
            yield "<li>"
            if following and following.type != "paragraph_open":
                yield f"<p>{mark}</p>"
                mark = ""
        elif token.type in _OPENED:
            yield _OPENED[token.type].format(_direction(following.content if following else "")) + mark
            mark = ""
        elif token.type == "inline":
            yield from _line(token.children or [])
        elif token.type in {"fence", "code_block"}:
            yield from _code(token.content)
        elif token.type == "hr":
            yield '<p class="rule"></p>'
        else:
            if token.type in {"ordered_list_open", "bullet_list_open"}:
                numbers.append(int(token.attrGet("start") or 1))
            elif token.type in {"ordered_list_close", "bullet_list_close"}:
                numbers.pop()
            yield _BLOCKS[token.type]


def _line(tokens: Sequence[Token]) -> Iterator[str]:
    address, said, depth = "", "", 0
    for token in tokens:
        kind, _, side = token.type.rpartition("_")
        if kind in _EMPHASIS:
            depth += token.nesting
            # The depth outside of it, where it begins and where it ends.
            if (depth - 1 if side == "open" else depth) < _DEEPEST:
                yield f"<{'/' if side == 'close' else ''}{_EMPHASIS[kind]}>"
        elif token.type == "link_open":
            address, said = str(token.attrGet("href") or "").removeprefix("mailto:"), ""
        elif token.type == "link_close":
            if address and address != said:
                yield f' <span class="code">({escape(address)})</span>'
            address = ""
        elif token.type == "code_inline":
            yield f'<span class="code">{escape(token.content)}</span>'
        elif token.type in {"softbreak", "hardbreak"}:
            yield "<br>"
        else:
            yield escape(token.content)
        said += token.content


def _code(text: str) -> Iterator[str]:
    yield '<div class="listing">'
    for line in lines(text):
        yield f'<p class="line"{_direction(line)}>{escape(line)}</p>'
    yield "</div>"


def _direction(text: str) -> str:
    return ' dir="rtl"' if is_right_to_left(text) else ' dir="ltr"'
