"""Notes are Markdown, and nothing in them runs, loads or breaks the page."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as reading

from reviews.notes import as_html
from reviews.report.printed_notes import printed, printed_text


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


def table(columns: int, rows: int) -> str:
    return "\n".join(["|a" * columns, "|-" * columns, *(["|a" * columns] * rows)])


def test_a_table_of_more_cells_than_anybody_reads_is_shown_as_it_was_typed():
    assert as_html(table(10, 100)).count("<td>") == 1000
    huge = "Before.\n\n" + "|a" * 2000 + "\n" + "|-" * 2000 + "\n" + "|last\n" * 2000
    shown = as_html(huge)
    assert "<td>" not in shown
    assert len(shown) < 2 * len(huge)
    assert reading.fragment_fromstring(shown).text_content() == huge


@pytest.mark.parametrize("unit", ["a\n\n", "a\n", "- a\n", "1. a\n", "> a\n\n"])
def test_a_note_of_thousands_of_lines_is_shown_as_it_was_typed(unit: str):
    note = unit * (20_000 // len(unit))
    assert reading.fragment_fromstring(as_html(note)).text_content() == note


def test_the_report_prints_such_a_note_in_few_blocks_and_leaves_nothing_out():
    note = "".join(f"{number}\n" for number in range(4000))
    assert printed(note).count("<p") == 40
    assert re.findall(r"\d+", printed_text(note)) == note.split()


@pytest.mark.parametrize("mark", ["> ", "- ", "1. ", "> - "])
def test_what_stands_in_many_quotes_or_lists_is_not_left_out(mark: str):
    note = f"before\n\n{mark * 30}deep down\n\nafter"
    for text in (as_html(note), printed_text(note)):
        assert [text.count(said) for said in ("before", "deep down", "after")] == [1, 1, 1]


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_whatever_is_typed_comes_out_as_harmless_html(note):
    tree = reading.fragment_fromstring(as_html(note), create_parent="div")
    assert {element.tag for element in tree.iter()} <= {
        *("div", "a", "blockquote", "br", "code", "em", "hr", "li", "ol", "p", "pre", "s", "strong"),
        *("table", "tbody", "td", "th", "thead", "tr", "ul"),
    }
