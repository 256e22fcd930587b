"""The report: snapshot -> HTML -> PDF -> signature. Takes a snapshot, gives bytes; knows no request and no table."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from reviews.report import keys, render, sign
from reviews.report.snapshot import SnapshotData


def make_report(snapshot: SnapshotData, identity: keys.SigningIdentity) -> bytes:
    """The signed PDF of a snapshot. Raises `render.RenderError` and `sign.SigningError`."""
    rendered = render.render(snapshot)
    approval = snapshot["approval"]
    return sign.sign(
        rendered,
        identity,
        name=approval["by"]["name"],
        role=approval["role"],
        statement=approval["statement"],
        decided_at=approval["at"],
    )


@lru_cache(maxsize=1)
def signing_identity() -> keys.SigningIdentity:
    """The key and certificates that this installation signs with, as the settings say; made on first use.

    Raises `keys.KeyStoreError`.
    """
    if settings.SIGNING_PKCS12:
        return keys.from_pkcs12(Path(settings.SIGNING_PKCS12), settings.SIGNING_PKCS12_PASSWORD.encode() or None)
    return keys.load_or_create(Path(settings.KEYS_DIR), settings.ORGANISATION)
