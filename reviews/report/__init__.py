"""The report: snapshot -> HTML -> PDF -> signatures. Takes a snapshot, gives bytes; knows no request and no table."""

import logging
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from reviews.report import keys
from reviews.report.certificates import Issued, Revoked
from reviews.report.errors import ServerDown, TimeStampError, TimeStampServer
from reviews.report.providers import provider
from reviews.report.snapshot import SnapshotData

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class MadeReport:
    """A signed report, and the certificates of ours in its signatures, the seal's first.

    `stamped` is the same with validation data and a time stamp appended (PAdES B-LTA), where a server gave one;
    `server_down` where one was asked and did not answer.
    """

    pdf: bytes
    issued: tuple[Issued, ...]
    stamped: bytes | None = None
    server_down: bool = False


def make_report(
    snapshot: SnapshotData,
    identity: keys.SigningIdentity,
    *,
    signed_at: datetime | None = None,
    server: TimeStampServer | None = None,
    revoked: Revoked | None = None,
) -> MadeReport:
    """The PDF of a snapshot, sealed and signed for each sign-off, as of an aware time (None: now).

    With a time-stamp server its level is PAdES B-LTA, with the lists of `revoked` certificates inside; without one,
    and where it gives no time stamp, B-B. Raises `render.RenderError`, `sign.SigningError`, and `keys.KeyStoreError`
    where the identity is not valid then.
    """
    # Only workers make reports; web processes and commands start faster without WeasyPrint and pyHanko.
    from reviews.report import render, sign, time_stamp

    pdf, sign_offs, server_down = render.render(snapshot).pdf, snapshot["sign_offs"], False
    if server is not None:
        try:
            signed = sign.sign(pdf, identity, sign_offs, signed_at=signed_at, server=server)
            stamped = time_stamp.time_stamp(signed.pdf, identity, server, revoked or {})
        except TimeStampError as problem:
            server_down = isinstance(problem, ServerDown)
            log.warning("a report comes out without a time stamp: %s", problem)
        else:
            return MadeReport(signed.pdf, signed.issued, stamped)
    signed = sign.sign(pdf, identity, sign_offs, signed_at=signed_at)
    return MadeReport(signed.pdf, signed.issued, server_down=server_down)


def signing_identity() -> keys.SigningIdentity:
    """The keys and certificates that this installation signs with, as the settings say; made on first use.

    Read again when they were exchanged. Raises `keys.KeyStoreError`.
    """
    chosen = provider()
    return _identity((type(chosen), chosen.version()))


@lru_cache(maxsize=1)
def _identity(version: Hashable) -> keys.SigningIdentity:
    return provider().load()
