"""The text on pages that our renderer drew, for comparing two of its renderings with each other.

Enough of PDF for that: fonts with ToUnicode maps, shown by Tj and TJ (ISO 32000-1, 9.4.3 and 9.10.3).
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any, Literal

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader

from reviews.report.printed_notes import printed_text
from reviews.report.revisions import entry, page_refs
from reviews.report.snapshot import SnapshotData
from reviews.report.wording import visible

_TOKEN = re.compile(
    rb"<(?P<hex>[0-9A-Fa-f\s]*)>(?!>)"
    rb"|\((?P<literal>(?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*)\)"
    rb"|/(?P<name>[^\s/<>\[\]()]+)"
    rb"|(?P<operator>\b(?:Tf|Tj|TJ|Do|BI)\b|['\"])"
    rb"|(?P<dictionary><<|>>)",
    re.DOTALL,
)
_ENTRIES = {
    b"bfchar": re.compile(rb"<([0-9A-Fa-f]+)>()\s*<([0-9A-Fa-f]*)>"),
    b"bfrange": re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]*)>"),
}
_BLOCK = re.compile(rb"begin(bfchar|bfrange)(.*?)end\1", re.DOTALL)
_CODE_POINT = re.compile("\\[U\\+([0-9A-F]{4,5}|10[0-9A-F]{4})\\]")
_NOTE = "the note"
_PICTURE = "\N{OBJECT REPLACEMENT CHARACTER}"
_RIGHT_TO_LEFT = {"R", "AL", "AN"}


def pages(document: HistoricalResolver | PdfFileReader) -> list[str]:
    """The text of each page in the order of drawing; a picture is U+FFFC. Raises `revisions.Broken`."""
    maps: dict[Any, dict[bytes, str]] = {}
    return ["".join(_drawn(document.get_object(ref), maps)) for ref in page_refs(document)]


def paper(document: PdfFileReader) -> Literal["A4", "Letter"]:
    """The paper of the first page, of the two that reports are made for."""
    first = document.get_object(page_refs(document)[0])
    left, _, right, _ = (float(edge) for edge in first["/MediaBox"])
    return "Letter" if right - left > 600 else "A4"


def squeezed(text: str) -> str:
    """The text without what depends on where lines break: blanks and hyphens."""
    return re.sub(r"[\s\u00ad\u2010-]+", "", unicodedata.normalize("NFKC", text))


def missing(snapshot: SnapshotData, shown: list[str], digest: str) -> str:
    """What of a snapshot is not on the pages, in words; empty where all that can be looked for is there.

    Texts with letters that are written from right to left are left out: pages have them in the order of drawing. Of
    the others letters and digits count, as fonts draw signs and marks in ways of their own.
    """
    every = [squeezed(page) for page in shown]
    if not every or not all(squeezed(digest) in page for page in every):
        return "the SHA-256 of the data"
    whole = _letters("".join(every))
    for what, text in _texts(visible(snapshot)):
        # Earlier editions printed notes as they were typed.
        ways = [printed_text(text), text] if what == _NOTE else [text]
        if not any(_stands(each, whole) for each in ways):
            return f"{what} “{text[:60]}”"
    return ""


def _stands(text: str, whole: str) -> bool:
    """Whether all that can be looked for of a text is in the letters of all pages."""
    lines = [_letters(squeezed(line)) for line in text.splitlines()]
    readable = [line for line in lines if not any(unicodedata.bidirectional(each) in _RIGHT_TO_LEFT for each in line)]
    # A line may run over pages, whose headers and footers then stand in it: its parts are looked for.
    return all(part in whole for line in readable for part in _parts(line))


def _letters(text: str) -> str:
    """Letters and digits alone; one that no font had on the day, and that stands there as its number, is itself."""
    spelt = _CODE_POINT.sub(lambda found: chr(int(found[1], 16)), text)
    return "".join(letter for letter in spelt if unicodedata.category(letter)[0] in "LN")


def _parts(line: str) -> Iterator[str]:
    length = 12
    yield from (line[start : start + length] for start in range(0, len(line) - length + 1, length * 4))
    if len(line) < length:
        yield line


def _texts(snapshot: SnapshotData) -> Iterator[tuple[str, str]]:
    workload = snapshot["workload"]
    yield "the workload", workload["name"]
    yield "its purpose", workload["purpose"]
    for sign_off in snapshot.get("sign_offs") or [snapshot["approval"]]:
        yield "the name", sign_off["by"]["name"]
        yield "the statement", sign_off["statement"]
    if "since" in snapshot:
        yield "the SHA-256 of the review before", snapshot["since"]["review"]["sha256"]
    for section in snapshot["sections"]:
        for question in section["questions"]:
            yield "the question", question["text"]
            yield _NOTE, question["note"]
            for piece in question.get("evidence", []):
                yield from (
                    ("the evidence", piece[part]) for part in ("title", "file_name", "url", "quote", "source")
                )
                yield "the SHA-256 of evidence", piece["sha256"]
    for comment in snapshot.get("comments", []):
        yield "the comment", comment["text"]


def _drawn(page: Any, maps: dict[Any, dict[bytes, str]]) -> Iterator[str]:
    fonts = entry(entry(page, "/Resources", {}), "/Font", {})
    known: dict[bytes, str] = {}
    name, waiting = b"", []
    for token in _TOKEN.finditer(_content(page)):
        kind = token.lastgroup
        if kind == "name":
            name = token["name"]
        elif kind in {"hex", "literal"}:
            waiting.append(_bytes(token))
        elif kind == "operator":
            operator = token["operator"]
            if operator == b"Tf":
                known = _map(fonts, f"/{name.decode('latin-1')}", maps)
            elif operator in {b"Do", b"BI"}:
                yield _PICTURE
            else:
                yield from (_decoded(each, known) for each in waiting)
            waiting = []


def _content(page: Any) -> bytes:
    content = entry(page, "/Contents", [])
    streams = [content] if isinstance(content, generic.StreamObject) else list(content)
    return b"\n".join(stream.get_object().data for stream in streams)


def _bytes(token: re.Match[bytes]) -> bytes:
    if token.lastgroup == "hex":
        digits = re.sub(rb"\s", b"", token["hex"])
        return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode())
    return re.sub(rb"\\(.)", rb"\1", token["literal"], flags=re.DOTALL)


def _decoded(text: bytes, known: dict[bytes, str]) -> str:
    width = len(next(iter(known), b"\0\0"))
    codes = (text[start : start + width] for start in range(0, len(text), width))
    return "".join(known.get(code, "\N{REPLACEMENT CHARACTER}") for code in codes)


def _map(fonts: Any, name: str, maps: dict[Any, dict[bytes, str]]) -> dict[bytes, str]:
    if name not in fonts:
        return {}
    raw = fonts.raw_get(name)
    key = raw.reference if isinstance(raw, generic.IndirectObject) else id(raw)
    if key not in maps:
        font = raw.get_object()
        maps[key] = _to_unicode(font["/ToUnicode"].data) if "/ToUnicode" in font else {}
    return maps[key]


def _to_unicode(cmap: bytes) -> dict[bytes, str]:
    known: dict[bytes, str] = {}
    for block in _BLOCK.finditer(cmap):
        for first, last, to in _ENTRIES[block[1]].findall(block[2]):
            code, text = bytes.fromhex(first.decode()), bytes.fromhex(to.decode()).decode("utf-16-be", "replace")
            count = int(last, 16) - int(first, 16) + 1 if last else 1
            start, room = int.from_bytes(code, "big"), 256 ** len(code)
            for step in range(min(count, 65_536, room - start)):
                at = (start + step).to_bytes(len(code), "big")
                known[at] = text[:-1] + chr(ord(text[-1]) + step) if text else ""
    return known
