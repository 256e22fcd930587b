"""`manage.py import_review`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from checklists.formats.reading import read_file
from checklists.language import ChecklistErrors, WorkloadKind
from checklists.management.database import require_tables
from checklists.management.files import content_of
from checklists.publish import publish
from reviews.access import Actor, Refused
from reviews.actions.errors import Invalid
from reviews.actions.imported import start_filled_review
from reviews.models import User, Workload


class Command(BaseCommand):
    """Publishes the checklist in a file and starts a review with the answers that the file holds; all or nothing."""

    help = "Publish the checklist in a file, and start a review of a workload with the answers that the file holds."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, the workload, who answers, and what kind of review it is."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--workload", required=True, help="key of the workload")
        parser.add_argument("--user", required=True, help="user name of the person whose answers these are")
        parser.add_argument("--kind", required=True, choices=[kind.value for kind in WorkloadKind])

    def handle(self, *args: Any, file: Path, workload: str, user: str, kind: str, **options: Any) -> None:
        """Import, and say which review it became."""
        require_tables()
        try:
            imported = read_file(content_of(file), file.name, folder=file.parent)
            person = User.objects.get(username=user)
            reviewed = Workload.objects.visible_to(person).get(key=workload)
            with transaction.atomic():
                review = start_filled_review(
                    Actor(person),
                    workload=reviewed,
                    kind=WorkloadKind(kind),
                    edition=publish(imported.checklist),
                    answers=imported.answers,
                    beside_another=True,
                )
        except ChecklistErrors as wrong:
            raise CommandError(f"nothing was imported, as there are mistakes:\n{wrong}") from None
        except User.DoesNotExist:
            raise CommandError(f"there is no account {user}") from None
        except Workload.DoesNotExist:
            raise CommandError(f"there is no workload {workload} that {user} can see") from None
        except (Invalid, Refused, ValueError) as problem:
            raise CommandError(str(problem)) from None
        said = f"review {review.number} of {reviewed.name} begins with {len(imported.answers)} answers: {review.pk}"
        self.stdout.write(said)
        for title, sentences in (("skipped", imported.skipped), ("warning", imported.warnings)):
            for sentence in sentences:
                self.stdout.write(f"{title}: {sentence}")
