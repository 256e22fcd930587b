"""Numbers and moments as people write them in the language and the time zone that are active."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format, get_format, number_format


def number(value: float) -> str:
    """A number with its thousands apart: 12,345 or 12.345."""
    return str(number_format(value, force_grouping=True))


def localized(text: str) -> str:
    """A number that was written in English, 1,500.5, as the language writes it; other words stay."""
    signs = {",": get_format("THOUSAND_SEPARATOR"), ".": get_format("DECIMAL_SEPARATOR")}
    return "".join(signs.get(letter, letter) for letter in text)


def moment(at: datetime) -> str:
    """Day, hour and minute, and which zone they are in: 24 Nov 2026, 13:20 UTC."""
    local = timezone.localtime(at)
    return f"{date_format(local, 'DATETIME_FORMAT')} {local:%Z}"
