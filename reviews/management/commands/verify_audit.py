"""`manage.py verify_audit`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reviews.actions.audit import broken_trails
from reviews.models import Review


class Command(BaseCommand):
    """Goes through the trails of all reviews."""

    help = "Check that no event of any review's trail was altered, taken away or put in; names the first of each."

    def handle(self, *args: Any, **options: Any) -> None:
        """Check them; the exit status is 1 where one is broken."""
        broken = 0
        for found in broken_trails():
            broken += 1
            self.stderr.write(f"Broken: {found}.")
        if broken:
            raise CommandError(f"{broken} broken; see docs/trail.md for what to do.")
        self.stdout.write(f"The trails of {Review.objects.count()} reviews are whole.")
