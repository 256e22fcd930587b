"""What can be wrong with a checklist file, and where."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, order=True)
class ChecklistError:
    """One thing that is wrong with a checklist, at the place where its author can mend it.

    `file` is the name the author knows the file by; `line` and `column` count from 1 and are 0 where
    no place is known. `rule` is the name that lint gives this kind of mistake; `question` and `choice` are the ids
    of the parts that it is in, empty for none.
    """

    file: str
    line: int
    column: int
    message: str
    rule: str = field(default="does-not-fit", compare=False)
    question: str = field(default="", compare=False)
    choice: str = field(default="", compare=False)

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{place}: {self.message}"


class ChecklistErrors(Exception):
    """A checklist that cannot be used; `errors` holds all that is wrong with it, in file order.

    `data` are the plain values of the file, None where not even these could be read.
    """

    def __init__(self, errors: list[ChecklistError], data: Any = None) -> None:
        self.errors = sorted(errors)
        self.data = data
        super().__init__("\n".join(str(error) for error in self.errors))
