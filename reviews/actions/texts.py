"""What people may write, wherever they write: one limit, one set of sentences."""

from reviews.models.review import NOTE_LENGTH


def fault_of(what: str, text: str) -> str:
    """Why a text cannot be stored, as a sentence for who wrote it; empty where it can."""
    if len(text) > NOTE_LENGTH:
        return f"The {what} has {len(text):,} characters; {NOTE_LENGTH:,} is the most. Shorten it and save again."
    if "\x00" in text:
        return f"The {what} has a character (NUL) that cannot be stored. Remove it and save again."
    return ""
