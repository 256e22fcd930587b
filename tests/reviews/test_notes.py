"""Notes are Markdown, and nothing in them runs, loads or breaks the page."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as reading

from reviews.notes import as_html


@pytest.mark.parametrize(
    ("note", "shown"),
    [
        ("See **ADR-7**", "<p>See <strong>ADR-7</strong></p>"),
        ("one\ntwo", "<p>one<br>\ntwo</p>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("# Large", "<p><strong>Large</strong></p>"),
        ("a < b & c", "<p>a &lt; b &amp; c</p>"),
    ],
)
def test_markdown_is_shown_as_what_it_means(note, shown):
    assert as_html(note).strip() == shown


def test_a_link_says_nothing_of_where_it_was_clicked():
    assert as_html("[wiki](https://wiki.example.org/x)").strip() == (
        '<p><a href="https://wiki.example.org/x" rel="noopener noreferrer nofollow">wiki</a></p>'
    )


@pytest.mark.parametrize(
    "note",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](https://tracker.example.org/pixel.png)",
        '<img src=x onerror="alert(1)">',
        "<style>body{display:none}</style>",
        '[x](https://a.example "a\\" onclick=\\"alert(1)")',
    ],
)
def test_nothing_in_a_note_runs_or_loads(note):
    for element in reading.fragment_fromstring(as_html(note), create_parent="div").iter():
        assert element.tag not in {"script", "img", "style", "iframe", "svg", "object"}
        assert not [name for name in element.attrib if name.startswith("on") or name == "style"]
        assert not element.get("href", "https:").startswith(("javascript:", "data:"))


def test_a_note_of_the_greatest_length_and_of_the_deepest_nesting_is_shown():
    assert "x" * 20_000 in as_html("x" * 20_000)
    as_html("> " * 10_000)
    as_html("[" * 20_000)
    as_html("* " * 10_000)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_whatever_is_typed_comes_out_as_harmless_html(note):
    tree = reading.fragment_fromstring(as_html(note), create_parent="div")
    assert {element.tag for element in tree.iter()} <= {
        *("div", "a", "blockquote", "br", "code", "em", "hr", "li", "ol", "p", "pre", "s", "strong"),
        *("table", "tbody", "td", "th", "thead", "tr", "ul"),
    }
