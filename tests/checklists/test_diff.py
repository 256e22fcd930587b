import pytest
from hypothesis import given
from hypothesis import strategies as st

from checklists.language import Checklist, parse
from checklists.language.diff import Lost, carried, compare, words_compared
from checklists.publish import read_library
from tests.checklists.test_language import MINIMAL

THIRD = """\
      - id: Q-3
        title: Three
        text: Three?
        pillars: [security]
        weight: 1
        obligatory: false
        kind: one
        choices:
          - {id: x, text: X, risk: none}
          - {id: y, text: Y, risk: high}
"""
OTHER_SECTION = "  - id: S2\n    title: Second\n    questions:\n"


def edition(*changes: tuple[str, str], more: str = "") -> Checklist:
    text = MINIMAL + more
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return parse(text, "small.yaml")


OLD = edition()


def test_an_edition_and_itself_differ_in_nothing_whatever_the_version():
    assert not compare(OLD, edition(('"1.0"', '"2.0"')))
    for checklist in read_library():
        assert not compare(checklist, checklist)


def test_a_new_question_is_added_and_a_gone_one_removed():
    longer = edition(more=THIRD)
    (added,) = compare(OLD, longer).questions
    assert (added.what, added.id, added.title) == ("added", "Q-3", "Three")
    (removed,) = compare(longer, OLD).questions
    assert (removed.what, removed.id) == ("removed", "Q-3")


def test_a_changed_question_says_which_of_its_properties_were_and_are():
    (change,) = compare(OLD, edition(("text: One?", "text: Really one?"), ("weight: 2", "weight: 3"))).questions
    assert change.what == "changed"
    assert not change.moved
    assert [(field.title, field.old, field.new) for field in change.fields] == [
        ("Text", "One?", "Really one?"),
        ("Weight", "2", "3"),
    ]


def test_conditions_rules_and_links_are_compared_as_people_write_them():
    new = edition(
        ("when: Q-2a and Q-2b", "when: Q-2a or Q-2b"),
        ("obligatory: true", "obligatory: a in Q-1"),
        ("{title: L,", "{title: M,"),
    )
    fields = {(change.id, field.field): field for change in compare(OLD, new).questions for field in change.fields}
    assert fields["Q-2", "risk_rules"].new == "none: Q-2a or Q-2b\nhigh: default"
    assert (fields["Q-1", "obligatory"].old, fields["Q-1", "obligatory"].new) == ("yes", "a in Q-1")
    assert fields["Q-1", "links"].new == "title: M, url: https://example.org/"


def test_choices_are_added_removed_and_changed_within_their_question():
    new = edition(
        (
            "- {id: a, text: A, risk: none}",
            "- {id: a, text: A, risk: medium}\n          - {id: c, text: C, risk: none}",
        ),
        ("          - {id: Q-2b, text: B}\n", ""),
        ("when: Q-2a and Q-2b", "when: Q-2a"),
    )
    one, two = compare(OLD, new).questions
    assert [(choice.what, choice.id) for choice in one.choices] == [("changed", "a"), ("added", "c")]
    assert [(field.title, field.old, field.new) for field in one.choices[0].fields] == [("Risk", "none", "medium")]
    assert [(choice.what, choice.id) for choice in two.choices] == [("removed", "Q-2b")]


def test_choices_in_another_order_are_a_change_of_their_question():
    lines = ("          - {id: a, text: A, risk: none}\n", "          - {id: b, text: B, risk: high}\n")
    (change,) = compare(OLD, edition(("".join(lines), "".join(reversed(lines))))).questions
    assert [(field.title, field.old, field.new) for field in change.fields] == [
        ("Order of the choices", "a\nb", "b\na")
    ]


def test_a_question_in_another_section_is_moved_and_not_added():
    within, apart = edition(more=THIRD), edition(more=OTHER_SECTION + THIRD)
    difference = compare(within, apart)
    (change,) = difference.questions
    assert (change.what, change.id, change.moved) == ("moved", "Q-3", True)
    assert [(field.title, field.old, field.new) for field in change.fields] == [("Section", "Section", "Second")]
    assert [(section.what, section.id) for section in difference.sections] == [("added", "S2")]


def test_what_only_comes_after_a_new_question_is_not_moved():
    before, after = MINIMAL.split("      - id: Q-2\n")
    new = parse(before + THIRD + "      - id: Q-2\n" + after, "small.yaml")
    assert [(change.what, change.id) for change in compare(OLD, new).questions] == [("added", "Q-3")]


def test_the_fewest_questions_that_explain_a_new_order_are_moved():
    long = edition(more=THIRD + THIRD.replace("Q-3", "Q-4"))
    first, *rest = long.sections[0].questions
    turned = long.model_copy(
        update={"sections": (long.sections[0].model_copy(update={"questions": (*rest, first)}),)}
    )
    turned = Checklist.model_validate(turned.to_json())
    difference = compare(long, turned)
    assert [(change.what, change.id) for change in difference.questions] == [("moved", "Q-1")]
    assert (difference.count("moved"), difference.count("changed")) == (1, 0)


def test_facts_weights_pillars_and_the_checklist_itself_are_compared():
    new = edition(
        ("title: Small", "title: Smaller"),
        ("  security: full", "  latency: high\n  security: leads"),
        ("weights:", "facts:\n  - {id: shared, text: Is it shared?}\nweights:"),
        (
            "weights:",
            "pillars:\n  - {id: latency, title: Latency}\n"
            + "".join(f"  - {{id: {name}, title: {name.title()}}}\n" for name in OLD.pillar_titles)
            + "weights:",
        ),
    )
    difference = compare(OLD, new)
    assert [(detail.title, detail.new) for detail in difference.details] == [("Title", "Smaller")]
    assert [(fact.what, fact.id) for fact in difference.facts] == [("added", "shared")]
    assert [(weight.field, weight.old, weight.new) for weight in difference.weights] == [
        ("latency", "", "high"),
        ("security", "full", "leads"),
    ]
    assert ("added", "latency") in [(pillar.what, pillar.id) for pillar in difference.pillars]
    changed = next(pillar for pillar in difference.pillars if pillar.id == "cost_optimization")
    assert [(field.old, field.new) for field in changed.fields] == [("Cost optimization", "Cost_Optimization")]


def test_texts_are_compared_word_by_word():
    pieces = words_compared("Are the keys kept?", "Are the new keys kept well?")
    assert [(piece.where, piece.text) for piece in pieces] == [
        ("both", "Are the "),
        ("new", "new "),
        ("both", "keys kept"),
        ("new", " well"),
        ("both", "?"),
    ]


@given(st.text(max_size=60), st.text(max_size=60))
def test_the_compared_words_put_together_again_are_both_texts(old: str, new: str):
    pieces = words_compared(old, new)
    assert "".join(piece.text for piece in pieces if piece.where != "new") == old
    assert "".join(piece.text for piece in pieces if piece.where != "old") == new


ANSWERS = {"Q-1": ["a"], "Q-2": ["Q-2b", "Q-2a"], "Q-9": ["z"]}


def test_texts_that_repeat_the_same_words_over_and_over_are_shown_one_after_the_other():
    old, new = "ab " * 1300, "ba ab " * 650
    assert [(piece.where, piece.text) for piece in words_compared(old, new)] == [("old", old), ("new", new)]


def test_answers_carry_over_where_question_and_choices_keep_their_ids():
    result = carried(OLD, edition(("weight: 2", "weight: 5"), more=THIRD), ANSWERS)
    assert result.kept == {"Q-1": ("a",), "Q-2": ("Q-2a", "Q-2b")}
    assert result.lost == ()
    assert result.new == ("Q-3",)
    assert result.look_again == ()


@pytest.mark.parametrize(
    ("change", "kept", "lost"),
    [
        (("- id: Q-1", "- id: Q-7"), {"Q-2": ("Q-2a", "Q-2b")}, Lost("Q-1", "One", "question", ("a",))),
        (
            ("{id: a, text: A, risk: none}", "{id: c, text: A, risk: none}"),
            {"Q-2": ("Q-2a", "Q-2b")},
            Lost("Q-1", "One", "choices", ("a",)),
        ),
        (
            ("kind: one\n        choices:", "kind: quota\n        quota: {}\n        choices:"),
            {"Q-2": ("Q-2a", "Q-2b")},
            Lost("Q-1", "One", "kind", ("a",)),
        ),
    ],
    ids=["question gone", "its one choice gone", "another kind"],
)
def test_an_answer_falls_away_with_what_it_was_given_to(change, kept, lost):
    result = carried(OLD, edition(change), ANSWERS)
    assert result.kept == kept
    assert result.lost == (lost,)


def test_of_several_practices_those_that_are_left_carry_over():
    new = edition(("          - {id: Q-2b, text: B}\n", ""), ("when: Q-2a and Q-2b", "when: Q-2a"))
    result = carried(OLD, new, ANSWERS)
    assert result.kept["Q-2"] == ("Q-2a",)
    assert result.lost == (Lost("Q-2", "Two", "choices", ("Q-2b",)),)
    assert result.look_again == ("Q-2",)


def test_who_answered_should_look_again_where_the_question_says_something_else():
    assert carried(OLD, edition(("One?", "Really one?")), ANSWERS).look_again == ("Q-1",)
    assert carried(OLD, edition(("why: Because.", "why: So.")), ANSWERS).look_again == ()


def test_an_answer_without_a_choice_is_kept_with_its_question():
    assert carried(OLD, OLD, {"Q-1": []}).kept == {"Q-1": ()}
