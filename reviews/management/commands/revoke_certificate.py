"""`manage.py revoke_certificate`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reviews.actions.certificates import revoke_certificate
from reviews.actions.errors import Invalid
from reviews.models import IssuedCertificate


class Command(BaseCommand):
    """Puts a certificate on the revocation list."""

    help = "Put a certificate that this installation issued on its authority's revocation list, for good."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which, and why."""
        parser.add_argument("serial", help="its serial number in hexadecimal, with or without colons")
        parser.add_argument("--reason", required=True, help="why; kept in the database")

    def handle(self, *args: Any, serial: str, reason: str, **options: Any) -> None:
        """Revoke it."""
        try:
            found = revoke_certificate(serial=serial, reason=reason)
        except IssuedCertificate.DoesNotExist:
            raise CommandError(
                f"No certificate with the serial number {serial} was issued here. pdfsig -dump, or the details of a "
                "signature in a PDF reader, show the serial numbers of a report's certificates."
            ) from None
        except Invalid as problem:
            raise CommandError(str(problem)) from None
        self.stdout.write(f"Revoked: {found.subject}, serial number {found.serial}.")
