"""What the processes of one test run must not share. Loaded before the settings, as a plugin of pytest."""

import os

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")

if WORKER and os.environ.get("DATA_DIR"):
    # Collected files and signing keys of its own.
    os.environ["DATA_DIR"] += f"/{WORKER}"


def redis_numbers() -> range:
    """The numbers of the Redis databases that the sites of this process may take: 1 to 15, shared out by two."""
    half = int(WORKER.removeprefix("gw") or 0) % 2
    return range(1 + 7 * half, 8 + 7 * half)
