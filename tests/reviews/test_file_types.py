"""Which files are taken as evidence: those that are what they are called, and that nothing would run."""

import io

import pytest

from reviews.file_types import NotTaken, recognised
from tests.reviews import files

CSV = "day,questions\n1,„zwölf“\n"
TAKEN = {
    "report.pdf": (files.PDF, "application/pdf"),
    "Report.PDF": (files.PDF, "application/pdf"),
    "page.png": (files.png(), "image/png"),
    "page.jpg": (files.JPEG, "image/jpeg"),
    "page.jpeg": (files.JPEG, "image/jpeg"),
    "page.gif": (files.GIF, "image/gif"),
    "page.webp": (files.WEBP, "image/webp"),
    "run.txt": (b"nothing but text\n", "text/plain"),
    "run.log": (b"\x1b[31m14:02\x1b[0m timeout\r\n", "text/plain"),
    "table.csv": (CSV.encode(), "text/csv"),
    "from-a-spreadsheet.csv": (CSV.encode("cp1252"), "text/csv"),
    "from-a-shell.txt": (CSV.encode("utf-16"), "text/plain"),
    "notes.md": (b"<!-- kept by the team -->\n# Load test\n\n> *none* failed\n", "text/markdown"),
    "limits.json": (b'\xef\xbb\xbf\n{"limit": 300000}', "application/json"),
    "list.json": (b"[1, 2]", "application/json"),
    "MZ.txt": (b"MZ and BM begin this text, and it is one.", "text/plain"),
    "a.docx": (files.office("word"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "a.xlsx": (files.office("xl"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "a.pptx": (files.office("ppt"), "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    "a.odt": (files.open_document("text"), "application/vnd.oasis.opendocument.text"),
    "a.ods": (files.open_document("spreadsheet"), "application/vnd.oasis.opendocument.spreadsheet"),
    "a.odp": (files.open_document("presentation"), "application/vnd.oasis.opendocument.presentation"),
}
REFUSED = {
    "web page as PDF": ("report.pdf", files.HTML, "By its name the file is a PDF, but its content is a web page."),
    "web page with a PDF in it": ("report.pdf", files.HTML + files.PDF, "is a web page"),
    "drawing as image": ("page.png", files.SVG, "is an SVG drawing"),
    "program as image": ("page.png", files.PROGRAM, "By its name the file is a PNG image"),
    "program as text": ("run.txt", files.PROGRAM, "By its name the file is plain text"),
    "image as another": ("page.gif", files.png(), "By its name the file is a GIF image, but its content is a PNG"),
    "PDF as text": ("run.txt", files.PDF.replace(b"\n", b"\0"), "but its content is a PDF"),
    "web page as text": ("run.txt", b"\n <HTML>" + files.HTML, "a browser could run"),
    "web page behind comments": ("notes.md", b"<!-- a --> <!-- b -->" + files.HTML, "a browser could run"),
    "web page in wide letters": ("run.txt", files.HTML.decode().encode("utf-16"), "a browser could run"),
    "web page behind a mark": ("run.txt", b"\xef\xbb\xbf" + files.HTML, "a browser could run"),
    "drawing as text": ("run.csv", files.SVG, "a browser could run"),
    "markup as text": ("run.txt", b"<?xml version='1.0'?><svg/>", "a browser could run"),
    "text as JSON": ("limits.json", b"limit = 3", "By its name the file is JSON, but its content is not."),
    "web page": ("page.html", files.HTML, "names end in “.html” are not taken"),
    "drawing": ("page.svg", files.SVG, "names end in “.svg” are not taken"),
    "program": ("run.exe", files.PROGRAM, "names end in “.exe” are not taken"),
    "archive": ("all.zip", files.package(("a.txt", "a")), "names end in “.zip” are not taken"),
    "no ending": ("report", files.PDF, "no ending"),
    "hidden ending": ("report.pdf.html", files.PDF, "“.html” are not taken"),
    "nothing": ("report.pdf", b"", "empty"),
    "archive as document": ("a.docx", files.package(("a.txt", "a")), "but its content is not"),
    "workbook as text": ("a.docx", files.office("xl"), "By its name the file is a Word document"),
    "other open document": ("a.odt", files.open_document("spreadsheet"), "is an OpenDocument text, but"),
    "document with macros": ("a.docx", files.office("word", ("word/vbaProject.bin", "x")), "has macros"),
    "open document with macros": ("a.odt", files.open_document("text", ("Basic/Standard/a.xml", "x")), "has macros"),
    "document behind a web page": ("a.docx", files.HTML + files.office("word"), "By its name the file is a Word"),
    "document cut off": ("a.docx", files.office("word")[:-30], "damaged"),
    "image with an archive": ("page.gif", files.GIF + files.package(("Main.class", "x")), "archive behind it"),
    "PDF with an archive": ("a.pdf", files.PDF + files.package(("Main.class", "x")), "archive behind it"),
}


@pytest.mark.parametrize("name", TAKEN)
def test_a_file_that_is_what_it_is_called_is_taken(name):
    content, content_type = TAKEN[name]
    assert recognised(io.BytesIO(content), name).content_type == content_type


@pytest.mark.parametrize("what", REFUSED)
def test_a_file_that_is_something_else_or_could_be_run_is_refused_with_the_reason(what):
    name, content, reason = REFUSED[what]
    with pytest.raises(NotTaken, match=reason):
        recognised(io.BytesIO(content), name)


def test_a_pdf_that_has_an_archive_inside_is_a_pdf():
    inside = files.PDF.replace(b"trailer", files.package(("a.txt", "a")) + b"trailer")
    assert recognised(io.BytesIO(inside), "a.pdf").content_type == "application/pdf"


def test_an_archive_that_claims_more_parts_than_a_document_has_is_not_read():
    made = bytearray(files.office("word"))
    end = made.rindex(b"PK\x05\x06")
    made[end + 12 : end + 16] = (1 << 30).to_bytes(4, "little")
    with pytest.raises(NotTaken, match="damaged"):
        recognised(io.BytesIO(bytes(made)), "a.docx")


def test_a_text_of_nothing_but_the_beginnings_of_comments_is_markup():
    text = b"<!--" * 200_000
    with pytest.raises(NotTaken, match="a browser could run"):
        recognised(io.BytesIO(text), "a.txt")
