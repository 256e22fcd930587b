"""What verification says of a report. Plain values, so that they pass between processes and become JSON."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from checklists.locale import moment
from reviews.report.wording import shortened

FORMAT = "ai-platform-report-verdict/1"

_MOST = 1_000
"""Letters of any text in a verdict: a name in a file may be as long as memory lasts."""

_LINES = re.compile("[\t\n\r\x0b\x0c\x85\u2028\u2029]+")
# Terminals obey control characters, and the last of these turn text around. Our own isolates, U+2068 and
# U+2069, may stay.
_DECEIVING = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066\u2067\ufeff\ud800-\udfff]")


class SignatureKind(StrEnum):
    """What a signature is for."""

    SEAL = "seal"
    SIGN_OFF = "sign_off"
    TIME_STAMP = "time_stamp"
    OTHER = "other"


class Compared(StrEnum):
    """How the pages were compared with the embedded data; the strongest comes first."""

    BYTES = "bytes"
    TEXT = "text"
    PARTS = "parts"
    NOT = "not"


@dataclass(frozen=True)
class SignatureVerdict:
    """One signature.

    `signer` and `issuer` are the subjects' common names, `username` and `email` what the certificate says of the
    account, `serial` is hexadecimal. `at` is the time that the signer claims, `stamped_at` one at which it existed
    for certain, vouched for by the authority `stamped_by`; ISO 8601 in UTC, empty where there is none. `revision`
    counts from 1: the signature covers the file from its beginning to the end of that revision. `intact`: the covered
    bytes are the signed ones. `trusted`: the certificate leads to a trusted authority; `why` says why, or why not.
    `role` and `stands_for` (`submission` or `approval`) are what the embedded data say of a sign-off, else empty.
    """

    field: str
    kind: SignatureKind
    signer: str = ""
    username: str = ""
    email: str = ""
    issuer: str = ""
    serial: str = ""
    reason: str = ""
    at: str = ""
    stamped_at: str = ""
    stamped_by: str = ""
    revision: int = 0
    intact: bool = False
    trusted: bool = False
    why: str = ""
    role: str = ""
    stands_for: str = ""


@dataclass(frozen=True)
class DataVerdict:
    """The snapshot inside the report.

    `sha256` is that of the embedded bytes, empty where there are none; `compared` says how the pages were held
    against it, and `said` the same in a sentence.
    """

    embedded: bool = False
    sha256: str = ""
    compared: Compared = Compared.NOT
    said: str = ""


@dataclass(frozen=True)
class About:
    """Which report it is, as its own data say; only there where the data are embedded and readable."""

    review_id: str
    workload: str
    kind: str
    number: int
    approved_at: str
    valid_until: str


@dataclass(frozen=True)
class Here:
    """What this installation knows of a report whose signatures it trusts.

    `known`: it holds the report. `same_file`: byte for byte, in one of its forms. `record_altered` says what was
    changed in the database behind the application's back. The times are ISO 8601 in UTC or empty.
    """

    known: bool
    same_file: bool = False
    withdrawn_at: str = ""
    superseded_at: str = ""
    expired_at: str = ""
    record_altered: str = ""

    @property
    def sentences(self) -> tuple[str, ...]:
        """The same for people, without names; what matters most comes first."""
        if not self.known:
            return (_("This installation does not hold this report, and cannot say whether it still stands."),)
        said = []
        if self.record_altered:
            said.append(f"{self.record_altered} {_('What was signed is what the PDF says.')}")
        if self.withdrawn_at:
            said.append(
                _("It was withdrawn on {moment}.").format(moment=moment(datetime.fromisoformat(self.withdrawn_at)))
            )
        if self.superseded_at:
            said.append(
                _("It was superseded by a later review on {moment}.").format(
                    moment=moment(datetime.fromisoformat(self.superseded_at))
                )
            )
        if self.expired_at:
            said.append(
                _("The approval ended on {moment}.").format(moment=moment(datetime.fromisoformat(self.expired_at)))
            )
        if not (self.withdrawn_at or self.superseded_at or self.expired_at):
            said.append(_("The approval still stands."))
        if self.same_file:
            said.append(_("The file is, byte for byte, the one that was made here."))
        else:
            said.append(_("The file is not, byte for byte, the one that is kept here."))
        return tuple(said)


@dataclass(frozen=True)
class Verdict:
    """The whole answer. `problems` are sentences; the report is valid where there are none.

    `changes` name what was altered after signing, `notes` what is good to know without being wrong.
    """

    readable: bool
    problems: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    revisions: int = 0
    signatures: tuple[SignatureVerdict, ...] = ()
    data: DataVerdict = field(default_factory=DataVerdict)
    about: About | None = None
    here: Here | None = None

    @property
    def valid(self) -> bool:
        """Every signature holds and is trusted, nothing was changed, and data, pages and signatures agree."""
        return self.readable and not self.problems

    @property
    def genuine(self) -> bool:
        """At least the seal is intact and of a trusted authority, so that the report came from there."""
        return any(each.kind == SignatureKind.SEAL and each.intact and each.trusted for each in self.signatures)

    @property
    def exit_status(self) -> int:
        """0 valid and unchanged, 1 not (or the record kept here was altered), 2 unreadable."""
        if not self.readable:
            return 2
        return 1 if self.problems or (self.here and self.here.record_altered) else 0

    def as_json(self) -> dict[str, Any]:
        """The documented shape (docs/verify.md)."""
        return {"format": FORMAT, "valid": self.valid, **asdict(self)}


def held_against_revocations(
    signatures: tuple[SignatureVerdict, ...], revoked: Mapping[str, datetime]
) -> tuple[tuple[SignatureVerdict, ...], list[str]]:
    """The signatures, and the problems of those that are trusted no longer because their certificate was revoked.

    `revoked` says by serial number since when. Only a trusted time stamp proves that a signature is older than that:
    whoever has the key can write any other time into it (RFC 5126, C.4.3).
    """
    problems: list[str] = []

    def seen(signature: SignatureVerdict) -> SignatureVerdict:
        since = revoked.get(signature.serial)
        if since is None or not signature.trusted or signature.kind == SignatureKind.TIME_STAMP:
            return signature
        if signature.stamped_at and datetime.fromisoformat(signature.stamped_at) < since:
            return signature
        why = f"its certificate was revoked on {since:%Y-%m-%d}, and no trusted time stamp proves that it is older."
        problems.append(f"The signature “{signature.field}” is not trusted: {why}")
        return replace(signature, trusted=False, why=why)

    return tuple(seen(each) for each in signatures), problems


def unreadable(why: str) -> Verdict:
    """The verdict on a file that cannot be read as a report."""
    return fit_to_show(Verdict(readable=False, problems=(why,)))


def fit_to_show(verdict: Verdict) -> Verdict:
    """The verdict with no text in it that could command a terminal, pose as a line of its own, or fill memory."""
    return from_json(_fit(verdict.as_json()))


def _fit(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return value
    if isinstance(value, str):
        return _DECEIVING.sub("\N{REPLACEMENT CHARACTER}", _LINES.sub(" ", shortened(value, _MOST)))
    if isinstance(value, dict):
        return {key: _fit(each) for key, each in value.items()}
    return [_fit(each) for each in value] if isinstance(value, list | tuple) else value


def in_short(problem: Exception) -> str:
    """What went wrong, for the brackets behind a sentence; its text is of the file, so it gets little room."""
    return shortened(" ".join(str(problem).split()) or type(problem).__name__, 160)


def from_json(value: dict[str, Any]) -> Verdict:
    """The verdict that `as_json` wrote down."""
    about, here = value["about"], value["here"]
    data = dict(value["data"])
    return Verdict(
        readable=value["readable"],
        problems=tuple(value["problems"]),
        changes=tuple(value["changes"]),
        notes=tuple(value["notes"]),
        revisions=value["revisions"],
        signatures=tuple(
            SignatureVerdict(**each | {"kind": SignatureKind(each["kind"])}) for each in value["signatures"]
        ),
        data=DataVerdict(**data | {"compared": Compared(data["compared"])}),
        about=About(**about) if about else None,
        here=Here(**here) if here else None,
    )
