"""Statements that are sent so often that PostgreSQL should not plan them anew each time."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper


def execute(statement: str, parameters: Mapping[str, Any] | Sequence[Any]) -> tuple[Any, ...] | None:
    """Run a statement; returns its first row, None where there is none.

    Each connection plans it once. SQLite's driver does so by itself.
    """
    with _cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchone() if cursor.description else None


def _cursor() -> CursorWrapper:
    if connection.vendor != "postgresql":
        return connection.cursor()
    import psycopg

    # Django's own cursors put the parameters into the statement's text, which then is another one each time.
    connection.ensure_connection()
    cursor: Any = psycopg.Cursor(connection.connection)
    return connection.make_debug_cursor(cursor) if connection.queries_logged else connection.make_cursor(cursor)
