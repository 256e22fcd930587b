"""How moments and numbers are written in pages: in the person's time zone, by their locale."""

from datetime import date, datetime

from django import template
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from checklists.scoring import Risk
from reviews.views.cards import RISK_TITLES

register = template.Library()


@register.filter
def moment(value: datetime | None) -> SafeString | str:
    """A moment as a `<time>`: day, hour and minute, and which zone they are in; empty for None."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    said = f"{date_format(local, 'DATETIME_FORMAT')} {local:%Z}"
    return format_html('<time datetime="{}">{}</time>', value.isoformat(timespec="seconds"), said)


@register.filter
def day(value: datetime | date | None) -> SafeString | str:
    """A day as a `<time>`, that of a moment in the person's time zone; empty for None."""
    if value is None:
        return ""
    local = timezone.localtime(value) if isinstance(value, datetime) else value
    return format_html('<time datetime="{}">{}</time>', f"{local:%Y-%m-%d}", date_format(local, "DATE_FORMAT"))


@register.filter
def number(value: float) -> str:
    """A number with its thousands apart: 12,345 or 12.345."""
    return str(number_format(value, force_grouping=True))


@register.filter
def risk_title(value: str) -> str:
    """What a risk is called: high -> High risk."""
    return RISK_TITLES[Risk(value)]
