"""`manage.py load_checklists`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from checklists.formats.reading import LIBRARY
from checklists.language import ChecklistErrors
from checklists.management.database import require_tables
from checklists.publish import publish_library


class Command(BaseCommand):
    """Publishes the checklists of a folder as editions; exits with 1 and all mistakes if there are any."""

    help = "Publish the checklists of the library (or of another folder) that are not published yet."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The folder."""
        parser.add_argument("folder", nargs="?", type=Path, default=LIBRARY, help="folder with *.yaml checklists")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        """Publish and say what is new."""
        if not folder.is_dir():
            raise CommandError(f"{folder} is not a folder")
        require_tables()
        try:
            fresh = publish_library(folder)
        except ChecklistErrors as wrong:
            raise CommandError(f"nothing was loaded, as there are mistakes:\n{wrong}") from None
        for edition in fresh:
            self.stdout.write(f"published {edition}")
