"""The rows are those of the content that the library has to cover (after Microsoft's article, CC BY 4.0)."""

import itertools

import pytest

from checklists.language import WEIGHTS, Checklist, WorkloadKind
from checklists.publish import read_library
from checklists.scoring import AnswerValue, risk_of

ROWS = {
    "GEN-01": "CO OE", "GEN-02": "SE RE", "GEN-03": "OE CO", "GEN-04": "RE PE", "GEN-05": "PE RE", "GEN-06": "OE SE RE",
    "GEN-07": "PE CO",
    "EDA-F-01": "CO", "EDA-F-02": "PE CO", "EDA-F-03": "OE RE", "EDA-N-01": "CO", "EDA-N-02": "SE OE",
    "TRN-C-01": "PE RE", "TRN-C-02": "RE", "TRN-C-03": "OE CO", "TRN-F-01": "CO", "TRN-F-02": "OE", "TRN-F-03": "CO OE",
    "TRN-N-01": "CO PE",
    "INF-C-01": "RE OE", "INF-C-02": "PE CO", "INF-C-03": "OE", "INF-C-04": "OE", "INF-F-01": "CO PE", "INF-F-02": "OE SE",
    "INF-F-03": "OE RE", "INF-F-04": "CO OE", "INF-N-01": "RE", "INF-N-02": "SE", "INF-N-03": "SE", "INF-N-04": "OE SE",
    "INF-N-05": "PE", "INF-N-06": "PE CO", "INF-N-07": "PE RE", "INF-N-08": "PE CO",
}  # fmt: skip
OPTIONAL = {"TRN-C-03", "INF-C-02", "INF-C-04"}
PRACTICES = {
    "EDA-F-03": {"EDA-F-03a": "OE", "EDA-F-03b": "OE RE", "EDA-F-03c": "OE", "EDA-F-03d": "OE"},
    "EDA-N-02": {"EDA-N-02a": "SE", "EDA-N-02b": "SE", "EDA-N-02c": "SE", "EDA-N-02d": "SE OE", "EDA-N-02e": "SE"},
}
GUIDANCE = [
    "EDA-T-01",
    "EDA-T-02",
    "TRN-T-01",
    "TRN-T-02",
    "TRN-T-03",
    "TRN-T-04",
    "TRN-T-05",
    "INF-T-B1",
    "INF-T-B2",
    "INF-T-B3",
    "INF-T-O1",
    "INF-T-O2",
    "INF-T-O3",
]
PILLARS = {
    "RE": "reliability",
    "SE": "security",
    "CO": "cost_optimization",
    "OE": "operational_excellence",
    "PE": "performance_efficiency",
}
KINDS = {"EDA": "eda", "TRN": "training", "INF": "inferencing"}
RISKS = ["none", "medium", "high"]


@pytest.fixture(scope="module")
def library() -> dict[str, Checklist]:
    return {checklist.id: checklist for checklist in read_library()}


def pillars(short: str) -> set[str]:
    return {PILLARS[each] for each in short.split()}


@pytest.mark.parametrize("row", ROWS)
def test_each_row_is_a_question_of_the_kinds_it_holds_for(library, row: str):
    kinds = [KINDS[row[:3]]] if row[:3] in KINDS else list(library)
    for kind in kinds:
        question = library[kind].questions_by_id[row]
        assert set(question.pillars) == pillars(ROWS[row])
        assert question.obligatory is (row not in OPTIONAL)
        assert question.why.count(".") >= 2, "why it matters takes two or three sentences"
        assert question.good
        assert question.do
        assert len(question.title) <= 60


def test_each_sub_item_is_a_practice_under_its_question(library):
    for row, practices in PRACTICES.items():
        question = library["eda"].questions_by_id[row]
        found = {practice.id: set(practice.pillars or question.pillars) for practice in question.practices}
        assert found == {name: pillars(short) for name, short in practices.items()}


def test_each_technology_row_is_guidance_shown_with_a_question(library):
    shown = [
        guidance.id
        for checklist in library.values()
        for question in checklist.questions
        for guidance in question.guidance
    ]
    assert set(GUIDANCE) <= set(shown)


def test_each_kind_of_workload_has_one_checklist(library):
    assert sorted(checklist.kind for checklist in library.values()) == sorted(WorkloadKind)
    assert {name: len(checklist.questions) for name, checklist in library.items()} == {
        "eda": 12,
        "training": 14,
        "inferencing": 23,
    }


def test_the_pillars_weigh_what_the_kind_of_workload_asks(library):
    words = {
        "eda": "low full leads high low",
        "training": "full/low full high high leads",
        "inferencing": "full full medium full full",
    }
    for name, expected in words.items():
        weights = library[name].weights
        found = ["/".join(rule.weight for rule in weights[pillar]) for pillar in PILLARS.values()]
        assert found == expected.split()
    assert library["training"].weights["reliability"][0].when == "models_must_stay_fresh"
    assert WEIGHTS["leads"] > WEIGHTS["full"] > WEIGHTS["high"] > WEIGHTS["medium"] > WEIGHTS["low"]


def test_every_question_can_be_answered_without_risk_and_with_one(library):
    for checklist in library.values():
        for question in checklist.questions:
            if question.kind == "one":
                risks = {choice.risk for choice in question.choices}
            else:
                ids = [practice.id for practice in question.practices]
                risks = {
                    risk_of(question, AnswerValue(frozenset(ids))),
                    risk_of(question, AnswerValue(frozenset({"-"}))),
                }
            assert "none" in risks, question.id
            assert risks & {"medium", "high"}, question.id


def test_a_further_practice_never_raises_the_risk(library):
    for checklist in library.values():
        for question in checklist.questions:
            if question.kind == "one":
                continue
            ids = [practice.id for practice in question.practices]
            for size in range(1, len(ids)):
                for ticked in map(frozenset, itertools.combinations(ids, size)):
                    before = risk_of(question, AnswerValue(ticked))
                    for more in set(ids) - ticked:
                        after = risk_of(question, AnswerValue(ticked | {more}))
                        assert RISKS.index(after) <= RISKS.index(before), (question.id, sorted(ticked), more)


def test_guidance_is_shown_in_the_checklist_of_its_own_kind(library):
    for row in GUIDANCE:
        shown = {guidance.id for question in library[KINDS[row[:3]]].questions for guidance in question.guidance}
        assert row in shown


def test_every_question_says_why_what_is_good_what_to_do_and_where_to_read_on(library):
    for checklist in library.values():
        for question in checklist.questions:
            texts = [question.text, question.why, question.good, question.do, *(c.text for c in question.choices)]
            assert all(texts), question.id
            assert all(link.url.startswith("https://") for link in question.links), question.id
            assert question.pillars, question.id


def test_practices_reach_no_risk_with_all_and_high_risk_with_none_of_them(library):
    for checklist in library.values():
        for question in checklist.questions:
            if question.kind == "practices":
                everything = frozenset(practice.id for practice in question.practices)
                nothing = question.choice_ids - everything
                assert len(nothing) == 1, question.id
                assert risk_of(question, AnswerValue(everything)) == "none", question.id
                assert risk_of(question, AnswerValue(nothing)) == "high", question.id


def test_every_pillar_a_question_bears_on_is_one_that_some_practice_earns(library):
    for checklist in library.values():
        for question in checklist.questions:
            if question.kind == "practices":
                earned = {pillar for each in question.practices for pillar in each.pillars or question.pillars}
                assert earned == set(question.pillars), question.id
