"""The certificates that the organisation's authority has issued: written down, revoked, and listed."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext as _

from reviews.actions.errors import Invalid
from reviews.actions.transaction import writing
from reviews.models import IssuedCertificate, Report, User
from reviews.report import signing_identity
from reviews.report.certificates import Issued, revocation_list

LIST_SECONDS = 3600
"""How long a revocation list is served as it is, unless a certificate is revoked meanwhile."""


def write_down(report: Report, made: Iterable[Issued]) -> None:
    """Record the certificates in a report; the seal's only once. Call inside the transaction that stores the report.

    An account that was renamed since is not found, and the certificate's subject alone says whose it is.
    """
    for each in made:
        user = User.objects.filter(username=each.username).first() if each.username is not None else None
        IssuedCertificate.objects.get_or_create(
            serial=each.serial,
            defaults={
                "issuer_sha256": each.issuer_sha256,
                "subject": each.subject,
                "user": user,
                "report": report if each.username is not None else None,
                "not_before": each.not_before,
                "not_after": each.not_after,
            },
        )


def revoke_certificate(*, serial: str, reason: str) -> IssuedCertificate:
    """Put a certificate on its authority's revocation list from now on, for good.

    `serial` is hexadecimal, also as programs show it: in capitals, with colons, with leading zeros. Raises
    IssuedCertificate.DoesNotExist, and `Invalid` without a reason or for one that is revoked already.
    """
    serial = serial.replace(":", "").strip().lower().removeprefix("0x").lstrip("0")
    if not reason.strip():
        raise Invalid({"reason": _("Say why: a revocation cannot be taken back.")})
    with writing():
        found = IssuedCertificate.objects.select_for_update().get(serial=serial)
        if found.revoked_at is not None:
            raise Invalid(
                {
                    "": _("This certificate was revoked on {revoked_at}: {reason}").format(
                        revoked_at=format(found.revoked_at, "%Y-%m-%d"), reason=found.reason
                    )
                }
            )
        found.revoked_at, found.reason = timezone.now(), reason.strip()
        found.save(update_fields=["revoked_at", "reason"])
    return found


def revoked() -> dict[str, list[tuple[str, datetime]]]:
    """By the SHA-256 of each authority's certificate, the serial numbers that it has revoked, and when."""
    found: dict[str, list[tuple[str, datetime]]] = {}
    rows = IssuedCertificate.objects.exclude(revoked_at=None).order_by("revoked_at", "id")
    for issuer, serial, at in rows.values_list("issuer_sha256", "serial", "revoked_at"):
        if at is not None:
            found.setdefault(issuer, []).append((serial, at))
    return found


def current_list(issuer_sha256: str = "") -> bytes | None:
    """The revocation list (DER) of one authority, today's by default; None where no such authority has its key here.

    Raises `KeyStoreError`.
    """
    issuers = {each.sha256: each for each in signing_identity().issuers}
    issuer = issuers.get(issuer_sha256) if issuer_sha256 else next(iter(issuers.values()))
    if issuer is None:
        return None
    entries = revoked().get(issuer.sha256, [])
    key = "crl-" + sha256(repr((issuer.sha256, entries)).encode()).hexdigest()
    made: bytes | None = cache.get(key)
    if made is None:
        made = revocation_list(issuer, entries, timezone.now())
        cache.set(key, made, LIST_SECONDS)
    return made
