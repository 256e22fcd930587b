"""The files inside a report."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from reviews.report.revisions import Broken, entry, page_refs

NAME = "snapshot.json"
_MAX_NODES = 1_000


@dataclass(frozen=True)
class Attached:
    """One attached file; `content` is empty for those that are found where a report has none."""

    name: str
    content: bytes


def attached(reader: PdfFileReader) -> list[Attached]:
    """Every file that the document carries: by name, associated with the whole, or attached to a page.

    A file that is reached both by name and by association counts once. Raises `Broken`.
    """
    found: dict[Any, Attached] = {}
    for raw in [*_named(reader.root), *_listed(reader.root)]:
        key = raw.reference if isinstance(raw, generic.IndirectObject) else id(raw)
        found.setdefault(key, _file(raw.get_object()))
    for ref in page_refs(reader):
        page = reader.get_object(ref)
        if "/AF" in page:
            found[("page", ref)] = Attached("a file of a page", b"")
        for annotation in entry(page, "/Annots", []):
            subtype = str(entry(annotation.get_object(), "/Subtype", ""))
            if subtype in {"/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/Screen", "/3D"}:
                found[("annotation", ref)] = Attached("a file in an annotation", b"")
    return list(found.values())


def _named(root: Any) -> Iterator[Any]:
    """The file specifications in the tree of names (ISO 32000-1, 7.9.6)."""
    names = entry(root, "/Names", generic.DictionaryObject())
    if "/EmbeddedFiles" not in names:
        return
    waiting, nodes = [names["/EmbeddedFiles"]], 0
    while waiting:
        node = waiting.pop()
        nodes += 1
        if nodes > _MAX_NODES:
            raise Broken("Its list of attached files has no end.")
        waiting.extend(kid.get_object() for kid in entry(node, "/Kids", []))
        pairs = entry(node, "/Names", generic.ArrayObject())
        for index in range(1, len(pairs), 2):
            yield pairs.raw_get(index)


def _listed(root: Any) -> Iterator[Any]:
    files = entry(root, "/AF", generic.ArrayObject())
    for index in range(len(files)):
        yield files.raw_get(index)


def _file(specification: Any) -> Attached:
    name = str(entry(specification, "/UF", entry(specification, "/F", "")))
    streams = entry(specification, "/EF", generic.DictionaryObject())
    contents = {streams[key].data for key in ("/UF", "/F") if key in streams}
    if len(contents) != 1:
        # Two contents under one name would be shown by some readers and not by others.
        return Attached("a file with several contents" if contents else "a file without content", b"")
    return Attached(name, contents.pop())
