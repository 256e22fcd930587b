"""Why an action could not be carried out, besides access. Nothing is written when one of these is raised."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from checklists.language import Fact, FactValue
from reviews.models import Answer, Event


class Invalid(Exception):
    """What was sent cannot be taken; `errors` maps the field to a sentence (the empty field: all of it)."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)
        super().__init__(" ".join(errors.values()))


class Stale(Exception):
    """What was sent is based on an older state; `current` is the answer as it is now, where it is about one."""

    def __init__(self, message: str, current: Answer | None = None) -> None:
        self.current = current
        super().__init__(message)


class StaleFact(Stale):
    """The same of a fact: its value now, and the event in which somebody stated it, where the trail has it."""

    def __init__(self, message: str, fact: Fact, value: FactValue, event: Event | None) -> None:
        self.fact = fact
        self.value = value
        self.event = event
        super().__init__(message)


class Incomplete(Exception):
    """A review that cannot be submitted.

    `missing` are the ids of the obligatory questions without an answer, `facts` those of the facts that are not
    stated; `requests` counts the open change requests.
    """

    def __init__(self, missing: tuple[str, ...], facts: tuple[str, ...] = (), requests: int = 0) -> None:
        self.missing = missing
        self.facts = facts
        self.requests = requests
        parts = [
            (
                len(missing),
                ngettext(
                    "{n} obligatory question is not answered",
                    "{n} obligatory questions are not answered",
                    len(missing),
                ),
            ),
            (len(facts), ngettext("{n} fact is not stated", "{n} facts are not stated", len(facts))),
            (
                requests,
                ngettext("{n} change request is not resolved", "{n} change requests are not resolved", requests),
            ),
        ]
        said = [sentence.format(n=count) for count, sentence in parts if count]
        super().__init__(_("{what} yet.").format(what=_(" and ").join(said)))
