"""YAML text -> Checklist, with every mistake at its line.

The YAML subset is JSON's values: no tags, no anchors and aliases (so no document grows when read), no duplicate
keys, no bottomless nesting.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from pydantic import ValidationError

from checklists.language.consistency import Fault, Path, faults
from checklists.language.errors import ChecklistError, ChecklistErrors
from checklists.language.expressions import ExpressionError
from checklists.language.model import Checklist

MAX_BYTES = 4_000_000
"""A checklist file may be this long; the largest that the field has come to under half of it as YAML."""

MAX_DEPTH = 30
"""Levels of lists and mappings within one another; the language needs eight."""

MAX_VALUES = 400_000
"""Keys and values, lists and mappings that a file may have; 5,000 questions with four choices each have fewer."""

_MAX_DIGITS = 100
"""Characters of a whole number; longer ones take time to read that grows with their square."""


@dataclass(frozen=True)
class Place:
    """A line and a column, counted from 1."""

    line: int
    column: int


class Places:
    """Where each part of a YAML text stands."""

    def __init__(self, text: str = "") -> None:
        self._lines = text.split("\n")
        self._keys: dict[Path, Place] = {}
        self._scalars: dict[Path, tuple[yaml.Mark, yaml.Mark]] = {}

    def note(self, path: Path, node: yaml.Node, key: yaml.Node | None = None) -> None:
        """Remember a value, and the key that it stands under."""
        self._keys[path] = _place(key or node)
        if isinstance(node, yaml.ScalarNode) and node.start_mark and node.end_mark:
            self._scalars[path] = (node.start_mark, node.end_mark)

    def of(self, path: Path) -> Place:
        """The place of a part, or of the nearest around it; of a value in a mapping, the place of its key."""
        while path and path not in self._keys:
            path = path[:-1]
        return self._keys.get(path, Place(1, 1))

    def within(self, path: Path, value: str, column: int) -> Place:
        """The place of a character of a text, counted from 1; of the text where it cannot be told.

        Folding and indenting change only white space, so the n-th letter of a value is the n-th that is written.
        """
        if path not in self._scalars:
            return self.of(path)
        start, end = self._scalars[path]
        lines = self._lines[start.line : end.line + 1]
        lines[-1] = lines[-1][: end.column] if end.line < start.line + len(lines) else lines[-1]
        lines[0] = " " * start.column + lines[0][start.column :]
        raw = "\n".join(lines)
        opening = re.match(r"\s*([|>][^\n]*\n|[\"'])?", raw)
        begin = opening.end() if opening else 0
        written = [match.start() for match in re.finditer(r"\S", raw[begin:])]
        letters = len(re.sub(r"\s", "", value[: column - 1]))
        if not written or re.sub(r"\s", "", value) not in re.sub(r"\s", "", raw):
            return Place(start.line + 1, start.column + 1)
        at = begin + (written[letters] if letters < len(written) else written[-1] + 1)
        return Place(start.line + 1 + raw.count("\n", 0, at), at - raw.rfind("\n", 0, at))


@dataclass(frozen=True)
class Parsed:
    """A checklist that was read, with where each part of it stood."""

    checklist: Checklist
    file: str
    places: Places

    def error(self, path: Path, message: str) -> ChecklistError:
        """A mistake at the part of the file that the path leads to, or the nearest around it."""
        place = self.places.of(path)
        return ChecklistError(self.file, place.line, place.column, message)


def parse(text: str, file: str) -> Checklist:
    """Read a checklist from YAML text; as `read`, but for who needs no places."""
    return read(text, file).checklist


def read(text: str, file: str) -> Parsed:
    """Read a checklist from YAML text; `file` is the name that errors give.

    Included checklists are not resolved: see `with_included`. Raises `ChecklistErrors` naming the file, line and
    column of each mistake.
    """
    if len(text.encode()) > MAX_BYTES:
        raise ChecklistErrors([ChecklistError(file, 0, 0, f"the file is longer than {MAX_BYTES:,} bytes")])
    reader = _Reader(file)
    data = reader.read(text)
    try:
        return Parsed(Checklist.model_validate(data), file, reader.places)
    except ValidationError as invalid:
        reporter = _Reporter(file, data, reader.places)
        shape = [reporter.error(_mistake(error)) for error in _mistakes(invalid)]
        between = [reporter.error(fault) for fault in faults(data)]
        raise ChecklistErrors(_one_a_place([*shape, *between]), data) from None


def with_included(parsed: Parsed, library: Mapping[str, Checklist]) -> Checklist:
    """The checklist with the facts and sections of those it includes put first, in the order it names them.

    Raises `ChecklistErrors` where an included checklist does not exist, includes others itself, or brings an id that
    is already taken; and for conditions that do not suit the whole.
    """
    checklist = parsed.checklist
    if unknown := [name for name in checklist.include if name not in library]:
        reporter = _Reporter(parsed.file, checklist.to_json(), parsed.places)
        said = "include names {}, which no file of the library has as its id"
        errors = [reporter.error(Fault(("include",), said.format(name), "unknown-name")) for name in unknown]
        raise ChecklistErrors(errors, checklist.to_json())
    included = [library[name] for name in checklist.include]
    if nested := [each.id for each in included if each.include]:
        raise ChecklistErrors(
            [parsed.error(("include",), f"{', '.join(nested)} is included and includes others itself")],
            checklist.to_json(),
        )
    values = checklist.to_json() | {"include": []}
    for part in ("facts", "sections"):
        values[part] = [value for each in included for value in each.to_json()[part]] + values[part]
    if found := list(faults(values)):
        brought = {part: sum(len(getattr(each, part)) for each in included) for part in ("facts", "sections")}
        reporter = _Reporter(parsed.file, values, parsed.places, brought)
        raise ChecklistErrors([reporter.error(fault) for fault in found], values)
    return Checklist.model_validate(values)


class _Reporter:
    """Leads from the parts of a checklist to their places in its file.

    `brought` says how many facts and sections come before those of the file itself, from other files: mistakes in
    these, or between these and the file, stand where it includes them.
    """

    def __init__(self, file: str, data: object, places: Places, brought: Mapping[str, int] | None = None) -> None:
        self.file = file
        self.data = data
        self.places = places
        self.brought = brought or {}

    def error(self, fault: Fault) -> ChecklistError:
        path = self._own(fault.path)
        value = self._at(fault.path)
        if fault.column and isinstance(value, str):
            place = self.places.within(path, value, fault.column)
        else:
            place = self.places.of(path)
        question, choice = self._id(fault.path, "questions"), self._id(fault.path, "choices")
        return ChecklistError(self.file, place.line, place.column, fault.message, fault.rule, question, choice)

    def _own(self, path: Path) -> Path:
        if not self.brought or not path or path[0] not in self.brought or len(path) < 2 or isinstance(path[1], str):
            return path
        own = path[1] - self.brought[str(path[0])]
        return ("include",) if own < 0 else (path[0], own, *path[2:])

    def _id(self, path: Path, kind: str) -> str:
        """The id of the question or choice that the path leads into."""
        if kind not in path[:-1]:
            return ""
        part = self._at(path[: path.index(kind) + 2])
        id = part.get("id", "") if isinstance(part, dict) else ""
        return id if isinstance(id, str) else ""

    def _at(self, path: Path) -> Any:
        value: Any = self.data
        for step in path:
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                return None
        return value


def _one_a_place(errors: list[ChecklistError]) -> list[ChecklistError]:
    """A value that fits none of several shapes is one mistake, reported once."""
    first: dict[tuple[int, int, str], ChecklistError] = {}
    for error in errors:
        first.setdefault((error.line, error.column, error.message), error)
    return list(first.values())


def _mistakes(invalid: ValidationError) -> Iterable[Any]:
    """The mistakes themselves: a list counts as too short when its items are broken, which is no news."""
    errors = invalid.errors(include_url=False)
    around = {error["loc"][:length] for error in errors for length in range(len(error["loc"]))}
    for error in errors:
        loc = error["loc"]
        echo = error["type"] == "too_short" and loc in around
        # What does not fit together is reported part by part, by `faults`.
        between_parts = not loc and error["type"] == "value_error"
        if not echo and not between_parts:
            yield error


_WORDING = {
    "extra_forbidden": "is not a key that is known here",
    "missing": "is missing",
    "string_too_short": "is empty",
    "string_type": "must be a text (put it in quotes)",
    "bool_type": "must be true or false",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "decimal_parsing": "must be a number",
    "tuple_type": "must be a list",
    "dict_type": "must hold keys with values",
    "model_type": "must hold keys with values",
    "literal_error": "must be {expected}",
    "string_too_long": "is longer than {max_length} characters",
    "too_long": "has more than {max_length} entries",
    "too_short": "needs {min_length} or more",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be {ge} or more",
    "less_than_equal": "must be {le} or less",
}
_PATTERNS = {
    "version": "must be up to three numbers with points between them, such as 1.0",
    "url": "must be an address that begins with http:// or https://, without blanks",
}
_ID_PATTERN = "must be made of up to 128 letters, digits, - and _, and not begin with -"
_RULES = {"string_too_short": "empty-text"}


def _mistake(error: Any) -> Fault:
    cause = error.get("ctx", {}).get("error")
    if isinstance(cause, ExpressionError):
        return Fault(tuple(error["loc"]), cause.message, column=cause.column)
    name = ".".join(str(part) for part in error["loc"] if isinstance(part, str))
    known = {name: str(value).replace("'", "") for name, value in error.get("ctx", {}).items()}
    wording = _WORDING.get(error["type"], "").format_map(known)
    if error["type"] == "string_pattern_mismatch":
        wording = _PATTERNS.get(name.rpartition(".")[2], _ID_PATTERN)
    said = wording or str(error["msg"]).removeprefix("Value error, ")
    if wording:
        said = f"{name or 'the file'} {said}"
    elif error["type"] != "value_error" and name:
        said = f"{name}: {said}"
    return Fault(tuple(error["loc"]), said, _RULES.get(error["type"], "does-not-fit"))


class _Reader:
    """Composes YAML into plain values and remembers where each stood."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.places = Places()
        self.errors: list[ChecklistError] = []

    def read(self, text: str) -> Any:
        self.places = Places(text)
        try:
            self._refuse_indirection(text)
            node = yaml.compose(text, Loader=yaml.CSafeLoader)
        except yaml.MarkedYAMLError as broken:
            mark = broken.problem_mark
            place = Place(mark.line + 1, mark.column + 1) if mark else Place(0, 0)
            self._complain(place, f"this is not YAML: {broken.problem}")
            node = None
        except yaml.YAMLError as broken:
            self._complain(Place(0, 0), f"this is not YAML: {broken}")
            node = None
        if node is None and not self.errors:
            self._complain(Place(1, 1), "the file is empty")
        value = None
        if node is not None:
            self.places.note((), node)
            value = self._value(node, ())
        if self.errors:
            raise ChecklistErrors(self.errors)
        return value

    def _refuse_indirection(self, text: str) -> None:
        depth = values = 0
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            values += isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent)
            if values > MAX_VALUES:
                self._complain(_place(event), f"there are more than {MAX_VALUES:,} keys and values up to here")
                break
            if isinstance(event, yaml.AliasEvent):
                self._complain(_place(event), "aliases (*name) are not allowed: write the value out")
            elif isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent):
                if event.tag:
                    self._complain(_place(event), f"the tag {event.tag} is not allowed")
                if event.anchor:
                    self._complain(_place(event), f"anchors (&{event.anchor}) are not allowed: write the value out")
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_DEPTH:
                self._complain(_place(event), f"lists and mappings nest deeper than {MAX_DEPTH} levels")
                break
        if self.errors:
            raise ChecklistErrors(self.errors)

    def _value(self, node: yaml.Node, path: Path) -> Any:
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self._item(item, (*path, index)) for index, item in enumerate(node.value)]
        assert isinstance(node, yaml.ScalarNode)  # noqa: S101 - narrows the type
        # A version such as 1.10 is a text for its reader, though YAML takes it for a number.
        if path == ("version",):
            return node.value
        try:
            return _scalar(node)
        except ValueError:
            self._complain(_place(node), "this number cannot be read")
            return None

    def _item(self, node: yaml.Node, path: Path) -> Any:
        self.places.note(path, node)
        return self._value(node, path)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else "?"
            if key in values:
                self._complain(_place(key_node), f"{key} stands here a second time")
            self.places.note((*path, key), value_node, key_node)
            values[key] = self._value(value_node, (*path, key))
        return values

    def _complain(self, place: Place, message: str) -> None:
        self.errors.append(ChecklistError(self.file, place.line, place.column, message))


def _place(part: yaml.Node | yaml.Event) -> Place:
    mark = part.start_mark
    return Place(mark.line + 1, mark.column + 1) if mark else Place(0, 0)


def _scalar(node: yaml.ScalarNode) -> Any:
    if node.tag == "tag:yaml.org,2002:int":
        if len(node.value) > _MAX_DIGITS:
            raise ValueError
        return _CONSTRUCTOR.construct_yaml_int(node)
    if node.tag == "tag:yaml.org,2002:bool":
        return _CONSTRUCTOR.construct_yaml_bool(node)
    return None if node.tag == "tag:yaml.org,2002:null" else node.value


_CONSTRUCTOR = yaml.constructor.SafeConstructor()
