import json
import re
from collections import defaultdict
from itertools import combinations, product
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from checklists.formats.aws_lens import lint_aws_lens, read_aws_lens
from checklists.formats.reading import LIBRARY, lint_file
from checklists.language import Checklist, ChecklistErrors, parse
from checklists.language.expressions import And, Expression, Holds, Not, Or, Term, written
from checklists.language.lint import Rule, RuledQuestion, lint, rule_findings
from checklists.scoring import AnswerValue, Risk, risk_of, score
from checklists.standing import Standing
from tests.checklists.test_language import MINIMAL, questions

SAMPLES = Path(__file__).parents[1] / "samples" / "aws_custom_lens"


def questions_by_rule(report):
    found = defaultdict(list)
    for finding in report.findings:
        found[finding.rule, finding.severity].append(finding.question)
    return {rule: len(questions) for rule, questions in found.items()}


@pytest.mark.parametrize(
    ("sample", "questions", "expected"),
    [
        ("generative-ai-lens.json", 29, {("rule-never-fires", "note"): 29, ("risk-unreachable", "error"): 16, ("risk-unreachable", "warning"): 13}),
        ("sample-dynamodb-v0.7.json", 15, {("not-monotone", "warning"): 8}),
        ("hub-passport-lens.json", 11, {("not-monotone", "warning"): 11}),
        ("hub-orr-lens.json", 16, {("not-monotone", "warning"): 1, ("rule-never-fires", "warning"): 1, ("risk-unreachable", "warning"): 1}),
        ("negative/hub-amazon-ecs-lens-NO-DEFAULT.json", 36, {("rule-never-fires", "note"): 4, ("risk-unreachable", "error"): 4, ("not-monotone", "warning"): 2, ("choice-without-effect", "warning"): 9, ("missing-default", "warning"): 1}),
    ],
)  # fmt: skip
def test_the_lenses_of_the_field_have_the_findings_that_were_counted_by_hand(sample, questions, expected):
    report = lint_aws_lens((SAMPLES / sample).read_bytes(), sample)
    assert report.questions == questions
    assert questions_by_rule(report) == expected


def test_what_cannot_be_read_has_no_findings_but_its_lines():
    with pytest.raises(ChecklistErrors) as refused:
        lint_aws_lens((SAMPLES / "negative/hub-emr-spark-INVALID-NaN.json").read_bytes(), "emr.json")
    assert [error.line for error in refused.value.errors] == [1448, 1449]


# Every finding against brute force, state by state

NAMES = ["p1", "p2", "p3", "p4"]
TREES = st.recursive(
    st.sampled_from([*NAMES, "q_no", "unknown"]).map(lambda name: Holds(Term(name))),
    lambda inner: inner.map(Not) | st.lists(inner, min_size=2, max_size=3).map(lambda parts: And(tuple(parts))) | st.lists(inner, min_size=2, max_size=3).map(lambda parts: Or(tuple(parts))),
    max_leaves=6,
)  # fmt: skip
RULES = st.builds(Rule, st.sampled_from(["none", "medium", "high"]), st.none() | TREES)
QUESTIONS = st.builds(
    RuledQuestion,
    st.just("Q"),
    st.integers(0, 4).map(lambda size: tuple(NAMES[:size])),
    st.sampled_from([frozenset(), frozenset({"q_no"})]),
    st.lists(RULES, max_size=4).map(tuple),
)
RANK = {"none": 0, "medium": 1, "high": 2}


def holds(rule, question, state):
    ticked = state or question.none
    return rule.condition is None or Expression("", rule.condition).holds(lambda name: name in ticked)


def outcome(question, state):
    return next((rule.risk for rule in question.rules if holds(rule, question, state)), None)


def states(question):
    return [frozenset(s) for n in range(len(question.practices) + 1) for s in combinations(question.practices, n)]


@settings(max_examples=500)
@given(QUESTIONS)
def test_findings_equal_brute_force_over_every_state(question):
    found = defaultdict(list)
    for finding in rule_findings(question):
        found[finding.rule].append(finding)
    table = {state: outcome(question, state) for state in states(question)}
    winners = {next((i for i, r in enumerate(question.rules) if holds(r, question, state)), None) for state in table}
    dead = [index for index in range(len(question.rules)) if index not in winners]
    assert [f.severity for f in found["rule-never-fires"]] == (
        []
        if not dead
        else ["note" if dead == [len(question.rules) - 1] and question.rules[-1].condition is None else "warning"]
    )
    missed = {rule.risk for rule in question.rules} - set(table.values())
    assert [f.severity for f in found["risk-unreachable"]] == (
        [] if not missed else ["error" if "high" in missed else "warning"]
    )
    worse = {
        (state, more)
        for state, risk in table.items()
        for more in set(question.practices) - state
        if risk and (risen := table[state | {more}]) and RANK[risen] > RANK[risk]
    }
    assert len(found["not-monotone"]) == bool(worse)
    for finding in found["not-monotone"]:
        (added,) = {more for state, more in worse if state == frozenset(finding.example) and more in finding.message}
        assert finding.message.endswith(f"makes it {table[frozenset({*finding.example, added})]} risk.")
    same = [
        each for each in question.practices if all(table[state - {each}] == table[state | {each}] for state in table)
    ]
    assert [f.choice for f in found["choice-without-effect"]] == same
    assert bool(found["missing-default"]) is all(rule.condition is not None for rule in question.rules)


@given(QUESTIONS)
def test_where_lint_finds_a_question_monotone_removing_a_practice_never_lowers_its_risk(question):
    if any(finding.rule == "not-monotone" for finding in rule_findings(question)):
        return
    for state in states(question):
        for less in state:
            before, after = outcome(question, state), outcome(question, state - {less})
            assert before is None or after is None or RANK[after] >= RANK[before]


GOOD = st.recursive(
    st.sampled_from(NAMES).map(lambda name: Holds(Term(name))),
    lambda inner: (
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: And(tuple(parts)))
        | st.lists(inner, min_size=2, max_size=3).map(lambda parts: Or(tuple(parts)))
    ),
    max_leaves=5,
)


@settings(suppress_health_check=[HealthCheck.filter_too_much])
@given(st.lists(GOOD, min_size=1, max_size=2), st.sets(st.sampled_from(NAMES), min_size=1), st.data())
def test_in_a_checklist_that_lint_calls_clean_removing_a_practice_never_raises_a_score(conditions, ticked, data):
    values = parse(MINIMAL, "small.yaml").to_json()
    question = values["sections"][0]["questions"][1]
    question["choices"] = [
        *({"id": name, "text": name, "weight": data.draw(st.integers(1, 5))} for name in NAMES),
        {"id": "nothing", "text": "None of these", "none_of_these": True},
    ]
    rules = zip(["none", "medium"][: len(conditions)], conditions, strict=True)
    question["risk_rules"] = [
        *({"risk": risk, "when": written(condition)} for risk, condition in rules),
        {"risk": "high", "when": "default"},
    ]
    checklist = Checklist.model_validate(values)
    assume(not lint(checklist).findings)
    gone = data.draw(st.sampled_from(sorted(ticked)))
    before = score(checklist, {"Q-2": AnswerValue(frozenset(ticked))}, {})
    after = score(checklist, {"Q-2": AnswerValue(frozenset(ticked - {gone}) or frozenset({"nothing"}))}, {})
    assert after.overall <= before.overall
    assert all(b.score is None or a.score <= b.score for a, b in zip(after.pillars, before.pillars, strict=True))
    assert RANK[after.risks["Q-2"]] >= RANK[before.risks["Q-2"]]


def test_fifteen_practices_are_looked_at_and_sixteen_are_not():
    names = tuple(f"practice_{number}" for number in range(16))
    every = And(tuple(Holds(Term(name)) for name in names[:15]))
    rules = (Rule("none", every), Rule("high", Not(Holds(Term(names[0])))), Rule("medium", None))
    for _ in range(20):
        assert list(rule_findings(RuledQuestion("Q", names[:15], frozenset(), rules))) == []
    (finding,) = rule_findings(RuledQuestion("Q", names, frozenset(), rules))
    assert (finding.rule, finding.severity) == ("table-too-large", "note")


def one(*rules, practices="ab"):
    read = tuple(Rule(risk, Expression.parse(when).root if when != "default" else None) for risk, when in rules)
    return list(rule_findings(RuledQuestion("Q", tuple(practices), frozenset({"none"}), read)))


def test_a_rule_that_never_fires_is_told_with_those_that_come_first():
    (finding,) = [
        f for f in one(("none", "a or b"), ("high", "none"), ("medium", "default")) if f.rule == "rule-never-fires"
    ]
    assert finding.severity == "note"
    assert (
        finding.message
        == "A risk rule can never fire: rule 3 (medium risk, the default), because wherever it holds rules 1 and 2 come first."
    )
    assert finding.example == ("a",)


def test_a_default_in_the_middle_takes_all_that_follows():
    findings = one(("none", "a and b"), ("medium", "default"), ("high", "not a"))
    assert [(f.rule, f.severity) for f in findings] == [
        ("rule-never-fires", "warning"),
        ("risk-unreachable", "error"),
    ]
    assert "rule 3 (high risk), because wherever it holds rule 2 comes first" in findings[0].message


def test_a_condition_that_is_always_false_is_told():
    finding = one(("high", "a and not a"), ("none", "b or not a"), ("medium", "default"))[0]
    assert "because its condition is false for every selection" in finding.message


def test_a_risk_that_no_rule_names_is_not_missed():
    assert one(("none", "a"), ("medium", "default"), practices="a") == []


def test_a_selection_that_no_rule_matches_is_shown():
    (finding,) = one(("high", "not a and not b"), ("none", "a and b"))
    assert (finding.rule, finding.severity, finding.example) == ("missing-default", "warning", ("a",))


# Whole files


def lint_yaml(text):
    return lint_file(text.encode(), "small.yaml")


def with_asked(*conditions, facts=""):
    text = MINIMAL + facts
    for kind, condition in zip(("one", "practices"), conditions, strict=False):
        text = text.replace(
            f"        kind: {kind}\n", f"        asked: {json.dumps(condition)}\n        kind: {kind}\n"
        )
    return text


@pytest.mark.parametrize(
    ("text", "rule", "severity", "question", "said"),
    [
        (MINIMAL.replace("id: Q-2\n", "id: Q-1\n"), "duplicate-id", "error", "Q-1", "used more than once"),
        (MINIMAL.replace("title: Two", 'title: ""'), "empty-text", "error", "Q-2", "title is empty"),
        (MINIMAL.replace("Q-2a and Q-2b", "Q-2a and Q-2z"), "unknown-name", "error", "Q-2", "names Q-2z"),
        (with_asked("b in Q-9"), "unknown-name", "error", "Q-1", "Q-9 is neither a fact nor a question"),
        (
            MINIMAL.replace("id: Q-1\n", "id: Q-1\n        see: [Q-9]\n"),
            "unknown-name",
            "error",
            "Q-1",
            "Q-9 is not the id of a question",
        ),
        (with_asked("Q-2a in Q-2", "a in Q-1"), "circular-condition", "error", "Q-1", "depends on itself"),
        (with_asked("a in Q-1"), "circular-condition", "error", "Q-1", "depends on itself"),
        (
            MINIMAL.replace("          - {risk: high, when: default}\n", ""),
            "missing-default",
            "warning",
            "Q-2",
            "matches no rule",
        ),
        (with_asked("criticality == high and criticality == low"), "never-asked", "error", "Q-1", "never holds"),
    ],
)
def test_what_is_wrong_with_a_file_is_a_finding_at_its_line(text, rule, severity, question, said):
    found = [f for f in lint_yaml(text).findings if (f.rule, f.severity, f.question) == (rule, severity, question)]
    assert len(found) == 1
    assert said in found[0].message
    assert found[0].line > 0
    assert lint_yaml(text).questions == 2


def test_a_file_that_is_refused_has_its_rules_looked_at_all_the_same():
    text = MINIMAL.replace("title: One", 'title: ""').replace("when: Q-2a and Q-2b", "when: Q-2a or not Q-2a")
    assert {f.rule for f in lint_yaml(text).findings} == {
        "empty-text",
        "rule-never-fires",
        "risk-unreachable",
        "choice-without-effect",
    }


def test_an_include_that_leads_nowhere_is_a_finding():
    (finding,) = lint_yaml(MINIMAL.replace("sections:", "include: [nowhere]\nsections:")).findings
    assert (finding.rule, finding.question) == ("unknown-name", "")


def test_text_that_is_not_yaml_cannot_be_looked_at():
    with pytest.raises(ChecklistErrors):
        lint_yaml("a: [")


def test_a_clean_checklist_has_no_findings():
    assert lint(parse(MINIMAL, "small.yaml")).to_json() == {"questions": 2, "findings": []}


@pytest.mark.parametrize("file", sorted(path.name for path in LIBRARY.glob("*.yaml")))
def test_the_shipped_checklists_have_no_errors(file):
    report = lint_file((LIBRARY / file).read_bytes(), file)
    assert [finding.message for finding in report.findings if finding.severity == "error"] == []


# Questions that can never be asked, against trying all that can be said

FACTS = """\
facts:
  - {id: flag, text: F, asked: ASKED}
  - {id: size, text: F, type: number}
  - {id: age, text: F, type: duration}
  - {id: mode, text: F, type: one_of, options: [{id: x, text: X}, {id: y, text: Y}, {id: z, text: Z}]}
  - {id: where, text: F, type: regions}
  - {id: tools, text: F, type: many_of, options: [{id: x, text: X}, {id: y, text: Y}]}
"""
ATOMS = st.sampled_from(
    ["flag", "size < 2", "size >= 2", "size == 3", "size < 0", "age > 1h", "age <= 30min", "mode == x", "mode != x", "mode in [y, z]", "mode not in [x, y, z]", "x in where", "y not in where", "x in tools", "x not in tools", "y not in tools", "Q-2a in Q-2", "Q-2b not in Q-2", "none_of_these in Q-2"]
)  # fmt: skip
CONDITIONS = st.recursive(
    ATOMS.map(lambda text: Expression.parse(text).root),
    lambda inner: inner.map(Not) | st.tuples(inner, inner).map(And) | st.tuples(inner, inner).map(Or),
    max_leaves=5,
).map(written)
GRID = {
    "flag": [True, False, None],
    "size": [0, 1, 2, 3, 4, None],
    "age": [0, 1800, 3600, 7200, None],
    "mode": ["x", "y", "z", None],
    "where": [["x"], ["y"], ["x", "y"], ["other"], ["x", "other"], None],
    "tools": [["x"], ["y"], ["x", "y"], None],
    "Q-2": [["Q-2a"], ["Q-2b"], ["Q-2a", "Q-2b"], ["none_of_these"], []],
}


@settings(max_examples=150, deadline=None)
@given(CONDITIONS, ATOMS.filter(lambda atom: "flag" not in atom and "Q-2" not in atom))
def test_a_question_is_called_never_asked_exactly_where_nothing_that_can_be_said_brings_it_up(condition, fact_asked):
    text = with_asked(condition, "flag", facts=FACTS.replace("ASKED", json.dumps(fact_asked)))
    checklist = parse(text, "small.yaml")
    names = {"flag", "Q-2", *Expression.parse(condition).names, *Expression.parse(fact_asked).names}
    grid = {name: values if name in names else [None] for name, values in GRID.items()}
    grid["Q-2"] = grid["Q-2"] if "Q-2" in condition else [[]]
    can_be_asked = any(
        Standing(
            checklist, dict(zip(grid, said, strict=True)), {"Q-2": AnswerValue(frozenset(said[-1] or []))}
        ).is_asked(checklist.questions_by_id["Q-1"])
        for said in product(*grid.values())
    )
    never = {finding.question for finding in lint(checklist).findings if finding.rule == "never-asked"}
    assert ("Q-1" in never) is not can_be_asked


def test_a_question_that_an_answer_can_take_out_of_the_score_is_noted():
    text = MINIMAL.replace("id: Q-2\n", "id: Q-2\n        asked: a in Q-1\n")
    (finding,) = lint(parse(text, "small.yaml")).findings
    assert (finding.rule, finding.severity, finding.question) == ("depends-on-answer", "note", "Q-2")
    assert "depends on the answer to Q-1" in finding.message


def test_a_question_that_hangs_on_one_never_asked_is_never_asked_either():
    findings = lint_yaml(with_asked("Q-2a in Q-2", "criticality == low and criticality == high")).findings
    assert {f.question for f in findings if f.rule == "never-asked"} == {"Q-1", "Q-2"}


def test_a_condition_over_more_than_can_be_tried_is_left_undecided():
    facts = "facts:\n" + "".join(f"  - {{id: f{number}, text: F}}\n" for number in range(60))
    parity = " and ".join(f"(f{n} or f{n + 1}) and not (f{n} and f{n + 1})" for n in range(59)) + " and f0 and f59"
    findings = lint_yaml(with_asked(parity, facts=facts)).findings
    assert {f.rule for f in findings} <= {"never-asked", "not-decided"}


def test_a_long_chain_of_questions_is_looked_through_as_far_as_can_be_tried():
    text = re.sub(r"a in q(\d+)", lambda found: f"a in q{int(found[1]) + 1}", questions(3_000, "a in q#"))
    text = text.replace("a in q3000", "criticality == low")
    findings = lint_yaml(text).findings
    assert sum(finding.rule == "not-decided" for finding in findings) == 3_000 - 100


def test_a_question_with_thousands_of_rules_is_refused_in_a_moment():
    rules = "".join("          - {risk: none, when: Q-2a}\n" for _ in range(30_000))
    at = "          - {risk: none,"
    report = lint_file(MINIMAL.replace(at, rules + at, 1).encode(), "a.yaml")
    assert [(finding.rule, finding.question) for finding in report.findings] == [("does-not-fit", "Q-2")]


def test_lint_and_scoring_agree_on_what_a_selection_leaves():
    report = lint_aws_lens((SAMPLES / "sample-dynamodb-v0.7.json").read_bytes(), "d.json")
    checklist = read_aws_lens((SAMPLES / "sample-dynamodb-v0.7.json").read_bytes(), "d.json").checklist
    for finding in report.findings:
        question = checklist.questions_by_id[finding.question]
        added = finding.message.split("adding ")[1].split(" makes")[0]
        before = risk_of(question, AnswerValue(frozenset(finding.example)))
        after = risk_of(question, AnswerValue(frozenset({*finding.example, added})))
        assert [Risk.NONE, Risk.MEDIUM, Risk.HIGH].index(after) > [Risk.NONE, Risk.MEDIUM, Risk.HIGH].index(before)


def test_the_checklist_that_the_docs_begin_with_is_whole_and_clean():
    docs = (Path(__file__).parents[2] / "docs" / "checklists.md").read_text()
    text = docs.split("## One to begin with")[1].split("```yaml\n")[1].split("```")[0]
    report = lint_file(text.encode(), "fair-use.yaml")
    assert (report.questions, report.findings) == (2, ())
