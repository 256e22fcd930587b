"""Notes are Markdown, also in the report, and nothing in them but that."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.report.printed_notes import printed, printed_text
from reviews.report.render import render, render_html
from tests.reviews.report import sample
from tests.reviews.report.reading import squeezed, whole_text
from tests.support.pdf_conformance import broken_rules

TAGS = {"p", "br", "b", "i", "s", "span", "div", "ul", "ol", "li", "blockquote"}
TAGS |= {"table", "thead", "tbody", "tr", "th", "td"}
EVERYTHING = """\
# Load test of *14 October*

We ran **40 handlers** for an hour: [the runbook](https://wiki.example.org/runbook?a=1&b=2 "title"),
<https://example.org/auto>, [Jonas](mailto:jonas@example.org), ~~nobody~~, `retry --max 3`.

3. first
4. second, with
   - nested *one*
   - ```
     code in a list
     ```

> Calls took longer,
> > none failed.

| metric | p50 | p95 |
|---|---:|---|
| first token | 0.6 s | **0.9 s** |

    indented = 1   # three spaces

***

![a picture](https://elsewhere.example/x.png) <script>alert(1)</script> &amp; &lt;i&gt;

שלום עולם **חשוב**
"""


def of(note: str):
    snapshot = sample.tiny()
    sample.questions_of(snapshot)[0]["note"] = note
    return snapshot


@pytest.mark.parametrize(
    ("note", "html"),
    [
        ("one\ntwo", '<p dir="ltr">one<br>two</p>'),
        ("# Title", '<p dir="ltr"><b>Title</b></p>'),
        ("*a* **b** ~~c~~ `d`", '<p dir="ltr"><i>a</i> <b>b</b> <s>c</s> <span class="code">d</span></p>'),
        ("- a", '<ul><li><p dir="ltr"><span class="mark">•</span>a</p></li></ul>'),
        ("3. a", '<ol><li><p dir="ltr"><span class="mark">3.</span>a</p></li></ol>'),
        ("> a", '<blockquote><p dir="ltr">a</p></blockquote>'),
        ("    a  b", '<div class="listing"><p class="line" dir="ltr">a  b</p></div>'),
        ("[a](https://b.org)", '<p dir="ltr">a <span class="code">(https://b.org)</span></p>'),
        ("<https://b.org>", '<p dir="ltr">https://b.org</p>'),
        ("[a](mailto:b@c.org)", '<p dir="ltr">a <span class="code">(b@c.org)</span></p>'),
        ("[a](javascript:b)", '<p dir="ltr">[a](javascript:b)</p>'),
        ("![a](https://b.org/c.png)", '<p dir="ltr">!a <span class="code">(https://b.org/c.png)</span></p>'),
        ("<img src=x onerror=a>", '<p dir="ltr">&lt;img src=x onerror=a&gt;</p>'),
        ("[a](<b'\">)", '<p dir="ltr">a <span class="code">(b&#x27;%22)</span></p>'),
        ("שלום", '<p dir="rtl">שלום</p>'),
        ("", ""),
    ],
)
def test_each_part_of_markdown_is_printed_in_plain_tags(note, html):
    assert printed(note) == html


@given(st.text(alphabet="ab*_~`[]()<>!#-|>&\\\"'\n 1.:", max_size=300))
def test_whatever_is_typed_only_tags_of_ours_come_out_and_all_of_them_are_closed(note):
    opened = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag, attrs):
            assert tag in TAGS
            assert {name for name, _value in attrs} <= {"dir", "class"}
            if tag != "br":
                opened.append(tag)

        def handle_endtag(self, tag):
            assert opened.pop() == tag

        def handle_decl(self, decl):
            raise AssertionError(decl)

        handle_comment = handle_pi = unknown_decl = handle_decl

    reader = Reader()
    reader.feed(printed(note))
    reader.close()
    assert opened == []


@pytest.mark.parametrize("note", ["**a " * 2500 + " b**" * 2500, ">" * 20_000, "[" * 20_000, "- " * 10_000 + "a"])
def test_no_note_is_nested_so_deep_that_the_report_cannot_be_made(note):
    assert render(of(note)).pdf


def test_a_report_with_all_of_markdown_conforms_and_says_all_of_it(tmp_path):
    report = tmp_path / "report.pdf"
    report.write_bytes(render(of(EVERYTHING)).pdf)
    assert broken_rules([report]) == []
    text = whole_text(report)
    for said in printed_text(EVERYTHING).splitlines():
        if "שלום" not in said:
            assert squeezed(said) in text, said
    assert squeezed("the runbook (https://wiki.example.org/runbook?a=1&b=2)") in text
    assert squeezed("!a picture (https://elsewhere.example/x.png) <script>alert(1)</script> & <i>") in text


def test_a_note_in_letters_from_right_to_left_is_markdown_as_well():
    assert '<p dir="rtl"><b>שלום</b></p>' in render_html(of("# שלום"))
