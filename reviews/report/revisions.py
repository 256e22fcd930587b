"""What each revision of a signed PDF changed, in words; what signing itself has to change is no change.

A PDF grows by revisions: whatever a later one writes over, readers take from there. After the seal only signatures
may be put into the fields that wait for them, and validation data and time stamps be added (ISO 32000-1, 12.8.2.2,
DocMDP level 2, without the form entries that it also allows: a report has none). Everything else is named here.
"""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any
from xml.etree import ElementTree

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader

_CATALOG = {
    "/Pages": "the list of pages",
    "/Names": "the attached files or named places",
    "/AF": "the attached files",
    "/OpenAction": "what happens when the file is opened",
    "/AA": "what happens when the file is opened",
    "/OCProperties": "the layers that are shown",
    "/StructTreeRoot": "the structure that is read aloud",
    "/Outlines": "the bookmarks",
    "/PageLabels": "the page numbers",
    "/Metadata": "the description of the document",
    "/DSS": "the validation data",
    "/Perms": "what the seal allows",
    "/AcroForm": "the form",
}
_PAGE = {
    "/Contents": "what is shown on page {}",
    "/Resources": "the fonts and pictures of page {}",
    "/Annots": "the annotations on page {}",
    "/Rotate": "the rotation of page {}",
    "/MediaBox": "the size of page {}",
    "/CropBox": "the size of page {}",
    "/AF": "the files attached to page {}",
}
_XMP = "{http://ns.adobe.com/xap/1.0/}"
_WRITTEN_ANEW = {
    f"{_XMP}ModifyDate",
    f"{_XMP}MetadataDate",
    "{http://ns.adobe.com/pdf/1.3/}Producer",
    "{adobe:ns:meta/}xmptk",
}
"""What every program that writes a revision says in the XMP metadata about itself."""

_STAMP_FIELD = {"/Type", "/Subtype", "/FT", "/T", "/TU", "/V", "/F", "/P", "/Rect"}
"""What a document time stamp's field has; actions, pictures and fields below it would show other things."""

_STORE = {"/Type", "/Certs", "/CRLs", "/OCSPs", "/VRI"}
_PAGES = {"/Catalog", "/Pages", "/Page"}

_BLANK = rb"(?:[\x00\t\n\f\r ]|%[^\r\n]*[\r\n])"
_OBJECT = re.compile(rb"(?<![0-9])[0-9]+" + _BLANK + rb"+[0-9]+" + _BLANK + rb"*obj")

_MAX_PAGES = 20_000
_MAX_CHANGES = 20


class Broken(Exception):
    """A file whose structure makes no sense; the text says in which way."""


def changes_after(reader: PdfFileReader, revision: int, *, sealed_in: int) -> list[str]:
    """What was changed after a revision (counted from 0), each as “page 3: …”-like words, in order, without doubles.

    `sealed_in` is the revision that the seal was put in. Raises `Broken`.
    """
    found: dict[str, None] = {}
    for later in range(revision + 1, reader.xrefs.total_revisions):
        for change in _Step(reader, later, seals=later == sealed_in).changes():
            found[change] = None
            if len(found) >= _MAX_CHANGES:
                return [*found, "and more"]
    return list(found)


def unlisted_after(reader: PdfFileReader, pdf: bytes, revision: int, end: int) -> Iterator[str]:
    """What stands in the bytes after a revision, which ends there, without being part of any later one; in words.

    Readers that mend damaged files look for objects everywhere, and so may show those that no table lists.
    """
    later = range(revision + 1, reader.xrefs.total_revisions)
    listed = {reader.xrefs.get_historical_ref(ref, each) for each in later for ref in _listed(reader, each)}
    listed |= {reader.xrefs.get_startxref_for_revision(each) for each in later}
    if any(found.start() not in listed for found in _OBJECT.finditer(pdf, end)):
        yield "objects were appended that belong to no revision"
    if len(re.findall(rb"startxref", pdf[end:])) != len(later) or not pdf.rstrip(b"\r\n\x00 ").endswith(b"%%EOF"):
        yield "bytes were appended behind the end of the document"


def _listed(reader: PdfFileReader, revision: int) -> set[Any]:
    return set(reader.xrefs.explicit_refs_in_revision(revision))


class _Step:
    """One revision, held against the one before it."""

    def __init__(self, reader: PdfFileReader, revision: int, *, seals: bool) -> None:
        self.old: HistoricalResolver = reader.get_historical_resolver(revision - 1)
        self.new: HistoricalResolver = reader.get_historical_resolver(revision)
        self.seals = seals

    def changes(self) -> Iterator[str]:
        if self.new.refs_freed_in_revision():
            yield "parts of the document were deleted"
        if self.old.root_ref != self.new.root_ref:
            yield "the whole document was replaced"
            return
        info = _reference(self.old.trailer_view, "/Info")
        if info != (later := _reference(self.new.trailer_view, "/Info")):
            yield from self._info(self.old(info) if info else None, self.new(later) if later else None)
        for ref in sorted(self.new.explicit_refs_in_revision(), key=lambda ref: (ref.idnum, ref.generation)):
            # Read even where nothing refers to it: readers that find one thing damaged take everything else anew.
            after: Any = self.new(ref)
            if self._is_new(ref):
                # It only matters where something that was there refers to it, and that is looked at.
                if _text(after, "/Type") in _PAGES:
                    yield "a page or another document was put beside the signed one"
                continue
            try:
                before: Any = self.old(ref)
            except Exception:
                before = None
            if before is None or isinstance(before, generic.NullObject):
                # A number that was free: the base may refer to it already, and show now what it did not show.
                yield f"something was put where the signed document had nothing (object {ref.idnum})"
            elif not _same(before, after):
                yield from self._change(ref, before, after)

    def _is_new(self, ref: Any) -> bool:
        """Whether nothing has, or could have, that number: a table may list objects beyond the size that it gives."""
        known = self.old.reader.xrefs.get_historical_ref(ref, self.old.revision)
        return known is None and self.old.is_ref_unassignable(ref)

    def _change(self, ref: Any, before: Any, after: Any) -> Iterator[str]:
        if ref == self.old.root_ref:
            yield from self._catalog(before, after)
        elif ref == _reference(self.old.root, "/AcroForm"):
            yield from self._form(before, after)
        elif ref == _reference(self.old.root, "/Metadata"):
            yield from self._metadata(before, after)
        elif ref == _reference(self.old.trailer_view, "/Info"):
            yield from self._info(before, after)
        elif ref in self._fields:
            yield from self._field(before, after)
        elif (page := self._pages.get(ref)) is not None:
            yield from self._page(page, before, after)
        elif not (ref == _reference(self.old.root, "/DSS") and _is_validation_data(before)):
            yield self._named(ref, before)

    def _catalog(self, before: Any, after: Any) -> Iterator[str]:
        for key in _differing(before, after):
            old, new = _raw(before, key), _raw(after, key)
            if key == "/AcroForm" and _is_dictionary(old) and _is_dictionary(new):
                yield from self._form(old, new)
            elif not self._signing_changes(key, old, new):
                yield f"{_CATALOG.get(key, f'the entry {key} of the document')} was changed"

    def _signing_changes(self, key: str, old: Any, new: Any) -> bool:
        """Whether an entry of the catalog is one that signing writes."""
        return (
            (key in {"/AcroForm", "/Perms"} and old is None and self.seals)
            or (key == "/DSS" and self._is_new_store(new))
            or (key == "/Extensions" and _extended(old, new))
            or (key == "/Version" and new in {"/1.7", "/2.0"})
        )

    def _is_new_store(self, value: Any) -> bool:
        """Whether validation data have a place of their own: in what was there, something shown could be as well."""
        if not isinstance(value, generic.IndirectObject):
            return _is_validation_data(value)
        return self._is_new(value.reference) and _is_validation_data(self.new(value.reference))

    def _form(self, before: Any, after: Any) -> Iterator[str]:
        for key in _differing(before, after):
            if key == "/SigFlags":
                continue
            if key != "/Fields":
                yield f"the form was changed ({key})"
                continue
            old, new = _items(before, key), _items(after, key)
            if not _begins_with(new, old):
                yield "form fields were removed or exchanged"
            for added in new[len(old) :]:
                if not self._may_be_added(added):
                    yield f"a form field was added: “{_text(added.get_object(), '/T')}”"

    def _field(self, before: Any, after: Any) -> Iterator[str]:
        name = _text(before, "/T")
        differing = set(_differing(before, after))
        if _text(before, "/FT") != "/Sig":
            yield f"the form field “{name}” was changed"
        elif "/V" in before:
            yield f"the signature in the field “{name}” was exchanged or its picture changed"
        elif "/V" not in after or not differing <= {"/V", "/AP", "/M", "/AS"}:
            yield f"the signature field “{name}” was changed without a signature"

    def _metadata(self, before: Any, after: Any) -> Iterator[str]:
        if self.seals:
            return  # Signing writes it anew; the seal covers it, and later revisions are held against it.
        try:
            same = _described(before) == _described(after)
        except ElementTree.ParseError:
            same = False
        if not same:
            yield "the description of the document (title, author) was changed"

    def _info(self, before: Any, after: Any) -> Iterator[str]:
        if set(_differing(before, after)) - {"/ModDate", "/Producer"}:
            yield "the title, author or dates of the document were changed"

    def _page(self, number: int, before: Any, after: Any) -> Iterator[str]:
        for key in _differing(before, after):
            if key == "/Annots":
                yield from self._annotations(number, before, after)
            else:
                yield f"{_PAGE.get(key, 'page {}').format(number)} was changed"

    def _annotations(self, number: int, before: Any, after: Any) -> Iterator[str]:
        old, new = _items(before, "/Annots"), _items(after, "/Annots")
        if not _begins_with(new, old):
            yield f"an annotation was taken off page {number} or exchanged"
        for added in new[len(old) :]:
            if not self._may_be_added(added):
                kind = _text(added.get_object(), "/Subtype").strip("/") or "unknown"
                yield f"an annotation was put on page {number}: {kind}"

    def _may_be_added(self, item: Any) -> bool:
        """Whether a form field or annotation is a signature's; an object of its own, so that changes of it show."""
        if not isinstance(item, generic.IndirectObject):
            return False
        field = self.new(item.reference)
        return _is_invisible_stamp(field) or (self.seals and _text(field, "/FT") == "/Sig")

    def _named(self, ref: Any, before: Any) -> str:
        """What an object is, from where it hangs."""
        for page_ref, number in self._pages.items():
            page = self.old(page_ref)
            for key, words in _PAGE.items():
                if ref in set(_refs(page, key)):
                    return f"{words.format(number)} was changed"
        kind = _text(before, "/Type")
        subtype = _text(before, "/Subtype")
        if kind == "/EmbeddedFile" or kind == "/Filespec" or kind == "/F":
            return "an attached file was exchanged"
        if kind in {"/Sig", "/DocTimeStamp"}:
            return "a signature was written over"
        if kind in {"/Font", "/FontDescriptor"} or subtype in {"/Type0C", "/OpenType", "/CIDFontType0C"}:
            return "a font was exchanged"
        if subtype in {"/Image", "/Form"}:
            return "a picture was exchanged"
        if kind == "/Pages":
            return "the list of pages was changed"
        if kind == "/Annot" or subtype in {"/Link", "/Widget"}:
            return "an annotation was changed"
        if kind in {"/StructElem", "/StructTreeRoot"}:
            return "the structure that is read aloud was changed"
        return f"a part of the document was written over (object {ref.idnum})"

    @cached_property
    def _pages(self) -> dict[Any, int]:
        return {ref: number for number, ref in enumerate(page_refs(self.old), 1)}

    @cached_property
    def _fields(self) -> frozenset[Any]:
        form = entry(self.old.root, "/AcroForm", {})
        return frozenset(_refs(form, "/Fields"))


def page_refs(document: HistoricalResolver | PdfFileReader) -> list[Any]:
    """References of the pages, in order. Raises `Broken` for trees with loops or without end."""
    found: list[Any] = []
    seen: set[Any] = set()
    waiting = [_reference(document.root, "/Pages")]
    while waiting:
        ref = waiting.pop()
        if ref is None or ref in seen:
            raise Broken("Its list of pages runs in a circle.")
        seen.add(ref)
        if len(seen) > _MAX_PAGES:
            raise Broken(f"It has more than {_MAX_PAGES:,} pages.")
        node = document.get_object(ref)
        if "/Kids" in node:
            waiting.extend(reversed(list(_refs(node, "/Kids"))))
        else:
            found.append(ref)
    return found


def entry(dictionary: Any, key: str, default: Any = None) -> Any:
    """The object behind an entry; the `get` of pyHanko's dictionaries gives references as they are."""
    try:
        return dictionary[key]
    except KeyError:
        return default


def _is_invisible_stamp(field: Any) -> bool:
    """A document time stamp's field: it takes no room on any page."""
    if not _is_dictionary(field) or _text(field, "/FT") != "/Sig" or "/V" not in field:
        return False
    if not set(field.keys()) <= _STAMP_FIELD or _text(field, "/Subtype") != "/Widget":
        return False
    rect = [float(edge) for edge in entry(field, "/Rect", [0, 0, 0, 0])]
    empty = len(rect) == 4 and rect[0] == rect[2] and rect[1] == rect[3]
    return empty and _text(field["/V"], "/Type") == "/DocTimeStamp"


def _described(stream: Any) -> list[tuple[str, str]]:
    """What XMP metadata say, wherever and in whichever of its ways of writing."""
    found: list[tuple[str, str]] = []
    for element in ElementTree.fromstring(stream.data).iter():  # noqa: S314 - in a process with limits
        said = [(element.tag, (element.text or "").strip()), *element.items()]
        found.extend((name, text) for name, text in said if text and name not in _WRITTEN_ANEW)
    return sorted(found)


def _is_validation_data(value: Any) -> bool:
    """Whether it is nothing else as well: a store that shared its place with a page would hide a change of that."""
    return _is_dictionary(value) and set(value.keys()) <= _STORE


def _extended(old: Any, new: Any) -> bool:
    """Whether only the extensions that signing declares were added."""
    before = old.get_object() if old is not None else generic.DictionaryObject()
    after = new.get_object() if new is not None else generic.DictionaryObject()
    return all(key in {"/ESIC", "/ADBE", "/ISO_"} for key in _differing(before, after))


def _differing(before: Any, after: Any) -> list[str]:
    if not (_is_dictionary(before) and _is_dictionary(after)):
        return ["/"] if not _same(before, after) else []
    keys = sorted({*before.keys(), *after.keys()})
    return [str(key) for key in keys if not _same(_raw(before, key), _raw(after, key))]


def _raw(dictionary: Any, key: str) -> Any:
    try:
        return dictionary.raw_get(key)
    except KeyError:
        return None


def _same(old: Any, new: Any, depth: int = 0) -> bool:
    """Whether two objects are written alike; references count as equal where they name the same object."""
    if depth > 60:
        raise Broken("Its objects are nested too deeply.")
    if isinstance(old, generic.IndirectObject) or isinstance(new, generic.IndirectObject):
        both = isinstance(old, generic.IndirectObject) and isinstance(new, generic.IndirectObject)
        return both and (old.idnum, old.generation) == (new.idnum, new.generation)
    if type(old) is not type(new):
        return False
    if isinstance(old, generic.DictionaryObject):
        if isinstance(old, generic.StreamObject) and old.encoded_data != new.encoded_data:
            return False
        return old.keys() == new.keys() and all(_same(old.raw_get(key), new.raw_get(key), depth + 1) for key in old)
    if isinstance(old, generic.ArrayObject):
        return len(old) == len(new) and all(
            _same(old.raw_get(index), new.raw_get(index), depth + 1) for index in range(len(old))
        )
    # Texts too: pyHanko writes the same letters in another encoding.
    return bool(old == new)


def _refs(dictionary: Any, key: str) -> Iterator[Any]:
    """References in an entry that is a reference, or an array of them, or a reference to such an array."""
    if not _is_dictionary(dictionary) or key not in dictionary:
        return
    raw = dictionary.raw_get(key)
    if isinstance(raw, generic.IndirectObject):
        yield raw.reference
        raw = raw.get_object()
    if isinstance(raw, generic.ArrayObject):
        for index in range(len(raw)):
            item = raw.raw_get(index)
            if isinstance(item, generic.IndirectObject):
                yield item.reference


def _items(dictionary: Any, key: str) -> list[Any]:
    """What an array in an entry holds, as it is written: references, and objects that stand in it themselves."""
    array = entry(dictionary, key, generic.ArrayObject())
    return (
        [array.raw_get(index) for index in range(len(array))] if isinstance(array, generic.ArrayObject) else [array]
    )


def _begins_with(items: list[Any], start: list[Any]) -> bool:
    return len(items) >= len(start) and all(_same(*pair) for pair in zip(start, items, strict=False))


def _reference(dictionary: Any, key: str) -> Any:
    raw = _raw(dictionary, key)
    return raw.reference if isinstance(raw, generic.IndirectObject) else None


def _is_dictionary(value: Any) -> bool:
    return isinstance(value, generic.DictionaryObject)


def _text(dictionary: Any, key: str) -> str:
    return str(entry(dictionary, key, ""))[:80] if _is_dictionary(dictionary) else ""
