"""Verification in a process of its own, which has little memory and little time: files come from anybody.

The process gets the file and the trusted certificates on its standard input and answers on its standard output. It
opens no connection, has no database, and dies at its limits; what it had found until then counts.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from reviews.report.verdict import Verdict, from_json, unreadable

TOO_SLOW = "The pages could not be compared with the data in the time that is given here."


@dataclass(frozen=True)
class Limits:
    """What a verification may take: bytes of the file, seconds, and bytes of memory."""

    size: int
    seconds: int
    memory: int


MEBIBYTE = 1024 * 1024
ON_THE_WEB = Limits(size=20 * MEBIBYTE, seconds=60, memory=1_536 * MEBIBYTE)
BY_COMMAND = Limits(size=100 * MEBIBYTE, seconds=900, memory=4_096 * MEBIBYTE)


def verify_contained(
    pdf: bytes,
    trusted: Sequence[x509.Certificate],
    *,
    limits: Limits,
    stamps_trusted: Sequence[x509.Certificate] = (),
    compare_pages: bool = True,
) -> Verdict:
    """The verdict on a report (`reviews.report.verify.verify`), found within the limits."""
    if not pdf:
        return unreadable("The file is empty.")
    if len(pdf) > limits.size:
        return unreadable(f"The file is larger than {limits.size // MEBIBYTE} MB; no report is.")
    order = {
        "seconds": limits.seconds,
        "memory": limits.memory,
        "compare_pages": compare_pages,
        "trusted": [each.public_bytes(Encoding.PEM).decode() for each in trusted],
        "stamps_trusted": [each.public_bytes(Encoding.PEM).decode() for each in stamps_trusted],
    }
    child = subprocess.Popen(
        [sys.executable, "-m", "reviews.report.verify_child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        said, _ = child.communicate(json.dumps(order).encode() + b"\n" + pdf, timeout=limits.seconds)
        ended = f"status {child.returncode}"
    except subprocess.TimeoutExpired:
        child.kill()
        said, _ = child.communicate()
        ended = f"no answer within {limits.seconds} seconds"
    return _answer(said, ended, finished=child.returncode == 0)


def _answer(said: bytes, ended: str, *, finished: bool) -> Verdict:
    """The last whole line that the process wrote: first what stands before the pages are compared, then all."""
    lines = [line for line in said.split(b"\n")[:-1] if line]
    if not lines:
        return unreadable(f"The file takes more memory or time to read than any report does ({ended}).")
    verdict = from_json(json.loads(lines[-1]))
    if finished:
        return verdict
    data = replace(verdict.data, said=TOO_SLOW)
    return replace(verdict, data=data, problems=(*verdict.problems, TOO_SLOW))
