import pytest

from checklists.language import Checklist, ChecklistErrors, Expression, ExpressionError, parse
from checklists.publish import LIBRARY, read_library

MINIMAL = """\
schema: 1
id: small
title: Small
version: "1.0"
kind: eda
summary: For tests.
source: {title: Source, url: "https://example.org/", licence: CC BY 4.0}
weights:
  security: full
  cost_optimization: leads
  operational_excellence: high
  performance_efficiency: low
  reliability: low
sections:
  - id: S
    title: Section
    questions:
      - id: Q-1
        title: One
        text: One?
        why: Because.
        good: Good.
        do: Do.
        pillars: [security]
        weight: 2
        obligatory: true
        kind: one
        choices:
          - {id: a, text: A, risk: none}
          - {id: b, text: B, risk: high}
        links: [{title: L, url: "https://example.org/"}]
      - id: Q-2
        title: Two
        text: Two?
        why: Because.
        good: Good.
        do: Do.
        pillars: [security, reliability]
        weight: 2
        obligatory: true
        kind: practices
        choices:
          - {id: Q-2a, text: A, pillars: [security]}
          - {id: Q-2b, text: B}
          - {id: none_of_these, text: None of these, none_of_these: true}
        risk_rules:
          - {risk: none, when: Q-2a and Q-2b}
          - {risk: high, when: default}
        links: [{title: L, url: "https://example.org/"}]
"""


def line_of(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(keepends=True), start=1) if part in line)


def test_a_small_checklist_is_read():
    checklist = parse(MINIMAL, "small.yaml")
    assert [question.id for question in checklist.questions] == ["Q-1", "Q-2"]
    assert checklist.weights["security"][0].weight == "full"


@pytest.mark.parametrize(
    ("old", "new", "at", "sentence"),
    [
        ("        weight: 2\n        obligatory: true\n        kind: one", "        kind: one", "id: Q-1", "weight is missing"),
        ("        kind: one", "        kind: one\n        colour: red", "colour: red", "is not a key that is known here"),
        ("        text: One?", '        text: " "', 'text: " "', "text is empty"),
        ("risk: high}\n", "risk: grave}\n", "risk: grave", "'none', 'medium' or 'high'"),
        ("{id: b, text: B, risk: high}", "{id: no, text: B, risk: high}", "id: no,", "must be a text"),
        ("{id: b, text: B, risk: high}", "{id: a, text: B, risk: high}", "id: Q-1", "choice id a is used more than once"),
        ("{id: b, text: B, risk: high}", "{id: b, text: B}", "id: Q-1", "choice b of question Q-1 has no risk"),
        ("id: Q-2\n", "id: Q-1\n", "schema", "question id Q-1 is used more than once"),
        ("when: Q-2a and Q-2b", "when: Q-2a and Q-2z", "id: Q-2\n", "names Q-2z"),
        ("when: Q-2a and Q-2b", "when: Q-2a and (Q-2b", "when: Q-2a and (Q-2b", "closing bracket is missing"),
        ("when: default", "when: Q-2a", "id: Q-2\n", "when: default"),
        ("{id: Q-2a, text: A, pillars: [security]}", "{id: Q-2a, text: A, pillars: [cost_optimization]}", "id: Q-2\n", "cost_optimization"),
        ('url: "https://example.org/"}]', 'url: "javascript:alert(1)"}]', "javascript", "url"),
        ("  reliability: low\n", "", "schema", "weights says nothing of reliability"),
        ("  reliability: low\n", "  reliability: [{weight: low, when: fresh}]\n", "schema", "must be without a condition"),
        ("title: Small\n", "title: Small\ntitle: Again\n", "title: Again", "title stands here a second time"),
        ("title: Small\n", "title: &name Small\n", "", ""),
        ("summary: For tests.", "summary: *name", "summary", "aliases"),
        ("summary: For tests.", "summary: !!python/name:os.system For", "summary", "tag"),
        ("sections:\n", "sections: [\n", "", "this is not YAML"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_file_and_line(old: str, new: str, at: str, sentence: str):
    text = MINIMAL.replace(old, new, 1)
    assert text != MINIMAL
    if not sentence:
        parse(text, "small.yaml")
        return
    with pytest.raises(ChecklistErrors) as refused:
        parse(text, "small.yaml")
    said = str(refused.value)
    assert sentence in said
    if at:
        assert f"small.yaml:{line_of(text, at)}:" in said


def test_all_mistakes_of_a_file_are_named_at_once():
    text = MINIMAL.replace("why: Because.", 'why: ""').replace("risk: high}\n", "risk: grave}\n", 1)
    with pytest.raises(ChecklistErrors) as refused:
        parse(text, "small.yaml")
    first, second = (n for n, line in enumerate(text.splitlines(), start=1) if "why: " in line)
    assert [error.line for error in refused.value.errors] == [first, line_of(text, "risk: grave"), second]


@pytest.mark.parametrize(("text", "sentence"), [("", "empty"), ("x" * 1_000_001, "longer than"), ("- a", "valid")])
def test_what_is_no_checklist_at_all_is_refused(text: str, sentence: str):
    with pytest.raises(ChecklistErrors, match=sentence):
        parse(text, "small.yaml")


def test_a_document_cannot_grow_when_it_is_read():
    bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n"
    with pytest.raises(ChecklistErrors, match="aliases"):
        parse(bomb, "bomb.yaml")


def test_every_shipped_checklist_survives_being_stored_and_read_again():
    for checklist in read_library():
        assert Checklist.model_validate(checklist.to_json()) == checklist


def test_the_general_recommendations_are_included_and_not_copied():
    assert [path.name for path in LIBRARY.glob("*.yaml") if "id: GEN-01" in path.read_text()] == ["general.yaml"]


@pytest.mark.parametrize(
    ("text", "true", "holds"),
    [
        ("a", "a", True),
        ("a and b", "a", False),
        ("a or b and c", "a", True),
        ("(a or b) and c", "a", False),
        ("not a", "", True),
        ("not a or b", "a b", True),
        ("not (a or b)", "b", False),
        ("not not a", "a", True),
        ("EDA-F-03a and not EDA-F-03b", "EDA-F-03a", True),
    ],
)
def test_conditions_bind_not_before_and_before_or(text: str, true: str, holds: bool):
    assert Expression.parse(text).holds(set(true.split()).__contains__) is holds


@pytest.mark.parametrize(
    ("text", "column", "sentence"),
    [
        ("", 1, "ends where a name was expected"),
        ("a and", 6, "ends where a name was expected"),
        ("a b", 3, "“b” was not expected"),
        ("(a", 3, "closing bracket is missing"),
        ("a)", 2, "“)” was not expected"),
        ("and a", 1, "a name was expected, not “and”"),
        ("a && b", 3, "“&” is not understood"),
    ],
)
def test_a_condition_that_cannot_be_read_says_where(text: str, column: int, sentence: str):
    with pytest.raises(ExpressionError, match=sentence.replace("(", r"\(").replace(")", r"\)")) as refused:
        Expression.parse(text)
    assert refused.value.column == column
