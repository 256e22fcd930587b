"""`python -m reviews.report.verify_child`: verifies one file under limits, for `reviews.report.contained`."""

import json
import os
import resource
import sys

_TEMPORARY = 64 * 1024 * 1024
"""Bytes of a temporary file: rendering wants some for fonts."""


def main() -> None:
    """Read the order and the file, answer in lines of JSON."""
    order = json.loads(sys.stdin.buffer.readline())
    _confine(order["seconds"], order["memory"])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aiplatform.settings")

    import django

    django.setup()

    from asn1crypto import pem, x509

    from reviews.report.verdict import Verdict, unreadable
    from reviews.report.verify import verify

    def certificates(pems: list[str]) -> list[x509.Certificate]:
        return [x509.Certificate.load(pem.unarmor(each.encode())[2]) for each in pems]

    def say(verdict: Verdict) -> None:
        sys.stdout.write(json.dumps(verdict.as_json()) + "\n")
        sys.stdout.flush()

    pdf = sys.stdin.buffer.read()
    try:
        verdict = verify(
            pdf,
            certificates(order["trusted"]),
            stamps_trusted=certificates(order["stamps_trusted"]),
            compare_pages=order["compare_pages"],
            found=say,
        )
    except MemoryError:
        verdict = unreadable("The file takes more memory to read than any report does.")
    say(verdict)


def _confine(seconds: int, memory: int) -> None:
    """Give up what a verification does not need, before anything is read from the file."""
    for kind, limit in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, _TEMPORARY),
        (resource.RLIMIT_NOFILE, 128),
    ):
        _, most = resource.getrlimit(kind)
        resource.setrlimit(kind, (limit, limit) if most == resource.RLIM_INFINITY else (min(limit, most),) * 2)


if __name__ == "__main__":
    main()
