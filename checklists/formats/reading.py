"""Any file with a checklist in it: which format it is, what it says, and what lint says of it."""

import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from checklists.formats.aws_lens import FORMAT as AWS_LENS
from checklists.formats.aws_lens import lint_aws_lens
from checklists.formats.imported import Imported
from checklists.formats.json_source import read_json
from checklists.language import Checklist, ChecklistError, ChecklistErrors, Parsed, read, with_included
from checklists.language.lint import LintReport, lint, lint_refused
from checklists.language.parse import MAX_BYTES

AUTO = "auto"
YAML = "yaml"
AZURE = "azure-review-checklist"
MICROSOFT = "microsoft-csv"
FORMATS = (YAML, AWS_LENS, AZURE, MICROSOFT)

LIBRARY = Path(__file__).parents[1] / "library"
"""Where the checklists are that any file may include."""

MAX_FILE_BYTES = 20_000_000
"""Nothing longer is read at all; each format has a limit of its own below that."""

_READERS = {
    AWS_LENS: ("checklists.formats.aws_lens", "read_aws_lens"),
    AZURE: ("checklists.formats.azure_review_checklist", "read_azure_review_checklist"),
    MICROSOFT: ("checklists.formats.microsoft_csv", "read_microsoft_csv"),
}
_JSON_LIST = re.compile(rb'"(pillars|items)"\s*:\s*\[')
_CSV_HEADER = re.compile(rb'^"?Category"?,"?(Link-Text|Question)"?,', re.MULTILINE)


def read_file(data: bytes, file: str, format: str = AUTO, *, folder: Path | None = None) -> Imported:
    """Read a checklist in one of `FORMATS`; `auto` goes by the content. `file` is the name that errors give.

    What a YAML file includes is looked for in `folder`, if one is given, and then in the shipped library. Raises
    `ChecklistErrors` with all that is wrong, and the line of each mistake.
    """
    format = detect(data, file) if format == AUTO else format
    if format == YAML:
        parsed = read(decoded(data, file), file)
        return Imported(YAML, _whole(parsed, folder))
    module, name = _READERS[format]
    reader: Callable[[bytes, str], Imported] = getattr(import_module(module), name)
    return reader(data, file)


def lint_file(data: bytes, file: str, format: str = AUTO, *, folder: Path | None = None) -> LintReport:
    """Look a file through, in any format, also one that `read_file` refuses for what it says.

    Raises `ChecklistErrors` where there is nothing to look through: it is not YAML, JSON or CSV, or too long.
    """
    format = detect(data, file) if format == AUTO else format
    if format == AWS_LENS:
        return lint_aws_lens(data, file)
    if format != YAML:
        return lint(read_file(data, file, format).checklist)
    lines: dict[str, int] = {}
    try:
        parsed = read(decoded(data, file), file)
        lines = {
            question.id: parsed.places.of(("sections", at, "questions", number)).line
            for at, section in enumerate(parsed.checklist.sections)
            for number, question in enumerate(section.questions)
        }
        return lint(_whole(parsed, folder), lines)
    except ChecklistErrors as refused:
        if refused.data is None:
            raise
        return lint_refused(refused, lines)


def detect(data: bytes, file: str = "") -> str:
    """The format of a file, by its content; what is none of the others counts as YAML.

    Raises `ChecklistErrors` for JSON that is none of them.
    """
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start[:1] != b"{":
        return MICROSOFT if _CSV_HEADER.search(data) or file.lower().endswith(".csv") else YAML
    try:
        value = read_json(data, file, max_bytes=MAX_FILE_BYTES).value
    except ChecklistErrors:
        # Broken JSON is still meant to be something, and its reader says at which line it is broken.
        found = _JSON_LIST.search(data)
        return {b"pillars": AWS_LENS, b"items": AZURE}[found[1]] if found else YAML
    if "pillars" in value and "sections" not in value:
        return AWS_LENS
    if "items" in value:
        return AZURE
    if "schema" in value:
        return YAML
    said = "this JSON is no checklist: it has neither “pillars” (AWS), nor “items” (Azure), nor “schema” (our own)"
    raise ChecklistErrors([ChecklistError(file, 1, 1, said)])


def decoded(data: bytes, file: str) -> str:
    """The text of a file; raises `ChecklistErrors` with the place of what is not UTF-8."""
    if len(data) > MAX_BYTES:
        message = f"the file is {len(data):,} bytes long; {MAX_BYTES:,} is the most"
        raise ChecklistErrors([ChecklistError(file, 0, 0, message)])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as broken:
        before = data[: broken.start]
        line, column = before.count(b"\n") + 1, broken.start - before.rfind(b"\n")
        message = f"byte {broken.start} is not UTF-8: save the file as UTF-8"
        raise ChecklistErrors([ChecklistError(file, line, column, message)]) from None


def _whole(parsed: Parsed, folder: Path | None) -> Checklist:
    """The checklist with all that it includes."""
    if not parsed.checklist.include:
        return parsed.checklist
    folders = [LIBRARY] if folder is None else [folder, LIBRARY]
    found = {name: _included(name, folders) for name in parsed.checklist.include}
    return with_included(parsed, {name: checklist for name, checklist in found.items() if checklist is not None})


def _included(name: str, folders: list[Path]) -> Checklist | None:
    """The checklist with an id, from the first folder that has one; None where none has.

    Raises `ChecklistErrors` for a file that has mistakes of its own.
    """
    says_so = re.compile(rf"""^id:\s*["']?{re.escape(name)}["']?\s*(#|$)""", re.MULTILINE)
    for folder in folders:
        for path in sorted(folder.glob("*.yaml"), key=lambda path: (path.stem != name, path.name)):
            if not path.is_file() or path.stat().st_size > MAX_BYTES:
                continue
            data = path.read_bytes()
            if not says_so.search(data.decode(errors="replace")):
                continue
            try:
                return read(decoded(data, path.name), path.name).checklist
            except ChecklistErrors as wrong:
                # Without the values: they are those of another file than the one that is read.
                raise ChecklistErrors(wrong.errors) from None
    return None
