"""The chain of a review's trail: each event's SHA-256 is over the event and over the one before it. Pure.

Whoever alters, drops or inserts an event has to alter all that come after it, and the head that the review itself and
the snapshot of its approval keep.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from checklists.canonical import canonical_json, sha256_hex


def link(
    *,
    review: str,
    number: int,
    at: datetime,
    actor: int | None,
    actor_name: str,
    kind: str,
    detail: Mapping[str, Any],
    address: str | None,
    previous: str,
) -> str:
    """The SHA-256 of an event, hexadecimal.

    It is that of the canonical JSON of these arguments; `previous` is the one of the event before, empty for the
    first; `at` counts in microseconds, in UTC.
    """
    content = {
        "review": review,
        "number": number,
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": actor,
        "actor_name": actor_name,
        "kind": str(kind),
        "detail": _plain(detail),
        "address": address,
        "previous": previous,
    }
    return sha256_hex(canonical_json(content))


def _plain(value: Any) -> Any:
    """The value as a database gives it back: PostgreSQL tells 1e16 and 10000000000000000 apart as little as we do."""
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
