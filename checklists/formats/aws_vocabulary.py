"""What an AWS custom lens is made of: its limits, its words, its conditions.

The limits are those of the user guide, the accepted characters were found by test against the service (see
docs/formats.md).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from checklists.language.expressions import MAX_DEPTH, And, ExpressionError, Holds, Node, Not, Or, Term

SCHEMA_VERSION = "2021-11-01"
MAX_BYTES = 500_000
MAX_PILLARS = 10
MAX_QUESTIONS = 20
"""In one pillar."""
MAX_CHOICES = 15
MAX_RULES = 3
MAX_READING = 5
"""Entries of one type under additionalResources."""
TITLE_LENGTH = 128
TEXT_LENGTH = 2048
NONE_SUFFIX = "_no"
"""The id of a choice that means “none of these” ends so."""

ID = re.compile(r"[A-Za-z0-9_]{3,128}")
DEFAULT = "default"
RISKS = {"NO_RISK": "none", "MEDIUM_RISK": "medium", "HIGH_RISK": "high"}
"""Their word for a risk -> ours."""
READING = {"HELPFUL_RESOURCE": "help", "IMPROVEMENT_PLAN": "plan"}
"""Their type of an additional resource -> what it is about."""

_SIGNS = frozenset(" \n\r-_.,:/()@!&#+'?’")
_TOKEN_SIGNS = frozenset({"&&", "||", "!", "(", ")"})
_TOKEN = re.compile(r"\s*(?:(?P<id>[A-Za-z0-9_]+)|(?P<sign>&&|\|\||[!()])|(?P<bad>\S))")
# Twice as deep as our own conditions may be, as the brackets that are written round “and” within “or” count here.
_MAX_DEPTH = 2 * MAX_DEPTH + 1


def accepted(sign: str) -> bool:
    """Whether AWS takes a character in names, titles and descriptions; it takes any in help and plan texts."""
    return sign in _SIGNS or sign.isalpha() or sign.isdecimal()


@dataclass(frozen=True)
class LensCondition:
    """A condition of a lens, read; `mixed` where && and || meet without brackets, which people read differently."""

    root: Node
    mixed: bool


def read_condition(text: str) -> LensCondition:
    """Read a condition other than `default`; && binds closer than ||. Raises `ExpressionError`."""
    parser = _Parser(text)
    return LensCondition(parser.parse(), parser.mixed)


def written_condition(node: Node, ids: Mapping[str, str]) -> str:
    """A condition over practices as a lens has it, with its names replaced: name -> id in the lens.

    It reads back to the same tree, and && within || stands in brackets. Raises KeyError for a name without an id.
    """
    if isinstance(node, Not):
        part = written_condition(node.part, ids)
        return f"!({part})" if isinstance(node.part, And | Or) else f"!{part}"
    if isinstance(node, And | Or):
        parts = [(part, written_condition(part, ids)) for part in node.parts]
        sign = " && " if isinstance(node, And) else " || "
        return sign.join(f"({text})" if isinstance(part, And | Or) else text for part, text in parts)
    return ids[node.name.text]


class _Parser:
    def __init__(self, text: str) -> None:
        self.tokens = list(self._tokens(text))
        self.end = len(text.rstrip()) + 1
        self.at = 0
        self.depth = 0
        self.mixed = False

    def _tokens(self, text: str) -> Iterator[tuple[str, int]]:
        for found in _TOKEN.finditer(text):
            kind = found.lastgroup or ""
            column = found.start(kind) + 1
            if kind == "bad":
                raise ExpressionError(
                    f"“{found[kind]}” is not understood; a condition is made of choice ids, &&, ||, ! and brackets",
                    column,
                )
            yield found[kind], column

    def parse(self) -> Node:
        node = self._or()
        if self.at < len(self.tokens):
            extra, column = self.tokens[self.at]
            raise ExpressionError(f"“{extra}” was not expected here", column)
        return node

    def _take(self, sign: str) -> bool:
        taken = self.at < len(self.tokens) and self.tokens[self.at][0] == sign
        self.at += taken
        return taken

    def _or(self) -> Node:
        parts, bare = [], False
        while True:
            part, single = self._and()
            parts.append(part)
            bare = bare or not single
            if not self._take("||"):
                break
        self.mixed = self.mixed or (bare and len(parts) > 1)
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _and(self) -> tuple[Node, bool]:
        """The node, and whether it is a single part, such as an id or something in brackets."""
        parts = [self._unary()]
        while self._take("&&"):
            parts.append(self._unary())
        return (parts[0], True) if len(parts) == 1 else (And(tuple(parts)), False)

    def _unary(self) -> Node:
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise ExpressionError("the condition nests too deep", self._column())
        node = self._inner()
        self.depth -= 1
        return node

    def _inner(self) -> Node:
        if self._take("!"):
            return Not(self._unary())
        if self._take("("):
            node = self._or()
            if not self._take(")"):
                raise ExpressionError("a closing bracket is missing", self._column())
            return node
        if self.at >= len(self.tokens):
            raise ExpressionError("the condition ends where a choice id was expected", self.end)
        name, column = self.tokens[self.at]
        if name in _TOKEN_SIGNS:
            raise ExpressionError(f"a choice id was expected, not “{name}”", column)
        self.at += 1
        return Holds(Term(name, column))

    def _column(self) -> int:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else self.end
