"""`manage.py export_checklist`."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from checklists.formats.aws_lens import FORMAT as AWS_LENS
from checklists.formats.aws_lens import write_aws_lens
from checklists.formats.yaml_file import write_yaml
from checklists.language import Checklist
from checklists.management.database import require_tables
from checklists.models import Edition


class Command(BaseCommand):
    """Prints a published checklist as a file; what the format cannot say is listed beside it, on standard error."""

    help = "Print a published checklist as YAML, as an AWS custom lens, or as JSON."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """`--version` means the edition's here, not Django's."""
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which checklist, and how to write it."""
        parser.add_argument("id", help="the id of the checklist")
        parser.add_argument("--format", choices=["yaml", AWS_LENS, "json"], required=True)
        parser.add_argument("--version", dest="edition_version", help="of which edition; default: the newest")

    def handle(self, *args: Any, id: str, format: str, edition_version: str | None, **options: Any) -> None:
        """Write to standard output."""
        require_tables()
        editions = Edition.objects.filter(key=id).order_by("-published_at", "-id")
        edition = (editions.filter(version=edition_version) if edition_version else editions).first()
        if edition is None:
            which = f"edition {edition_version} of {id}" if edition_version else f"checklist {id}"
            known = sorted(set(Edition.objects.values_list("key", flat=True)))
            raise CommandError(f"there is no {which}; there are {', '.join(known) or 'none at all'}", returncode=1)
        text, left_out = _written(edition.checklist, format)
        self.stdout.write(text, ending="")
        for sentence in left_out:
            self.stderr.write(sentence)


def _written(checklist: Checklist, format: str) -> tuple[str, tuple[str, ...]]:
    if format == AWS_LENS:
        exported = write_aws_lens(checklist)
        return exported.text, exported.left_out
    if format == "yaml":
        return write_yaml(checklist), ()
    return json.dumps(checklist.to_json(), ensure_ascii=False, indent=2) + "\n", ()
