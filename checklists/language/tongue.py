"""How sentences for people come into their language.

The language of checklists itself speaks English; an application whose people speak others says how it translates.
"""

from collections.abc import Callable

_translate: list[Callable[[str], str]] = [str]


def speak(translate: Callable[[str], str]) -> None:
    """Let all that is said from now on go through a function from an English text to another one."""
    _translate[0] = translate


def noop(text: str) -> str:
    """Mark a text as one that is said later."""
    return text


def phrase(text: str, /, **values: object) -> str:
    """A text in the language of whoever reads it, with the values at the places that name them."""
    said = _translate[0](text)
    return said.format(**values) if values else said
