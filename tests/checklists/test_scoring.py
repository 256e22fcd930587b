from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checklists.language import Checklist, parse
from checklists.publish import read_library
from checklists.scoring import AnswerValue, Result, Risk, score
from tests.checklists.test_language import MINIMAL

LIBRARY = read_library()
SMALL = parse(MINIMAL, "small.yaml")
BETTER = {"high": "medium", "medium": "none"}


@st.composite
def answered(draw: st.DrawFn) -> tuple[Checklist, dict[str, AnswerValue]]:
    checklist = draw(st.sampled_from(LIBRARY))
    answers = {}
    for question in checklist.questions:
        match draw(st.sampled_from(["open", "not applicable", "answer", "answer", "answer"])):
            case "not applicable":
                answers[question.id] = AnswerValue(not_applicable=True)
            case "answer":
                ids = [
                    choice.id for choice in (question.practices if question.kind == "practices" else question.choices)
                ]
                most = len(ids) if question.kind == "practices" else 1
                chosen = draw(st.sets(st.sampled_from(ids), min_size=1, max_size=most))
                answers[question.id] = AnswerValue(frozenset(chosen))
    return checklist, answers


def numbers(result: Result) -> list[float]:
    return [pillar.score or 0.0 for pillar in result.pillars] + [result.overall or 0.0]


@given(answered())
def test_scores_lie_between_nothing_and_a_hundred_and_depend_on_nothing_else(case):
    checklist, answers = case
    result = score(checklist, answers, {})
    assert all(0 <= number <= 100 for number in numbers(result))
    assert score(checklist, dict(reversed(answers.items())), {}) == result
    assert len(result.risks) == result.total == len(checklist.questions)
    assert result.answered == len(answers)
    assert set(result.missing) == {q.id for q in checklist.questions if q.obligatory and q.id not in answers}


@given(answered(), st.data())
def test_a_further_practice_or_a_better_choice_never_lowers_any_score(case, data):
    checklist, answers = case
    question = data.draw(st.sampled_from(checklist.questions))
    given_now = answers.get(question.id, AnswerValue())
    if given_now.not_applicable:
        return
    if question.kind == "practices":
        more = data.draw(st.sampled_from(question.practices)).id
        improved = AnswerValue(given_now.selected | {more})
    else:
        worst_first = sorted(question.choices, key=lambda choice: ["high", "medium", "none"].index(choice.risk or ""))
        at = next((i for i, choice in enumerate(worst_first) if choice.id in given_now.selected), 0)
        improved = AnswerValue(frozenset({data.draw(st.sampled_from(worst_first[at:])).id}))
    before, after = score(checklist, answers, {}), score(checklist, {**answers, question.id: improved}, {})
    assert all(new >= old for old, new in zip(numbers(before), numbers(after), strict=True))


@given(answered())
def test_what_belongs_to_another_edition_counts_for_nothing(case):
    checklist, answers = case
    stray = {**answers, "OTHER-01": AnswerValue(frozenset({"x"}))}
    assert score(checklist, stray, {}) == score(checklist, answers, {})


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


def test_scores_are_rounded_half_up_to_one_decimal():
    assert [int(Fraction(n, 8) * 10 + Fraction(1, 2)) / 10 for n in (2, 3)] == [0.3, 0.4]
    answers = {"Q-1": AnswerValue(frozenset({"a"})), "Q-2": AnswerValue(not_applicable=True)}
    assert score(SMALL, answers, {}).overall == 100.0


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
