"""The values of facts: which fit, and how people write and read them."""

import re
from collections.abc import Sequence
from fractions import Fraction

from checklists.language.expressions import DURATION_UNITS, seconds_of
from checklists.language.model import Fact
from checklists.language.tongue import phrase

FactValue = bool | int | float | str | list[str] | None
"""What is known of a fact, as JSON: yes or no; a number, or seconds; an option; options or regions; or nothing."""

_LARGEST = 10**12
_DECIMALS = 4


def fitting(fact: Fact, value: object) -> FactValue:
    """The value where it is one of this fact's; None for any other, and for an empty list.

    A value that was stated for another edition, in which the fact had another type or other options, counts as not
    stated.
    """
    if fact.type == "yes_no":
        return value if isinstance(value, bool) else None
    options = {option.id for option in fact.options}
    if fact.type == "one_of":
        return value if isinstance(value, str) and value in options else None
    if fact.type in {"many_of", "regions"}:
        items = [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
        return [item for item in items if fact.type == "regions" or item in options] or None
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if number else None  # type: ignore[return-value]


def read_fact(fact: Fact, texts: Sequence[str]) -> FactValue:
    """A value as people send it: `yes` or `no`, option ids, or what they typed.

    None for nothing typed, which takes a statement back. Raises ValueError with a sentence for what does not fit.
    """
    given = [text.strip() for text in texts if text.strip()]
    if not given:
        return None
    if any("\x00" in text for text in given):
        raise ValueError(phrase("The character NUL cannot be stored: remove it."))
    if fact.type == "yes_no":
        if given[-1] not in {"yes", "no"}:
            raise ValueError(phrase("Say yes or no."))
        return given[-1] == "yes"
    if fact.type == "regions":
        named = [region.strip() for text in given for region in text.split(",") if region.strip()]
        if too_long := next((region for region in named if len(region) > 64), None):
            raise ValueError(
                phrase(
                    "“{name}…” is too long for the name of a region; separate regions by commas.", name=too_long[:64]
                )
            )
        if len(named) > 50:
            raise ValueError(phrase("{number} regions were named; 50 is the most.", number=len(named)))
        return list(dict.fromkeys(named)) or None
    if fact.type == "number":
        return _number(given[-1])
    if fact.type == "duration":
        try:
            return _plain(seconds_of(given[-1]))
        except ValueError as problem:
            raise ValueError(f"{problem}.") from None
    options = [option.id for option in fact.options]
    if unknown := [text for text in given if text not in options]:
        raise ValueError(phrase("{option} is no option of this fact.", option=unknown[0]))
    if fact.type == "one_of":
        if len(given) > 1:
            raise ValueError(phrase("Choose one option."))
        return given[0]
    return [option for option in options if option in given]


def said(fact: Fact, value: FactValue) -> str:
    """A value in words; empty where nothing is stated. Options may have commas in their texts."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return phrase("Yes") if value else phrase("No")
    if isinstance(value, list | str):
        titles = {option.id: option.text for option in fact.options}
        items = [value] if isinstance(value, str) else value
        return ("; " if titles else ", ").join(titles.get(item, item) for item in items)
    if fact.type == "duration":
        return typed(fact, value)
    return f"{value:,} {fact.unit}".strip()


def typed(fact: Fact, value: FactValue) -> str:
    """A value as somebody would type it, for the facts that are typed."""
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, list):
        return ", ".join(value)
    if fact.type != "duration" or isinstance(value, str):
        return str(value)
    for unit, seconds in reversed(DURATION_UNITS.items()):
        if value >= seconds and value % seconds == 0:
            return f"{int(value // seconds)} {unit}"
    return f"{value} s"


def as_texts(fact: Fact, value: FactValue) -> list[str]:
    """What `read_fact` reads as this value; nothing for nothing."""
    if value is None:
        return []
    if isinstance(value, bool):
        return ["yes" if value else "no"]
    if not fact.options:
        return [typed(fact, value)]
    return value if isinstance(value, list) else [str(value)]


def read_number(text: str) -> Fraction:
    """A number without a sign as people type it, in English: 1,500 or 1500.5. Raises ValueError with a sentence."""
    found = re.fullmatch(r"(\d{1,3}(?:,\d{3})+|\d{1,20})(\.\d{1,12})?", text.strip(), re.ASCII)
    if found is None:
        raise ValueError(
            phrase("“{text}” is not a number: write 1500.5, with a point before decimals.", text=text[:40])
        )
    return Fraction(found[0].replace(",", ""))


def _number(text: str) -> int | float:
    number = read_number(text)
    if number > _LARGEST:
        raise ValueError(phrase("The number must be at most {most}.", most=f"{_LARGEST:,}"))
    return _plain(number)


def _plain(number: Fraction) -> int | float:
    """As JSON writes it: whole where it is whole, so that equal values have one form."""
    rounded = round(number, _DECIMALS)
    return int(rounded) if rounded.denominator == 1 else float(rounded)
