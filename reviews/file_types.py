"""What a file is by its bytes, and which files can be evidence. Pure.

A file is taken where its bytes are of a type in `TYPES` and its name ends as such a file's does. What a browser or a
computer would run (web pages, drawings with scripts, programs, documents with macros) is none of them.
"""

import codecs
import os
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO

import puremagic
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop


@dataclass(frozen=True)
class FileType:
    """A kind of file: its media type, what people call it, and how names of such files end."""

    content_type: str
    title: str
    endings: tuple[str, ...]


_OOXML = "application/vnd.openxmlformats-officedocument"
_ODF = "application/vnd.oasis.opendocument"
_PARTS = {
    f"{_OOXML}.wordprocessingml.document": "word/",
    f"{_OOXML}.spreadsheetml.sheet": "xl/",
    f"{_OOXML}.presentationml.presentation": "ppt/",
}
"""Where each kind of Office Open XML package has its content (ECMA-376, part 1)."""

TYPES = (
    FileType("application/pdf", gettext_noop("a PDF"), ("pdf",)),
    FileType("image/png", gettext_noop("a PNG image"), ("png",)),
    FileType("image/jpeg", gettext_noop("a JPEG image"), ("jpg", "jpeg")),
    FileType("image/gif", gettext_noop("a GIF image"), ("gif",)),
    FileType("image/webp", gettext_noop("a WebP image"), ("webp",)),
    FileType("text/plain", gettext_noop("plain text"), ("txt", "log")),
    FileType("text/csv", gettext_noop("a CSV table"), ("csv",)),
    FileType("text/markdown", gettext_noop("Markdown"), ("md",)),
    FileType("application/json", gettext_noop("JSON"), ("json",)),
    FileType(f"{_OOXML}.wordprocessingml.document", gettext_noop("a Word document"), ("docx",)),
    FileType(f"{_OOXML}.spreadsheetml.sheet", gettext_noop("an Excel workbook"), ("xlsx",)),
    FileType(f"{_OOXML}.presentationml.presentation", gettext_noop("a PowerPoint presentation"), ("pptx",)),
    FileType(f"{_ODF}.text", gettext_noop("an OpenDocument text"), ("odt",)),
    FileType(f"{_ODF}.spreadsheet", gettext_noop("an OpenDocument table"), ("ods",)),
    FileType(f"{_ODF}.presentation", gettext_noop("an OpenDocument presentation"), ("odp",)),
)
TAKEN = gettext_lazy("PDF, PNG, JPEG, GIF, WebP, text, CSV, Markdown, JSON, Word, Excel, PowerPoint, OpenDocument")
"""The same in words."""
_BY_ENDING = {ending: each for each in TYPES for ending in each.endings}
_TITLES = {each.content_type: each.title for each in TYPES} | {
    "text/html": gettext_noop("a web page"),
    "image/svg+xml": gettext_noop("an SVG drawing"),
    "application/vnd.microsoft.portable-executable": gettext_noop("a program"),
}
CONTENT_TYPES = frozenset(each.content_type for each in TYPES)

_CHUNK = 1 << 16
# What no text has (WHATWG, MIME Sniffing, "binary data byte").
_BINARY = re.compile(b"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
# A text that begins so is a web page, a drawing or another document in markup.
_MARKUP = re.compile(
    r"<([!?]|(html|head|body|script|style|iframe|object|embed|svg|math|meta|link|base)\b)", re.IGNORECASE
)
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    NotImplementedError,
    RuntimeError,
    ValueError,
    EOFError,
    OSError,
)
"""What reading an archive may end with."""
_ZIP_END = b"PK\x05\x06"
_MOST_OF_A_LIST = 1 << 20
"""So many bytes the list of a package's parts may have: documents have a few thousand."""


class NotTaken(Exception):
    """A file that cannot be evidence; the text is a sentence that says why, and what to do."""


def recognised(file: IO[bytes], name: str) -> FileType:
    """What a file is, by its bytes and its name, which have to agree. Raises `NotTaken`. `file` is seekable."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    expected = _BY_ENDING.get(ending)
    if expected is None:
        raise NotTaken(
            _("Files whose names end in “.{}” are not taken as evidence.").format(ending[:20])
            if ending
            else _("The name of the file has no ending that says what it is.")
        ) from None
    if not _size(file):
        raise NotTaken(_("The file is empty."))
    if problem := _check_of(expected)(file, expected):
        raise NotTaken(problem)
    return expected


def _check_of(expected: FileType) -> Callable[[IO[bytes], FileType], str]:
    if expected.content_type.startswith("text/") or expected.content_type == "application/json":
        return _problem_of_text
    if expected.content_type in _PARTS or expected.content_type.startswith(_ODF):
        return _problem_of_package
    return _problem_of_picture


def _problem_of_picture(file: IO[bytes], expected: FileType) -> str:
    """Of images and PDFs: whether they are what they are called, and nothing else besides."""
    found = _matches(file)
    if not any(each.mime_type == expected.content_type for each in found if each.confidence == found[0].confidence):
        return _not_what_it_is_called(expected, _seems(file))
    if _end_of_zip(file) is not None:
        return _("The file is {} with an archive behind it. Save it anew without.").format(_(expected.title))
    return ""


def _problem_of_text(file: IO[bytes], expected: FileType) -> str:
    start = ""
    try:
        for text in _decoded(file):
            start = start or text
    except UnicodeError:
        return _not_what_it_is_called(expected, _seems(file))
    start = start.lstrip()
    while start.startswith("<!--") and "-->" in start:
        start = start.partition("-->")[2].lstrip()
    if _MARKUP.match(start):
        return _(
            "The file is a web page, a drawing or the like, which a browser could run. Add it as a PDF or an image."
        )
    if expected.content_type == "application/json" and start[:1] not in {"{", "["}:
        return _not_what_it_is_called(expected, "")
    return ""


def _problem_of_package(file: IO[bytes], expected: FileType) -> str:
    """Of office documents, which are archives: whether they have the parts of their kind, and no macros."""
    file.seek(0)
    if file.read(4) != b"PK\x03\x04":
        return _not_what_it_is_called(expected, _seems(file))
    listed = _end_of_zip(file)
    damaged = _("The file is damaged: it cannot be opened as {}.").format(_(expected.title))
    if listed is None or listed > _MOST_OF_A_LIST:
        return damaged
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as package:
            parts = package.namelist()
            said = package.open("mimetype").read(200).decode("ascii", "replace") if "mimetype" in parts else ""
    except _BROKEN:
        return damaged
    if expected.content_type in _PARTS:
        folder = _PARTS[expected.content_type]
        fits = "[Content_Types].xml" in parts and any(part.startswith(folder) for part in parts)
    else:
        fits = said == expected.content_type
    if not fits:
        return _not_what_it_is_called(expected, "")
    if any(part.lower().endswith("vbaproject.bin") or part.startswith(("Basic/", "Scripts/")) for part in parts):
        return _("The document has macros. Save it without them, or as a PDF.")
    return ""


def _not_what_it_is_called(expected: FileType, seems: str) -> str:
    if seems:
        return _("By its name the file is {}, but its content is {}.").format(_(expected.title), seems)
    return _("By its name the file is {}, but its content is not.").format(_(expected.title))


def _seems(file: IO[bytes]) -> str:
    """What the bytes look like, where a sentence can name it."""
    for each in _matches(file):
        if each.mime_type in _TITLES:
            return _(_TITLES[each.mime_type])
    return ""


def _matches(file: IO[bytes]) -> list[puremagic.PureMagicWithConfidence]:
    """What the signature at the beginning may be, the most certain first."""
    file.seek(0)
    try:
        return [each for each in puremagic.magic_stream(file) if each.offset >= 0]
    except (puremagic.PureError, ValueError):
        return []


def _decoded(file: IO[bytes]) -> Iterator[str]:
    """The text in pieces: UTF-16 with its mark, or any 8-bit encoding. Raises UnicodeError for what is no text."""
    file.seek(0)
    start = file.read(2)
    if start in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
        decoder = codecs.getincrementaldecoder("utf-16")()
        file.seek(0)
        while piece := file.read(_CHUNK):
            text = decoder.decode(piece)
            if _BINARY.search(text.encode("utf-8", "surrogatepass")):
                raise UnicodeError
            yield text
        decoder.decode(b"", final=True)
        return
    file.seek(0)
    while piece := file.read(_CHUNK):
        if _BINARY.search(piece):
            raise UnicodeError
        # Signs before 128 are the same in all of them, and nothing else is looked for.
        yield piece.decode("latin-1").removeprefix("\xef\xbb\xbf")


def _end_of_zip(file: IO[bytes]) -> int | None:
    """The bytes that the list of an archive has which ends where the file ends; None where there is no such archive.

    Archives are read from their end (APPNOTE 4.3.16), so that one may follow a picture unseen.
    """
    size = _size(file)
    start = max(0, size - (1 << 16) - 22)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(_ZIP_END)
    while at >= 0:
        end = tail[at : at + 22]
        if len(end) == 22 and at + 22 + int.from_bytes(end[20:22], "little") == len(tail):
            return int.from_bytes(end[12:16], "little")
        at = tail.rfind(_ZIP_END, 0, at)
    return None


def _size(file: IO[bytes]) -> int:
    return file.seek(0, os.SEEK_END)
