"""Who had reports verified lately, so that nobody keeps the server busy with it."""

from django.db import models


class Verification(models.Model):
    """One file that somebody without a sign-in had verified: when, and until when it took. Kept for an hour.

    `address` is not the sender's address but a keyed hash of it.
    """

    address = models.CharField(max_length=64)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["at"], name="verification_at"),
            models.Index(fields=["address", "at"], name="verification_address_at"),
        ]

    def __str__(self) -> str:
        return f"verification at {self.at:%H:%M:%S}"
