"""`manage.py lint_checklist`."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from checklists.formats.reading import lint_file
from checklists.language import ChecklistErrors
from checklists.language.lint import Finding
from checklists.management.files import content_of


class Command(BaseCommand):
    """Says what an author should look at; exits with 1 for errors, with 2 for a file that cannot be read."""

    help = "Look a checklist through: rules that never fire, risks out of reach, questions never asked, and more."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, and how to print."""
        parser.add_argument("file", type=Path, help="a checklist: YAML, AWS custom lens, Azure review checklist, CSV")
        parser.add_argument("--json", action="store_true", dest="as_json", help="print JSON")

    def handle(self, *args: Any, file: Path, as_json: bool, **options: Any) -> None:
        """Print the findings."""
        try:
            report = lint_file(content_of(file), file.name, folder=file.parent)
        except ChecklistErrors as wrong:
            raise CommandError(f"the file cannot be read:\n{wrong}", returncode=2) from None
        if as_json:
            self.stdout.write(json.dumps(report.to_json(), ensure_ascii=False, indent=1))
        else:
            for finding in report.findings:
                self.stdout.write(_line(file.name, finding))
            self.stdout.write(f"{report.questions} questions, {len(report.findings)} findings")
        errors = sum(finding.severity == "error" for finding in report.findings)
        if errors:
            raise CommandError(f"{errors} of the findings are errors", returncode=1)


def _line(file: str, finding: Finding) -> str:
    place = f"{file}:{finding.line}" if finding.line else file
    question = f" question {finding.question}:" if finding.question else ""
    example = f" Try it with: {', '.join(finding.example)}." if finding.example else ""
    return f"{place}: {finding.severity} ({finding.rule}):{question} {finding.message}{example}"
