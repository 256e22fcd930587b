"""What people may write, wherever they write: one limit, one set of sentences."""

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from checklists.locale import number
from reviews.models.review import NOTE_LENGTH

TEXTS = {
    "comment": gettext_lazy("Comment"),
    "note": gettext_lazy("Note"),
    "reason": gettext_lazy("Reason"),
    "statement": gettext_lazy("Statement"),
}
"""The texts that people write, and what they are called."""


# NUL, which PostgreSQL does not take, and halves of characters, which no encoding has.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
# Control characters, and those that turn around the text after them: in a name they hide what it says.
_NOT_IN_A_LINE = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def is_storable(text: str) -> bool:
    """Whether a database takes all characters of a text."""
    return not _UNSTORABLE.search(text)


def in_one_line(text: str) -> str:
    """A name as it is kept: one line, which begins no other header of a mail, and nothing that turns text around."""
    return " ".join(_NOT_IN_A_LINE.sub("", " ".join(text.split())).split())


def has_turns(text: str) -> bool:
    """Whether a text that is to be one line has characters that `in_one_line` would leave out."""
    return bool(_NOT_IN_A_LINE.search(text))


def not_storable(what: str) -> str:
    """What is said of a text that is not storable; `what` is a key of `TEXTS`, or the name of a field."""
    said = _("{what}: a character (NUL, or half of one) cannot be stored. Remove it and save again.")
    return said.format(what=TEXTS.get(what, what))


def fault_of(what: str, text: str) -> str:
    """Why a text cannot be stored, as a sentence for who wrote it; empty where it can. `what` is one of `TEXTS`."""
    if len(text) > NOTE_LENGTH:
        return _("{what}: {length} characters; {most} is the most. Shorten it and save again.").format(
            what=TEXTS[what], length=number(len(text)), most=number(NOTE_LENGTH)
        )
    return "" if is_storable(text) else not_storable(what)
