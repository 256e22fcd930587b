"""How the report says things."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from reviews.report import wording
from reviews.report.charts import RISKS, pillar_chart, risk_chart, risk_mark
from tests.reviews.report import sample


@pytest.mark.parametrize(
    ("high", "medium", "unanswered", "said"),
    [
        (2, 5, 0, "Approved with 2 high and 5 medium risks open."),
        (1, 0, 0, "Approved with 1 high risk open."),
        (0, 1, 0, "Approved with 1 medium risk open."),
        (1, 1, 0, "Approved with 1 high and 1 medium risks open."),
        (0, 3, 1, "Approved with 3 medium risks open, and 1 question unanswered."),
        (0, 0, 4, "Approved with no high or medium risk open, and 4 questions unanswered."),
        (0, 0, 0, "Approved with no high or medium risk open."),
    ],
)
def test_the_verdict_counts_what_is_left_open(snapshot, high, medium, unanswered, said):
    snapshot["score"]["counts"].update(high=high, medium=medium, unanswered=unanswered)
    assert wording.verdict(snapshot) == said


def test_times_are_said_in_utc_wherever_they_come_from():
    assert wording.moment("2026-11-24T13:20:59Z") == "24 Nov 2026, 13:20 UTC"
    tokyo = datetime(2026, 1, 1, 3, 5, tzinfo=timezone(timedelta(hours=9)))
    assert wording.moment(tokyo) == "31 Dec 2025, 18:05 UTC"
    assert wording.moment(tokyo.astimezone(UTC)) == wording.moment(tokyo)


def test_halves_are_rounded_up_and_no_score_is_a_dash():
    assert [wording.whole(score) for score in (0.0, 62.5, 63.5, 99.4, 100.0, None)] == [
        "0",
        "63",
        "64",
        "99",
        "100",
        "–",
    ]


def test_signs_that_hide_or_turn_text_are_shown_and_the_rest_is_kept():
    assert wording.visible({"a": ["x\u202ey", "tab\tline\n", "\x00"], "n": 3}) == {
        "a": ["x�y", "tab\tline\n", "�"],
        "n": 3,
    }


def test_the_charts_say_in_words_what_they_draw(snapshot):
    risks = risk_chart(snapshot["score"]["counts"])
    assert "<desc>2 high risk, 5 medium risk, 15 no risk, 2 does not apply</desc>" in risks
    pillars = pillar_chart(snapshot["score"]["pillars"])
    assert "<title>Score by pillar</title>" in pillars
    assert "Security 100" in pillars


def test_a_chart_of_nothing_is_drawn():
    assert "<svg" in pillar_chart([])
    assert "<svg" in risk_chart(dict.fromkeys(RISKS, 0))


def test_a_chart_escapes_the_titles_of_pillars(snapshot):
    pillar = {**snapshot["score"]["pillars"][0], "title": "<script>&"}
    assert "<script>" not in pillar_chart([pillar])


def test_each_risk_has_a_shape_of_its_own():
    shapes = {risk_mark(risk).split(' d="')[1].split('"')[0] for risk in RISKS}
    assert len(shapes) == len(RISKS)


def test_the_sample_is_as_the_other_tests_count_on(snapshot):
    assert len(sample.questions_of(snapshot)) == 24
    assert snapshot["score"]["counts"] == {"high": 2, "medium": 5, "none": 15, "unanswered": 0, "not_applicable": 2}
