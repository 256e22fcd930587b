"""Conditions: a small language over facts, answers and practices.

    condition  := and ( "or" and )*
    and        := not ( "and" not )*
    not        := "not" not | "(" condition ")" | test
    test       := NAME                                  a practice is in place; a fact is yes
                | NAME ("==" | "!=") ( OPTION | NUMBER )
                | NAME ("<" | "<=" | ">" | ">=") NUMBER
                | NAME ["not"] "in" "[" OPTION ("," OPTION)* "]"
                | OPTION ["not"] "in" NAME              one of many; a choice of a question
    NUMBER     := digits [ "." digits ] [ "s" | "min" | "h" | "d" ]

A NAME is the id of a fact, a practice or a question, an OPTION that of a fact's option, a choice or a region. Ids are
letters, digits, `_` and `-`; one that reads like a number or one of the words above stands in quotes.

What is not stated makes every test false, also `!=` and `not in`: nothing follows from what nobody said.
"""

import re
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Literal

from checklists.language.tongue import phrase

MAX_DEPTH = 50
"""Brackets and negations within one another; nobody could read as many."""

DURATION_UNITS: dict[str, int] = {"s": 1, "min": 60, "h": 3600, "d": 86400}
"""Unit of a duration -> seconds."""

Value = bool | str | int | float | Fraction | frozenset[str] | None
"""What a name stands for: yes or no, an option, a number, options; None where nothing is stated."""

Values = Callable[[str], Value]

_WORDS = frozenset({"and", "or", "not", "in"})
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*")
_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:s|min|h|d)?(?![A-Za-z0-9_.-])")
_TOKEN = re.compile(
    rf"""\s*(?:(?P<number>{_NUMBER.pattern})|(?P<name>{_NAME.pattern})|(?P<sign><=|>=|==|!=|[<>()\[\],])"""
    r"""|"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bad>\S))"""
)
_ORDERED: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


class ExpressionError(ValueError):
    """A condition that cannot be read; `column` counts from 1 within the condition."""

    def __init__(self, message: str, column: int) -> None:
        super().__init__(f"{message} (at character {column} of the condition)")
        self.message = message
        self.column = column


@dataclass(frozen=True)
class Term:
    """A name, option or number, and the column where it stands."""

    text: str
    column: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Quantity:
    """A number; `seconds` where it has a unit of time, and then in seconds."""

    text: str
    number: Fraction
    seconds: bool
    column: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Holds:
    """A practice is in place, or a fact is yes."""

    name: Term


@dataclass(frozen=True)
class Equals:
    """`name == literal`, or `!=` where `negated`."""

    name: Term
    literal: Term | Quantity
    negated: bool


@dataclass(frozen=True)
class Compares:
    """`name < quantity` and the like."""

    name: Term
    operator: Literal["<", "<=", ">", ">="]
    quantity: Quantity


@dataclass(frozen=True)
class IsOneOf:
    """`name in [options]`."""

    name: Term
    options: tuple[Term, ...]
    negated: bool


@dataclass(frozen=True)
class Contains:
    """`option in name`."""

    option: Term
    name: Term
    negated: bool


Test = Holds | Equals | Compares | IsOneOf | Contains


@dataclass(frozen=True)
class Not:
    """The part does not hold."""

    part: "Node"


@dataclass(frozen=True)
class And:
    """All parts hold."""

    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Or:
    """At least one part holds."""

    parts: tuple["Node", ...]


Node = Test | Not | And | Or


@dataclass(frozen=True)
class Expression:
    """A condition that has been read, ready to be evaluated any number of times."""

    text: str
    root: Node = field(compare=False)

    @classmethod
    def parse(cls, text: str) -> "Expression":
        """Read a condition; raises `ExpressionError` with the column of the first mistake."""
        return cls(text, _Parser(text).parse())

    @cached_property
    def tests(self) -> tuple[Test, ...]:
        """All tests in it, from left to right."""
        return tuple(_tests(self.root))

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of facts, practices and questions that it depends on."""
        return frozenset(test.name.text for test in self.tests)

    def holds(self, value_of: Values, neutral: Container[str] = ()) -> bool:
        """Whether the condition holds when each name has the value that `value_of` says.

        A practice in `neutral` does not apply. It weighs nothing: as a part of “and” it, or its negation, holds, as a
        part of “or” it does not; alone it counts as a part of “and”. This is how the AWS Well-Architected Tool treats
        choices that are marked as not applicable (docs/formats.md).
        """
        return _holds(self.root, value_of, neutral, True)


def written(node: Node) -> str:
    """The condition as text that reads back to the same tree."""
    return _written(node, 0)


def id_written(name: str) -> str:
    """An id as it stands in a condition: in quotes where it would be taken for a number or a word."""
    return name if _NAME.fullmatch(name) and not _NUMBER.fullmatch(name) and name not in _WORDS else f'"{name}"'


def seconds_of(text: str) -> Fraction:
    """A duration such as “4h” or “30 min” in seconds; raises ValueError for any other text."""
    found = re.fullmatch(r"(\d{1,9}(?:\.\d{1,3})?)\s*(s|min|h|d)", text.strip())
    if found is None:
        raise ValueError(
            phrase("“{text}” is not a duration: write a number and s, min, h or d, such as 4h", text=text[:40])
        )
    return Fraction(found[1]) * DURATION_UNITS[found[2]]


def exact(number: int | float) -> Fraction:
    """A number as it was written: 0.3 is three tenths, not the binary fraction nearest to it."""
    return Fraction(str(number))


def _tests(node: Node) -> Iterator[Test]:
    if isinstance(node, And | Or):
        for part in node.parts:
            yield from _tests(part)
    elif isinstance(node, Not):
        yield from _tests(node.part)
    else:
        yield node


def _holds(node: Node, value_of: Values, neutral: Container[str], neutral_is: bool) -> bool:
    if isinstance(node, And):
        return all(_holds(part, value_of, neutral, True) for part in node.parts)
    if isinstance(node, Or):
        return any(_holds(part, value_of, neutral, False) for part in node.parts)
    if isinstance(node, Not):
        inner = node.part
        if isinstance(inner, Holds) and inner.name.text in neutral:
            return neutral_is
        return not _holds(inner, value_of, neutral, not neutral_is)
    if isinstance(node, Holds):
        return neutral_is if node.name.text in neutral else value_of(node.name.text) is True
    return _test_holds(node, value_of(node.name.text))


def _test_holds(test: Equals | Compares | IsOneOf | Contains, value: Value) -> bool:
    if value is None:
        return False
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = exact(value)
    if isinstance(test, Equals):
        literal = test.literal.number if isinstance(test.literal, Quantity) else test.literal.text
        same = literal in value if isinstance(value, frozenset) else literal == value
        return same is not test.negated
    if isinstance(test, Compares):
        return isinstance(value, Fraction) and _ORDERED[test.operator](value, test.quantity.number)
    if isinstance(test, IsOneOf):
        return (value in {option.text for option in test.options}) is not test.negated
    return isinstance(value, frozenset) and (test.option.text in value) is not test.negated


def _written(node: Node, binding: int) -> str:
    """`binding` is how strongly the surroundings bind: 0 not at all, 1 as “and”, 2 as “not”."""
    if isinstance(node, Or):
        text, own = " or ".join(_written(part, 1) for part in node.parts), 0
    elif isinstance(node, And):
        text, own = " and ".join(_written(part, 2) for part in node.parts), 1
    elif isinstance(node, Not):
        return f"not {_written(node.part, 2)}"
    else:
        return _test_written(node)
    return f"({text})" if own < binding else text


def _test_written(test: Test) -> str:
    name = id_written(test.name.text)
    if isinstance(test, Holds):
        return name
    if isinstance(test, Equals):
        literal = test.literal.text if isinstance(test.literal, Quantity) else id_written(test.literal.text)
        return f"{name} {'!=' if test.negated else '=='} {literal}"
    if isinstance(test, Compares):
        return f"{name} {test.operator} {test.quantity.text}"
    word = "not in" if test.negated else "in"
    if isinstance(test, IsOneOf):
        return f"{name} {word} [{', '.join(id_written(option.text) for option in test.options)}]"
    return f"{id_written(test.option.text)} {word} {name}"


@dataclass(frozen=True)
class _Token:
    text: str
    column: int
    kind: Literal["name", "number", "sign", "quoted"]

    def is_word(self, word: str) -> bool:
        return self.kind != "quoted" and self.text == word


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(self._tokens())
        self.at = 0
        self.depth = 0

    def _tokens(self) -> Iterator[_Token]:
        for match in _TOKEN.finditer(self.text):
            kind = match.lastgroup or ""
            column = match.start(kind) + 1
            if kind in {"double", "single"}:
                if not _NAME.fullmatch(match[kind]):
                    raise ExpressionError(f"“{match[kind]}” in quotes is not an id", column)
                yield _Token(match[kind], column - 1, "quoted")
            elif kind == "name":
                yield _Token(match[kind], column, "name")
            elif kind == "number":
                yield _Token(match[kind], column, "number")
            elif kind == "sign":
                yield _Token(match[kind], column, "sign")
            else:
                raise ExpressionError(
                    f"“{match[kind]}” is not understood; a condition is made of names, and, or, not, in, "
                    "comparisons and brackets",
                    column,
                )

    def parse(self) -> Node:
        node = self._or()
        if extra := self._peek():
            raise ExpressionError(f"“{extra.text}” was not expected here", extra.column)
        return node

    def _peek(self) -> _Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def _take(self, *words: str) -> str:
        token = self._peek()
        for word in words:
            if token is not None and token.is_word(word):
                self.at += 1
                return word
        return ""

    def _or(self) -> Node:
        parts = [self._and()]
        while self._take("or"):
            parts.append(self._and())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _and(self) -> Node:
        parts = [self._not()]
        while self._take("and"):
            parts.append(self._not())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _not(self) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            token = self._peek()
            raise ExpressionError("the condition nests too deep", token.column if token else self._end())
        node = self._negated()
        self.depth -= 1
        return node

    def _negated(self) -> Node:
        if self._take("not"):
            return Not(self._not())
        if self._take("("):
            inner = self._or()
            self._expect(")", "a closing bracket is missing")
            return inner
        return self._test()

    def _test(self) -> Node:
        first = self._id("a name")
        sign = self._take("==", "!=", "<=", ">=", "<", ">")
        if sign in {"==", "!="}:
            return Equals(first, self._quantity() or self._id("an option or a number"), sign == "!=")
        if sign:
            quantity = self._quantity()
            if quantity is None:
                token = self._peek()
                raise ExpressionError(f"a number was expected after {sign}", token.column if token else self._end())
            return Compares(first, sign, quantity)  # type: ignore[arg-type]
        negated = self._negated_in()
        if negated is None:
            return Holds(first)
        if not self._take("["):
            return Contains(first, self._id("a name or “[”"), negated)
        options = [self._id("an option")]
        while self._take(","):
            options.append(self._id("an option"))
        self._expect("]", "the list of options has no closing bracket “]”")
        return IsOneOf(first, tuple(options), negated)

    def _negated_in(self) -> bool | None:
        """False for `in`, True for `not in`, None where neither stands here."""
        following = self.tokens[self.at + 1] if self.at + 1 < len(self.tokens) else None
        if following is not None and following.is_word("in") and self._take("not"):
            self._take("in")
            return True
        return False if self._take("in") else None

    def _quantity(self) -> Quantity | None:
        token = self._peek()
        if token is None or token.kind != "number":
            return None
        self.at += 1
        digits = re.match(r"[\d.]+", token.text)
        number = digits[0] if digits else ""
        unit = token.text[len(number) :]
        value = Fraction(number) * DURATION_UNITS.get(unit, 1)
        return Quantity(token.text, value, bool(unit), token.column)

    def _id(self, what: str) -> Term:
        token = self._peek()
        if token is None:
            raise ExpressionError(f"the condition ends where {what} was expected", self._end())
        if token.kind == "sign" or (token.kind == "name" and token.text in _WORDS):
            raise ExpressionError(f"{what} was expected, not “{token.text}”", token.column)
        if token.kind == "number" and "." in token.text:
            raise ExpressionError(f"{what} was expected, not the number {token.text}", token.column)
        self.at += 1
        return Term(token.text, token.column)

    def _expect(self, sign: str, complaint: str) -> None:
        if not self._take(sign):
            token = self._peek()
            raise ExpressionError(complaint, token.column if token else self._end())

    def _end(self) -> int:
        return len(self.text.rstrip()) + 1
