"""Who asks: the session of each request and its account, read with one plain statement.

Reading the two apart, through models, took as long as all that a save does besides.
"""

from copy import deepcopy
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, get_user
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends import db
from django.db import connection
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from reviews.prepared import execute

if TYPE_CHECKING:
    from reviews.models import Session, User


class SessionStore(db.SessionStore):
    """Sessions in the database, each with the account that is signed in."""

    account: "User | None" = None
    """The account as it was read with the session; None where nobody is signed in, or nothing was read yet."""

    @classmethod
    def get_model_class(cls) -> "type[Session]":
        """The table of sessions."""
        from reviews.models import Session

        return Session

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing where it is over, or never was."""
        from reviews.models import User

        now = connection.ops.adapt_datetimefield_value(timezone.now())
        columns = _columns()
        row = execute(_SESSION.format(", ".join(f"account.{each}" for each in columns)), [self.session_key, now])
        if row is None:
            self._session_key = None
            return {}
        data, *account = row
        # The primary key is the first of the columns.
        self.account = User.from_db(connection.alias, columns, account) if account[0] else None
        return deepcopy(_decoded(data))

    def create_model_instance(self, data: dict[str, Any]) -> "Session":
        """The row to write."""
        session = cast("Session", super().create_model_instance(data))
        session.user_id = data.get(SESSION_KEY)
        return session


class Authentication(AuthenticationMiddleware):
    """Gives each request its person, as Django does, with what the session's statement has read already."""

    def process_request(self, request: HttpRequest) -> None:
        """Set `request.user`: at once, as each request is answered in the person's language."""
        request.user = _person(request)


@lru_cache(maxsize=1000)
def _decoded(data: str) -> dict[str, Any]:
    """What the signed text of a session holds. It is the same with each request of a person."""
    return SessionStore().decode(data)


def _person(request: HttpRequest) -> "User | AnonymousUser":
    session: Any = request.session
    said, digest = session.get(SESSION_KEY), session.get(HASH_SESSION_KEY)
    account: User | None = session.account
    if (
        account is not None
        and account.is_active
        and said == str(account.pk)
        and digest
        and constant_time_compare(digest, account.get_session_auth_hash())
    ):
        return account
    # Signed in a moment ago, or not any more: Django sees to what is to follow.
    return get_user(request)


_SESSION = (
    "SELECT session.session_data, {} FROM reviews_session session"
    " LEFT JOIN reviews_user account ON account.id = session.user_id"
    " WHERE session.session_key = %s AND session.expire_date > %s"
)


def _columns() -> list[str]:
    """An account's columns, in the model's own order, in which `from_db` takes them."""
    from reviews.models import User

    left_out = {"last_login", "date_joined"}
    return [field.attname for field in User._meta.concrete_fields if field.attname not in left_out]
