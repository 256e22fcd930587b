"""Who is signed in."""

from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from reviews.models.people import User


class Session(AbstractBaseSession):
    """A browser's session; `user` is who is signed in with it, so that one statement reads both.

    Who is signed in is said by the signed data; `user` only repeats it.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="sessions")

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        """What reads and writes sessions."""
        from aiplatform.sessions import SessionStore

        return SessionStore
