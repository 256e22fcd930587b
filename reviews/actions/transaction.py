"""Writing transactions."""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from django.db import connection, transaction

_one_writer = threading.RLock()


@contextmanager
def writing() -> Iterator[None]:
    """One transaction that writes."""
    with taking_turns(), transaction.atomic():
        yield


def taking_turns() -> AbstractContextManager[object]:
    """Around whatever writes.

    SQLite lets one writer in at a time and makes the others poll; threads of one process queue here instead, which
    is fairer and faster.
    """
    return _one_writer if connection.vendor == "sqlite" else nullcontext()
