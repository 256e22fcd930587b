"""Files that somebody names on the command line."""

from pathlib import Path

from checklists.formats.reading import MAX_FILE_BYTES
from checklists.language import ChecklistError, ChecklistErrors


def content_of(file: Path) -> bytes:
    """The bytes of a file; raises `ChecklistErrors` where there is none, or where it is too long to be looked at."""
    try:
        if not file.is_file():
            raise ChecklistErrors([ChecklistError(str(file), 0, 0, "there is no such file")])
        if (size := file.stat().st_size) > MAX_FILE_BYTES:
            message = f"the file is {size:,} bytes long; {MAX_FILE_BYTES:,} is the most"
            raise ChecklistErrors([ChecklistError(str(file), 0, 0, message)])
        return file.read_bytes()
    except OSError as problem:
        raise ChecklistErrors([ChecklistError(str(file), 0, 0, f"cannot be read: {problem.strerror}")]) from None
