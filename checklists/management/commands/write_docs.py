"""`manage.py write_docs`."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from checklists.coverage import gaps, page, read_rows
from checklists.formats.reading import LIBRARY
from checklists.language.schema import json_schema
from checklists.publish import read_library


class Command(BaseCommand):
    """Writes what the documentation says of the library and of the language, so that it is never behind the code."""

    help = "Write docs/coverage.md and docs/checklist.schema.json from the library and the language."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to write."""
        docs = Path(settings.BASE_DIR) / "docs"
        parser.add_argument("folder", nargs="?", type=Path, default=docs, help="folder to write to")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        """Write both files; exits with 1 where a row of the source is not covered."""
        rows = read_rows((LIBRARY / "rows.csv").read_text(encoding="utf-8"))
        library = read_library()
        if missing := gaps(rows, library):
            raise CommandError("nothing was written, as the library has gaps:\n" + "\n".join(missing))
        schema = json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"
        for name, text in {"coverage.md": page(rows, library), "checklist.schema.json": schema}.items():
            (folder / name).write_text(text, encoding="utf-8")
            self.stdout.write(f"wrote {folder / name}")
