"""Making what foreign files say fit into the checklist language, and telling their authors what did not."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from checklists.language import PILLARS

LONG, SHORT = 4000, 200
"""Characters that a text, and a title, may have in the language."""

TITLE = 120
"""Characters to which a question's text is shortened where its file gives it no title."""

KEY_LENGTH = 64
"""Characters that the id of a checklist, and of a question that is answered, may have."""

_WEB_PAGE = re.compile(r"https?://\S+")
_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*")
_PILLAR_STEMS = {
    "reliab": "reliability",
    "resilien": "reliability",
    "secur": "security",
    "cost": "cost_optimization",
    "operation": "operational_excellence",
    "performance": "performance_efficiency",
}
OTHER_PILLAR = {"id": "other", "title": "No pillar given"}
"""The pillar of questions whose file names none of the usual five."""

_SHOWN = 3


def cleaned(text: str) -> str:
    """The text without blanks around it, and without NUL, which no database takes."""
    return text.replace("\x00", "").strip()


def one_line(text: str) -> str:
    """The text with every run of blanks and line breaks made one blank."""
    return " ".join(cleaned(text).split())


def shortened(text: str, most: int = TITLE) -> str:
    """The text in one line of at most `most` characters, ended at a word with “…” where it is longer."""
    line = one_line(text)
    if len(line) <= most:
        return line
    head = line[:most].rpartition(" ")[0] or line[: most - 1]
    return head.rstrip(" ,;:.–-") + "…"


def slug(text: str, most: int = KEY_LENGTH) -> str:
    """Small letters a to z, digits and hyphens that remind of the text; empty where it has none of them."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:most].rstrip("-")


def checklist_id(prefix: str, name: str) -> str:
    """The id of a checklist: its origin and its name, such as azure-ai-landing-zone; always the same for a name."""
    words = slug(name, KEY_LENGTH).removeprefix(f"{prefix}-") or digest(name)
    return f"{prefix}-{words}"[:KEY_LENGTH].rstrip("-")


def digest(*texts: str) -> str:
    """Sixteen hexadecimal digits that are the same whenever the texts are, whatever blanks stand between words."""
    return hashlib.sha256("\n".join(one_line(text) for text in texts).encode()).hexdigest()[:16]


def is_id(text: str, most: int = KEY_LENGTH) -> bool:
    """Whether a foreign id can stay as it is."""
    return len(text) <= most and _ID.fullmatch(text) is not None


def is_web_page(text: str) -> bool:
    """Whether this is an address that a page may link to."""
    return len(text) <= 2048 and _WEB_PAGE.fullmatch(text) is not None


def pillar_named(name: str) -> str | None:
    """The id of the one of the usual five pillars that a name stands for, in any of Microsoft's spellings of it."""
    name = one_line(name).casefold()
    return next((pillar for stem, pillar in _PILLAR_STEMS.items() if name.startswith(stem)), None)


def counted(number: int, what: str) -> str:
    """A number with its noun: 1 item, 1,268 items."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


@dataclass
class UniqueIds:
    """Ids that were given out, told apart without regard to small and capital letters."""

    _next: dict[str, int] = field(default_factory=dict)

    def take(self, wanted: str) -> str:
        """The id that is wanted, or, where it is taken, the first free one with -2, -3, … behind it."""
        number = self._next.get(wanted.casefold(), 1)
        free = wanted
        while free.casefold() in self._next:
            number += 1
            free = f"{wanted}-{number}"
        self._next[wanted.casefold()] = number
        self._next.setdefault(free.casefold(), 1)
        return free


@dataclass
class Remarks:
    """What an author should look at; many remarks of one sort become one sentence with their number."""

    _lines: dict[str, list[int]] = field(default_factory=dict)

    def note(self, what: str, line: int) -> None:
        """Remark something, said as a clause without a full stop, at a line of the file."""
        self._lines.setdefault(what, []).append(line)

    def sentences(self) -> Iterable[str]:
        """One sentence for each sort, in the order in which the sorts were first met."""
        for what, lines in self._lines.items():
            yield f"{what}: {_places(sorted(lines))}."


def _places(lines: list[int]) -> str:
    if len(lines) == 1:
        return f"line {lines[0]}"
    if len(lines) <= _SHOWN:
        return f"lines {', '.join(str(line) for line in lines[:-1])} and {lines[-1]}"
    first = ", ".join(str(line) for line in lines[: _SHOWN - 1])
    return f"{len(lines):,} times, first at lines {first} and {lines[_SHOWN - 1]}"


def all_pillars(extra: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    """The usual five as a file has them, and those besides."""
    return [*({"id": name, "title": title} for name, title in PILLARS.items()), *extra]
