"""`manage.py import_checklist`."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from checklists.formats.reading import AUTO, FORMATS, detect, read_file
from checklists.language import ChecklistError, ChecklistErrors
from checklists.management.database import require_tables
from checklists.management.files import content_of
from checklists.publish import publish


class Command(BaseCommand):
    """Publishes the checklist in a file; exits with 1 and all mistakes if there are any, and then changes nothing."""

    help = "Publish a checklist from a file: YAML, AWS custom lens, Azure review checklist or Microsoft CSV."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, its format, and how to print."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--format", choices=[AUTO, *FORMATS], default=AUTO, help="default: by the content")
        parser.add_argument("--json", action="store_true", dest="as_json", help="print JSON")

    def handle(self, *args: Any, file: Path, format: str, as_json: bool, **options: Any) -> None:
        """Read, publish, and say what was read and what was skipped."""
        try:
            data = content_of(file)
            format = detect(data, file.name) if format == AUTO else format
            imported = read_file(data, file.name, format, folder=file.parent)
            require_tables()
            try:
                edition = publish(imported.checklist)
            except ValueError as refused:
                raise ChecklistErrors([ChecklistError(file.name, 0, 0, str(refused))]) from None
        except ChecklistErrors as wrong:
            if as_json:
                refusal = {"format": format, "errors": [str(error) for error in wrong.errors]}
                self.stdout.write(json.dumps(refusal, ensure_ascii=False, indent=1))
            raise CommandError(f"nothing was imported, as there are mistakes:\n{wrong}", returncode=1) from None
        summary = imported.summary()
        if as_json:
            self.stdout.write(json.dumps(summary, ensure_ascii=False, indent=1))
            return
        counts = ", ".join(f"{summary[part]} {part}" for part in ("pillars", "questions", "choices"))
        self.stdout.write(f"published {edition} ({edition.key}), from {imported.format}: {counts}")
        for title, said in (("skipped", imported.skipped), ("warning", imported.warnings)):
            for sentence in said:
                self.stdout.write(f"{title}: {sentence}")
