import contextlib
import copy
import json
import re
from itertools import combinations, product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checklists.formats.aws_lens import lint_aws_lens, read_aws_lens, write_aws_lens
from checklists.formats.aws_vocabulary import read_condition
from checklists.language import Checklist, ChecklistErrors, parse
from checklists.language.expressions import ExpressionError, written
from checklists.publish import read_library
from checklists.scoring import AnswerValue, risk_of
from tests.checklists.test_language import MINIMAL

SAMPLES = Path(__file__).parents[1] / "samples" / "aws_custom_lens"

LENS = {
    "schemaVersion": "2021-11-01",
    "name": "Small Lens",
    "description": "For tests.",
    "pillars": [
        {
            "id": "operations",
            "name": "Operations",
            "questions": [
                {
                    "id": "ops_1",
                    "title": "How do you deploy?",
                    "description": "Why it matters.",
                    "helpfulResource": {"displayText": "Read this", "url": "https://example.org/help"},
                    "choices": [
                        {
                            "id": "ops_1_a",
                            "title": "Automatically",
                            "helpfulResource": {"displayText": "What it means", "url": ""},
                            "improvementPlan": {"displayText": "Build a pipeline", "url": "https://example.org/do"},
                            "additionalResources": [
                                {
                                    "type": "IMPROVEMENT_PLAN",
                                    "content": [{"displayText": "More to do", "url": "http://example.org/1"}],
                                },
                                {"type": "HELPFUL_RESOURCE", "content": [{"displayText": "More to read"}]},
                            ],
                        },
                        {"id": "ops_1_b", "title": "With tests", "improvementPlan": {"displayText": "Write tests"}},
                        {"id": "ops_1_no", "title": "None of these"},
                    ],
                    "riskRules": [
                        {"condition": "ops_1_a && ops_1_b", "risk": "NO_RISK"},
                        {"condition": "ops_1_a || !ops_1_no", "risk": "MEDIUM_RISK"},
                        {"condition": "default", "risk": "HIGH_RISK"},
                    ],
                }
            ],
        },
        {"id": "security", "name": "Security", "questions": []},
    ],
}


def lens_with(*changes):
    """The small lens with changes: a path of keys and the new value, or no value to take the key away."""
    lens = copy.deepcopy(LENS)
    for path, *value in changes:
        part = lens
        for step in path[:-1]:
            part = part[step]
        if value:
            part[path[-1]] = value[0]
        else:
            del part[path[-1]]
    return lens


def as_bytes(lens):
    return json.dumps(lens, indent=1, ensure_ascii=False).encode()


def read(lens):
    return read_aws_lens(as_bytes(lens), "lens.json")


def refusals(lens):
    with pytest.raises(ChecklistErrors) as refused:
        read_aws_lens(lens if isinstance(lens, bytes) else as_bytes(lens), "lens.json")
    return refused.value.errors


def line_of(lens, part):
    return next(n for n, line in enumerate(as_bytes(lens).decode().splitlines(), start=1) if part in line)


Q = ("pillars", 0, "questions", 0)
A = (*Q, "choices", 0)


def test_a_lens_becomes_a_checklist_of_practices():
    imported = read(LENS)
    checklist = imported.checklist
    assert (checklist.id, checklist.title, checklist.summary, checklist.kind) == (
        "small-lens",
        "Small Lens",
        "For tests.",
        "any",
    )
    assert checklist.pillar_titles == {"operations": "Operations", "security": "Security"}
    assert {pillar: rules[0].weight for pillar, rules in checklist.weights.items()} == {
        "operations": "full",
        "security": "full",
    }
    (question,) = checklist.questions
    assert (question.title, question.text, question.why, question.kind) == (
        "How do you deploy?",
        "",
        "Why it matters.",
        "practices",
    )
    assert (question.usual_weight, question.obligatory, question.pillars) == (3, True, ("operations",))
    assert [choice.none_of_these for choice in question.choices] == [False, False, True]
    first = question.choices[0]
    assert (first.help.text, first.help.url) == ("What it means", "")
    assert (first.do.text, first.do.url) == ("Build a pipeline", "https://example.org/do")
    assert [(entry.about, entry.text, entry.url) for entry in first.reading] == [
        ("help", "More to read", ""),
        ("plan", "More to do", "http://example.org/1"),
    ]
    assert [(rule.risk, rule.when) for rule in question.risk_rules] == [
        ("none", "ops_1_a and ops_1_b"),
        ("medium", "ops_1_a or not ops_1_no"),
        ("high", "default"),
    ]
    assert imported.summary() == {
        "format": "aws-lens",
        "pillars": 2,
        "questions": 1,
        "choices": 3,
        "skipped": [],
        "warnings": [],
    }


@pytest.mark.parametrize(
    ("sample", "counts", "warned"),
    [
        ("generative-ai-lens.json", (6, 29, 80), ""),
        ("hub-orr-lens.json", (3, 16, 38), ""),
        ("hub-passport-lens.json", (1, 11, 22), ""),
        ("hub-sagemaker-autogluon-lens.json", (4, 15, 37), "PERF2_2: title holds ;"),
        ("sample-dynamodb-v0.7.json", (4, 15, 53), ""),
        ("negative/hub-amazon-ecs-lens-NO-DEFAULT.json", (7, 36, 151), "NET3: has no default rule"),
    ],
)
def test_the_lenses_of_the_field_are_read_whole_and_come_back_as_they_were(sample, counts, warned):
    imported = read_aws_lens((SAMPLES / sample).read_bytes(), sample)
    summary = imported.summary()
    assert (summary["pillars"], summary["questions"], summary["choices"]) == counts
    assert warned in " ".join(imported.warnings)
    again = read_aws_lens(write_aws_lens(imported.checklist).text.encode(), sample).checklist
    if ";" not in " ".join(imported.warnings):
        assert again == imported.checklist
    assert Checklist.model_validate(imported.checklist.to_json()) == imported.checklist


def test_a_file_with_nan_is_refused_at_both_lines():
    errors = refusals((SAMPLES / "negative/hub-emr-spark-INVALID-NaN.json").read_bytes())
    assert [error.line for error in errors] == [1448, 1449]


@pytest.mark.parametrize(
    ("path", "value", "at", "said"),
    [
        (("name",), 5, '"name": 5', "name must be a text, not a number"),
        (("name",), "", '"name": ""', "name is empty"),
        (("name",), "N" * 129, '"name": "N', "name is 129 characters long; 128 is the most"),
        (("description",), "D" * 2049, '"description": "D', "description is 2,049 characters long"),
        (("schemaVersion",), "2030-01-01", '"schemaVersion"', "only 2021-11-01 is known"),
        (("pillars",), {}, '"pillars"', "pillars must be a list, not an object"),
        (("pillars",), [], '"pillars"', "pillars is empty"),
        (("pillars", 1, "id"), "operations", '"name": "Security"', "the pillar id operations is used more than once"),
        (("pillars", 0, "id"), "a-b", '"a-b"', "the pillar id “a-b” is not accepted"),
        (("pillars", 0, "name"), None, '"name": null', "name must be a text, not null"),
        ((*Q, "id"), "ab", '"id": "ab"', "the question id “ab” is not accepted"),
        ((*Q, "id"), "q" * 129, '"id": "qqq', "is not accepted"),
        ((*Q, "id"), 7, '"id": 7', "id must be a text"),
        ((*Q, "title"), None, '"title": null', "title must be a text, not null"),
        ((*Q, "title"), "  ", '"title": "  "', "title is empty"),
        ((*Q, "title"), "T" * 129, '"title": "TTT', "title is 129 characters long"),
        ((*Q, "title"), "a\x00b", '"title": "a', "holds the character NUL"),
        ((*Q, "choices"), [], '"choices"', "choices is empty"),
        ((*Q, "choices"), [7], "7", "the choice must be an object in braces, not a number"),
        ((*Q, "helpfulResource", "url"), "ftp://example.org", '"url": "ftp', "must start with http:// or https://"),
        ((*Q, "helpfulResource", "url"), "https://", '"url": "https://"', "must start with http:// or https://"),
        ((*Q, "helpfulResource", "url"), "javascript:alert(1)", '"url": "javascript', "must start with http:// or https://"),
        ((*Q, "helpfulResource", "displayText"), "", '"url": "https://example.org/help"', "without displayText"),
        ((*Q, "helpfulResource"), "text", '"helpfulResource": "text"', "must be an object"),
        ((*A, "id"), "ops_1_b", '"id": "ops_1_b"', "the choice id ops_1_b is used more than once"),
        ((*Q, "choices", 1, "id"), "other_no", '"id": "ops_1_no"', "a second choice whose id ends in _no"),
        ((*A, "title"), 5, '"title": 5', "title must be a text"),
        ((*A, "improvementPlan", "displayText"), "x" * 2049, '"displayText": "xxx', "2,049 characters long"),
        ((*A, "additionalResources", 0, "type"), "VIDEO", '"VIDEO"', "type is “VIDEO”"),
        ((*A, "additionalResources", 1, "content"), [{"displayText": "x"}] * 6, '"additionalResources"', "6 entries of type HELPFUL_RESOURCE; 5 is the most"),
        ((*Q, "riskRules"), [], '"riskRules"', "riskRules is empty"),
        ((*Q, "riskRules", 0, "risk"), "LOW_RISK", '"LOW_RISK"', "risk is “LOW_RISK”"),
        ((*Q, "riskRules", 0, "risk"), "HIGH_RISK", '"default"', "a second rule for HIGH_RISK"),
        ((*Q, "riskRules", 0, "condition"), "ops_1_a && other", '"ops_1_a && other"', "names other, which is no choice of question ops_1"),
        ((*Q, "riskRules", 0, "condition"), "ops_1_a &&", '"ops_1_a &&"', "ends where a choice id was expected"),
        ((*Q, "riskRules", 0, "condition"), "ops_1_a & ops_1_b", '"ops_1_a & ops_1_b"', "“&” is not understood"),
        ((*Q, "riskRules", 0, "condition"), "(ops_1_a", '"(ops_1_a"', "closing bracket is missing"),
        ((*Q, "riskRules", 0, "condition"), "!" * 60 + "ops_1_a", '"!!!', "nests too deep"),
        ((*Q, "riskRules", 0, "condition"), "!" * 3000 + "ops_1_a", '"!!!', "nests too deep"),
        ((*Q, "riskRules", 0, "condition"), "", '"condition": ""', "condition is empty"),
    ],
)  # fmt: skip
def test_what_a_lens_must_not_have_is_refused_at_its_line(path, value, at, said):
    lens = lens_with((path, value))
    errors = [error for error in refusals(lens) if said in error.message]
    assert errors, [str(error) for error in refusals(lens)]
    lines = as_bytes(lens).decode().splitlines()
    wanted = [number for number, line in enumerate(lines, start=1) if at in line]
    near = {line for number in wanted for line in (number - 1, number, number + 1)}
    assert errors[0].line in (near if at in {'"name": "Security"', '"default"', "7"} else wanted)


@pytest.mark.parametrize("path", [("schemaVersion",), ("name",), ("pillars",), ("pillars", 0, "id"), ("pillars", 0, "questions"), (*Q, "title"), (*Q, "choices"), (*Q, "riskRules"), (*A, "title")])  # fmt: skip
def test_what_a_lens_must_have_and_has_not_is_named(path):
    assert f"{path[-1]} is missing" in str(refusals(lens_with((path,)))[0])


def test_counts_over_the_limits_are_refused():
    pillars = [{"id": f"pillar_{n}", "name": "P", "questions": []} for n in range(10)]
    assert "pillars holds 11; 10 is the most" in str(
        refusals(lens_with((("pillars",), [*pillars, LENS["pillars"][0]])))[0]
    )
    questions = [LENS["pillars"][0]["questions"][0] | {"id": f"q_{n:02}"} for n in range(21)]
    assert "questions holds 21; 20 is the most" in str(
        refusals(lens_with((("pillars", 0, "questions"), questions)))[0]
    )
    choices = [{"id": f"c_{n:02}", "title": "C"} for n in range(16)]
    messages = " ".join(map(str, refusals(lens_with(((*Q, "choices"), choices)))))
    assert "choices holds 16; 15 is the most" in messages
    rules = [*LENS["pillars"][0]["questions"][0]["riskRules"], {"condition": "ops_1_a", "risk": "HIGH_RISK"}]
    assert "riskRules holds 4; 3 is the most" in " ".join(map(str, refusals(lens_with(((*Q, "riskRules"), rules)))))
    assert "500,000 is the most" in str(refusals(as_bytes(LENS) + b" " * 500_000)[0])


def test_all_mistakes_are_named_at_once():
    lens = lens_with((("name",), 5), ((*Q, "title"), None), ((*A, "id"), "x"))
    assert len(refusals(lens)) >= 3


@pytest.mark.parametrize("value", [None, True, 5, "text", [], [[]], [None], {}, {"id": None}, [{"id": {}}]])
@pytest.mark.parametrize("path", [("pillars",), ("pillars", 0), ("pillars", 0, "questions"), Q, (*Q, "id"), (*Q, "choices"), A, (*A, "id"), (*A, "additionalResources"), (*A, "additionalResources", 0, "content"), (*A, "helpfulResource"), (*Q, "riskRules"), (*Q, "riskRules", 0), (*Q, "riskRules", 0, "condition")])  # fmt: skip
def test_whatever_stands_in_a_place_is_read_or_refused_and_never_breaks_the_reader(path, value):
    data = as_bytes(lens_with((path, value)))
    lines = [finding.line for finding in lint_aws_lens(data, "lens.json").findings if finding.severity == "error"]
    assert all(lines)
    with contextlib.suppress(ChecklistErrors):
        read_aws_lens(data, "lens.json")


@pytest.mark.parametrize("value", [b"[]", b"5", b"null", b'"x"', b"{}"])
def test_json_that_is_no_lens_is_refused(value):
    assert refusals(value)


def test_what_others_have_added_is_tolerated_and_said():
    lens = lens_with(
        (("_version",), "1"), ((*Q, "url"), "x"), ((*A, "description"), "x"), ((*Q, "choices", 1, "description"), "y")
    )
    imported = read_aws_lens(b"\xef\xbb\xbf" + as_bytes(lens), "lens")
    assert imported.checklist == read(LENS).checklist
    assert imported.skipped == (
        "The key “_version” of a lens is not part of the format and was left out.",
        "The key “url” of a question is not part of the format and was left out.",
        "The key “description” of 2 of the parts named choice is not part of the format and was left out.",
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ([(("description",), "")], "The lens has no description; its name stands in its place."),
        ([(("description",),)], "The lens has no description; its name stands in its place."),
        ([((*Q, "title"), "50% of what?")], "Question ops_1: title holds %, which AWS does not accept there."),
        ([((*A, "improvementPlan"),)], "Question ops_1, choice ops_1_a: has no improvementPlan, which AWS asks for."),
        ([((*Q, "riskRules", 2, "condition"), "ops_1_no")], "Question ops_1: has no default rule: what no rule matches counts as unanswered."),
        ([((*Q, "riskRules", 0, "condition"), "ops_1_a && ops_1_b || ops_1_no")], "Question ops_1: mixes && and || without brackets in “ops_1_a && ops_1_b || ops_1_no”; && was taken first."),
    ],
)  # fmt: skip
def test_what_an_author_should_look_at_is_a_warning(changes, said):
    imported = read(lens_with(*changes))
    assert imported.warnings == (said,)
    assert (
        read_aws_lens(write_aws_lens(imported.checklist).text.encode(), "x").checklist.to_json()
        == read(lens_with(*changes)).checklist.to_json()
        or "%" in said
    )


def test_a_url_with_blanks_keeps_its_place():
    assert (
        read(lens_with(((*A, "improvementPlan", "url"), " https://example.org/a b ")))
        .checklist.questions[0]
        .choices[0]
        .do.url
        == "https://example.org/a%20b"
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Generative AI Lens", "generative-ai-lens"),
        ("Opérations: v2.0!", "operations-v2-0"),
        ("日本語レンズ", r"lens-[0-9a-f]{8}"),
        ("L" * 100, r"l{55}-[0-9a-f]{8}"),
        ("???", r"lens-[0-9a-f]{8}"),
    ],
)
def test_the_id_of_a_lens_comes_from_its_name(name, expected):
    assert re.fullmatch(expected, read(lens_with((("name",), name))).checklist.id)


def test_names_that_differ_only_in_what_is_left_out_have_different_ids():
    names = ["日本 Lens", "中国 Lens", "L" * 100, "L" * 101]
    assert len({read(lens_with((("name",), name))).checklist.id for name in names}) == 4


@pytest.mark.parametrize(
    ("text", "ours", "mixed"),
    [
        ("abc", "abc", False),
        ("!abc && (def || ghi)", "not abc and (def or ghi)", False),
        ("abc && def || ghi", "abc and def or ghi", True),
        ("abc || def && ghi", "abc or def and ghi", True),
        ("(abc && def) || ghi", "abc and def or ghi", False),
        ("!(abc&&def)", "not (abc and def)", False),
        ("((abc))", "abc", False),
        ("and && not", '"and" and "not"', False),
        ("123 || 45d", '"123" or "45d"', False),
    ],
)
def test_a_condition_is_read_into_our_words(text, ours, mixed):
    condition = read_condition(text)
    assert (written(condition.root), condition.mixed) == (ours, mixed)


@pytest.mark.parametrize(
    ("text", "column"), [("abc def", 5), ("&& abc", 1), ("abc )", 5), ("abc == def", 5), ("a-b", 2), ("", 1)]
)
def test_a_condition_that_cannot_be_read_is_refused_at_its_character(text, column):
    with pytest.raises(ExpressionError) as refused:
        read_condition(text)
    assert refused.value.column == column


# Generated lenses

PLAIN = (
    st.text(st.sampled_from("abcXYZ 019-_.,:/()@!&#+'?’éüß日"), min_size=1, max_size=30).map(str.strip).filter(bool)
)
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40)
IDS = st.text(st.sampled_from("abcnoABC019_"), min_size=3, max_size=8)
RESOURCES = st.one_of(
    st.none(),
    st.fixed_dictionaries({"displayText": PLAIN}, optional={"url": st.sampled_from(["", "https://example.org/a?b=c", "http://x.y"])}),
    st.fixed_dictionaries({"displayText": ANY_TEXT}),
)  # fmt: skip


def conditions(ids):
    return st.recursive(
        st.sampled_from(ids),
        lambda inner: inner.map("!{}".format) | st.tuples(inner, inner).map(lambda two: f"({two[0]} && {two[1]})") | st.lists(inner, min_size=2, max_size=3).map(" || ".join).map("({})".format) | st.tuples(inner, inner).map(" && ".join),
        max_leaves=6,
    )  # fmt: skip


@st.composite
def questions(draw, name):
    ids = draw(st.lists(IDS.filter(lambda each: not each.endswith("_no")), min_size=1, max_size=4, unique=True))
    choices = [
        {
            "id": each,
            "title": draw(PLAIN),
            "helpfulResource": draw(RESOURCES),
            "improvementPlan": draw(RESOURCES),
            "additionalResources": [
                {"type": kind, "content": [entry for entry in draw(st.lists(RESOURCES, max_size=3)) if entry is not None]}
                for kind in draw(st.permutations(["HELPFUL_RESOURCE", "IMPROVEMENT_PLAN"]))
            ],
        }
        for each in ids
    ]  # fmt: skip
    if draw(st.booleans()):
        choices.append({"id": f"{name}_no", "title": "None of these"})
    everyone = [choice["id"] for choice in choices]
    risks = draw(
        st.lists(st.sampled_from(["NO_RISK", "MEDIUM_RISK", "HIGH_RISK"]), min_size=1, max_size=3, unique=True)
    )
    rules = [{"condition": draw(st.just("default") | conditions(everyone)), "risk": risk} for risk in risks]
    question = {
        "id": name,
        "title": draw(PLAIN),
        "description": draw(PLAIN),
        "helpfulResource": draw(RESOURCES),
        "choices": choices,
        "riskRules": rules,
    }
    return {key: value for key, value in question.items() if value is not None}


@st.composite
def lenses(draw):
    pillars, count = draw(st.lists(IDS, min_size=1, max_size=4, unique=True)), 0
    lens = {"schemaVersion": "2021-11-01", "name": draw(PLAIN), "description": draw(PLAIN), "pillars": []}
    for index, pillar in enumerate(pillars):
        asked = []
        for _ in range(draw(st.integers(0 if index else 1, 2))):
            count += 1
            asked.append(draw(questions(f"q_{count}")))
        lens["pillars"].append({"id": pillar, "name": draw(PLAIN), "questions": asked})
    return lens


@settings(max_examples=150, deadline=None)
@given(lenses())
def test_import_export_import_is_the_identity(lens):
    first = read(lens).checklist
    exported = write_aws_lens(first)
    assert read_aws_lens(exported.text.encode(), "again.json").checklist == first
    assert "cut" not in " ".join(exported.left_out)


RISKS = {"NO_RISK": "none", "MEDIUM_RISK": "medium", "HIGH_RISK": "high"}


def aws_risk(question, selected, not_applicable):
    """The risk as the service gives it, worked out from the file by other means than ours."""
    practices = [c["id"] for c in question["choices"] if not c["id"].endswith("_no")]
    if not selected and not not_applicable:
        return "unanswered"
    if not selected and set(not_applicable) == set(practices):
        return "none"
    for rule in question["riskRules"]:
        text = rule["condition"]
        if text == "default" or value_of(text, selected, not_applicable):
            return RISKS[rule["risk"]]
    return "unanswered"


def value_of(text, selected, not_applicable):
    tokens = re.findall(r"&&|\|\||[!()]|\w+", text)

    def joined(sign, part):
        values = [part()]
        while tokens and tokens[0] == sign:
            tokens.pop(0)
            values.append(part())
        if len(values) == 1:
            return values[0]
        neutral = sign == "&&"
        return (all if neutral else any)(neutral if value is None else value for value in values)

    def either():
        return joined("||", lambda: joined("&&", unary))

    def unary():
        token = tokens.pop(0)
        if token == "!":
            inner = unary()
            return inner if inner is None else not inner
        if token == "(":
            inner = either()
            assert tokens.pop(0) == ")"
            return inner
        return None if token in not_applicable else token in selected

    value = either()
    return True if value is None else value


def each_answer(practices, none):
    for marks in product("+-n", repeat=len(practices)):
        ticked = frozenset(each for each, mark in zip(practices, marks, strict=True) if mark == "+")
        yield ticked, frozenset(each for each, mark in zip(practices, marks, strict=True) if mark == "n")
    for name in none:
        for size in range(len(practices) + 1):
            yield from ((frozenset({name}), frozenset(out)) for out in combinations(practices, size))


def same_risks(lens):
    checklist = read(lens).checklist
    for pillar in lens["pillars"]:
        for question in pillar["questions"]:
            ours = checklist.questions_by_id[question["id"]]
            practices = [practice.id for practice in ours.practices]
            none = [choice.id for choice in ours.choices if choice.none_of_these]
            for selected, left_out in each_answer(practices[:6], none):
                answer = AnswerValue(selected, left_out=left_out)
                assert risk_of(ours, answer) == aws_risk(question, selected, left_out), (
                    question["riskRules"],
                    answer,
                )


@settings(max_examples=100, deadline=None)
@given(lenses())
def test_every_answer_leaves_the_risk_that_the_rules_give_in_aws_not_applicable_included(lens):
    same_risks(lens)


@pytest.mark.parametrize("sample", ["generative-ai-lens.json", "hub-orr-lens.json", "hub-passport-lens.json", "sample-dynamodb-v0.7.json", "negative/hub-amazon-ecs-lens-NO-DEFAULT.json"])  # fmt: skip
def test_every_answer_to_the_lenses_of_the_field_leaves_the_risk_that_the_rules_give(sample):
    same_risks(json.loads((SAMPLES / sample).read_text()))


def test_a_question_that_does_not_apply_has_no_risk():
    question = read(LENS).checklist.questions[0]
    assert risk_of(question, AnswerValue(frozenset({"ops_1_a"}), not_applicable=True)) == "not_applicable"


def test_lint_of_a_lens_names_what_keeps_it_from_being_imported():
    lens = lens_with(
        ((*A, "id"), "ops_1_b"), ((*Q, "title"), ""), (("pillars", 1, "id"), "operations"), (("name",), "N" * 200)
    )
    report = lint_aws_lens(as_bytes(lens), "lens.json")
    found = {
        (finding.rule, finding.question, finding.choice) for finding in report.findings if finding.severity == "error"
    }
    assert {
        ("duplicate-id", "ops_1", "ops_1_b"),
        ("empty-text", "ops_1", ""),
        ("duplicate-id", "", ""),
        ("unknown-name", "ops_1", ""),
        ("does-not-fit", "", ""),
    } == found
    assert report.questions == 1
    without = lint_aws_lens(as_bytes(lens_with(((*Q, "riskRules"), []))), "lens.json")
    assert [(f.rule, f.severity) for f in without.findings if f.rule == "missing-default"] == [
        ("missing-default", "error")
    ]


# Writing checklists that say more than a lens can


def exported(checklist):
    written_ = write_aws_lens(checklist)
    imported = read_aws_lens(written_.text.encode(), "exported.json")
    assert not imported.warnings, "what AWS does not take must not be written"
    return imported.checklist, json.loads(written_.text), " ".join(written_.left_out)


@pytest.mark.parametrize("checklist", read_library(), ids=lambda checklist: checklist.id)
def test_the_shipped_checklists_are_written_within_the_limits_of_aws(checklist):
    again, _, left_out = exported(checklist)
    assert len(again.questions) == len(checklist.questions)
    assert "What each pillar counts is not part of a lens" in left_out
    for question in checklist.questions:
        lens_question = again.questions_by_id[question.id.replace("-", "_")]
        if question.kind == "one":
            for choice in question.choices:
                name = choice.id.replace("-", "_")
                assert risk_of(lens_question, AnswerValue(frozenset({name}))) == choice.risk


RICH = """\
facts:
  - {id: shared, text: Is it shared?}
"""


def rich(*replacements):
    text = MINIMAL + RICH
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    return parse(text, "rich.yaml")


def test_what_a_lens_cannot_say_is_listed():
    checklist = rich(
        ("        kind: one", "        asked: shared\n        kind: one\n        see: [Q-2]\n        query: resources\n        guidance: [{id: G, title: T, text: T}]"),
        ("obligatory: true\n        kind: practices", "obligatory: false\n        kind: practices"),
        ("{id: b, text: B, risk: high}", "{id: b, text: B, risk: high, needs_note: true, earns: half}\n          - {id: c, text: C, risk: not_applicable}"),
    )  # fmt: skip
    again, _, left_out = exported(checklist)
    for said in (
        "Facts are not part of a lens: shared.",
        "The conditions under which these are asked were left out: a lens always asks: Q-1.",
        "That these may be left open was left out: Q-2.",
        "Technology guidance was left out: Q-1.",
        "Queries were left out: Q-1.",
        "Labels, tags, and references to other questions and rows were left out: Q-1.",
        "What these choices earn in the score was left out: choice b of question Q-1.",
        "That these choices need a note was left out: choice b of question Q-1.",
        "Choices that say “not applicable” were left out: AWS has it for every question: Q-1.",
        "Written under one of the pillars that they bear on: Q-2.",
    ):
        assert said in left_out
    assert [choice.id for choice in again.questions_by_id["Q_1"].choices] == ["id_a", "id_b"]


def test_measured_questions_become_choices_that_say_what_the_numbers_come_to():
    checklist = rich(
        ("kind: one", "kind: quota\n        quota: {medium_below: 1.5}"),
        ("{id: a, text: A, risk: none}", "{id: measured_none_risk, text: A, risk: none}"),
    )
    again, _, left_out = exported(checklist)
    choices = again.questions_by_id["Q_1"].choices
    assert choices[0].text == "Measured: every limit is at least 1.5 times the expected peak"
    assert len({choice.id for choice in choices}) == len(choices) == 5
    assert "choices stand for what the numbers come to: Q-1" in left_out


def test_what_is_too_long_is_cut_and_the_whole_of_a_choice_stands_in_its_help():
    words = "a very long practice " * 20
    again, _, left_out = exported(
        rich(("text: Two?", f"text: {'Two? ' * 500}"), ("{id: Q-2b, text: B}", f"{{id: Q-2b, text: {words}}}"))
    )
    assert again.questions_by_id["Q_2"].choices[1].help.text == words.strip()
    assert len(again.questions_by_id["Q_2"].choices[1].text) <= 128
    assert "Longer than AWS takes, and cut: question Q-2." in left_out


def test_a_question_with_more_choices_than_a_lens_has_is_left_out_and_named():
    many = "".join(f"          - {{id: Q-2x{n}, text: B}}\n" for n in range(14))
    again, _, left_out = exported(
        rich(("          - {id: Q-2b, text: B}\n", "          - {id: Q-2b, text: B}\n" + many))
    )
    assert [question.id for question in again.questions] == ["Q_1"]
    assert "Left out, as a question of a lens has 15 choices at most: Q-2." in left_out


def test_of_more_than_twenty_questions_in_a_pillar_some_go_elsewhere_and_the_rest_are_named():
    one = MINIMAL[MINIMAL.index("      - id: Q-1\n") : MINIMAL.index("      - id: Q-2\n")]
    more = "".join(one.replace("id: Q-1", f"id: M-{n}") for n in range(20))
    again, _, left_out = exported(rich(("      - id: Q-2\n", more + "      - id: Q-2\n")))
    assert again.questions_by_id["Q_2"].pillars == ("reliability",)
    assert "Left out, as a pillar of a lens has 20 questions at most: M-19." in left_out


def test_ids_that_aws_would_take_for_none_of_these_are_changed_and_that_of_none_ends_so():
    again, _, _ = exported(
        rich(
            ("Q-2b", "Q-2_no"),
        )
    )
    assert [choice.none_of_these for choice in again.questions_by_id["Q_2"].choices] == [False, False, True]
    assert len({choice.id for choice in again.questions_by_id["Q_2"].choices}) == 3


PRACTICES = ["Q-2a", "Q-2b", "none_of_these"]
OURS = st.recursive(
    st.sampled_from(PRACTICES),
    lambda inner: inner.map("not ({})".format) | st.tuples(inner, inner).map("({0[0]} and {0[1]})".format) | st.tuples(inner, inner).map("({0[0]} or {0[1]})".format),
    max_leaves=4,
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["none", "medium", "high"]), OURS | st.just("default")), min_size=1, max_size=7
    )
)
def test_rules_of_the_same_risk_are_joined_without_changing_what_any_selection_leaves(rules):
    listed = "".join(f"          - {{risk: {risk}, when: {when}}}\n" for risk, when in rules)
    whole = "          - {risk: none, when: Q-2a and Q-2b}\n          - {risk: high, when: default}\n"
    checklist = rich((whole, listed))
    written_ = write_aws_lens(checklist)
    again = read_aws_lens(written_.text.encode(), "x").checklist.questions_by_id["Q_2"]
    assert len(again.risk_rules) == len({rule.risk for rule in again.risk_rules})
    names = {
        choice.id: other.id
        for choice, other in zip(checklist.questions_by_id["Q-2"].choices, again.choices, strict=True)
    }
    for selected in ({"Q-2a"}, {"Q-2b"}, {"Q-2a", "Q-2b"}, {"none_of_these"}):
        ours = risk_of(checklist.questions_by_id["Q-2"], AnswerValue(frozenset(selected)))
        assert risk_of(again, AnswerValue(frozenset(names[each] for each in selected))) == ours
