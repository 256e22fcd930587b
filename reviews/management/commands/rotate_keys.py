"""`manage.py rotate_keys`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from reviews.report.keys import KeyStoreError
from reviews.report.providers.generated import GeneratedKeys


class Command(BaseCommand):
    """Exchanges the keys that this application made itself."""

    help = (
        "Make a new key for the organisation's seal, under the same authority, or with --authority under a new one. "
        "Workers and web processes notice by themselves; reports signed before verify as before."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How much to exchange."""
        parser.add_argument("--authority", action="store_true", help="make a new authority, too")

    def handle(self, *args: Any, authority: bool, **options: Any) -> None:
        """Exchange them."""
        keys = GeneratedKeys(Path(settings.KEYS_DIR), settings.ORGANISATION)
        try:
            identity = keys.rotate(authority=authority)
        except KeyStoreError as problem:
            raise CommandError(str(problem)) from None
        self.stdout.write(f"The seal's new certificate has the serial number {identity.certificate.serial_number:x}.")
        if authority:
            self.stdout.write(
                f"The new authority has the SHA-256 {identity.issuer.sha256}. Give verifiers the new ca.pem, which "
                "has the old authority as well."
            )
        if settings.KEY_PROVIDER or settings.PKCS11_MODULE or settings.SIGNING_PKCS12:
            self.stdout.write("The seal that is in use comes from elsewhere, and is as it was: see docs/signing.md.")
