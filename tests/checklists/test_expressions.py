import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checklists.language import Expression, ExpressionError

NAMES = ["a", "b", "Q_2", "EDA-F-03a", "not-yet", "or-else", "android"]

conditions = st.recursive(
    st.sampled_from(NAMES),
    lambda inner: st.one_of(
        inner.map("not {}".format),
        inner.map("({})".format),
        st.tuples(inner, inner).map(" and ".join),
        st.tuples(inner, inner).map("  or ".join),
    ),
    max_leaves=12,
)


def as_python(condition: str) -> str:
    return condition.replace("-", "_")


def refusal_of(text: str) -> ExpressionError | None:
    try:
        Expression.parse(text)
    except ExpressionError as refused:
        return refused
    return None


@given(conditions, st.sets(st.sampled_from(NAMES)))
def test_a_condition_means_what_the_same_words_mean_in_python(condition: str, true: set[str]):
    python = eval(as_python(condition), {as_python(name): name in true for name in NAMES})
    assert Expression.parse(condition).holds(true.__contains__) is python


@given(conditions)
def test_a_condition_knows_the_names_it_is_made_of(condition: str):
    assert Expression.parse(condition).names == set(re.findall(r"[\w-]+", condition)) - {"and", "or", "not"}


@given(st.lists(st.sampled_from([*NAMES, "and", "or", "not", "(", ")", " ", "\n", "&", "1", "-", "ü"]), max_size=20))
def test_whatever_cannot_be_read_is_refused_at_a_place_within_it(parts: list[str]):
    text = " ".join(parts)
    if refused := refusal_of(text):
        assert 1 <= refused.column <= len(text) + 1
        assert f"at character {refused.column} of" in str(refused)


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


@pytest.mark.parametrize("name", ["EDA-F-03a", "a-b-c", "and-then", "not_x", "orchestra", "a-", "x9"])
def test_a_name_may_have_hyphens_and_begin_like_a_word_of_the_language(name: str):
    assert Expression.parse(f"({name})").names == {name}


@pytest.mark.parametrize(
    ("text", "column", "sentence"),
    [
        ("", 1, "ends where a name was expected"),
        ("   ", 1, "ends where a name was expected"),
        ("a and", 6, "ends where a name was expected"),
        ("a and   ", 6, "ends where a name was expected"),
        ("not", 4, "ends where a name was expected"),
        ("a b", 3, "“b” was not expected"),
        ("a not b", 3, "“not” was not expected"),
        ("(a", 3, "closing bracket is missing"),
        ("(a and (b or c)", 16, "closing bracket is missing"),
        ("a)", 2, "“)” was not expected"),
        ("()", 2, "a name was expected, not “)”"),
        ("and a", 1, "a name was expected, not “and”"),
        ("a or or b", 6, "a name was expected, not “or”"),
        ("a && b", 3, "“&” is not understood"),
        ("a and 1.5", 7, "a name was expected, not the number 1.5"),
        ("a < b", 5, "a number was expected after <"),
        ("a ==", 5, "ends where an option or a number was expected"),
        ("a in [b", 8, "no closing bracket"),
        ("a in []", 7, "an option was expected, not “]”"),
        ("a and 'b c'", 8, "is not an id"),
        ("a and -b", 7, "“-” is not understood"),
        ("a\n  and ?", 9, "“?” is not understood"),
    ],
)
def test_a_condition_that_cannot_be_read_says_where(text: str, column: int, sentence: str):
    with pytest.raises(ExpressionError, match=re.escape(sentence)) as refused:
        Expression.parse(text)
    assert refused.value.column == column


@pytest.mark.parametrize("number", [0.1, 0.3, 250.3, 1e-4])
def test_a_number_with_decimals_is_what_was_written_and_not_the_binary_number_nearest_to_it(number: float):
    stated = {"ratio": number}.get
    assert Expression.parse(f"ratio == {number:.4f}").holds(stated)
    assert Expression.parse(f"ratio <= {number:.4f} and ratio >= {number:.4f}").holds(stated)
    assert not Expression.parse(f"ratio != {number:.4f}").holds(stated)
