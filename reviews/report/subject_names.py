"""How people and organisations are named in certificates.

Programs compare such names after preparing them (RFC 5280, 7.1; RFC 4518), and the preparation refuses whole names:
for letters that are newer than Unicode 3.2, such as emoji, and for letters of both writing directions in one name.
A certificate with a name that it refuses leads to no authority. So what cannot stand there is written in another way,
always the same, and whoever compares a certificate with an account asks here for the name that it must have.
"""

from asn1crypto import x509

from reviews.report.wording import code_point, person

_BYTES = 64
"""X.520 gives the names of organisations and subjects this much room."""


def of_person(name: str, username: str) -> str:
    """A person's common name: the name, where it may not stand in a certificate the account."""
    shown = " ".join(person(name).split())
    for each in (shown, _with_code_points(shown, only_refused=True)):
        if each and _is_allowed(cut := _cut(each, _BYTES)):
            return cut
    return _cut(of_account(username), _BYTES)


def of_account(username: str) -> str:
    """A user name; where it may not stand in a certificate, with the numbers of its letters beyond ASCII.

    No two accounts get the same, as a user name has no brackets.
    """
    return username if _is_allowed(username) else _with_code_points(username)


def of_organisation(organisation: str) -> str:
    """An organisation's name."""
    name = " ".join(organisation.split()) or "Architecture reviews"
    return _cut(name if _is_allowed(name) else _with_code_points(name, only_refused=True), _BYTES)


def of_purpose(organisation: str, purpose: str) -> str:
    """A common name of the organisation, cut so that two purposes never get the same.

    The purpose alone where the two may not stand together; the certificate names the organisation beside it.
    """
    name = f"{_cut(of_organisation(organisation), _BYTES - len(f': {purpose}'))}: {purpose}"
    return name if _is_allowed(name) else purpose


def _is_allowed(name: str) -> bool:
    value = x509.DirectoryString(name="utf8_string", value=name)
    try:
        return bool(x509.NameTypeAndValue({"type": "common_name", "value": value}).prepped_value.strip())
    except ValueError:
        return False


def _with_code_points(name: str, *, only_refused: bool = False) -> str:
    """The name with the numbers of its letters beyond ASCII, or only of those that are refused by themselves."""
    return "".join(
        letter
        if letter.isascii() or (only_refused and _is_allowed(f"a{letter}a" if letter.isspace() else letter))
        else code_point(letter)
        for letter in name
    )


def _cut(text: str, size: int) -> str:
    """Cut by bytes, as X.509 libraries count them; neither a letter in two nor a space at the end."""
    return text.encode()[:size].decode(errors="ignore").rstrip()
