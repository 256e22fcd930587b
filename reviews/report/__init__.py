"""The report: snapshot -> HTML -> PDF -> signatures. Takes a snapshot, gives bytes; knows no request and no table."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from reviews.report import keys
from reviews.report.certificates import Issued
from reviews.report.providers import provider
from reviews.report.snapshot import SnapshotData


@dataclass(frozen=True)
class MadeReport:
    """A signed report (PAdES B-B), and the certificates of ours in its signatures, the seal's first."""

    pdf: bytes
    issued: tuple[Issued, ...]


def make_report(
    snapshot: SnapshotData, identity: keys.SigningIdentity, *, signed_at: datetime | None = None
) -> MadeReport:
    """The PDF of a snapshot, sealed and signed for each sign-off, as of an aware time (None: now).

    Raises `render.RenderError`, `sign.SigningError`, and `keys.KeyStoreError` where the identity is not valid then.
    """
    # Only workers make reports; web processes and commands start faster without WeasyPrint and pyHanko.
    from reviews.report import render, sign

    signed = sign.sign(render.render(snapshot).pdf, identity, snapshot["sign_offs"], signed_at=signed_at)
    return MadeReport(signed.pdf, signed.issued)


def signing_identity() -> keys.SigningIdentity:
    """The keys and certificates that this installation signs with, as the settings say; made on first use.

    Read again when they were exchanged. Raises `keys.KeyStoreError`.
    """
    chosen = provider()
    return _identity((type(chosen), chosen.version()))


@lru_cache(maxsize=1)
def _identity(version: Hashable) -> keys.SigningIdentity:
    return provider().load()
