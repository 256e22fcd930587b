"""Results of the resource graph queries of Azure/review-checklists, as JSON: which resources comply with which check.

Described in docs/formats.md.
"""

from dataclasses import dataclass

from checklists.formats.fitting import one_line
from checklists.formats.json_source import JsonSource, Path, read_json
from checklists.language import ChecklistError, ChecklistErrors

MAX_BYTES = 20_000_000
"""Room for the rows below, each with the long names that resources have."""

MAX_CHECKS = 50_000
"""Rows: a check has one for each resource that it was made on."""

MAX_ERRORS = 20
"""Mistakes that are told of at once; more would be a flood."""

_ID_LENGTH = 1_000
_COMPLIANT = {"true": True, "false": False, "undefined": None, True: True, False: False}
_SAID = "“true”, “false” or “undefined”"


@dataclass
class Resources:
    """The resources that one check was made on, by what came out; names as Azure gives them, without blanks."""

    compliant: list[str]
    non_compliant: list[str]
    undefined: list[str]


@dataclass(frozen=True)
class GraphResults:
    """What a file says: when the queries ran, in its own words, and the `checks` by guid in small letters."""

    timestamp: str
    checks: dict[str, Resources]


def read_graph_results(data: bytes, file: str) -> GraphResults:
    """Read a file of results; `file` is the name that errors give.

    Raises `ChecklistErrors` with the lines of all that is wrong: nothing of a file with a mistake is used, as half of
    a check's resources would make it look better than it is.
    """
    source = read_json(data, file, max_bytes=MAX_BYTES)
    root = source.value
    rows = root.get("checks") if isinstance(root, dict) else None
    if not isinstance(root, dict) or not isinstance(rows, list):
        raise ChecklistErrors([source.error(("checks",), "graph results are an object with a list of checks")])
    if not rows or len(rows) > MAX_CHECKS:
        said = f"{len(rows):,} checks; {MAX_CHECKS:,} is the most" if rows else "checks is empty: nothing was checked"
        raise ChecklistErrors([source.error(("checks",), said)])
    checks: dict[str, Resources] = {}
    errors: list[ChecklistError] = []
    for index, row in enumerate(rows):
        errors += _take(source, ("checks", index), row, checks)
        if len(errors) >= MAX_ERRORS:
            break
    if errors:
        raise ChecklistErrors(errors)
    metadata = root.get("metadata")
    timestamp = metadata.get("timestamp") if isinstance(metadata, dict) else None
    return GraphResults(one_line(timestamp)[:100] if isinstance(timestamp, str) else "", checks)


def _take(source: JsonSource, path: Path, row: object, checks: dict[str, Resources]) -> list[ChecklistError]:
    """Add one row to its check; gives what is wrong with it."""
    if not isinstance(row, dict):
        return [source.error(path, "a check is an object with guid, compliant and id")]
    errors = []
    for key in ("guid", "id"):
        text = row.get(key)
        if not isinstance(text, str) or not one_line(text):
            errors.append(source.error((*path, key), f"{key} must be a text"))
        elif len(text) > _ID_LENGTH:
            errors.append(source.error((*path, key), f"{key} has more than {_ID_LENGTH:,} characters"))
    said = row.get("compliant")
    verdict = one_line(said).casefold() if isinstance(said, str) else said
    if not isinstance(verdict, str | bool) or verdict not in _COMPLIANT:
        errors.append(source.error((*path, "compliant"), f"compliant must be {_SAID}"))
    if errors:
        return errors
    resources = checks.setdefault(one_line(row["guid"]).casefold(), Resources([], [], []))
    outcome = _COMPLIANT[verdict]
    found = resources.undefined if outcome is None else resources.compliant if outcome else resources.non_compliant
    # A blank within a name would make two words of it where the resources are listed.
    found.append(one_line(row["id"]).replace(" ", "%20"))
    return []
