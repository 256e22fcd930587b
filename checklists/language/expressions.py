"""Conditions: a small boolean language over names.

    condition := and ( "or" and )*
    and       := not ( "and" not )*
    not       := "not" not | "(" condition ")" | NAME

A NAME is a choice id or a fact id: letters, digits, `_` and `-`, beginning with a letter. What a name
stands for is decided by whoever evaluates the condition.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_TOKEN = re.compile(r"\s*(?:(?P<bracket>[()])|(?P<name>[A-Za-z][A-Za-z0-9_-]*)|(?P<bad>\S))")
MAX_DEPTH = 50
"""Brackets and negations within one another; nobody could read as many."""

_WORDS = frozenset({"and", "or", "not"})


class ExpressionError(ValueError):
    """A condition that cannot be read; `column` counts from 1 within the condition."""

    def __init__(self, message: str, column: int) -> None:
        super().__init__(f"{message} (at character {column} of the condition)")
        self.column = column


@dataclass(frozen=True)
class Expression:
    """A condition that has been read, ready to be evaluated any number of times."""

    text: str
    names: frozenset[str]
    _test: Callable[[Callable[[str], bool]], bool]

    @classmethod
    def parse(cls, text: str) -> "Expression":
        """Read a condition; raises `ExpressionError` with the column of the first mistake."""
        return _Parser(text).parse()

    def holds(self, is_true: Callable[[str], bool]) -> bool:
        """Whether the condition holds when each name is as `is_true` says."""
        return self._test(is_true)


_Test = Callable[[Callable[[str], bool]], bool]


@dataclass(frozen=True)
class _Token:
    text: str
    column: int


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(self._tokens())
        self.at = 0
        self.depth = 0
        self.names: set[str] = set()

    def _tokens(self) -> Iterator[_Token]:
        for match in _TOKEN.finditer(self.text):
            kind = match.lastgroup or ""
            column = match.start(kind) + 1
            if kind == "bad":
                raise ExpressionError(
                    f"“{match[kind]}” is not understood; a condition is made of names, and, or, not and brackets",
                    column,
                )
            yield _Token(match[kind], column)

    def parse(self) -> Expression:
        test = self._or()
        if extra := self._peek():
            raise ExpressionError(f"“{extra.text}” was not expected here", extra.column)
        return Expression(self.text, frozenset(self.names), test)

    def _peek(self) -> _Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def _take(self, word: str) -> bool:
        token = self._peek()
        if token is None or token.text != word:
            return False
        self.at += 1
        return True

    def _or(self) -> _Test:
        parts = [self._and()]
        while self._take("or"):
            parts.append(self._and())
        return parts[0] if len(parts) == 1 else lambda is_true: any(part(is_true) for part in parts)

    def _and(self) -> _Test:
        parts = [self._not()]
        while self._take("and"):
            parts.append(self._not())
        return parts[0] if len(parts) == 1 else lambda is_true: all(part(is_true) for part in parts)

    def _not(self) -> _Test:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            token = self._peek()
            raise ExpressionError("the condition nests too deep", token.column if token else self._end())
        test = self._negated()
        self.depth -= 1
        return test

    def _negated(self) -> _Test:
        if self._take("not"):
            inner = self._not()
            return lambda is_true: not inner(is_true)
        if self._take("("):
            inner = self._or()
            if not self._take(")"):
                raise ExpressionError("a closing bracket is missing", self._end())
            return inner
        return self._name()

    def _name(self) -> _Test:
        token = self._peek()
        if token is None:
            raise ExpressionError("the condition ends where a name was expected", self._end())
        if token.text in _WORDS or token.text in "()":
            raise ExpressionError(f"a name was expected, not “{token.text}”", token.column)
        self.at += 1
        self.names.add(token.text)
        return lambda is_true: is_true(token.text)

    def _end(self) -> int:
        return len(self.text.rstrip()) + 1
