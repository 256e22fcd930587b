"""The signature fields that a report has: what they are called, and how large they are.

`render` leaves them empty on the sign-off page, `sign` fills them in order, the seal first.
"""

SEAL = "Seal"
"""The organisation's field; its signature certifies the document."""

FIELD_SIZE = (360.0, 58.0)
"""Width and height of every field in points, on all papers; report.css has the same numbers."""


def sign_off_field(number: int) -> str:
    """The field of the sign-off that stands at this place in the snapshot's `sign_offs`, counted from 1."""
    return f"SignOff{number}"
