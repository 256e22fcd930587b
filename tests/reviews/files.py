"""Small files of each kind, as programs write them."""

import io
import struct
import zipfile
import zlib

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
GIF = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00"
    + bytes(3)
    + b"\xff\xff\xff,"
    + bytes(4)
    + b"\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)
JPEG = (
    b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    + b"\xff\xdb\x00\x43"
    + bytes(64)
    + b"\xff\xd9"
)
WEBP = b"RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00"
HTML = b"<!doctype html><script>alert(document.domain)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00" + bytes(200)


def png(text: bytes = b"") -> bytes:
    """One grey point; `text` is a comment in it."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    size = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    comment = chunk(b"tEXt", b"Comment\0" + text) if text else b""
    points = chunk(b"IDAT", zlib.compress(b"\0\x80"))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + comment + points + chunk(b"IEND", b"")


def package(*parts: tuple[str, str]) -> bytes:
    """An archive with these parts, in this order, none of them packed."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in parts:
            archive.writestr(name, content)
    return made.getvalue()


def office(folder: str, *more: tuple[str, str]) -> bytes:
    """Office Open XML with its content in this folder: word, xl or ppt."""
    return package(("[Content_Types].xml", "<Types/>"), (f"{folder}/document.xml", "<document/>"), *more)


def open_document(kind: str, *more: tuple[str, str]) -> bytes:
    """OpenDocument of this kind: text, spreadsheet or presentation."""
    kind = f"application/vnd.oasis.opendocument.{kind}"
    return package(("mimetype", kind), ("content.xml", "<content/>"), *more)
