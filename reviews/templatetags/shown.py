"""How moments are written in pages: in the person's time zone, by their locale."""

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
    return format_html(
        '<time datetime="{}">{} {}</time>', value.isoformat(timespec="seconds"), _said(local), local.strftime("%Z")
    )


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
def risk_title(value: str) -> str:
    """What a risk is called: high -> High risk."""
    return RISK_TITLES[Risk(value)]


def _said(local: datetime) -> str:
    return f"{date_format(local, 'DATE_FORMAT')}, {date_format(local, 'TIME_FORMAT')}"
