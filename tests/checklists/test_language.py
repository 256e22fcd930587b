import pytest

from checklists.formats.reading import LIBRARY
from checklists.language import Checklist, ChecklistErrors, parse, read, with_included
from checklists.publish import read_library

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
        ("        title: One", '        title: " "', 'title: " "', "title is empty"),
        ("risk: high}\n", "risk: grave}\n", "risk: grave", "risk must be none, medium, high or not_applicable"),
        ('version: "1.0"', "version: first", "version: first", "version must be up to three numbers"),
        ("{id: b, text: B, risk: high}", "{id: my b, text: B, risk: high}", "id: my b", "id must be made of up to 128 letters"),
        ('links: [{title: L, url: "https://example.org/"}]', "links: [{title: L, url: example.org}]", "url: example.org", "begins with http"),
        ("{id: b, text: B, risk: high}", "{id: no, text: B, risk: high}", "id: no,", "must be a text"),
        ("{id: b, text: B, risk: high}", "{id: a, text: B, risk: high}", "{id: a, text: B", "choice id a is used more than once"),
        ("{id: b, text: B, risk: high}", "{id: b, text: B}", "{id: b, text: B}", "choice b of question Q-1 has no risk"),
        ("id: Q-2\n", "id: Q-1\n", "", "question id Q-1 is used more than once"),
        ("when: Q-2a and Q-2b", "when: Q-2a and Q-2z", "when: Q-2a and Q-2z", "names Q-2z"),
        ("when: Q-2a and Q-2b", "when: Q-2a and (Q-2b", "when: Q-2a and (Q-2b", "closing bracket is missing"),
        ("{id: Q-2a, text: A, pillars: [security]}", "{id: Q-2a, text: A, pillars: [cost_optimization]}", "{id: Q-2a", "cost_optimization"),
        ('url: "https://example.org/"}]', 'url: "javascript:alert(1)"}]', "javascript", "url"),
        ("  reliability: low\n", "", "", "weights says nothing of reliability"),
        ("  reliability: low\n", "  reliability: [{weight: low, when: fresh}]\n", "", "must be without a condition"),
        ("summary: For tests.\n", "", "schema", "summary is missing"),
        ("summary: For tests.", "summary: >-\n  \n", "summary", "summary is empty"),
        ("schema: 1", "schema: 2", "schema", "schema"),
        ("kind: eda", "kind: EDA", "kind: EDA", "kind must be eda, training, inferencing or any"),
        ('"1.0"', '"1.0-beta"', "version", "version"),
        ("licence: CC BY 4.0}", "license: CC BY 4.0}", "license", "source.license is not a key that is known here"),
        ("  security: full\n", "  safety: full\n  security: full\n", "safety", "safety"),
        ("  reliability: low\n", "  reliability: lowest\n", "lowest", "must be leads, full, high, medium or low"),
        ("  reliability: low\n", "  reliability: [{weight: full, when: stale}, {weight: low}]\n", "when: stale", "stale is neither a fact nor a question"),
        ("id: Q-1\n", "id: 1\n", "id: 1", "must be a text (put it in quotes)"),
        ("id: Q-1\n", "id: a b\n", "id: a b", "id"),
        ("weight: 2", "weight: 6", "weight: 6", "weight must be 5 or less"),
        ("{id: b, text: B, risk: high}", "{id: b, text: B, risk: high, none_of_these: true}", "{id: b, text: B", "none_of_these is for questions of kind practices"),
        ("          - {id: b, text: B, risk: high}\n", "", "choices:", "at least 2"),
        ("        links: [", "        risk_rules: [{risk: high, when: default}]\n        links: [", "risk_rules:", "remove risk_rules"),
        ("{id: Q-2b, text: B}", "{id: Q-2b, text: B, risk: high}", "{id: Q-2b", "risk_rules decide"),
        ("{id: Q-2b, text: B}", "{id: Q-2b, text: B, none_of_these: true}", "{id: none_of_these", "more than one choice marked none_of_these"),
        ("{id: Q-2b, text: B}", "{id: Q-2a, text: B}", "{id: Q-2a, text: B}", "choice id Q-2a is used more than once"),
        ("        risk_rules:\n          - {risk: none, when: Q-2a and Q-2b}\n          - {risk: high, when: default}\n", "", "id: Q-2", "end with “when: default”"),
        ("pillars: [security]\n", "pillars: [safety]\n", "pillars: [safety]", "safety is not the id of a pillar"),
        ("kind: one", "kind: quota", "id: Q-1", "needs a part named quota"),
        ("kind: one", "kind: one\n        quota: {}", "quota: {}", "remove quota"),
        ("kind: one", "kind: one\n        see: [Q-9]", "see: [Q-9]", "Q-9 is not the id of a question"),
        ("kind: one", "kind: one\n        region_check: {facts: [where]}", "region_check", "where is not the id of a fact"),
        ("        weight: 2", "        weight: [{weight: 3, when: criticality == high}]", "weight: 3", "last weight rule of question Q-1 must be without"),
        ("        why: Because.\n", "        why: Because.\n        why: Again.\n", "why: Again", "why stands here a second time"),
        ("        title: One\n", "\ttitle: One\n", "\ttitle", "this is not YAML"),
        ("title: Small\n", "title: Small\ntitle: Again\n", "title: Again", "title stands here a second time"),
        ("summary: For tests.", "summary: *name", "summary", "aliases"),
        ("summary: For tests.", "summary: !!python/name:os.system For", "summary", "tag"),
        ("sections:\n", "sections: [\n", "", "this is not YAML"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_file_and_line(old: str, new: str, at: str, sentence: str):
    text = MINIMAL.replace(old, new, 1)
    assert text != MINIMAL
    with pytest.raises(ChecklistErrors) as refused:
        parse(text, "small.yaml")
    said = str(refused.value)
    assert sentence in said
    if at:
        assert f"small.yaml:{line_of(text, at)}:" in said


def test_all_mistakes_of_a_file_are_named_at_once():
    text = (
        MINIMAL.replace("title: One", 'title: ""')
        .replace("title: Two", 'title: ""')
        .replace("risk: high}\n", "risk: grave}\n", 1)
    )
    with pytest.raises(ChecklistErrors) as refused:
        parse(text, "small.yaml")
    first, second = (n for n, line in enumerate(text.splitlines(), start=1) if 'title: ""' in line)
    assert [error.line for error in refused.value.errors] == [first, line_of(text, "risk: grave"), second]


@pytest.mark.parametrize(
    ("text", "sentence"), [("", "empty"), ("x" * 4_000_001, "longer than"), ("- a", "must hold keys")]
)
def test_what_is_no_checklist_at_all_is_refused(text: str, sentence: str):
    with pytest.raises(ChecklistErrors, match=sentence):
        parse(text, "small.yaml")


def test_a_document_cannot_grow_when_it_is_read():
    bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n"
    with pytest.raises(ChecklistErrors, match="aliases"):
        parse(bomb, "bomb.yaml")


HEAD = MINIMAL.partition("sections:")[0]


def questions(count: int, asked: str) -> str:
    """A file with many questions; `#` in the condition stands for the number of each."""
    one = (
        "      - {id: q#, title: T, pillars: [security], weight: 1, obligatory: true, kind: one, asked: CONDITION, "
        "choices: [{id: a, text: A, risk: none}, {id: b, text: B, risk: high}]}\n"
    )
    lines = [one.replace("CONDITION", asked).replace("#", str(number)) for number in range(count)]
    return f"{HEAD}sections:\n  - id: S\n    title: S\n    questions:\n{''.join(lines)}"


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "sections:\n" + "  - {questions: []}\n" * 20_000,
        MINIMAL.replace("pillars: [security]", "pillars: [" + "x, " * 100_000 + "]", 1),
        MINIMAL.replace("weight: 2", "weight: 1" + ":1" * 500_000, 1),
        questions(3_000, "a in q#"),
        questions(3_000, "a in none#"),
    ],
    ids=["empty sections", "a pillar again and again", "a number of base 60", "circles", "unknown names"],
)
def test_a_file_full_of_mistakes_is_refused_in_a_time_that_grows_with_its_length(text: str):
    with pytest.raises(ChecklistErrors):
        parse(text, "small.yaml")


def test_a_file_of_more_values_than_any_checklist_has_is_not_read_to_its_end():
    with pytest.raises(ChecklistErrors, match="more than 400,000 keys and values up to here") as refused:
        parse(HEAD + "sections:\n" + "- a\n" * 500_000, "small.yaml")
    assert len(refused.value.errors) == 1


def test_a_question_has_a_hundred_risk_rules_at_most():
    rules = "".join("          - {risk: none, when: Q-2a}\n" for _ in range(100))
    at = "          - {risk: none,"
    with pytest.raises(ChecklistErrors, match="risk_rules has more than 100 entries"):
        parse(MINIMAL.replace(at, rules + at, 1), "small.yaml")


def test_every_shipped_checklist_survives_being_stored_and_read_again():
    for checklist in read_library():
        assert Checklist.model_validate(checklist.to_json()) == checklist


def test_the_general_recommendations_are_included_and_not_copied():
    assert [path.name for path in LIBRARY.glob("*.yaml") if "id: GEN-01" in path.read_text()] == ["general.yaml"]


@pytest.mark.parametrize(
    ("old", "new", "at"),
    [
        ("id: Q-2\n", "id: Q-1\n", "  - id: S"),
        ("  reliability: low\n", "", "weights:"),
        ("  reliability: low\n", "  reliability: [{weight: low, when: fresh}]\n", "weights:"),
        ("  reliability: low\n", "  reliability: [{weight: full, when: stale}, {weight: low}]\n", "weights:"),
    ],
    ids=["question id twice", "pillar without weight", "no weight without condition", "unknown fact"],
)
def test_a_mistake_between_parts_of_the_file_is_named_no_further_up_than_the_part_it_is_in(
    old: str, new: str, at: str
):
    text = MINIMAL.replace(old, new, 1)
    with pytest.raises(ChecklistErrors) as refused:
        parse(text, "small.yaml")
    assert refused.value.errors[0].line >= line_of(text, at)


@pytest.mark.parametrize("anchored", ["title: &name Small", "title: Small\nfacts: &facts []"])
def test_an_anchor_is_refused_even_where_nothing_refers_to_it(anchored: str):
    with pytest.raises(ChecklistErrors, match=r"small\.yaml:[34]:.*anchor"):
        parse(MINIMAL.replace("title: Small", anchored, 1), "small.yaml")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("weight: 2", "weight: 0x_"),
        ("weight: 2", "weight: " + "9" * 5000),
        ("when: Q-2a and Q-2b", "when: " + "(" * 1900 + "Q-2a" + ")" * 1900),
        ("title: Small", "title: " + "[" * 3000 + "]" * 3000),
        ("text: One?", 'text: "One\\0?"'),
    ],
    ids=[
        "a number without digits",
        "a number of 5,000 digits",
        "1,900 brackets",
        "3,000 lists",
        "a NUL, which PostgreSQL cannot store",
    ],
)
def test_a_value_that_nobody_would_write_is_refused_like_any_other_mistake(old: str, new: str):
    text = MINIMAL.replace(old, new, 1)
    with pytest.raises(ChecklistErrors) as refused:
        parse(text, "small.yaml")
    assert {error.line for error in refused.value.errors} == {line_of(text, new[:12])}


@pytest.mark.parametrize(
    ("changes", "sentences"),
    [
        (
            [
                ("{id: a, text: A, risk: none}", "{id: a, text: A}"),
                ("{id: b, text: B, risk: high}", "{id: b, text: B}"),
            ],
            ["choice a of question Q-1 has no risk", "choice b of question Q-1 has no risk"],
        ),
        (
            [("when: Q-2a and Q-2b", "when: Q-2a and Q-2z"), ("when: default", "when: Q-2y")],
            ["names Q-2z", "names Q-2y"],
        ),
        (
            [("id: Q-2\n", "id: Q-1\n"), ("title: One", 'title: ""')],
            ["question id Q-1 is used more than once", "title is empty"],
        ),
        (
            [("id: Q-2\n", "id: Q-1\n"), ("  reliability: low\n", "")],
            ["question id Q-1 is used more than once", "weights says nothing of reliability"],
        ),
    ],
    ids=["in one question", "in one question's rules", "in the whole and in a part", "in the whole"],
)
def test_mistakes_between_parts_of_the_file_are_named_together_too(changes, sentences: list[str]):
    text = MINIMAL
    for old, new in changes:
        text = text.replace(old, new, 1)
    with pytest.raises(ChecklistErrors) as refused:
        parse(text, "small.yaml")
    assert [sentence for sentence in sentences if sentence not in str(refused.value)] == []


def test_a_pillar_named_twice_does_not_count_twice_but_is_refused():
    with pytest.raises(ChecklistErrors, match="security"):
        parse(MINIMAL.replace("pillars: [security]", "pillars: [security, security]", 1), "small.yaml")


def test_what_is_included_comes_first_and_keeps_its_order():
    small = read(MINIMAL.replace("sections:\n", "include: [more]\nsections:\n"), "small.yaml")
    more = parse(
        MINIMAL.replace("id: small", "id: more").replace("Q-", "R-").replace("id: S\n", "id: R\n"), "more.yaml"
    )
    whole = with_included(small, {"small": small.checklist, "more": more})
    assert [question.id for question in whole.questions] == ["R-1", "R-2", "Q-1", "Q-2"]
    assert (whole.id, whole.version, whole.include) == ("small", "1.0", ())


@pytest.mark.parametrize(
    ("include", "sentence"),
    [
        ("nowhere", "include names nowhere, which no file of the library has as its id"),
        ("same", "the section id S is used more than once"),
        ("nested", "nested is included and includes others itself"),
        ("small", "small is included and includes others itself"),
    ],
)
def test_what_cannot_be_included_is_refused_with_the_file_that_asks_for_it(include: str, sentence: str):
    small = read(MINIMAL.replace("sections:\n", f"include: [{include}]\nsections:\n"), "small.yaml")
    library = {
        "small": small.checklist,
        "same": parse(MINIMAL, "same.yaml"),
        "nested": parse(
            MINIMAL.replace("id: small", "id: nested").replace("sections:\n", "include: [same]\nsections:\n"),
            "nested.yaml",
        ),
    }
    with pytest.raises(ChecklistErrors, match=sentence) as refused:
        with_included(small, library)
    own = {"same": {line_of(MINIMAL, f"id: {name}\n") + 1 for name in ("S", "Q-1", "Q-2")}}
    assert {(error.file, error.line) for error in refused.value.errors} == {
        ("small.yaml", line) for line in own.get(include, {14})
    }


CONDITIONS = """\
facts:
  - {id: shared, text: Shared?}
  - {id: mode, text: Which?, type: many_of, options: [{id: batch, text: B}, {id: online, text: O}]}
  - {id: tier, text: Tier?, type: one_of, options: [{id: gold, text: G}, {id: tin, text: T}]}
  - {id: rto, text: How long?, type: duration}
  - {id: users, text: How many?, type: number, unit: people}
  - {id: places, text: Where?, type: regions}
sections:
"""


def with_condition(condition: str) -> str:
    return MINIMAL.replace("sections:\n", CONDITIONS).replace("id: Q-2\n", f"id: Q-2\n        asked: {condition}\n")


@pytest.mark.parametrize(
    "condition",
    [
        "shared",
        "batch in mode",
        "batch not in mode or tier == gold",
        "tier in [gold, tin] and not shared",
        "criticality in [high, critical]",
        "workload_kind != eda",
        "rto <= 4h and users > 1000",
        "westeurope in places",
        "a in Q-1",
        "Q-1 == b",
    ],
)
def test_a_condition_may_ask_for_facts_of_every_type_and_for_answers(condition: str):
    question = parse(with_condition(condition), "small.yaml").questions_by_id["Q-2"]
    assert question.asked == condition


@pytest.mark.parametrize(
    ("condition", "at", "sentence"),
    [
        ("shared and stale", "stale", "stale is neither a fact nor a question"),
        ("shared or (mode", "", "closing bracket is missing"),
        ("mode", "mode", "mode is any of some options, neither true nor false"),
        ("Q-1", "Q-1", "ask for a choice of it"),
        ("shared and night in mode", "night", "night is no option of mode, which has batch, online"),
        ("mode == batch", "mode", "does not suit"),
        ("tier in [gold, lead]", "lead", "lead is no option of tier"),
        ("c in Q-1", "c in", "c is no option of Q-1"),
        ("rto < 4", "4", "give a unit"),
        ("users < 4h", "4h", "leave the unit out"),
        ("tier > 3", "3", "compared with a number"),
        ("criticality == grave", "grave", "grave is no option of criticality"),
        (">-\n          shared and\n          stale", "stale", "stale is neither"),
        ('"shared and stale"', "stale", "stale is neither"),
        ("Q-2 == Q-2a", "Q-2 ==", "depends on itself: Q-2 → Q-2"),
    ],
)
def test_a_condition_that_does_not_fit_is_named_with_file_line_and_column(condition: str, at: str, sentence: str):
    text = with_condition(condition)
    with pytest.raises(ChecklistErrors) as refused:
        parse(text, "small.yaml")
    (error,) = refused.value.errors
    assert sentence in error.message
    if at and "itself" not in sentence:
        line = text.splitlines()[error.line - 1]
        assert line[error.column - 1 :].startswith(at)


def test_circles_of_conditions_are_named_once_and_whole():
    text = with_condition("Q-1 == a").replace("id: Q-1\n", "id: Q-1\n        asked: Q-2a in Q-2\n")
    with pytest.raises(ChecklistErrors) as refused:
        parse(text, "small.yaml")
    assert [error.message for error in refused.value.errors] == [
        "whether it is asked depends on itself: Q-1 → Q-2 → Q-1"
    ]


def test_an_edition_of_the_first_library_can_still_be_read():
    text = MINIMAL.replace("sections:\n", "facts: [{id: fresh, text: Fresh?}]\nsections:\n")
    values = parse(text, "small.yaml").to_json()
    first = {key: values[key] for key in ("schema", "id", "title", "version", "kind", "summary", "weights")}
    first |= {"facts": [{"id": "fresh", "text": "Fresh?", "help": ""}], "sections": values["sections"]}
    for question in first["sections"][0]["questions"]:
        question["weight"] = 2
    assert Checklist.model_validate(first).questions[0].usual_weight == 2
