"""What is said about time stamps in places that do without pyHanko, which takes a while to load."""

from dataclasses import dataclass

STAMPED = "B-LTA"
"""The PAdES level of a report with validation data and a time stamp; one without is B-B."""


class TimeStampError(Exception):
    """A time stamp that could not be had; the text says why."""


class ServerDown(TimeStampError):
    """The time-stamp server does not answer, or not with a time stamp."""


@dataclass(frozen=True)
class TimeStampServer:
    """An RFC 3161 server by its http(s) address, and the seconds in which it has to answer."""

    address: str
    timeout: float
