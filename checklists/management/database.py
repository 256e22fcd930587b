"""The database that a command needs."""

from django.core.management.base import CommandError
from django.db import connection

from checklists.models import Edition


def require_tables() -> None:
    """Raise `CommandError` where the database was not migrated yet: nobody wants a traceback for that."""
    if Edition._meta.db_table not in connection.introspection.table_names():
        message = "the database has no tables yet: run `manage.py migrate` first, or `make run`"
        raise CommandError(message, returncode=1)
