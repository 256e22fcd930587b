"""Who asks: the session and the account of each request, each read with one plain statement.

Building these two statements anew through models took as long as all that a save does besides.
"""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.backends import db
from django.db import connection
from django.utils import timezone

from reviews.models import User

_SESSION = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"
_LEFT_OUT = {"last_login", "date_joined"}
# `from_db` takes values in the order of the model's fields.
_COLUMNS = [field.attname for field in User._meta.concrete_fields if field.attname not in _LEFT_OUT]
_ACCOUNT = f"SELECT {', '.join(_COLUMNS)} FROM reviews_user WHERE id = %s"  # noqa: S608 - no outside input


class SessionStore(db.SessionStore):
    """Sessions in the database."""

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing where it is over, or never was."""
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        with connection.cursor() as cursor:
            cursor.execute(_SESSION, [self.session_key, now])
            row = cursor.fetchone()
        if row is None:
            self._session_key = None
            return {}
        return self.decode(row[0])


class Accounts(ModelBackend):
    """Accounts with passwords. Each request looks whether the account is still active; Django compares passwords."""

    def get_user(self, user_id: int) -> User | None:
        """The account of a session, or None where it may not sign in any more; its dates are read when asked for."""
        with connection.cursor() as cursor:
            cursor.execute(_ACCOUNT, [user_id])
            row = cursor.fetchone()
        user = User.from_db(connection.alias, _COLUMNS, row) if row else None
        return user if user and self.user_can_authenticate(user) else None
