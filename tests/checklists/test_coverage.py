import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.management import call_command

from checklists.coverage import Row, gaps, page, read_rows
from checklists.formats.reading import LIBRARY
from checklists.language import Checklist, Expression
from checklists.language.schema import json_schema
from checklists.publish import read_library
from tests.checklists.test_language import MINIMAL

DOCS = Path(settings.BASE_DIR) / "docs"
FILES = sorted(LIBRARY.glob("*.yaml"))


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return read_rows((LIBRARY / "rows.csv").read_text())


@pytest.fixture(scope="module")
def library() -> list[Checklist]:
    return read_library()


def changed(checklist: Checklist, question_id: str, **values: Any) -> Checklist:
    """The checklist with one of its questions changed, or left out where no values are given."""
    content = checklist.to_json()
    for section in content["sections"]:
        for question in section["questions"]:
            question["see"] = [name for name in question["see"] if name != question_id]
            if question["id"] == question_id:
                question.update(values)
        section["questions"] = [q for q in section["questions"] if values or q["id"] != question_id]
    content["sections"] = [section for section in content["sections"] if section["questions"]]
    return Checklist.model_validate(content)


def test_every_row_of_the_source_is_covered(rows, library):
    assert gaps(rows, library) == []


def test_a_row_without_a_question_is_a_gap_in_each_checklist_that_lacks_it(rows, library):
    without = [changed(each, "GEN-03") if "GEN-03" in each.questions_by_id else each for each in library]
    assert [sentence[:49] for sentence in gaps(rows, without)] == [
        "GEN-03 is covered by nothing in the checklist eda",
        "GEN-03 is covered by nothing in the checklist tra",
        "GEN-03 is covered by nothing in the checklist inf",
    ]


@pytest.mark.parametrize("row", ["INF-F-01", "TRN-N-01", "ORC-T-02", "EDA-F-03c", "TRN-T-04"])
def test_a_row_loses_its_cover_with_the_last_part_that_covers_it(rows, library, row: str):
    (wanted,) = (each for each in rows if each.id == row)
    content = next(each for each in library if each.id == wanted.checklists[0]).to_json()
    for section in content["sections"]:
        for question in section["questions"]:
            question["see"] = []
            question["covers"] = [name for name in question["covers"] if name != row]
            for part in [question, *question["choices"], *question["guidance"]]:
                if part["id"] == row:
                    part["id"] = "renamed"
            for rule in question["risk_rules"]:
                rule["when"] = re.sub(rf"\b{row}\b", "renamed", rule["when"])
    assert gaps([wanted], [Checklist.model_validate(content)]) != []


def test_a_row_that_must_be_answered_needs_a_question_that_must_be(rows, library):
    optional = [changed(each, "EDA-F-01", obligatory=False) if each.id == "eda" else each for each in library]
    assert [sentence.split(":")[0] for sentence in gaps(rows, optional)] == [
        "EDA-F-01 has no question in the checklist eda that must be answered"
    ]


def test_a_whole_checklist_that_is_missing_leaves_all_its_rows_uncovered(rows, library):
    without = [each for each in library if each.id != "orchestration"]
    assert [sentence[:8] for sentence in gaps(rows, without)] == [
        "ORC-N-01",
        "ORC-N-02",
        "ORC-N-03",
        "ORC-T-01",
        "ORC-T-02",
    ]


def test_the_pages_that_are_written_from_the_code_are_up_to_date(tmp_path: Path, capsys):
    call_command("write_docs", str(tmp_path))
    for name in ("coverage.md", "checklist.schema.json"):
        assert (DOCS / name).read_text() == (tmp_path / name).read_text(), f"run manage.py write_docs for {name}"


def test_the_page_names_for_every_row_what_it_asks_and_what_covers_it(rows, library):
    lines = page(rows, library).splitlines()
    for row in rows:
        (line,) = (line for line in lines if line.startswith(f"| {row.id} |"))
        assert row.asks in line
        assert "nothing" not in line
    (batch,) = (line for line in lines if line.startswith("| INF-F-01 |"))
    assert "question INF-F-01-batch" in batch
    assert "asked where `online in inferencing_mode`" in batch


def complaints(schema: dict[str, Any], value: Any, root: dict[str, Any], at: str = "") -> list[str]:
    """What a value does to break a JSON Schema, for the words that ours uses; any other word is an error."""
    if "$ref" in schema:
        return complaints(root["$defs"][schema["$ref"].removeprefix("#/$defs/")], value, root, at)
    found: list[str] = []
    for word, wanted in schema.items():
        match word:
            case "title" | "description" | "default" | "$defs" | "$schema":
                continue
            case "type":
                kinds = {
                    "object": dict, "array": list, "string": str, "boolean": bool, "null": type(None),
                    "integer": int, "number": (int, float),
                }  # fmt: skip
                fits = isinstance(value, kinds[wanted]) and (wanted == "boolean" or not isinstance(value, bool))
            case "anyOf":
                fits = any(not complaints(each, value, root, at) for each in wanted)
            case "const":
                fits = value == wanted
            case "enum":
                fits = value in wanted
            case "pattern":
                fits = not isinstance(value, str) or re.search(wanted, value) is not None
            case "minLength" | "minItems":
                fits = not isinstance(value, str | list) or len(value) >= wanted
            case "maxLength" | "maxItems":
                fits = not isinstance(value, str | list) or len(value) <= wanted
            case "minimum":
                fits = not isinstance(value, int | float) or value >= wanted
            case "maximum":
                fits = not isinstance(value, int | float) or value <= wanted
            case "exclusiveMinimum":
                fits = not isinstance(value, int | float) or value > wanted
            case "required":
                fits = not isinstance(value, dict) or set(wanted) <= set(value)
            case "items":
                fits = True
                for index, item in enumerate(value if isinstance(value, list) else []):
                    found += complaints(wanted, item, root, f"{at}[{index}]")
            case "properties":
                fits = True
                for key in wanted.keys() & (value.keys() if isinstance(value, dict) else set()):
                    found += complaints(wanted[key], value[key], root, f"{at}.{key}")
            case "patternProperties":
                fits = True
                for pattern, inner in wanted.items():
                    for key in value if isinstance(value, dict) else []:
                        if re.search(pattern, key):
                            found += complaints(inner, value[key], root, f"{at}.{key}")
            case "additionalProperties":
                known = [*schema.get("properties", {}), *(value if "patternProperties" in schema else [])]
                fits = wanted is not False or not isinstance(value, dict) or set(value) <= set(known)
            case _:
                raise AssertionError(f"the schema uses {word}")
        if not fits:
            found.append(f"{at}: {word}")
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_each_shipped_file_fits_the_schema_that_editors_use_and_names_it(path: Path):
    schema = json_schema()
    first, *_ = path.read_text().splitlines()
    named = first.removeprefix("# yaml-language-server: $schema=")
    assert (path.parent / named).resolve() == DOCS / "checklist.schema.json"
    assert complaints(schema, yaml.safe_load(path.read_text()), schema) == []


@pytest.mark.parametrize(
    ("old", "new", "at"),
    [
        ("risk: high}", "risk: grave}", ".sections[0].questions[0].choices[1].risk"),
        ("title: One", "titel: One", ".sections[0].questions[0]"),
        ("weight: 2", "weight: 6", ".sections[0].questions[0].weight"),
        ("security: full", "security: fully", ".weights.security"),
        ("schema: 1", "schema: 2", ".schema"),
        ("kind: eda", "kind: EDA", ".kind"),
        ("summary: For tests.\n", "", ""),
    ],
)
def test_the_schema_shows_an_editor_what_does_not_fit(old: str, new: str, at: str):
    schema = json_schema()
    assert complaints(schema, yaml.safe_load(MINIMAL), schema) == []
    found = complaints(schema, yaml.safe_load(MINIMAL.replace(old, new, 1)), schema)
    assert at in {each.split(":")[0] for each in found}


def test_a_checklist_as_it_is_stored_fits_the_schema_too():
    schema = json.loads((DOCS / "checklist.schema.json").read_text())
    for checklist in read_library():
        assert complaints(schema, checklist.to_json(), schema) == []


def test_the_conditions_in_the_reference_can_be_read():
    text = (DOCS / "checklists.md").read_text()
    conditions = re.findall(r"^\s*(?:asked|obligatory|when): ([^#\n]+)", text, re.MULTILINE)
    conditions += re.findall(r"when: ([^,}\"]+)}", text)
    assert len(conditions) >= 8
    for condition in conditions:
        if condition.strip() not in {"true", "false", "default", "…"}:
            Expression.parse(condition.strip())
