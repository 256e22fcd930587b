"""What the processes of one test run must not share. Loaded before the settings, as a plugin of pytest."""

import os

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")

if WORKER and os.environ.get("DATA_DIR"):
    # Collected files and signing keys of its own.
    os.environ["DATA_DIR"] += f"/{WORKER}"


def redis_numbers() -> range:
    """The numbers of the Redis databases that the sites of this process may take: its share of 1 to 15."""
    return range(1 + int(WORKER.removeprefix("gw") or 0), 16, int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))
