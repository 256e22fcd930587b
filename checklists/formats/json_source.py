"""Reading JSON from strangers: strictly, within limits, and knowing the line of each part.

Strict means RFC 8259: no NaN or Infinity. A byte order mark is tolerated, as files saved on Windows have one. Where a
key stands twice in an object the last counts, as in every other reader of JSON; `JsonSource.repeated_keys` tells.
"""

import json
import math
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any, NoReturn

from checklists.language import ChecklistError, ChecklistErrors

Path = tuple[str | int, ...]

MAX_DEPTH = 30
"""Lists and objects within one another; the formats that are read need ten at most."""

MAX_REPEATED = 20
"""Keys that stand twice and are told of; more would be a flood."""

_STRING = r'"[^"\\]*(?:\\.[^"\\]*)*"?'
_BRACKETS = re.compile(rf"{_STRING}|(?P<open>[\[{{])|(?P<close>[\]}}])", re.DOTALL)
_NO_NUMBERS = re.compile(rf"{_STRING}|(?P<token>-?Infinity|NaN)", re.DOTALL)
_BLANK = re.compile(r"[ \t\n\r]*")
_PLAIN = re.compile(r"[^\s,\]}]+")
_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")


class _NotJson(ValueError):
    pass


@dataclass(frozen=True)
class JsonSource:
    """A JSON file that was read: its `value`, and where each part of it stands.

    Places are only looked up for messages, so nothing is spent on them while a file is good.
    """

    value: Any
    file: str
    text: str
    has_repeated_keys: bool = False

    def line(self, path: Path) -> int:
        """The line, from 1, of the part that a path of keys and indexes leads to, or of the nearest around it.

        For a value in an object it is the line of its key.
        """
        return self._place(self._offset(path))[0]

    def error(
        self, path: Path, message: str, *, rule: str = "does-not-fit", question: str = "", choice: str = ""
    ) -> ChecklistError:
        """A mistake at the part that the path leads to; the rest as in `ChecklistError`."""
        return ChecklistError(self.file, *self._place(self._offset(path)), message, rule, question, choice)

    @property
    def repeated_keys(self) -> tuple[str, ...]:
        """A sentence for each key that stands a second time in its object; the last one counts."""
        return self._places[1] if self.has_repeated_keys else ()

    def _offset(self, path: Path) -> int:
        places = self._places[0]
        while path and path not in places:
            path = path[:-1]
        return places.get(path, 0)

    def _place(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1] + 1

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer("\n", self.text))]

    @cached_property
    def _places(self) -> tuple[dict[Path, int], tuple[str, ...]]:
        """Path -> offset in the text, and what is to be said of repeated keys."""
        places: dict[Path, int] = {(): self._skip(0)}
        repeated: list[str] = []
        self._scan(self._skip(0), (), places, repeated)
        return places, tuple(repeated)

    def _skip(self, at: int) -> int:
        blank = _BLANK.match(self.text, at)
        return blank.end() if blank else at

    def _scan(self, at: int, path: Path, places: dict[Path, int], repeated: list[str]) -> int:
        """Note the places in the value that begins at an offset of text known to be JSON; gives the offset behind it.

        Of a key that stands twice the later places replace the earlier ones.
        """
        sign = self.text[at]
        if sign == '"':
            return int(scanstring(self.text, at + 1, True)[1])
        if sign not in "[{":
            plain = _PLAIN.match(self.text, at)
            return plain.end() if plain else at + 1
        index, at, seen = 0, self._skip(at + 1), set()
        while self.text[at] not in "]}":
            inner: Path = (*path, index)
            key_at = at
            if sign == "{":
                key, at = scanstring(self.text, at + 1, True)
                inner = (*path, key)
                if key in seen and len(repeated) < MAX_REPEATED:
                    line = self._place(key_at)[0]
                    repeated.append(f"Line {line}: “{key[:40]}” stands here a second time, and the last one counts.")
                seen.add(key)
                at = self._skip(self._skip(at) + 1)
            places[inner] = key_at
            at = self._skip(self._scan(at, inner, places, repeated))
            if self.text[at] == ",":
                at = self._skip(at + 1)
            index += 1
        return at + 1


def read_json(data: bytes, file: str, *, max_bytes: int) -> JsonSource:
    """Read JSON; `file` is the name that errors give, `max_bytes` the most that is looked at.

    Raises `ChecklistErrors` with the line of what is wrong: bytes that are not UTF-8, broken syntax, NaN and Infinity
    (each place), nesting deeper than `MAX_DEPTH`, numbers too large to be one, half characters (lone surrogates).
    """
    if len(data) > max_bytes:
        message = f"the file is {len(data):,} bytes long; {max_bytes:,} is the most"
        raise ChecklistErrors([ChecklistError(file, 0, 0, message)])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as broken:
        before = data[: broken.start]
        line, column = before.count(b"\n") + 1, broken.start - before.rfind(b"\n")
        message = f"byte {broken.start} is not UTF-8: save the file as UTF-8"
        raise ChecklistErrors([ChecklistError(file, line, column, message)]) from None
    source = JsonSource(None, file, text)
    _refuse_depth(source)
    repeated = False

    def collected(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal repeated
        collected = dict(pairs)
        repeated = repeated or len(collected) < len(pairs)
        return collected

    try:
        value = json.loads(text, object_pairs_hook=collected, parse_constant=_no_number, parse_float=_finite)
    except json.JSONDecodeError as broken:
        said = "the file is empty" if not text.strip() else f"this is not JSON: {broken.msg}"
        raise ChecklistErrors([ChecklistError(file, broken.lineno, broken.colno, said)]) from None
    except _NotJson:
        raise ChecklistErrors(list(_not_numbers(source))) from None
    except ValueError as broken:
        raise ChecklistErrors(
            [ChecklistError(file, 0, 0, f"a number in the file cannot be read: {broken}")]
        ) from None
    source = JsonSource(value, file, text, repeated)
    # Text that was read as UTF-8 has no half characters, but escapes can make them.
    if "\\u" in text and (halves := list(_half_characters(source))):
        raise ChecklistErrors(halves)
    return source


def _refuse_depth(source: JsonSource) -> None:
    depth = 0
    for bracket in _BRACKETS.finditer(source.text):
        depth += (bracket["open"] is not None) - (bracket["close"] is not None)
        if depth > MAX_DEPTH:
            message = f"lists and objects nest deeper than {MAX_DEPTH} levels"
            place = source._place(bracket.start())
            raise ChecklistErrors([ChecklistError(source.file, *place, message)])


def _no_number(token: str) -> NoReturn:
    raise _NotJson(token)


def _finite(digits: str) -> float:
    if math.isinf(number := float(digits)):
        raise ValueError(f"{digits[:40]} is too large")
    return number


def _not_numbers(source: JsonSource) -> Iterator[ChecklistError]:
    for found in _NO_NUMBERS.finditer(source.text):
        if found["token"]:
            message = f"{found['token']} is not JSON: write a text in quotes, or null"
            yield ChecklistError(source.file, *source._place(found.start()), message)


def _half_characters(source: JsonSource) -> Iterator[ChecklistError]:
    todo: list[tuple[Path, Any]] = [((), source.value)]
    while todo:
        path, value = todo.pop()
        if isinstance(value, dict):
            todo += [((*path, key), part) for key, part in value.items()]
            texts = list(value)
        elif isinstance(value, list):
            todo += [((*path, index), part) for index, part in enumerate(value)]
            continue
        else:
            texts = [value] if isinstance(value, str) else []
        if any(_LONE_SURROGATE.search(text) for text in texts):
            yield source.error(path, "an escape \\uD800 to \\uDFFF stands alone and makes no character: remove it")
