"""The language and the time zone in which a person is told something."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import tzinfo
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from django.conf import settings
from django.utils import timezone, translation

from reviews.models import User

LANGUAGES: dict[str, str] = dict(settings.LANGUAGES)
"""The languages that there is a catalogue for: code and own name."""

IN_ENGLISH = "en"
"""The language of what is stored and signed: snapshots, reports, certificates, the texts of the trail."""


@cache
def time_zones() -> tuple[str, ...]:
    """The names of all time zones that people live in, such as Europe/Berlin; and UTC."""
    places = {"Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}
    names = sorted(name for name in available_timezones() if name.partition("/")[0] in places)
    return ("UTC", *names)


def language_of(user: User) -> str:
    """The language in which a person gets mail: what they chose, or that of the installation."""
    return user.language if user.language in LANGUAGES else settings.LANGUAGE_CODE


def zone_of(user: User) -> tzinfo:
    """The time zone that a person chose, or that of the installation."""
    try:
        return ZoneInfo(user.time_zone) if user.time_zone else timezone.get_default_timezone()
    except (ZoneInfoNotFoundError, ValueError):
        # A zone can fall out of the machine's list; no page is worth failing for that.
        return timezone.get_default_timezone()


def as_stored(thing: object) -> str:
    """What something is called where that is stored: in English, whoever does it."""
    with translation.override(IN_ENGLISH):
        return str(thing)


@contextmanager
def as_told_to(user: User) -> Iterator[None]:
    """Inside, texts are in the person's language, and times in their zone."""
    with translation.override(language_of(user)), timezone.override(zone_of(user)):
        yield
