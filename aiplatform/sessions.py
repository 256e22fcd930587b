"""Who asks: the session and the account of each request, each read with one plain statement.

Building these two statements anew through models took as long as all that a save does besides.
"""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.backends import db
from django.db import connection
from django.utils import timezone

from reviews.models import User
from reviews.prepared import execute

_SESSION = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"
# In the model's own order, in which `from_db` takes them.
_COLUMNS = [
    field.attname for field in User._meta.concrete_fields if field.attname not in {"last_login", "date_joined"}
]
_ACCOUNT = f"SELECT {', '.join(_COLUMNS)} FROM reviews_user WHERE id = %s"  # noqa: S608 - no outside input


class SessionStore(db.SessionStore):
    """Sessions in the database."""

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing where it is over, or never was."""
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        row = execute(_SESSION, [self.session_key, now])
        if row is None:
            self._session_key = None
            return {}
        return self.decode(row[0])


class Accounts(ModelBackend):
    """Accounts with passwords; each request looks whether the account is still active, and Django at its password."""

    def get_user(self, user_id: int) -> User | None:
        """The account of a session, without when it last signed in; None where it may not sign in any more."""
        row = execute(_ACCOUNT, [user_id])
        user = User.from_db(connection.alias, _COLUMNS, row) if row else None
        return user if user and self.user_can_authenticate(user) else None
