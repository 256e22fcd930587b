"""The report: snapshot -> HTML -> PDF -> signature. Takes a snapshot, gives bytes; knows no request and no table."""

from datetime import datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from reviews.report import keys
from reviews.report.snapshot import SnapshotData


def make_report(
    snapshot: SnapshotData, identity: keys.SigningIdentity, *, signed_at: datetime | None = None
) -> bytes:
    """The signed PDF of a snapshot, signed as of an aware time (None: now).

    Raises `render.RenderError`, `sign.SigningError`, and `keys.KeyStoreError` where the identity is not valid then.
    """
    # Only workers make reports; web processes and commands start faster without WeasyPrint and pyHanko.
    from reviews.report import render, sign

    rendered = render.render(snapshot)
    approval = snapshot["approval"]
    return sign.sign(
        rendered,
        identity,
        name=approval["by"]["name"],
        role=approval["role"],
        statement=approval["statement"],
        decided_at=approval["at"],
        signed_at=signed_at,
    )


@lru_cache(maxsize=1)
def signing_identity() -> keys.SigningIdentity:
    """The key and certificates that this installation signs with, as the settings say; made on first use.

    Raises `keys.KeyStoreError`.
    """
    if settings.SIGNING_PKCS12:
        return keys.from_pkcs12(Path(settings.SIGNING_PKCS12), settings.SIGNING_PKCS12_PASSWORD.encode() or None)
    return keys.load_or_create(Path(settings.KEYS_DIR), settings.ORGANISATION)
