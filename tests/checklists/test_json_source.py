import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checklists.formats.json_source import read_json
from checklists.language import ChecklistErrors


def read(text, max_bytes=500_000):
    return read_json(text.encode() if isinstance(text, str) else text, "a.json", max_bytes=max_bytes)


def refusals(text, max_bytes=500_000):
    with pytest.raises(ChecklistErrors) as refused:
        read(text, max_bytes)
    return [str(error) for error in refused.value.errors]


def test_json_is_read_with_a_byte_order_mark_or_without():
    assert read('{"a": [1, 2.5, "x", null, true]}').value == {"a": [1, 2.5, "x", None, True]}
    assert read(b"\xef\xbb\xbf[1]").value == [1]


def test_each_part_has_its_line():
    source = read('{\n "a": [\n  1,\n  {"b\\n": \n 2}\n ],\n "c": {}, "d": []\n}')
    assert source.line(()) == 1
    assert source.line(("a",)) == 2
    assert source.line(("a", 0)) == 3
    assert source.line(("a", 1, "b\n")) == 4
    assert source.line(("d",)) == 7
    assert source.line(("a", 1, "missing")) == 4, "what is missing is missing from the part around it"
    assert str(source.error(("c",), "is empty")) == "a.json:7:2: is empty"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(JSON)
def test_whatever_json_can_say_has_a_place(value):
    text = json.dumps(value, indent=1)
    source, lines = read(text), text.split("\n")
    assert source.value == value
    todo = [((), value)]
    while todo:
        path, part = todo.pop()
        inner = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
        todo += [((*path, key), each) for key, each in inner]
        if path and isinstance(path[-1], str):
            assert lines[source.line(path) - 1].lstrip().startswith(json.dumps(path[-1]))


def test_each_nan_and_infinity_is_refused_at_its_line():
    assert refusals('{"a": "NaN",\n "b": NaN,\n "c": [-Infinity]}') == [
        "a.json:2:7: NaN is not JSON: write a text in quotes, or null",
        "a.json:3:8: -Infinity is not JSON: write a text in quotes, or null",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "a.json:1:1: the file is empty"),
        ('{"a": 1,\n}', "a.json:2:1: this is not JSON"),
        ('{"a": 1\n "b"}', "a.json:2:2: this is not JSON"),
        ("[" * 31, "a.json:1:31: lists and objects nest deeper than 30 levels"),
        ("[" * 300_000, "nest deeper"),
        ("[1e999]", "1e999 is too large"),
        ("[" + "9" * 5000 + "]", "cannot be read"),
        ('{"a":\n{"b": "\\ud800"}}', "a.json:2:2: an escape"),
        (b'["a",\n"\xff"]', "a.json:2:2: byte 7 is not UTF-8"),
    ],
)
def test_what_is_not_json_is_refused_at_its_line(text, said):
    assert said in refusals(text)[0]


def test_brackets_in_texts_are_no_nesting():
    assert read(json.dumps(["[" * 50, '"{' * 50])).value[0] == "[" * 50


def test_a_file_beyond_the_limit_is_not_looked_at():
    assert refusals("[" + " " * 100 + "]", max_bytes=50) == ["a.json: the file is 102 bytes long; 50 is the most"]


def test_of_a_key_that_stands_twice_the_last_counts_and_it_is_said():
    source = read('{"a": [{"x": 1}],\n "a": [\n{"y": 1}]}')
    assert source.value == {"a": [{"y": 1}]}
    assert source.repeated_keys == ("Line 2: “a” stands here a second time, and the last one counts.",)
    assert source.line(("a", 0, "y")) == 3
    assert read('{"a": 1}').repeated_keys == ()


def test_looking_for_places_in_a_large_file_is_quick():
    source = read(json.dumps([{"a": "x" * 20} for _ in range(12_000)], indent=0))
    assert source.line((11_999, "a")) == 2 + 3 * 11_999 + 1
