import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import example, given
from hypothesis import strategies as st

from checklists.formats.aws_lens import read_aws_lens
from checklists.formats.reading import detect, read_file
from checklists.formats.yaml_file import write_yaml
from checklists.language import ChecklistErrors, parse
from checklists.models import Edition
from checklists.publish import publish, read_library
from tests.checklists.test_aws_lens import LENS, as_bytes, lens_with
from tests.checklists.test_language import MINIMAL

SAMPLES = Path(__file__).parents[1] / "samples" / "aws_custom_lens"
GENAI = SAMPLES / "generative-ai-lens.json"
INCLUDED = MINIMAL.replace("id: small", "id: own").replace("kind: eda\n", "")
INCLUDING = (
    MINIMAL.replace("sections:", "include: [own]\nsections:").replace("id: S\n", "id: T\n").replace("Q-", "R-")
)


def run(*args):
    out, err = StringIO(), StringIO()
    try:
        call_command(*args, stdout=out, stderr=err)
    except CommandError as problem:
        return out.getvalue(), str(problem), problem.returncode
    return out.getvalue(), err.getvalue(), 0


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "small.yaml").write_text(MINIMAL)
    (tmp_path / "own.yaml").write_text(INCLUDED)
    (tmp_path / "including.yaml").write_text(INCLUDING)
    (tmp_path / "lens").write_bytes(as_bytes(LENS))
    (tmp_path / "broken.json").write_bytes(as_bytes(lens_with((("name",), 5), (("pillars", 0, "id"), "a-b"))))
    return tmp_path


# lint_checklist


def test_lint_prints_the_findings_as_json():
    out, err, code = run("lint_checklist", str(GENAI), "--json")
    report = json.loads(out)
    assert set(report) == {"questions", "findings"}
    assert report["questions"] == 29
    assert {frozenset(finding) for finding in report["findings"]} == {
        frozenset({"rule", "severity", "question", "choice", "message", "example"})
    }
    assert sum(finding["rule"] == "rule-never-fires" for finding in report["findings"]) == 29
    assert (code, err) == (1, "16 of the findings are errors")


def test_lint_prints_lines_with_places_for_people():
    out, _, _ = run("lint_checklist", str(GENAI))
    assert "generative-ai-lens.json:10: note (rule-never-fires): question GENOPS01: A risk rule can never fire" in out
    assert out.endswith("29 questions, 58 findings\n")


def test_lint_exits_with_0_where_nothing_is_an_error(folder):
    assert run("lint_checklist", str(folder / "small.yaml")) == ("2 questions, 0 findings\n", "", 0)
    assert run("lint_checklist", str(SAMPLES / "sample-dynamodb-v0.7.json"))[2] == 0


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("x.yaml", b"a: [", "x.yaml:2:1: this is not YAML"),
        ("x.yaml", b"\xff", "byte 0 is not UTF-8"),
        ("x.yaml", b"", "the file is empty"),
        ("x.json", b'{"pillars": [NaN]}', "x.json:1:14: NaN is not JSON"),
        ("missing.yaml", None, "there is no such file"),
    ],
)
def test_lint_exits_with_2_where_the_file_cannot_be_read(tmp_path, name, content, said):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    out, err, code = run("lint_checklist", str(tmp_path / name), "--json")
    assert (out, code) == ("", 2)
    assert said in err


def test_lint_looks_at_what_a_file_includes_from_its_own_folder_first(folder):
    assert run("lint_checklist", str(folder / "including.yaml"))[0] == "4 questions, 0 findings\n"
    (folder / "general.yaml").write_text(INCLUDED.replace("id: own", "id: general"))
    (folder / "including.yaml").write_text(INCLUDING.replace("[own]", "[general]"))
    assert run("lint_checklist", str(folder / "including.yaml"))[0] == "4 questions, 0 findings\n"
    (folder / "general.yaml").unlink()
    out, _, code = run("lint_checklist", str(folder / "including.yaml"))
    assert code == 0
    assert int(out.split()[0]) > 4, "those of the shipped library"


# import_checklist


def test_import_publishes_a_lens_and_prints_what_it_read(db):
    out, err, code = run("import_checklist", str(GENAI), "--json")
    assert json.loads(out) == {"format": "aws-lens", "pillars": 6, "questions": 29, "choices": 80, "skipped": [], "warnings": []}  # fmt: skip
    assert (err, code) == ("", 0)
    edition = Edition.objects.get()
    assert (edition.key, edition.version, edition.kind) == ("aws-generative-ai-lens", "1.0", "any")
    assert edition.checklist == read_aws_lens(GENAI.read_bytes(), "x").checklist


def test_import_says_what_was_skipped_and_what_to_look_at(db):
    out, _, _ = run("import_checklist", str(SAMPLES / "sample-dynamodb-v0.7.json"))
    assert "published DynamoDB Best Practice - For WA Custom Lens, edition 1.0" in out
    assert "skipped: The key “description” of 49 of the parts named choice" in out
    out, _, _ = run("import_checklist", str(SAMPLES / "negative/hub-amazon-ecs-lens-NO-DEFAULT.json"))
    assert "warning: Question NET3: has no default rule" in out


def test_the_same_file_twice_is_one_edition_and_a_changed_one_the_next(db, folder):
    for _ in range(2):
        run("import_checklist", str(folder / "lens"))
    assert Edition.objects.count() == 1
    (folder / "lens").write_bytes(as_bytes(lens_with((("description",), "Another."))))
    assert "edition 1.1" in run("import_checklist", str(folder / "lens"))[0]


def test_import_of_yaml_brings_what_it_includes(db, folder):
    out, _, _ = run("import_checklist", str(folder / "including.yaml"), "--json")
    assert json.loads(out)["format"] == "yaml"
    assert [question.id for question in Edition.objects.get().checklist.questions] == ["Q-1", "Q-2", "R-1", "R-2"]


def test_a_refused_file_changes_nothing_and_each_mistake_is_printed_with_its_line(db, folder):
    out, err, code = run("import_checklist", str(folder / "broken.json"))
    assert (out, code, Edition.objects.count()) == ("", 1, 0)
    assert "broken.json:3:2: name must be a text, not a number" in err
    assert "broken.json:7:4: the pillar id “a-b” is not accepted" in err


@pytest.mark.parametrize(
    ("name", "format", "said"),
    [
        ("broken.json", "aws-lens", "broken.json:3:2: name must be a text"),
        ("own.yaml", "yaml", "it is only there to be included in others"),
        ("missing.yaml", "auto", "there is no such file"),
        ("nan.json", "aws-lens", "nan.json:1:14: NaN"),
    ],
)
def test_a_refusal_as_json_names_the_format_and_the_mistakes(db, folder, name, format, said):
    (folder / "nan.json").write_text('{"pillars": [NaN]}')
    out, _, code = run("import_checklist", str(folder / name), "--json")
    refusal = json.loads(out)
    assert (set(refusal), refusal["format"], code) == ({"format", "errors"}, format, 1)
    assert said in " ".join(refusal["errors"])
    assert not Edition.objects.exists()


def test_the_format_can_be_named(db, folder):
    assert run("import_checklist", str(folder / "lens"), "--format", "yaml")[2] == 1
    assert run("import_checklist", str(folder / "lens"), "--format", "aws-lens")[2] == 0


# export_checklist


@pytest.fixture
def editions(db):
    first = parse(MINIMAL, "small.yaml")
    publish(first)
    publish(parse(MINIMAL.replace("For tests", "For more tests").replace('"1.0"', '"1.1"'), "small.yaml"))
    return first


def test_export_writes_the_newest_edition_or_the_one_that_is_named(editions):
    out, err, code = run("export_checklist", "small", "--format", "yaml")
    assert (parse(out, "x").version, err, code) == ("1.1", "", 0)
    assert parse(run("export_checklist", "small", "--format", "yaml", "--version", "1.0")[0], "x") == editions


def test_export_as_json_can_be_read_back(editions, tmp_path):
    out, _, _ = run("export_checklist", "small", "--format", "json", "--version", "1.0")
    assert json.loads(out) == editions.to_json()
    assert read_file(out.encode(), "small.json").checklist == editions


def test_export_as_a_lens_lists_what_it_cannot_say_beside_it(editions):
    out, err, _ = run("export_checklist", "small", "--format", "aws-lens")
    assert read_aws_lens(out.encode(), "x").summary()["questions"] == 2
    assert "What each pillar counts is not part of a lens: all count the same.\n" in err


@pytest.mark.parametrize("args", [("nothing",), ("small", "--version", "9.9")])
def test_export_of_what_is_not_there_says_what_is(editions, args):
    out, err, code = run("export_checklist", *args, "--format", "yaml")
    assert (out, code) == ("", 1)
    assert "small" in err


def test_import_export_import_through_the_database_is_the_identity(db):
    run("import_checklist", str(GENAI))
    out, err, _ = run("export_checklist", "aws-generative-ai-lens", "--format", "aws-lens")
    assert err == ""
    assert read_aws_lens(out.encode(), "x").checklist == Edition.objects.get().checklist


def test_as_processes_the_commands_exit_with_their_codes_and_keep_their_streams_apart(tmp_path):
    manage = [sys.executable, "manage.py", "lint_checklist"]
    linted = subprocess.run([*manage, str(GENAI), "--json"], capture_output=True, text=True)
    assert linted.returncode == 1
    assert json.loads(linted.stdout)["questions"] == 29
    broken = subprocess.run([*manage, str(SAMPLES / "negative/hub-emr-spark-INVALID-NaN.json")], capture_output=True, text=True)  # fmt: skip
    assert broken.returncode == 2
    assert "hub-emr-spark-INVALID-NaN.json:1448:30: NaN is not JSON" in broken.stderr


@pytest.mark.parametrize(
    "command",
    [
        ["import_checklist", str(GENAI), "--json"],
        ["export_checklist", "eda", "--format", "yaml"],
        ["load_checklists"],
    ],
)
def test_without_tables_a_command_says_what_to_run(command, tmp_path):
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment["DATA_DIR"] = str(tmp_path)
    ended = subprocess.run([sys.executable, "manage.py", *command], capture_output=True, text=True, env=environment)
    assert ended.returncode == 1
    assert "run `manage.py migrate` first" in ended.stderr
    assert "Traceback" not in ended.stderr


# Which format it is


@pytest.mark.parametrize(
    ("data", "file", "format"),
    [
        (as_bytes(LENS), "lens", "aws-lens"),
        (b"\xef\xbb\xbf\n " + as_bytes(LENS), "lens.txt", "aws-lens"),
        (b'{"pillars": [NaN]}', "x.json", "aws-lens"),
        (b'{"items": [], "metadata": {}}', "x.json", "azure-review-checklist"),
        (b'{"categories": [], "items": [}', "x.json", "azure-review-checklist"),
        (b'"Azure Review"\nCategory,Link-Text,Link\n', "x", "microsoft-csv"),
        (b"Category,Question,Answers,Selected Answer,Note\n", "x", "microsoft-csv"),
        (MINIMAL.encode(), "x.yml", "yaml"),
        (b'{"schema": 1, "pillars": [], "sections": []}', "x.json", "yaml"),
        (b"{" * 100_000, "x.json", "yaml"),
        (b"", "x", "yaml"),
    ],
)
def test_the_format_is_told_by_the_content(data, file, format):
    assert detect(data, file) == format


def test_json_of_another_kind_is_no_checklist(tmp_path):
    (tmp_path / "x.json").write_text('{"metadata": {}, "checks": []}')
    out, err, code = run("import_checklist", str(tmp_path / "x.json"), "--json")
    assert (json.loads(out)["format"], code) == ("auto", 1)
    assert "x.json:1:1: this JSON is no checklist" in err


# YAML as it is written


@pytest.mark.parametrize("checklist", read_library(), ids=lambda checklist: checklist.id)
def test_the_shipped_checklists_are_written_as_they_are_read(checklist):
    assert parse(write_yaml(checklist), "again.yaml") == checklist


def test_what_goes_without_saying_is_left_out():
    assert write_yaml(parse(MINIMAL, "x")).splitlines()[:8] == [
        "schema: 1",
        "id: small",
        "title: Small",
        "version: '1.0'",
        "kind: eda",
        "summary: For tests.",
        "source:",
        "  title: Source",
    ]
    assert "pillars:\n  -" not in write_yaml(parse(MINIMAL, "x"))


RICH = """\
facts:
  - {id: "no", text: F}
  - {id: "12", text: F, type: duration, asked: not "no"}
"""


def test_everything_that_can_be_said_is_written_so_that_it_reads_back():
    text = MINIMAL.replace("        kind: one", "        asked: '\"no\" or \"12\" > 4h'\n        weight: [{weight: 1, when: '\"no\"'}, {weight: 5}]\n        kind: benchmark\n        benchmark: {work: request, compare: 3}")  # fmt: skip
    text = text.replace(
        "        weight: 2\n        obligatory: true\n        asked", "        obligatory: true\n        asked"
    )
    text = text.replace(
        "risk: high}",
        "risk: high, earns: half, needs_note: true, help: {url: 'https://x.y'}, reading: [{about: plan, text: T}]}",
    )
    checklist = parse(text + RICH, "x")
    assert parse(write_yaml(checklist), "again.yaml") == checklist
    assert write_yaml(checklist) == write_yaml(parse(write_yaml(checklist), "again.yaml"))


@example("a\x85b\u2028c\u2029d\re")
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=300))
def test_any_text_is_written_so_that_it_reads_back(text):
    small = parse(MINIMAL, "x").to_json()
    small["summary"] = f"x{text}x"
    small["sections"][0]["questions"][0]["why"] = text
    small["sections"][0]["questions"][1]["choices"][0]["means"] = text * 5
    checklist = type(parse(MINIMAL, "x")).model_validate(small)
    assert parse(write_yaml(checklist), "again.yaml") == checklist


def test_a_refused_include_is_told_with_the_file_that_it_stands_in(folder):
    (folder / "own.yaml").write_text(INCLUDED.replace("title: One", 'title: ""'))
    with pytest.raises(ChecklistErrors, match=r"own\.yaml:\d+:\d+: .*title is empty"):
        read_file((folder / "including.yaml").read_bytes(), "including.yaml", folder=folder)


def test_a_large_lens_is_read_and_looked_through_quickly():
    questions = [LENS["pillars"][0]["questions"][0] | {"id": f"q_{n:02}"} for n in range(20)]
    lens = lens_with((("pillars",), [{"id": f"pillar_{p}", "name": "P", "questions": [{**q, "id": f"{q['id']}_{p}"} for q in questions]} for p in range(10)]))  # fmt: skip
    data = json.dumps(lens).encode()
    assert read_aws_lens(data, "x").summary()["questions"] == 200
