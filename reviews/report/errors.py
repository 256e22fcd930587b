"""What can go wrong with time stamps, and what they make of a report: known without loading pyHanko."""

STAMPED = "B-LTA"
"""The PAdES level of a report with validation data and a time stamp; one without is B-B."""


class TimeStampError(Exception):
    """A time stamp that could not be had; the text says why."""


class ServerDown(TimeStampError):
    """The time-stamp server does not answer, or not with a time stamp."""
