"""What is written in another way in each language and time zone: numbers, moments, and what stays English."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format, get_format, number_format
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language


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


def is_english() -> bool:
    """Whether the page is in the language of checklists and of what is signed."""
    return (get_language() or "en") == "en"


def english(text: str) -> SafeString:
    """An English text for a page, marked as such where the page is in another language; escaped."""
    return conditional_escape(text) if is_english() else format_html('<span lang="en">{}</span>', text)
