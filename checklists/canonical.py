"""One way to write a JSON value down, so that equal values have equal digests."""

import hashlib
import json
from typing import Any


def canonical_json(value: Any) -> bytes:
    """The value as UTF-8 JSON with sorted keys and no blanks.

    Follows RFC 8785 for the values that occur here: texts, whole numbers, numbers with one decimal,
    booleans, null. Raises ValueError for NaN and infinities.
    """
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode()


def sha256_hex(data: bytes) -> str:
    """The SHA-256 of some bytes: 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()
