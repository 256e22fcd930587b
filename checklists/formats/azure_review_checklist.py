"""Checklists of Azure/review-checklists, as JSON.

The format is described, with what real files do to it, in docs/formats.md. Items become questions that take one
choice: the statuses of the file. The format knows no scoring, so all weights here are this product's.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from checklists.formats.fitting import (
    KEY_LENGTH,
    LONG,
    OTHER_PILLAR,
    SHORT,
    Remarks,
    UniqueIds,
    all_pillars,
    checklist_id,
    cleaned,
    counted,
    digest,
    is_id,
    is_web_page,
    one_line,
    pillar_named,
    shortened,
    slug,
)
from checklists.formats.imported import Imported
from checklists.formats.json_source import JsonSource, Path, read_json
from checklists.language import PILLARS, Checklist, ChecklistErrors

FORMAT = "azure-review-checklist"
"""The format's name as commands take it."""

MAX_BYTES = 5_000_000
"""The largest file of the field, all checklists in one, has under 2 MB."""

MAX_ITEMS = 5_000
"""Items that a file may have; that largest one has about 2,000."""

OPEN, FULFILLED = "open", "fulfilled"
"""The choices that results of resource graph queries can give; the others are for people to judge."""

_WEIGHTS = {"high": 3, "medium": 2, "low": 1}
_USUAL_SEVERITY = "medium"
_STATUSES = {
    "not_verified": ("Not verified", "This check has not been looked at yet"),
    OPEN: ("Open", "There is an action item associated to this check"),
    FULFILLED: (
        "Fulfilled",
        "This check has been verified, and there are no further action items associated to it",
    ),
    "not_required": ("Not required", "Recommendation understood, but not needed by current requirements"),
    "not_applicable": ("N/A", "Not applicable for current design"),
}
_STATUS_IDS = {name.casefold(): status for status, (name, _) in _STATUSES.items()} | {
    "na": "not_applicable",
    "not applicable": "not_applicable",
}
_USED = frozenset(
    {
        *("category", "subcategory", "text", "guid", "severity", "id", "waf", "service", "description"),
        *("link", "training", "graph", "query", "sourceType"),
    }
)
_SOURCE = {
    "title": "Azure/review-checklists",
    "url": "https://github.com/Azure/review-checklists",
    "licence": "MIT",
}
_ABOUT = (
    "The format has no scoring; the weights are this product’s choice: severity High weighs 3, Medium 2, Low 1; "
    "“Fulfilled” earns all of it, “Open” nothing, “Not required” and “N/A” leave the question out."
)


def read_azure_review_checklist(data: bytes, file: str) -> Imported:
    """Read a checklist of Azure/review-checklists; `file` is the name that errors give.

    Raises `ChecklistErrors` with the line of what makes the file unusable: no JSON, no `items`, too many of them, or
    none with a text. Whatever else is wrong is mended or left out, and said.
    """
    source = read_json(data, file, max_bytes=MAX_BYTES)
    root = source.value
    if not isinstance(root, dict):
        raise ChecklistErrors([source.error((), "a review checklist is an object with a list of items")])
    items = root.get("items")
    if not isinstance(items, list):
        said = "items is not a list" if "items" in root else "there is no list of items"
        raise ChecklistErrors([source.error(("items",), f"{said}: is this a file of Azure/review-checklists?")])
    if len(items) > MAX_ITEMS:
        said = f"the file has {len(items):,} items; {MAX_ITEMS:,} is the most: split it"
        raise ChecklistErrors([source.error(("items",), said)])
    return _Reader(source, root).read(items)


@dataclass
class _Reader:
    source: JsonSource
    root: dict[str, Any]
    remarks: Remarks = field(default_factory=Remarks)
    skipped: list[str] = field(default_factory=list)
    ids: UniqueIds = field(default_factory=UniqueIds)
    sections: dict[str, dict[str, Any]] = field(default_factory=dict)
    section_ids: UniqueIds = field(default_factory=UniqueIds)
    other_pillar: bool = False

    def read(self, items: list[Any]) -> Imported:
        metadata = self._object("metadata")
        english = {name: name for name in _WEIGHTS}
        self.severities = english | self._meanings("severities", english, list(_WEIGHTS))
        pillars = {name.casefold(): pillar for name in self._names("waf") if (pillar := pillar_named(name))}
        self.pillars = self._meanings("waf", pillars, list(PILLARS))
        self.usual_pillar = self._pillar(_said(metadata, "waf"))
        self.choices = self._choices()
        self.categories = set(self._names("categories"))
        for index, item in enumerate(items):
            self._item(("items", index), item)
        if not self.sections:
            raise ChecklistErrors([self.source.error(("items",), "no item has a text: there is nothing to ask")])
        name = one_line(_said(metadata, "name"))
        if not name:
            name = PurePath(self.source.file).name.partition(".")[0] or "checklist"
            self.remarks.note("metadata names no checklist, so it is named after the file", self._line(("metadata",)))
        about = ", ".join(filter(None, [name, *(one_line(_said(metadata, key)) for key in ("state", "timestamp"))]))
        checklist = Checklist.model_validate(
            {
                "schema": 1,
                "id": checklist_id("azure", f"{name} {_language(self.source.file)}".strip()),
                "title": shortened(name, SHORT),
                "version": "1.0",
                "kind": "any",
                "summary": f"From Azure/review-checklists: {shortened(about, 2000)}. {_ABOUT}",
                "source": _SOURCE,
                "pillars": all_pillars([OTHER_PILLAR] if self.other_pillar else []),
                "weights": dict.fromkeys([*PILLARS, *(["other"] if self.other_pillar else [])], "full"),
                "sections": list(self.sections.values()),
            }
        )
        warnings = [*self.source.repeated_keys, *self.remarks.sentences(), *_unused(items)]
        return Imported(FORMAT, checklist, skipped=tuple(self.skipped), warnings=tuple(warnings))

    def _item(self, path: Path, item: object) -> None:
        if not isinstance(item, dict):
            self.skipped.append(f"Line {self._line(path)}: item {path[1]} is not an object.")
            return
        text = self._text(path, item, "text", LONG)
        guid, label = self._text(path, item, "guid", SHORT), self._text(path, item, "id", 40)
        if not text and not guid:
            missing = "its text is null" if item.get("text", "") is None else "it has no text"
            self.skipped.append(
                f"Line {self._line(path)}: item {label or 'without a guid'}: {missing}, so there is nothing to ask."
            )
            return
        if not text:
            # Where a translation failed, the guid still leads to the item in the original.
            text = (
                f"{label or guid[:8]}: this file has no text for the item. Look up its guid, {guid}, in the original."
            )
            self.remarks.note("An item has no text, so its guid is shown in its place", self._line(path))
        question_id = self._question_id(path, guid, text)
        severity, named = self._severity(path, item)
        service = self._text(path, item, "service", SHORT)
        tags = [self._text(path, item, "subcategory", SHORT), "" if service == "NA" else service, named]
        tags.append(self._text(path, item, "sourceType", SHORT))
        self._section(path, item, "" if service == "NA" else service)["questions"].append(
            {
                "id": question_id,
                "label": label or question_id[:8],
                "title": shortened(text),
                "text": text,
                "why": self._text(path, item, "description", LONG),
                "tags": list(dict.fromkeys(filter(None, tags))),
                "pillars": [self._pillar_of(path, item)],
                "weight": _WEIGHTS[severity],
                "obligatory": False,
                "kind": "one",
                "choices": self.choices["high" if severity == "high" else "medium"],
                "links": self._links(path, item),
                "query": self._query(path, item),
            }
        )

    def _question_id(self, path: Path, guid: str, text: str) -> str:
        if not guid:
            self.remarks.note("No guid, so the id is made from the text", self._line(path))
        elif not is_id(guid, KEY_LENGTH - 5):
            self.remarks.note(
                "A guid of other characters than letters, digits, _ and -, or too long a one, is replaced by an id "
                "made from the text",
                self._line((*path, "guid")),
            )
            guid = ""
        wanted = guid or f"item-{digest(text)}"
        given = self.ids.take(wanted)
        if given != wanted:
            said = "A guid" if guid else "A text without a guid"
            self.remarks.note(f"{said} that stands in the file before gets -2, -3, … behind it", self._line(path))
        return given

    def _severity(self, path: Path, item: Mapping[str, Any]) -> tuple[str, str]:
        """What the severity of an item means, and how the file says it."""
        said = self._text(path, item, "severity", SHORT)
        meaning = self.severities.get(said.casefold())
        if meaning is None:
            what = "A severity that is not known is taken as Medium" if said else "No severity, so Medium is taken"
            self.remarks.note(f"{what} (weight 2)", self._line((*path, "severity")))
        return meaning or _USUAL_SEVERITY, said

    def _pillar(self, name: str) -> str | None:
        return self.pillars.get(one_line(name).casefold()) or pillar_named(name)

    def _pillar_of(self, path: Path, item: Mapping[str, Any]) -> str:
        said = self._text(path, item, "waf", SHORT)
        if pillar := self._pillar(said):
            return pillar
        what = "A waf pillar that is none of the five" if said else "No waf pillar"
        if self.usual_pillar:
            title = PILLARS[self.usual_pillar]
            self.remarks.note(f"{what}, so that of the metadata is taken, {title}", self._line((*path, "waf")))
            return self.usual_pillar
        self.other_pillar = True
        self.remarks.note(f"{what}, so the question counts for a pillar of its own", self._line((*path, "waf")))
        return OTHER_PILLAR["id"]

    def _section(self, path: Path, item: Mapping[str, Any], service: str) -> dict[str, Any]:
        said = item.get("category")
        title = self._text(path, item, "category", SHORT)
        if not title:
            title = service or "Without a category"
            what = "No category, so the service is taken" if service else "No category and no service"
            self.remarks.note(what, self._line((*path, "category")))
        elif self.categories and title not in self.categories:
            self.remarks.note("A category that is not listed under categories", self._line((*path, "category")))
        elif said != title:
            self.remarks.note("Blanks around a category are left out", self._line((*path, "category")))
        if title not in self.sections:
            wanted = slug(title, 48) or f"section-{len(self.sections) + 1}"
            self.sections[title] = {"id": self.section_ids.take(wanted), "title": title, "questions": []}
        return self.sections[title]

    def _links(self, path: Path, item: Mapping[str, Any]) -> list[dict[str, str]]:
        links = []
        for key, title in (("link", "Documentation"), ("training", "Training")):
            url = self._text(path, item, key, LONG)
            if is_web_page(url):
                links.append({"title": title, "url": url})
            elif url:
                self.remarks.note(
                    f"A {key} that is not one http or https address is left out", self._line((*path, key))
                )
        return links

    def _query(self, path: Path, item: Mapping[str, Any]) -> str:
        key = "graph" if item.get("graph") else "query"
        query = self._text(path, item, key, MAX_BYTES)
        if len(query) > LONG:
            # Half a query finds other resources than the whole.
            what = f"A graph query of more than {LONG:,} characters is left out, as part of it would be wrong"
            self.remarks.note(what, self._line((*path, key)))
            return ""
        return query

    def _choices(self) -> dict[str, list[dict[str, Any]]]:
        """The choices of questions of high, and of other severity, by the statuses of the file."""
        meanings = self._meanings("status", _STATUS_IDS, list(_STATUSES))
        texts = dict(_STATUSES)
        for entry in self._entries("status"):
            name, means = one_line(_said(entry, "name")), cleaned(_said(entry, "description"))
            if meaning := meanings.get(name.casefold()):
                texts[meaning] = (name[:SHORT], "" if means == name else means[:LONG])
            elif name:
                self.remarks.note("A status that is not known is not offered as a choice", self._line(("status",)))
        if missing := [name for status, (name, _) in _STATUSES.items() if status not in meanings.values()]:
            what = f"The status list does not say {', '.join(f'“{name}”' for name in missing)}, so that is added"
            self.remarks.note(what, self._line(("status",)))

        def choices(risk: str) -> list[dict[str, Any]]:
            risks = {OPEN: risk, FULFILLED: "none", "not_required": "not_applicable"}
            return [
                {
                    "id": status,
                    "text": texts[status][0],
                    "means": texts[status][1],
                    "risk": risks.get(status, "not_applicable"),
                    "earns": "nothing" if status == OPEN else None,
                }
                for status in _STATUSES
                if status != "not_verified"
            ]

        return {risk: choices(risk) for risk in ("high", "medium")}

    def _meanings(self, key: str, known: Mapping[str, str], slots: Sequence[str]) -> dict[str, str]:
        """What the names in one of the file's lists mean: name, in small letters -> one of the slots.

        `known` has the English names, in small letters.

        Names that are known speak for themselves. Translated files keep the order of the list, so where it has the
        usual length the names that are left are matched with the slots that are left.
        """
        names = [name.casefold() for name in self._names(key)]
        meanings = {name: known[name] for name in names if name in known}
        strange = [name for name in names if name not in meanings]
        left = [slot for slot in slots if slot not in meanings.values()]
        if len(names) == len(slots) and len(strange) == len(left) and any(strange):
            meanings |= {name: slot for name, slot in zip(strange, left, strict=True) if name}
            self.remarks.note(
                "Names that are not the English ones are matched by their place in the list",
                self._line((key,)),
            )
        return meanings

    def _names(self, key: str) -> list[str]:
        """The names in one of the file's lists, empty for an entry without one."""
        return [one_line(_said(entry, "name")) for entry in self._entries(key)]

    def _entries(self, key: str) -> list[dict[str, Any]]:
        value = self.root.get(key)
        return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []

    def _object(self, key: str) -> dict[str, Any]:
        value = self.root.get(key)
        return value if isinstance(value, dict) else {}

    def _text(self, path: Path, item: Mapping[str, Any], key: str, most: int) -> str:
        """What an item says under a key, made to fit; empty, with a remark, where it is null or no text."""
        value = item.get(key, "")
        if not isinstance(value, str):
            what = f"“{key}” is null" if value is None else f"“{key}” is not a text and is left out"
            self.remarks.note(what, self._line((*path, key)))
            return ""
        text = cleaned(value) if most >= LONG else one_line(value)
        if len(text) > most:
            self.remarks.note(f"“{key}” is cut to {most:,} characters", self._line((*path, key)))
        return text[:most].rstrip()

    def _line(self, path: Path) -> int:
        return self.source.line(path)


def _language(file: str) -> str:
    """The language of a translation, which stands in its file's name: ai_lz_checklist.ja.json. Empty for English."""
    found = re.search(r"\.([a-z]{2}(?:-[A-Za-z]{2,4})?)\.json$", file)
    return found[1].lower() if found and found[1] != "en" else ""


def _said(part: Mapping[str, Any], key: str) -> str:
    value = part.get(key)
    return value if isinstance(value, str) else ""


def _unused(items: list[Any]) -> list[str]:
    """What is said of keys that have no place in a question."""
    counts = Counter(key for item in items if isinstance(item, dict) for key in item if key not in _USED)
    if not counts:
        return []
    shown = [f"“{one_line(key)[:40]}” ({counted(number, 'item')})" for key, number in counts.most_common(12)]
    more = f" and {len(counts) - 12} more" if len(counts) > 12 else ""
    return [f"Keys that have no place here are passed over: {', '.join(shown)}{more}."]
