"""YAML text -> Checklist, with every mistake at its line.

The YAML subset is JSON's values: no tags, no anchors and aliases (so no document grows when read), no duplicate
keys, no bottomless nesting.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from pydantic import ValidationError

from checklists.language.consistency import Path, faults
from checklists.language.errors import ChecklistError, ChecklistErrors
from checklists.language.model import Checklist

MAX_BYTES = 1_000_000
"""A checklist file may be this long; the largest that the field has is under half of it."""

MAX_DEPTH = 30
"""Levels of lists and mappings within one another; the language needs eight."""


@dataclass(frozen=True)
class _Place:
    line: int
    column: int


@dataclass(frozen=True)
class Parsed:
    """A checklist that was read, with where each part of it stood."""

    checklist: Checklist
    file: str
    places: Mapping[Path, _Place]

    def error(self, path: Path, message: str) -> ChecklistError:
        """A mistake at the part of the file that the path leads to, or the nearest around it."""
        place = _nearest(self.places, path)
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
        shape = [reader.error(tuple(error["loc"]), _message(error)) for error in _mistakes(invalid)]
        between = [reader.error(path, message) for path, message in faults(data)]
        raise ChecklistErrors([*shape, *between]) from None


def with_included(parsed: Parsed, library: Mapping[str, Checklist]) -> Checklist:
    """The checklist with the sections of those it includes put first, in the order it names them.

    Raises `ChecklistErrors` where an included checklist does not exist, includes others itself, or brings an id that
    is already taken.
    """
    checklist = parsed.checklist
    errors = [
        parsed.error(("include",), f"include names {name}, which no file of the library has as its id")
        for name in checklist.include
        if name not in library
    ]
    if errors:
        raise ChecklistErrors(errors)
    included = [library[name] for name in checklist.include]
    if nested := [each.id for each in included if each.include]:
        raise ChecklistErrors(
            [parsed.error(("include",), f"{', '.join(nested)} is included and includes others itself")]
        )
    values = checklist.to_json()
    values["include"] = []
    values["sections"] = [
        section.model_dump(mode="json") for each in [*included, checklist] for section in each.sections
    ]
    if found := list(faults(values)):
        raise ChecklistErrors([parsed.error(("include",), message) for _, message in found])
    return Checklist.model_validate(values)


def _mistakes(invalid: ValidationError) -> Iterable[Any]:
    """The mistakes themselves: a list counts as too short when its items are broken, which is no news."""
    errors = invalid.errors(include_url=False, include_context=False)
    for error in errors:
        loc = error["loc"]
        echo = error["type"] == "too_short" and any(
            len(other["loc"]) > len(loc) and other["loc"][: len(loc)] == loc for other in errors
        )
        # What does not fit together is reported part by part, by `faults`.
        between_parts = not loc and error["type"] == "value_error"
        if not echo and not between_parts:
            yield error


_WORDING = {
    "extra_forbidden": "is not a key that is known here",
    "missing": "is missing",
    "string_too_short": "is empty",
    "string_type": "must be a text (put it in quotes)",
}


def _message(error: Any) -> str:
    name = ".".join(str(part) for part in error["loc"] if isinstance(part, str))
    said = _WORDING.get(error["type"]) or str(error["msg"]).removeprefix("Value error, ")
    if error["type"] == "value_error" or not name:
        return said
    return f"{name}: {said}" if error["type"] not in _WORDING else f"{name} {said}"


class _Reader:
    """Composes YAML into plain values and remembers where each stood."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.places: dict[Path, _Place] = {}
        self.errors: list[ChecklistError] = []

    def read(self, text: str) -> Any:
        try:
            self._refuse_indirection(text)
            node = yaml.compose(text, Loader=yaml.CSafeLoader)
        except yaml.MarkedYAMLError as broken:
            mark = broken.problem_mark
            place = _Place(mark.line + 1, mark.column + 1) if mark else _Place(0, 0)
            self._complain(place, f"this is not YAML: {broken.problem}")
            node = None
        except yaml.YAMLError as broken:
            self._complain(_Place(0, 0), f"this is not YAML: {broken}")
            node = None
        if node is None and not self.errors:
            self._complain(_Place(1, 1), "the file is empty")
        value = self._value(node, ()) if node is not None else None
        if self.errors:
            raise ChecklistErrors(self.errors)
        return value

    def error(self, path: Path, message: str) -> ChecklistError:
        place = _nearest(self.places, path)
        return ChecklistError(self.file, place.line, place.column, message)

    def _refuse_indirection(self, text: str) -> None:
        depth = 0
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
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
        self.places.setdefault(path, _place(node))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self._value(item, (*path, index)) for index, item in enumerate(node.value)]
        # A version such as 1.10 is a text for its reader, though YAML takes it for a number.
        if path == ("version",):
            return node.value
        try:
            return _scalar(node)
        except ValueError:
            self._complain(_place(node), "this number cannot be read")
            return None

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else "?"
            if key in values:
                self._complain(_place(key_node), f"{key} stands here a second time")
            self.places[(*path, key)] = _place(key_node)
            values[key] = self._value(value_node, (*path, key))
        return values

    def _complain(self, place: _Place, message: str) -> None:
        self.errors.append(ChecklistError(self.file, place.line, place.column, message))


def _nearest(places: Mapping[Path, _Place], path: Path) -> _Place:
    while path and path not in places:
        path = path[:-1]
    return places.get(path, _Place(1, 1))


def _place(part: yaml.Node | yaml.Event) -> _Place:
    mark = part.start_mark
    return _Place(mark.line + 1, mark.column + 1) if mark else _Place(0, 0)


def _scalar(node: yaml.Node) -> Any:
    if node.tag in {"tag:yaml.org,2002:int", "tag:yaml.org,2002:bool", "tag:yaml.org,2002:null"}:
        return yaml.CSafeLoader("").construct_object(node)
    return node.value
