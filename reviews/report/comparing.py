"""Whether the pages of a report say what its data say."""

from dataclasses import replace

from pyhanko.pdf_utils.reader import PdfFileReader

from reviews.report import page_text
from reviews.report.edition import is_edition, made_by
from reviews.report.opening import opened
from reviews.report.render import render
from reviews.report.revisions import entry
from reviews.report.snapshot import SnapshotData
from reviews.report.verdict import Compared, DataVerdict, in_short


def compared(pdf: bytes, reader: PdfFileReader, data: DataVerdict, snapshot: SnapshotData) -> DataVerdict:
    """The verdict on the data, completed: they are rendered anew, and the pages of the file held against that."""
    theirs_by = _maker(reader)
    try:
        # Under the name of their edition, as another may well draw the same, byte for byte.
        named = theirs_by if is_edition(theirs_by) else ""
        rendered = render(snapshot, paper=page_text.paper(reader), edition=named).pdf
    except Exception as problem:
        return replace(data, said=f"The embedded data cannot be rendered, so the pages differ. ({in_short(problem)})")
    if pdf.startswith(rendered):
        said = (
            "The pages are exactly what the data inside say: drawn from them anew, they are the same, byte for byte."
        )
        return replace(data, compared=Compared.BYTES, said=said)
    ours = page_text.pages(opened(rendered))
    theirs = page_text.pages(reader.get_historical_resolver(0))
    if [page_text.squeezed(page) for page in ours] == [page_text.squeezed(page) for page in theirs]:
        said = (
            "The text of every page is what the embedded data render to; their looks were not compared, as fonts "
            "or the renderer differ from those here."
        )
        return replace(data, compared=Compared.TEXT, said=said)
    if theirs_by == made_by():
        said = "The pages do not say what the embedded data say: rendered anew, the data give another text."
        return replace(data, said=said)
    missing = page_text.missing(snapshot, theirs, data.sha256)
    if missing:
        said = f"The pages do not say what the embedded data say: {missing} is not on them."
        return replace(data, said=said)
    said = (
        "The report was made by another version of this application, or with other fonts. Every page shows the "
        "SHA-256 of the embedded data, and the names, statements, questions and notes in the data are on the "
        "pages; whether the pages say more than that was not compared."
    )
    return replace(data, compared=Compared.PARTS, said=said)


def _maker(document: PdfFileReader) -> str:
    """The program and edition that made a document, as far as it says."""
    return str(entry(entry(document.trailer_view, "/Info", {}), "/Creator", ""))
