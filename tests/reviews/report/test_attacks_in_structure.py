"""Forgeries that use how a PDF is written down, each of which must fail, and say why."""

import asyncio
import re
from io import BytesIO

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import PdfTimeStamper
from pyhanko.sign.fields import SigFieldSpec, append_signature_field

from tests.reviews.report import forging
from tests.reviews.report.forging import appended, genuine, page, text_over, verdict
from tests.reviews.report.test_attacks import refused
from tests.support.time_stamps import Tsa

ARRAY, DICTIONARY = generic.ArrayObject, generic.DictionaryObject

DRAWN = b"q 1 1 1 rg 0 0 600 850 re f Q 1 0 0 rg 50 50 300 300 re f"
STREAM = b"<</Length %d>>\nstream\n%s\nendstream" % (len(DRAWN), DRAWN)


def last_table(pdf: bytes) -> int:
    return int(re.findall(rb"startxref\s+(\d+)", pdf)[-1])


def by_hand(
    pdf: bytes, objects: dict[int, bytes], *, before: bytes = b"", places=(), size: int | None = None
) -> bytes:
    """The PDF with one more revision, before which other bytes stand.

    `places` are further objects that its table lists, with where they are said to be.
    """
    reader = PdfFileReader(BytesIO(pdf))
    size = size or max(int(reader.trailer["/Size"]), *(number + 1 for number in [0, *objects, *dict(places)]))
    out, found = pdf + before, dict(places)
    for number, body in objects.items():
        found[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%d 1\n%010d 00000 n \n" % each for each in sorted(found.items())) or b"0 0\n"
    root, info = (reader.trailer.raw_get(key).idnum for key in ("/Root", "/Info"))
    trailer = b"trailer\n<</Size %d/Root %d 0 R/Info %d 0 R/Prev %d>>\n" % (size, root, info, last_table(pdf))
    return out + b"xref\n" + table + trailer + b"startxref\n%d\n%%%%EOF\n" % len(out)


def first_free(pdf: bytes) -> int:
    return int(PdfFileReader(BytesIO(pdf)).trailer["/Size"])


def another_content(pdf: bytes) -> bytes:
    """What is shown on the first page, defined once more."""
    number = PdfFileReader(BytesIO(pdf)).root["/Pages"]["/Kids"][0].raw_get("/Contents").idnum
    return b"%d 0 obj\n%s\nendobj\n" % (number, STREAM)


def note(writer) -> generic.DictionaryObject:
    made = DICTIONARY({pdf_name("/Type"): pdf_name("/Annot"), pdf_name("/Subtype"): pdf_name("/FreeText")})
    made[pdf_name("/Rect")] = ARRAY(map(generic.NumberObject, (0, 0, 600, 850)))
    made[pdf_name("/AP")] = DICTIONARY({pdf_name("/N"): text_over(writer)})
    return made


# What stands in an array itself, instead of being an object that it refers to


def test_an_annotation_that_is_no_object_of_its_own():
    def annotate(writer):
        page(writer)["/Annots"].append(note(writer))
        writer.update_container(page(writer))

    refused(appended(genuine(), annotate), "an annotation was put on page 1: FreeText")


def test_a_form_field_that_is_no_object_of_its_own():
    def add(writer):
        field = DICTIONARY({pdf_name("/FT"): pdf_name("/Tx"), pdf_name("/T"): pdf_string("Verdict")})
        writer.root["/AcroForm"]["/Fields"].append(field)
        writer.update_container(writer.root["/AcroForm"]["/Fields"])

    refused(appended(genuine(), add), "a form field was added: “Verdict”")


def test_annotations_in_another_order():
    """The last covers those before it."""
    number = next(
        each
        for each in range(len(PdfFileReader(BytesIO(genuine())).root["/Pages"]["/Kids"]))
        if len(page(IncrementalPdfFileWriter(BytesIO(genuine())), each).get("/Annots", [])) > 1
    )

    def reverse(writer):
        found = page(writer, number)["/Annots"]
        page(writer, number)[pdf_name("/Annots")] = ARRAY([found.raw_get(each) for each in range(len(found))][::-1])
        writer.update_container(page(writer, number))

    refused(appended(genuine(), reverse), f"an annotation was taken off page {number + 1} or exchanged")


# What readers find that mend damaged files: they look for objects everywhere


def test_an_object_that_no_table_lists_before_a_revision_that_changes_nothing():
    pdf = by_hand(genuine(), {}, before=another_content(genuine()))
    refused(pdf, "objects were appended that belong to no revision")


def test_an_object_that_no_table_lists_written_with_comments():
    hidden = another_content(genuine()).replace(b" 0 obj", b"%x\n0%y\r\tobj", 1)
    refused(by_hand(genuine(), {}, before=hidden), "objects were appended that belong to no revision")


def test_an_object_that_no_table_lists_inside_another():
    hidden = another_content(genuine())
    body = b"<</Length %d>>\nstream\n%s\nendstream" % (len(hidden), hidden)
    pdf = by_hand(genuine(), {first_free(genuine()): body})
    refused(pdf, "objects were appended that belong to no revision")


def test_an_object_that_no_table_lists_and_the_old_table_once_more():
    again = b"startxref\n%d\n%%%%EOF\n" % last_table(genuine())
    refused(genuine() + another_content(genuine()) + again, "belong to no revision")
    refused(genuine() + again, "bytes were appended behind the end")


def test_an_object_that_is_not_where_the_table_says():
    """Who reads it finds the file damaged."""
    pdf = by_hand(genuine(), {}, before=another_content(genuine()), places={first_free(genuine()): 17}.items())
    assert not verdict(pdf).valid


def test_another_document_that_nothing_refers_to():
    free = first_free(genuine())
    catalog = b"<</Type/Catalog/Pages %d 0 R>>" % (free + 1)
    pages = b"<</Type/Pages/Kids[%d 0 R]/Count 1>>" % (free + 2)
    shown = b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 595 842]/Contents %d 0 R>>" % (free + 1, free + 3)
    pdf = by_hand(genuine(), dict(enumerate([catalog, pages, shown, STREAM], free)))
    refused(pdf, "another document was put beside the signed one")


def test_a_table_that_lists_more_objects_than_the_size_it_gives():
    """What is beyond the size would be taken for new once more when it is changed."""
    free = first_free(genuine())
    pdf = by_hand(genuine(), {free: b"<</Type/Catalog>>"}, size=free)
    assert not verdict(pdf).valid


def test_a_validation_store_in_an_object_that_was_there():
    pdf = genuine()
    reader = PdfFileReader(BytesIO(pdf))
    fields = reader.root["/AcroForm"].raw_get("/Fields")
    where = page(IncrementalPdfFileWriter(BytesIO(pdf))).raw_get("/Contents")

    def share(writer):
        writer.root[pdf_name("/DSS")] = generic.IndirectObject(where.idnum, 0, writer)
        writer.update_root()

    assert fields is not None
    refused(appended(pdf, share), "the validation data was changed")


# What comes with a time stamp of anybody, which by itself is only noted


@pytest.mark.parametrize("key", ["/AA", "/A", "/AP", "/Kids", "/MK"])
def test_a_time_stamp_whose_field_does_something(key):
    writer = IncrementalPdfFileWriter(BytesIO(genuine()))
    append_signature_field(writer, SigFieldSpec("Timestamp"))
    fields = writer.root["/AcroForm"]["/Fields"]
    field = fields[len(fields) - 1]
    field[pdf_name(key)] = ARRAY() if key == "/Kids" else DICTIONARY({pdf_name("/N"): text_over(writer)})
    writer.update_container(field)
    output = BytesIO()
    stamper = PdfTimeStamper(Tsa().stamper, field_name="Timestamp")
    asyncio.run(stamper.async_timestamp_pdf(writer, "sha256", output=output))
    assert not verdict(output.getvalue()).valid


def test_a_time_stamp_of_anybody_is_only_noted():
    writer, output = IncrementalPdfFileWriter(BytesIO(genuine())), BytesIO()
    asyncio.run(PdfTimeStamper(Tsa().stamper).async_timestamp_pdf(writer, "sha256", output=output))
    found = forging.verdict(output.getvalue())
    assert found.valid, found.problems
    assert "not trusted here" in found.notes[0]
