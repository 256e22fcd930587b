"""Writing transactions."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from django.db import connection, transaction

_one_writer = threading.RLock()


@contextmanager
def writing() -> Iterator[None]:
    """One transaction that writes.

    SQLite lets one writer in at a time and makes the others poll; threads of one process queue here instead, which
    is fairer and faster.
    """
    with _one_writer if connection.vendor == "sqlite" else nullcontext(), transaction.atomic():
        yield
