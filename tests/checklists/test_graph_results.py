import json
from pathlib import Path

import pytest

from checklists.formats.graph_results import read_graph_results
from checklists.language import ChecklistErrors

SAMPLES = Path(__file__).parent.parent / "samples" / "azure_review_checklists"
ROW = {"guid": "A1", "compliant": "true", "id": "/subscriptions/1"}


def read(*rows, **root):
    return read_graph_results(json.dumps({"checks": list(rows), **root}, indent=1).encode(), "r.json")


def refusal(data):
    with pytest.raises(ChecklistErrors) as refused:
        read_graph_results(data if isinstance(data, bytes) else json.dumps(data, indent=1).encode(), "r.json")
    return [str(error) for error in refused.value.errors]


def test_a_public_file_of_results_is_read():
    results = read_graph_results((SAMPLES / "graph_results_akssample01.json").read_bytes(), "r.json")
    assert results.timestamp == "Fri Mar 18 09:14:09 CET 2022"
    assert len(results.checks) == 17
    assert sum(bool(check.non_compliant) for check in results.checks.values()) == 13
    assert results.checks["ed127dd1-42b0-46b2-8c69-99a646f3389a"].compliant[0].endswith("/managedClusters/checklist")


def test_the_rows_of_a_check_come_together():
    results = read(
        ROW,
        ROW | {"guid": "a1 ", "compliant": "False", "id": "/subscriptions/2"},
        ROW | {"compliant": "undefined", "id": "/subscriptions/3"},
        ROW | {"guid": "B2", "compliant": False},
    )
    check = results.checks["a1"]
    assert (check.compliant, check.non_compliant, check.undefined) == (
        ["/subscriptions/1"],
        ["/subscriptions/2"],
        ["/subscriptions/3"],
    )
    assert results.checks["b2"].non_compliant == ["/subscriptions/1"]


def test_a_resource_is_one_word_in_one_line():
    results = read(ROW | {"id": "/subscriptions/my group\nnot compliant: /fake"}, metadata={"timestamp": "to\nday"})
    assert results.checks["a1"].compliant == ["/subscriptions/my%20group%20not%20compliant:%20/fake"]
    assert results.timestamp == "to day"


def test_a_file_that_is_no_result_is_refused_at_its_line():
    assert refusal(b"[]") == ["r.json:1:1: graph results are an object with a list of checks"]
    assert refusal(b'{\n"checks": []}') == ["r.json:2:1: checks is empty: nothing was checked"]
    assert refusal({"items": []})[0].startswith("r.json:1:1: graph results are an object")
    assert "50,001 checks; 50,000 is the most" in refusal({"checks": [0] * 50_001})[0]
    assert "20,000,000 is the most" in refusal(b" " * 20_000_001)[0]


def test_each_mistake_is_told_with_its_line_and_nothing_is_used():
    rows = [ROW, 5, ROW | {"compliant": "maybe"}, ROW | {"compliant": None}, {"compliant": "true", "id": ""}]
    assert refusal({"checks": rows}) == [
        "r.json:8:3: a check is an object with guid, compliant and id",
        "r.json:11:4: compliant must be “true”, “false” or “undefined”",
        "r.json:16:4: compliant must be “true”, “false” or “undefined”",
        "r.json:19:3: guid must be a text",
        "r.json:21:4: id must be a text",
    ]
    assert refusal({"checks": [ROW | {"id": "x" * 1001}]}) == ["r.json:6:4: id has more than 1,000 characters"]
    assert len(refusal({"checks": [5] * 100})) == 20


def test_numbers_are_no_verdicts():
    assert refusal({"checks": [ROW | {"compliant": 1}]}) == [
        "r.json:5:4: compliant must be “true”, “false” or “undefined”"
    ]
