"""What reading a foreign file gives."""

from dataclasses import dataclass, field
from typing import Any

from checklists.language import Checklist


@dataclass(frozen=True)
class ImportedAnswer:
    """An answer that a file holds: the ids of the chosen choices, and the note."""

    selected: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True)
class Imported:
    """A checklist that was read from a file, with what the reader has to say of it.

    `format` is the format's name as commands take it, `answers` what the file answers, by question id. `skipped` and
    `warnings` are sentences: what was left out, and what its author should look at.
    """

    format: str
    checklist: Checklist
    answers: dict[str, ImportedAnswer] = field(default_factory=dict)
    skipped: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    def summary(self) -> dict[str, Any]:
        """What `import_checklist --json` prints."""
        return {
            "format": self.format,
            "pillars": len(self.checklist.pillars),
            "questions": len(self.checklist.questions),
            "choices": sum(len(question.choices) for question in self.checklist.questions),
            "skipped": list(self.skipped),
            "warnings": list(self.warnings),
        }
