"""How moments and numbers are written in pages: in the person's time zone, by their locale."""

from datetime import date, datetime

from django import template
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from checklists import locale
from checklists.scoring import Risk
from reviews.views.words import RISK_TITLES, RISK_WORDS, WEIGHT_WORDS

register = template.Library()


@register.filter
def moment(value: datetime | None) -> SafeString | str:
    """A moment as a `<time>`: day, hour and minute, and which zone they are in; empty for None."""
    if value is None:
        return ""
    return format_html('<time datetime="{}">{}</time>', value.isoformat(timespec="seconds"), locale.moment(value))


@register.filter
def day(value: datetime | date | None) -> SafeString | str:
    """A day as a `<time>`, that of a moment in the person's time zone; empty for None."""
    if value is None:
        return ""
    local = timezone.localtime(value) if isinstance(value, datetime) else value
    return format_html('<time datetime="{}">{}</time>', f"{local:%Y-%m-%d}", date_format(local, "DATE_FORMAT"))


@register.filter
def signed(value: float) -> str:
    """A difference to one decimal by the person's locale, with its sign: +3.5, −3.5, 0.0."""
    sign = "+" if value > 0 else "−" if value < 0 else ""
    return f"{sign}{number_format(abs(value), 1)}"


@register.filter
def number(value: float) -> str:
    """A number with its thousands apart: 12,345 or 12.345."""
    return locale.number(value)


@register.filter
def risk_title(value: str) -> str:
    """What a risk is called: high -> High risk."""
    return str(RISK_TITLES[Risk(value)])


@register.filter
def risk_word(value: str) -> str:
    """A risk in one word, beside what has it."""
    return str(RISK_WORDS[value])


@register.filter
def weight_word(value: str) -> str:
    """What a pillar counts, in a word."""
    return str(WEIGHT_WORDS.get(value, value))


@register.filter
def measure(value: str) -> str:
    """A measured number, written in English, as the language writes it."""
    return locale.localized(value)


@register.simple_tag
def in_english() -> SafeString:
    """The attribute of an element whose text is English on whatever page: checklists, and what is signed."""
    return SafeString("" if locale.is_english() else ' lang="en"')


@register.filter(is_safe=True)
def english(value: str) -> SafeString:
    """An English text inside a sentence."""
    return locale.english(value)
