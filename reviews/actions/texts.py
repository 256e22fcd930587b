"""What people may write, wherever they write: one limit, one set of sentences."""

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


def fault_of(what: str, text: str) -> str:
    """Why a text cannot be stored, as a sentence for who wrote it; empty where it can. `what` is one of `TEXTS`."""
    if len(text) > NOTE_LENGTH:
        return _("{what}: {length} characters; {most} is the most. Shorten it and save again.").format(
            what=TEXTS[what], length=number(len(text)), most=number(NOTE_LENGTH)
        )
    if "\x00" in text:
        return _("{what}: a character (NUL) cannot be stored. Remove it and save again.").format(what=TEXTS[what])
    return ""
