import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from checklists.language import Checklist, Fact, FactValue, Question, parse
from checklists.publish import read_library
from checklists.scoring import AnswerValue, Result, Risk, risk_in, score, score_standing
from checklists.standing import Standing
from tests.checklists.test_language import MINIMAL

LIBRARY = read_library()
SMALL = parse(MINIMAL, "small.yaml")
RISKS = ["high", "medium", "none"]


Facts = dict[str, FactValue]
Answers = dict[str, AnswerValue]
Case = tuple[Checklist, Answers, Facts]
ROW = {"service": "s", "unit": "u", "configuration": "c", "cost_per_hour": "1", "throughput": "1"}


def values(fact: Fact) -> st.SearchStrategy[FactValue]:
    options = [option.id for option in fact.options] or ["westeurope", "eastus"]
    match fact.type:
        case "yes_no":
            return st.booleans()
        case "one_of":
            return st.sampled_from(options)
        case "many_of" | "regions":
            return st.lists(st.sampled_from(options), min_size=1, unique=True)
        case _:
            return st.sampled_from([10, 3600, 100_000])


@st.composite
def stated(draw: st.DrawFn, checklist: Checklist) -> Facts:
    facts: Facts = {
        "workload_kind": checklist.kind,
        "criticality": draw(st.sampled_from(["low", "medium", "high", "critical"])),
    }
    for fact in checklist.facts:
        if draw(st.integers(0, 3)):
            facts[fact.id] = draw(values(fact))
    return facts


def tables() -> st.SearchStrategy[tuple[dict[str, str], ...]]:
    numbers = st.lists(st.integers(1, 100), min_size=1, max_size=3)
    return numbers.map(
        lambda all_of_them: tuple({**ROW, "limit": "50", "peak": str(n), "p95_ms": str(n)} for n in all_of_them)
    )


@st.composite
def answers_to(draw: st.DrawFn, question: Question) -> AnswerValue:
    explained = draw(st.booleans())
    if question.measured and draw(st.booleans()):
        return AnswerValue(rows=draw(tables()), explained=explained)
    ids = [choice.id for choice in (question.practices if question.kind == "practices" else question.choices)]
    most = len(ids) if question.kind == "practices" else 1
    chosen = draw(st.sets(st.sampled_from(ids), min_size=1, max_size=most))
    return AnswerValue(frozenset(chosen), explained=explained)


@st.composite
def answered(draw: st.DrawFn) -> Case:
    checklist = draw(st.sampled_from(LIBRARY))
    answers = {}
    for question in checklist.questions:
        match draw(st.sampled_from(["open", "not applicable", "answer", "answer", "answer"])):
            case "not applicable":
                answers[question.id] = AnswerValue(not_applicable=True)
            case "answer":
                answers[question.id] = draw(answers_to(question))
    return checklist, answers, draw(stated(checklist))


def small_with(*changes: tuple[str, str]) -> Checklist:
    text = MINIMAL
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return parse(text, "small.yaml")


def without_what_does_not_apply(checklist: Checklist, answers: Answers, facts: Facts) -> Checklist:
    risks = score(checklist, answers, facts).risks
    content = checklist.to_json()
    for section in content["sections"]:
        section["questions"] = [
            each | {"see": []} for each in section["questions"] if risks.get(each["id"]) is not Risk.NOT_APPLICABLE
        ]
    content["sections"] = [section for section in content["sections"] if section["questions"]]
    return Checklist.model_validate(content)


def numbers(result: Result) -> list[float]:
    return [pillar.score or 0.0 for pillar in result.pillars] + [result.overall or 0.0]


@given(answered())
def test_scores_lie_between_nothing_and_a_hundred_and_depend_on_nothing_else(case: Case):
    checklist, answers, facts = case
    result = score(checklist, answers, facts)
    asked = Standing(checklist, facts, answers).questions
    assert all(0 <= number <= 100 for number in numbers(result))
    assert score(checklist, dict(reversed(answers.items())), dict(reversed(facts.items()))) == result
    assert list(result.risks) == [question.id for question in asked]
    assert result.total == len(asked)
    assert result.answered == sum(question.id in answers for question in asked)
    always = {q.id for q in asked if q.obligatory is True and q.id not in answers}
    assert always <= set(result.missing) <= {q.id for q in asked if q.obligatory and q.id not in answers}


@given(answered(), st.data())
def test_a_further_practice_or_a_better_choice_never_lowers_any_score(case: Case, data):
    checklist, answers, facts = case
    question = data.draw(st.sampled_from(checklist.questions))
    given_now = answers.get(question.id, AnswerValue())
    choices = sorted(
        (choice for choice in question.choices if choice.risk in RISKS), key=lambda choice: RISKS.index(choice.risk)
    )
    if given_now.not_applicable or given_now.rows:
        return
    if question.kind == "practices":
        more = data.draw(st.sampled_from(question.practices)).id
        improved = AnswerValue(given_now.selected | {more}, explained=given_now.explained)
    else:
        at = next((i for i, choice in enumerate(choices) if choice.id in given_now.selected), 0)
        assume(not given_now.selected or choices[at].id in given_now.selected)
        improved = AnswerValue(
            frozenset({data.draw(st.sampled_from(choices[at:])).id}), explained=given_now.explained
        )
    before, after = score(checklist, answers, facts), score(checklist, {**answers, question.id: improved}, facts)
    assert all(new >= old for old, new in zip(numbers(before), numbers(after), strict=True))


@given(answered(), st.data())
def test_more_headroom_never_lowers_any_score(case: Case, data):
    checklist, answers, facts = case
    quotas = [question for question in checklist.questions if question.kind == "quota"]
    assume(quotas)
    question, table = data.draw(st.sampled_from(quotas)), data.draw(tables())
    factor = data.draw(st.integers(1, 5))
    rows = tuple({**row, "limit": str(int(row["limit"]) * factor)} for row in table)
    before = score(checklist, {**answers, question.id: AnswerValue(rows=table)}, facts)
    after = score(checklist, {**answers, question.id: AnswerValue(rows=rows)}, facts)
    assert all(new >= old for old, new in zip(numbers(before), numbers(after), strict=True))


@given(answered())
def test_what_belongs_to_another_edition_counts_for_nothing(case: Case):
    checklist, answers, facts = case
    stray = {**answers, "OTHER-01": AnswerValue(frozenset({"x"}))}
    assert score(checklist, stray, {**facts, "other": True}) == score(checklist, answers, facts)


@given(answered(), st.data())
def test_an_answer_that_is_hidden_counts_for_nothing_and_comes_back_with_its_condition(case: Case, data):
    checklist, answers, facts = case
    standing = Standing(checklist, facts, answers)
    asked = {question.id for question in standing.questions}
    visible = {name: answer for name, answer in answers.items() if name in asked}
    assert score(checklist, visible, facts) == score_standing(standing)
    for question in checklist.questions:
        if question.id not in asked:
            better = answers | {question.id: data.draw(answers_to(question))}
            assert score(checklist, better, facts) == score_standing(standing)
    later = Standing(checklist, data.draw(stated(checklist)), answers)
    for question in later.questions:
        assert later.answer(question) == answers.get(question.id, AnswerValue())
        if question.region_check is None and question.benchmark is None and question.id in asked:
            assert risk_in(later, question) is risk_in(standing, question)


def test_a_hidden_answer_comes_back_as_it_was():
    inferencing = next(checklist for checklist in LIBRARY if checklist.id == "inferencing")
    answers = {"INF-F-04": AnswerValue(frozenset({"metered"}))}
    shared, alone = ({"workload_kind": "inferencing", "platform_shared": fact} for fact in (True, False))
    before, hidden, again = (score(inferencing, answers, facts) for facts in (shared, alone, shared))
    assert before.risks["INF-F-04"] is Risk.NONE
    assert "INF-F-04" not in hidden.risks
    assert (hidden.answered, hidden.total) == (0, before.total - 1)
    assert again == before


def test_a_worked_example():
    # Q-1 (weight 2, security): high risk earns 0 of 2. Q-2 (weight 2): security has the practices a and b, one half
    # each, a is ticked: 1 of 2; reliability has b alone: 0 of 2. Security: 1 of 4. Overall: (25 × 4 + 0 × 1) ÷ 5.
    answers = {"Q-1": AnswerValue(frozenset({"b"})), "Q-2": AnswerValue(frozenset({"Q-2a"}))}
    result = score(SMALL, answers, {})
    assert {pillar.id: pillar.score for pillar in result.pillars} == {
        "reliability": 0.0,
        "security": 25.0,
        "cost_optimization": None,
        "operational_excellence": None,
        "performance_efficiency": None,
    }
    assert result.overall == 20.0
    assert result.risks == {"Q-1": Risk.HIGH, "Q-2": Risk.HIGH}


FRESHNESS = """\
  reliability: [{weight: full, when: fresh}, {weight: low}]
facts:
  - {id: fresh, text: "Must it be fresh?"}
"""


@pytest.mark.parametrize(("fresh", "overall"), [(True, 66.7), (False, 46.7), (None, 46.7)])
def test_a_worked_example_with_medium_risk_weights_and_a_fact(fresh, overall: float):
    # Q-1 (weight 2): medium risk earns 1 of 2 for security. Q-2 (weight 4): of the practices a (3 parts, security
    # alone) and b (1 part, both pillars) b is ticked: 1 of 4 for security, 4 of 4 for reliability.
    # Security: 2 of 6 = 33.3; reliability: 100. Fresh: (4 × 33.3 + 4 × 100) ÷ 8; else (4 × 33.3 + 1 × 100) ÷ 5.
    checklist = small_with(
        ("risk: high}", "risk: medium}"),
        (
            "weight: 2\n        obligatory: true\n        kind: practices",
            "weight: 4\n        obligatory: true\n        kind: practices",
        ),
        ("{id: Q-2a, text: A, pillars: [security]}", "{id: Q-2a, text: A, pillars: [security], weight: 3}"),
        ("  reliability: low\n", FRESHNESS),
    )
    answers = {"Q-1": AnswerValue(frozenset({"b"})), "Q-2": AnswerValue(frozenset({"Q-2b"}))}
    result = score(checklist, answers, {"fresh": fresh})
    scores = {pillar.id: pillar.score for pillar in result.pillars}
    assert (scores["security"], scores["reliability"], result.overall) == (33.3, 100.0, overall)
    assert result.risks == {"Q-1": Risk.MEDIUM, "Q-2": Risk.HIGH}


def test_a_score_halfway_between_two_decimals_is_rounded_up():
    checklist = small_with(
        (
            "          - {id: Q-2b, text: B}\n",
            "".join(f"          - {{id: Q-2{name}, text: B, weight: 5}}\n" for name in "bcd"),
        ),
    )
    answers = {"Q-1": AnswerValue(not_applicable=True), "Q-2": AnswerValue(frozenset({"Q-2a"}))}
    security = next(pillar for pillar in score(checklist, answers, {}).pillars if pillar.id == "security")
    assert security.score == 6.3, "1 part of 16 is 6.25"


def test_a_better_choice_of_three_earns_half_and_then_all():
    checklist = small_with(("risk: high}\n", "risk: high}\n          - {id: c, text: C, risk: medium}\n"))
    leave_out = {"Q-2": AnswerValue(not_applicable=True)}
    overall = [score(checklist, {**leave_out, "Q-1": AnswerValue(frozenset(c))}, {}).overall for c in "bca"]
    assert overall == [0.0, 50.0, 100.0]


@given(answered(), st.data())
def test_no_answer_scores_below_leaving_the_question_open(case: Case, data):
    """Not even “does not apply”: what is left out had earned nothing, so no pillar that remains can fall."""
    checklist, answers, facts = case
    question = data.draw(st.sampled_from(checklist.questions))
    others = {name: answer for name, answer in answers.items() if name != question.id}
    left_open = score(checklist, others, facts)
    some = data.draw(
        st.sampled_from(
            [AnswerValue(not_applicable=True), *(AnswerValue(frozenset({c.id})) for c in question.choices)]
        )
        | answers_to(question)
    )
    given_answer = score(checklist, {**others, question.id: some}, facts)
    for before, after in zip(left_open.pillars, given_answer.pillars, strict=True):
        assert after.score is None or after.score >= (before.score or 0.0)
    assert given_answer.overall is None or given_answer.overall >= (left_open.overall or 0.0)


@given(answered())
def test_what_does_not_apply_counts_as_if_it_had_never_been_asked(case: Case):
    checklist, answers, facts = case
    whole = score(checklist, answers, facts)
    assume(any(risk is not Risk.NOT_APPLICABLE for risk in whole.risks.values()))
    rest = score(without_what_does_not_apply(checklist, answers, facts), answers, facts)
    assert (whole.overall, whole.pillars, whole.missing) == (rest.overall, rest.pillars, rest.missing)
    assert whole.count(Risk.NOT_APPLICABLE) == whole.total - rest.total


@given(answered())
def test_the_overall_score_is_the_weighted_mean_of_the_pillars_that_have_one(case: Case):
    checklist, answers, facts = case
    result = score(checklist, answers, facts)
    counted = [pillar for pillar in result.pillars if pillar.score is not None]
    assert (result.overall is None) is (not counted)
    if counted:
        mean = sum(pillar.score * pillar.weight for pillar in counted) / sum(pillar.weight for pillar in counted)
        assert result.overall == pytest.approx(mean, abs=0.11)


@given(answered())
def test_each_question_has_the_risk_of_its_answer(case: Case):
    checklist, answers, facts = case
    standing = Standing(checklist, facts, answers)
    result = score(checklist, answers, facts)
    for question in standing.questions:
        answer = answers.get(question.id, AnswerValue())
        if answer.not_applicable:
            assert result.risks[question.id] is Risk.NOT_APPLICABLE
        elif standing.regions_differ(question):
            named = answer.explained and answer.selected & set(question.region_check.reasons)
            assert (result.risks[question.id] in {Risk.HIGH, Risk.MEDIUM}) is not bool(named)
        elif not answer.answered:
            assert result.risks[question.id] is Risk.UNANSWERED
        elif question.kind != "practices" and not answer.rows:
            (chosen,) = (choice for choice in question.choices if choice.id in answer.selected)
            unexplained = chosen.needs_note and not answer.explained
            assert result.risks[question.id] == ("medium" if unexplained else chosen.risk)
    assert sum(result.count(risk) for risk in Risk) == result.total


def test_a_question_that_does_not_apply_is_left_out_and_an_open_one_is_not():
    good = {"Q-1": AnswerValue(frozenset({"a"}))}
    assert score(SMALL, good, {}).overall == 40.0
    left_out = score(SMALL, {**good, "Q-2": AnswerValue(not_applicable=True)}, {})
    assert left_out.overall == 100.0
    assert left_out.risks["Q-2"] is Risk.NOT_APPLICABLE


def test_where_nothing_applies_there_is_no_score():
    nothing = {question.id: AnswerValue(not_applicable=True) for question in SMALL.questions}
    assert score(SMALL, nothing, {}).overall is None


@pytest.mark.parametrize(("fresh", "word"), [(True, "full"), (False, "low"), (None, "low")])
def test_reliability_of_training_counts_fully_only_where_models_must_stay_fresh(fresh, word):
    training = next(checklist for checklist in LIBRARY if checklist.id == "training")
    result = score(training, {}, {"models_must_stay_fresh": fresh})
    assert next(pillar.weight_title for pillar in result.pillars if pillar.id == "reliability") == word


def test_freshness_makes_poor_reliability_cost_more_of_the_overall_score():
    training = next(checklist for checklist in LIBRARY if checklist.id == "training")
    answers = {
        question.id: AnswerValue(frozenset({next(choice.id for choice in question.choices if choice.risk == "none")}))
        for question in training.questions
        if question.kind == "one" and "reliability" not in question.pillars
    }
    relaxed, fresh = (score(training, answers, {"models_must_stay_fresh": fact}) for fact in (False, True))
    assert fresh.overall < relaxed.overall
    assert [pillar.score for pillar in fresh.pillars] == [pillar.score for pillar in relaxed.pillars]
