"""Opening a file that may be a report, within bounds."""

from io import BytesIO

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.decode_limits import DecodePurpose
from pyhanko.pdf_utils.misc import read_non_whitespace
from pyhanko.pdf_utils.reader import PdfFileReader

from reviews.report.revisions import Broken

_MAX_OBJECTS = 2_000_000


def opened(pdf: bytes) -> PdfFileReader:
    """The file, ready to be read. Raises `Broken` for what no report is, and as pyHanko does for what is damaged."""
    if not pdf.startswith(b"%PDF-"):
        raise Broken("It is no PDF.")
    reader = _Reader(BytesIO(pdf))
    if reader.encrypted:
        raise Broken("It is encrypted; reports never are.")
    if reader.xrefs.hybrid_xrefs_present:
        raise Broken("It says to different readers different things (hybrid cross-references).")
    revisions = range(reader.xrefs.total_revisions)
    if sum(len(reader.xrefs.explicit_refs_in_revision(each)) for each in revisions) > _MAX_OBJECTS:
        raise Broken(f"It has more than {_MAX_OBJECTS:,} objects.")
    return reader


class _Reader(PdfFileReader):
    """pyHanko's reader, which remembers where in a stream of objects (ISO 32000-1, 7.5.7) each begins.

    pyHanko reads the list of places anew for each object, so that a report of twice as many takes four times as long.
    """

    def __init__(self, stream: BytesIO) -> None:
        self._streams: dict[int, tuple[bytes, dict[int, tuple[int, int]]]] = {}
        super().__init__(stream)

    def _get_object_from_stream(self, idnum: int, stmnum: int, idx: int) -> generic.PdfObject:
        if stmnum not in self._streams:
            self._streams[stmnum] = self._places(stmnum)
        data, places = self._streams[stmnum]
        index, start = places.get(idnum, (-1, 0))
        if index == idx:
            stream = BytesIO(data)
            stream.seek(start)
            found: generic.PdfObject = generic.read_object(stream, generic.Reference(idnum, 0, self))
            if not isinstance(found, generic.StreamObject | generic.IndirectObject):
                return found
        # Something is wrong with it, and pyHanko says what.
        told: generic.PdfObject = super()._get_object_from_stream(idnum, stmnum, idx)
        return told

    def _places(self, number: int) -> tuple[bytes, dict[int, tuple[int, int]]]:
        """A stream's bytes, and by the number of an object its index in the stream and where it begins."""
        stream = generic.Reference(number, 0, self).get_object()
        if not isinstance(stream, generic.StreamObject) or stream.get("/Type") != "/ObjStm":
            return b"", {}
        data: bytes = stream.read_data(DecodePurpose.OBJECT_STREAM)
        header, first = BytesIO(data), int(stream["/First"])
        places: dict[int, tuple[int, int]] = {}
        for index in range(int(stream["/N"])):
            read_non_whitespace(header, seek_back=True)
            object_number = int(generic.NumberObject.read_from_stream(header))
            read_non_whitespace(header, seek_back=True)
            places.setdefault(object_number, (index, first + int(generic.NumberObject.read_from_stream(header))))
        return data, places
