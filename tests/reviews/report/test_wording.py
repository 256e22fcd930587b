"""How the report says things."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from reviews.report import wording
from reviews.report.charts import MARKS, RISKS, pillar_chart, qr_code, risk_chart
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


def test_embeddings_and_isolates_that_could_be_left_open_are_shown():
    assert wording.visible("a\u202bb\u2067c\u2069\ufeff") == "a�b�c��"


def test_a_text_from_right_to_left_keeps_its_place_among_others():
    assert wording.visible("דוד 12") == "\u2068דוד 12\u2069"
    assert wording.visible("David 12") == "David 12"


def test_which_way_a_line_is_written_is_told_by_its_first_letter():
    lines = ["(1) שלום world", "world שלום", "12 + 3", ""]
    assert [wording.is_right_to_left(line) for line in lines] == [True, False, False, False]


def test_separators_that_would_end_the_text_are_ends_of_lines():
    assert wording.visible("a\u2028b\u2029c\x85d") == "a\nb\nc\nd"


def test_private_code_points_are_printed_as_their_numbers():
    assert wording.visible("x\ue123") == "x[U+E123]"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Lea Okafor", "Lea Okafor"),
        ("Lеa Okafor", "Lеa Okafor [mixes Cyrillic and Latin letters]"),
        ("Αlan Turing", "Αlan Turing [mixes Greek and Latin letters]"),
        ("Анна Smith", "Анна Smith"),
        ("Łukasz Øster-Straße", "Łukasz Øster-Straße"),
        ("山田 Taro", "山田 Taro"),
        ("Ad\u200ba", "Ad�a"),
        ("Ad\u200da", "Ad�a"),
        ("A\u00adda\u3164", "A�da�"),
        ("علی\u200cرضا", "\u2068علی\u200cرضا\u2069"),
        ("Ada\u202e", "Ada�"),
    ],
)
def test_a_name_that_imitates_another_shows_it(name, shown):
    assert wording.visible({"name": name, "username": "x", "email": "x@example.org"})["name"] == shown


def test_an_address_that_imitates_another_shows_it():
    person = {"name": "Ada", "username": "аda", "email": "ada@exаmple.org"}
    shown = wording.visible(person)
    assert shown["username"] == "аda [mixes Cyrillic and Latin letters]"
    assert shown["email"] == "ada@exаmple.org [mixes Cyrillic and Latin letters]"


def test_the_policy_is_said_in_words():
    policy = {"approvers": 2, "approver_role": "Lead", "blocks_on_high": True, "valid_days": 1}
    assert wording.policy(policy) == [
        ("Approvals needed", "2, by the role Lead"),
        ("Open high risks", "Block the approval"),
        ("An approval lasts", "1 day"),
    ]


def test_the_code_to_scan_says_its_address_and_escapes_it():
    drawn = qr_code('https://example.org/?a="<b>')
    assert "<title>QR code with the address https://example.org/?a=&quot;&lt;b&gt;</title>" in drawn


def test_the_charts_say_in_words_what_they_draw(snapshot):
    risks = risk_chart(snapshot["score"]["counts"])
    assert "<title>Questions by risk: 2 high risk, 5 medium risk, 15 no risk, 2 does not apply</title>" in risks
    pillars = pillar_chart(snapshot["score"]["pillars"])
    assert "<title>Score by pillar: Reliability 67; " in pillars
    assert "Security 100" in pillars


def test_a_chart_of_nothing_is_drawn():
    assert "<svg" in pillar_chart([])
    assert "<svg" in risk_chart(dict.fromkeys(RISKS, 0))


def test_a_chart_escapes_the_titles_of_pillars(snapshot):
    pillar = {**snapshot["score"]["pillars"][0], "title": "<script>&"}
    assert "<script>" not in pillar_chart([pillar])


def test_each_risk_has_a_shape_of_its_own():
    shapes = {MARKS[f"risk-{risk}.svg"].split(b' d="')[1].split(b'"')[0] for risk in RISKS}
    assert len(shapes) == len(RISKS)


def test_the_sample_is_as_the_other_tests_count_on(snapshot):
    assert len(sample.questions_of(snapshot)) == 24
    assert snapshot["score"]["counts"] == {"high": 2, "medium": 5, "none": 15, "unanswered": 0, "not_applicable": 2}
