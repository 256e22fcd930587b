"""Forgeries, each of which must fail, and say why."""

import re
import zlib
from io import BytesIO

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.reader import PdfFileReader

from checklists.canonical import canonical_json
from reviews.report import contained
from reviews.report.render import render
from reviews.report.verdict import Verdict
from tests.reviews.report import forging, sample
from tests.reviews.report.forging import appended, base, genuine, page, sealed, signed_off, text_over, theirs, verdict

ARRAY, DICTIONARY = generic.ArrayObject, generic.DictionaryObject


def refused(pdf: bytes, because: str, **options) -> Verdict:
    """The verdict on a forgery that can be read, is not valid, and has a problem that says this."""
    found = verdict(pdf, **options)
    assert found.readable, found.problems
    assert not found.valid
    assert found.exit_status == 1
    assert re.search(because, "\n".join(found.problems)), found.problems
    return found


# After signing, by a further revision


def test_text_drawn_over_a_page():
    def draw(writer):
        page(writer)[pdf_name("/Contents")] = ARRAY([page(writer).raw_get("/Contents"), text_over(writer)])
        writer.update_container(page(writer))

    refused(appended(genuine(), draw), "what is shown on page 1")


def test_the_content_of_a_page_written_over_in_its_place():
    def draw(writer):
        content = page(writer)["/Contents"]
        content._data, content._encoded_data = b"BT ET", None
        writer.mark_update(page(writer).raw_get("/Contents").reference)

    refused(appended(genuine(), draw), "what is shown on page 1")


def test_an_annotation_put_on_a_page():
    def annotate(writer):
        note = {"/Type": "/Annot", "/Subtype": "/FreeText"}
        made = DICTIONARY({pdf_name(key): pdf_name(value) for key, value in note.items()})
        made[pdf_name("/Rect")] = ARRAY(map(generic.NumberObject, (0, 0, 600, 850)))
        made[pdf_name("/AP")] = DICTIONARY({pdf_name("/N"): text_over(writer)})
        annotations = [page(writer)["/Annots"].raw_get(each) for each in range(len(page(writer).get("/Annots", [])))]
        page(writer)[pdf_name("/Annots")] = ARRAY([*annotations, writer.add_object(made)])
        writer.update_container(page(writer))

    refused(appended(genuine(), annotate), "an annotation was put on page 1: FreeText")


@pytest.mark.parametrize(("kind", "value"), [("/Tx", "Approved"), ("/Btn", "/Yes"), ("/Ch", "Yes")])
def test_a_form_field_added(kind, value):
    def add(writer):
        field = DICTIONARY({pdf_name("/FT"): pdf_name(kind), pdf_name("/T"): pdf_string("Verdict")})
        field[pdf_name("/V")] = pdf_string(value)
        writer.root["/AcroForm"]["/Fields"].append(writer.add_object(field))
        writer.update_container(writer.root["/AcroForm"]["/Fields"])

    refused(appended(genuine(), add), "a form field was added: “Verdict”")


def test_the_attached_data_exchanged_for_others():
    def swap(writer):
        names = writer.root["/Names"]["/EmbeddedFiles"]["/Names"]
        names[1] = forging.attachment(writer, canonical_json(sample.realistic()))
        writer.update_container(names)

    refused(appended(genuine(), swap), "one attached file|attached files")


def test_the_attached_data_written_over_in_their_place():
    def swap(writer):
        stream = writer.root["/Names"]["/EmbeddedFiles"]["/Names"][1]["/EF"]["/F"]
        stream._data, stream._encoded_data = canonical_json(sample.realistic()), None
        writer.update_container(stream)

    refused(appended(genuine(), swap), "an attached file was exchanged")


def test_a_second_file_attached():
    def add(writer):
        names = writer.root["/Names"]["/EmbeddedFiles"]["/Names"]
        names.extend([pdf_string("z.json"), forging.attachment(writer, b"{}", "z.json")])
        writer.update_container(names)

    refused(appended(genuine(), add), "one attached file")


def test_pages_taken_out_or_put_in_another_order():
    def reverse(writer):
        kids = writer.root["/Pages"]["/Kids"]
        kids.reverse()
        writer.update_container(kids)

    refused(appended(genuine(), reverse), "the list of pages")


def test_the_title_changed():
    def rename(writer):
        info = writer.trailer_view["/Info"]
        info[pdf_name("/Title")] = pdf_string("Architecture review: something else")
        writer.update_container(info)

    refused(appended(genuine(), rename), "the title, author or dates|the description")


def test_an_action_on_opening_or_layers_that_hide():
    def act(writer):
        writer.root[pdf_name("/OpenAction")] = DICTIONARY({pdf_name("/S"): pdf_name("/JavaScript")})
        writer.root[pdf_name("/OCProperties")] = DICTIONARY()
        writer.update_root()

    found = refused(appended(genuine(), act), "what happens when the file is opened")
    assert "the layers that are shown was changed" in found.changes


def test_bytes_behind_the_end():
    assert not verdict(genuine() + b"\nApproved for everything").valid


def test_objects_taken_away():
    number = PdfFileReader(BytesIO(genuine())).root["/Pages"]["/Kids"].raw_get(0).idnum
    start = int(re.findall(rb"startxref\s+(\d+)", genuine())[-1])
    reader = PdfFileReader(BytesIO(genuine()))
    size, root = reader.trailer["/Size"], reader.trailer.raw_get("/Root")
    table = f"xref\n{number} 1\n0000000000 00001 f \ntrailer\n<</Size {size}/Root {root.idnum} 0 R/Prev {start}>>\n"
    pdf = genuine() + table.encode() + f"startxref\n{len(genuine())}\n%%EOF\n".encode()
    assert not verdict(pdf).valid


# The signatures themselves


def test_the_picture_of_a_signature_changed_after_it_was_given():
    def redraw(writer):
        field = writer.root["/AcroForm"]["/Fields"][0]
        field[pdf_name("/AP")] = DICTIONARY({pdf_name("/N"): text_over(writer)})
        writer.update_container(field)

    refused(appended(genuine(), redraw), "the signature in the field “.+” was exchanged or its picture changed")


def test_a_signature_taken_away():
    def remove(writer):
        del writer.root["/AcroForm"]["/Fields"][1]["/V"]
        writer.update_container(writer.root["/AcroForm"]["/Fields"][1])

    refused(appended(genuine(), remove), "personal signature")


def test_a_visible_signature_of_somebody_else_added():
    mallory = forging.Signer(theirs(), "Mallory", "mallory@example.org", "mallory")
    found = refused(mallory.sign(genuine(), "Extra", box=(0, 0, 600, 850)), "“Mallory” signed in the field “Extra”")
    assert any("a form field was added: “Extra”" in each for each in found.problems)


def test_signatures_by_an_authority_that_takes_the_same_names():
    found = refused(forging.signed(base(), sample.tiny(), theirs()), "the trusted authority of that name did not")
    assert {each.issuer for each in found.signatures} == {"Example Insurance: review authority"}
    assert not any(each.trusted for each in found.signatures)


def test_a_genuine_seal_with_sign_offs_by_an_authority_that_takes_the_same_names():
    found = refused(signed_off(sealed(base()), sample.tiny(), theirs()), "“SignOff1” is not trusted")
    assert found.signatures[0].trusted


def test_a_colleague_who_signs_in_place_of_another():
    snapshot = sample.tiny()
    pdf = sealed(base())
    for number, _ in enumerate(snapshot["sign_offs"], 1):
        pdf = forging.person(sample.ADA).sign(pdf, f"SignOff{number}", forging.reason_of(number, snapshot))
    refused(pdf, "by Lea Okafor as Lead, is signed with the certificate of somebody else: Ada Brandt")


def test_a_colleague_of_the_same_name():
    snapshot = sample.tiny()
    other = forging.Signer(forging.ours(), sample.LEA["name"], sample.LEA["email"], "lea2")
    pdf = forging.person(snapshot["sign_offs"][0]["by"]).sign(
        sealed(base()), "SignOff1", forging.reason_of(1, snapshot)
    )
    refused(other.sign(pdf, "SignOff2", forging.reason_of(2, snapshot)), "somebody else: Lea Okafor")


@pytest.mark.parametrize("name", ["Lеa Okafor", "Lea Okаfor", "Lea\u202eOkafor Mallory", "rofakO aeL\u202e"])
def test_somebody_whose_name_only_looks_like_that_of_another(name):
    snapshot = sample.tiny()
    pdf = forging.person(snapshot["sign_offs"][0]["by"]).sign(
        sealed(base()), "SignOff1", forging.reason_of(1, snapshot)
    )
    other = forging.Signer(forging.ours(), name, sample.LEA["email"], sample.LEA["username"])
    refused(other.sign(pdf, "SignOff2", forging.reason_of(2, snapshot)), "certificate of somebody else")


def test_an_account_whose_name_only_looks_like_that_of_another():
    snapshot = sample.tiny()
    pdf = forging.person(snapshot["sign_offs"][0]["by"]).sign(
        sealed(base()), "SignOff1", forging.reason_of(1, snapshot)
    )
    other = forging.Signer(forging.ours(), sample.LEA["name"], sample.LEA["email"], "lеa")
    refused(other.sign(pdf, "SignOff2", forging.reason_of(2, snapshot)), "certificate of somebody else")


def test_a_sign_off_that_is_missing():
    snapshot = sample.tiny()
    pdf = forging.person(snapshot["sign_offs"][0]["by"]).sign(
        sealed(base()), "SignOff1", forging.reason_of(1, snapshot)
    )
    refused(pdf, "name 2 sign-offs, but the document has 1 personal signature")


def test_sign_offs_in_another_order():
    snapshot = sample.tiny()
    snapshot["sign_offs"] = snapshot["sign_offs"][::-1]
    refused(signed_off(sealed(base()), snapshot), "somebody else")


def test_another_statement_than_the_data_have():
    snapshot = sample.tiny()
    snapshot["sign_offs"] = [each | {"statement": "I saw nothing."} for each in snapshot["sign_offs"]]
    refused(signed_off(sealed(base()), snapshot), "another statement in its signature")


def test_a_sign_off_from_before_it_was_given():
    snapshot = sample.tiny()
    later = [each | {"at": "2036-01-01T00:00:00Z"} for each in snapshot["sign_offs"]]
    snapshot |= {"sign_offs": later, "approval": later[-1]}
    refused(forging.signed(render(snapshot).pdf, snapshot), "was signed before it was given")


def test_a_person_who_seals():
    refused(
        signed_off(forging.person(sample.LEA).sign(base(), "Seal"), sample.tiny()), "a seal is the organisation's"
    )


def test_a_seal_that_certifies_nothing():
    refused(signed_off(sealed(base(), certify=False), sample.tiny()), "No seal certifies the document")


def test_a_document_without_any_signature():
    refused(base(), "not signed")


def test_a_signature_copied_from_another_report():
    """The contents of each signature of one report, put into the places of those of another of the same people."""
    other = sample.tiny()
    other["workload"]["name"] = "Another workload"
    pdf = forging.signed(render(other).pdf, other)

    def contents(data: bytes) -> list[re.Match[bytes]]:
        return list(re.finditer(rb"<([0-9a-fA-F]{1000,})>", data))

    for mine, copied in zip(contents(pdf), contents(genuine()), strict=True):
        put = copied[1][: len(mine[1])].ljust(len(mine[1]), b"0")
        pdf = pdf[: mine.start(1)] + put + pdf[mine.end(1) :]
    found = refused(pdf, "does not fit the file")
    assert not any(each.intact for each in found.signatures)


@pytest.mark.parametrize("part", [0.1, 0.4, 0.7, 0.99])
def test_a_byte_changed(part):
    data = bytearray(genuine())
    at = data.index(b"stream", int(len(data) * part * 0.6)) + 30
    data[at] ^= 1
    assert not verdict(bytes(data)).valid


# Byte ranges and wrapped signatures


def byte_range_of(pdf: bytes, number: int) -> re.Match[bytes]:
    return list(re.finditer(rb"/ByteRange \[([0-9 ]+)\]", pdf))[number]


@pytest.mark.parametrize(
    "edges",
    [
        "0 10 20 30",
        "1 {1} {2} {3}",
        "0 {1} {2} 10",
        "0 {1} {1} {3}",
        "0 0 0 0",
        "0 {1}",
        "0 {1} {2} 99999999",
        "0 -1 {2} {3}",
    ],
)
def test_a_byte_range_that_leaves_something_out(edges):
    last = byte_range_of(genuine(), -1)
    written = edges.format(*last[1].decode().split()).encode().ljust(len(last[1]))
    pdf = genuine()[: last.start(1)] + written + genuine()[last.end(1) :]
    found = verdict(pdf)
    assert not found.valid
    assert not found.readable or not all(each.intact for each in found.signatures)


def test_a_signature_wrapped_into_a_larger_gap():
    """The signed bytes move behind what a forger puts into the gap, which then shows something else."""
    pdf = genuine()
    last = byte_range_of(pdf, -1)
    _, first, start, length = map(int, last[1].split())
    put = b"\n% " + b"a" * 500 + b"\n"
    moved = f"0 {first} {start + len(put)} {length}".encode()
    room = len(last[0]) - len("/ByteRange []")
    assert len(moved) <= room
    wrapped = pdf[:start] + put + pdf[start:]
    assert not verdict(wrapped.replace(last[1], moved.ljust(room), 1)).valid


def test_a_signature_that_leaves_its_contents_out():
    def without_contents(writer):
        signature = writer.root["/AcroForm"]["/Fields"][0]["/V"]
        del signature["/Contents"]
        writer.update_container(signature)

    refused(appended(genuine(), without_contents), "cannot be read|was written over")


# Shadow attacks: prepared before signing, shown after


def prepared(change) -> bytes:
    """A base that a forger prepared, with genuine signatures on it."""
    return signed_off(sealed(appended(base(), change)), sample.tiny())


def test_hide_a_layer_prepared_before_signing_is_taken_off_afterwards():
    def cover(writer):
        writer.root[pdf_name("/OCProperties")] = DICTIONARY({pdf_name("/OCGs"): ARRAY()})
        writer.update_root()

    def uncover(writer):
        writer.root[pdf_name("/OCProperties")] = DICTIONARY({pdf_name("/OCGs"): ARRAY([generic.NullObject()])})
        writer.update_root()

    refused(prepared(cover), "the layers that are shown")
    refused(appended(prepared(cover), uncover), "the layers that are shown")


def test_replace_a_font_exchanged_after_signing():
    def exchange(writer):
        fonts = page(writer)["/Resources"]["/Font"]
        name = next(iter(fonts))
        font = fonts[name]
        font[pdf_name("/BaseFont")] = pdf_name("/Mallory")
        writer.update_container(font)

    refused(appended(genuine(), exchange), "font")


def test_hide_and_replace_objects_prepared_before_signing_become_the_document():
    """A second catalogue waits in the signed bytes; the last revision only points to it."""
    held = {}

    def prepare(writer):
        root = DICTIONARY({key: writer.root.raw_get(key) for key in writer.root})
        held["root"] = writer.add_object(root)

    pdf = prepared(prepare)
    reader = PdfFileReader(BytesIO(pdf))
    start = int(re.findall(rb"startxref\s+(\d+)", pdf)[-1])
    table = f"xref\n0 0\ntrailer\n<</Size {reader.trailer['/Size']}/Root {held['root'].idnum} 0 R/Prev {start}>>\n"
    forged = pdf + table.encode() + f"startxref\n{len(pdf)}\n%%EOF\n".encode()
    assert not verdict(forged).valid


def test_a_validation_store_that_shares_its_place_with_something_shown():
    """First the store is said to be an object of a page, then the store is “updated”."""

    def share(writer):
        writer.root[pdf_name("/DSS")] = page(writer).raw_get("/Resources")
        writer.update_root()

    def update(writer):
        resources = page(writer)["/Resources"]
        resources[pdf_name("/ExtGState")] = DICTIONARY()
        writer.update_container(resources)

    refused(appended(appended(genuine(), share), update), "fonts and pictures of page")


# Data and pages that say different things, sealed by a rogue with the organisation's own keys


def test_data_exchanged_before_signing():
    nicer = sample.tiny()
    nicer["workload"]["purpose"] = "Something harmless, that needs no second look."

    def swap(writer):
        stream = writer.root["/Names"]["/EmbeddedFiles"]["/Names"][1]["/EF"]["/F"]
        stream._data, stream._encoded_data = canonical_json(nicer), None
        writer.update_container(stream)

    swapped = signed_off(sealed(appended(base(), swap)), nicer)
    refused(swapped, "attached file was exchanged|do not say what", compare_pages=True)


def test_pages_of_one_review_with_the_data_of_another_in_one_piece():
    other = sample.tiny()
    other["workload"]["purpose"] = "Something harmless, that needs no second look."
    mine, theirs_ = canonical_json(sample.tiny()), canonical_json(other)
    streams = list(re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", base(), re.DOTALL))
    embedded = next(each for each in streams if _inflated(each[1]) == mine)
    packed = zlib.compress(theirs_, 9)
    # The replaced stream must be as long as the old one: the rest of the file keeps its place.
    room = len(embedded[1]) - len(packed)
    assert room >= 0
    forged = base()[: embedded.start(1)] + packed + b"\0" * room + base()[embedded.end(1) :]
    refused(signed_off(sealed(forged), other), "do not say what the embedded data say", compare_pages=True)


def without_data(writer):
    for name in ("/Names", "/AF"):
        if name in writer.root:
            del writer.root[name]
    writer.update_root()


def test_data_left_out_before_signing_so_that_nothing_can_be_compared():
    refused(signed_off(sealed(appended(base(), without_data)), sample.tiny()), "No data are embedded, though")


def test_a_signature_of_somebody_added_to_a_report_of_the_first_release():
    mallory = forging.Signer(forging.ours(), "Mallory", "mallory@example.org", "mallory")
    bare = forging.sealed(appended(base(), without_data), field="Approval")
    assert verdict(bare).valid
    refused(mallory.sign(bare, "SignOff1"), "No data are embedded, though")


def _inflated(data: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(data)
    except zlib.error:
        return b""


@pytest.mark.parametrize(
    "content",
    [
        b"{}",
        b'{"format":"ai-platform-review-snapshot/3"}',
        b'{"a":1,"a":2}',
        b"[" * 200_000,
        b'{"format": NaN}',
        b"not json",
        b"",
    ],
    ids=["empty", "bare", "doubles", "deep", "constant", "text", "nothing"],
)
def test_data_that_are_no_snapshot(content):
    def swap(writer):
        stream = writer.root["/Names"]["/EmbeddedFiles"]["/Names"][1]["/EF"]["/F"]
        stream._data, stream._encoded_data = content, None
        writer.update_container(stream)

    refused(signed_off(sealed(appended(base(), swap)), sample.tiny()), "is no snapshot of a review")


# Files that are to take the verifier down: each within limits, in a process of its own

LIMITS = contained.Limits(size=2 * contained.MEBIBYTE, seconds=20, memory=700 * contained.MEBIBYTE)


def small_pdf(objects: list[bytes], root: int = 1) -> bytes:
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    table += b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer\n<</Size %d/Root %d 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, root, len(out))
    return out + table + trailer


def stream(data: bytes, extra: bytes = b"") -> bytes:
    return b"<</Length %d%s>>\nstream\n%s\nendstream" % (len(data), extra, data)


def bomb() -> bytes:
    packed = zlib.compress(zlib.compress(b"\0" * 300_000_000, 9), 9)
    filters = b"/Filter[/FlateDecode/FlateDecode]/Type/EmbeddedFile"
    specification = b"<</Type/Filespec/F(snapshot.json)/UF(snapshot.json)/EF<</F 5 0 R>>>>"
    catalog = b"<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names[(snapshot.json) 4 0 R]>>>>>>"
    pages = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
    return small_pdf([catalog, pages, b"<</Type/Page/Parent 2 0 R>>", specification, stream(packed, filters)])


CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
MALICIOUS = {
    "truncated": lambda: genuine()[: len(genuine()) // 2],
    "without its end": lambda: genuine()[:-40],
    "only the end": lambda: genuine()[-2000:],
    "decompression bomb": bomb,
    "pages in a circle": lambda: small_pdf([CATALOG, b"<</Type/Pages/Kids[2 0 R]/Count 1>>"]),
    "catalogue that is itself": lambda: small_pdf([b"1 0 R"]),
    "nested arrays": lambda: small_pdf([b"<</A " + b"[" * 100_000 + b"]" * 100_000 + b">>"]),
    "nested dictionaries": lambda: small_pdf([b"<</A" * 50_000 + b" 1" + b">>" * 50_000]),
    "cross-references in a circle": lambda: (
        b"%PDF-1.7\nxref\n0 1\n0000000000 65535 f \ntrailer\n<</Size 1/Root 1 0 R/Prev 9>>\nstartxref\n9\n%%EOF\n"
    ),
    "fields in a circle": lambda: small_pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[3 0 R]>>>>",
            b"<</Type/Pages/Kids[]/Count 0>>",
            b"<</T(a)/FT/Sig/Kids[3 0 R]>>",
        ]
    ),
    "files in a circle": lambda: small_pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles 3 0 R>>>>",
            b"<</Type/Pages/Kids[]/Count 0>>",
            b"<</Kids[3 0 R 3 0 R]>>",
        ]
    ),
    "a table for a thousand million objects": lambda: small_pdf([CATALOG]).replace(b"0 2\n", b"0 1999999999\n"),
    "a length that is a lie": lambda: small_pdf([CATALOG, stream(b"abc").replace(b"/Length 3", b"/Length 99999999")]),
    "thousands of objects": lambda: small_pdf([CATALOG, b"<</Type/Pages/Kids[]/Count 0>>", *[b"[]"] * 60_000]),
    "encrypted": lambda: small_pdf([CATALOG]).replace(b"/Root", b"/Encrypt<</Filter/Standard/V 2/R 3>>/Root"),
    "too large": lambda: genuine() + b"\0" * (3 * contained.MEBIBYTE),
}


@pytest.mark.parametrize("name", MALICIOUS)
def test_a_malicious_file_gets_a_verdict_within_the_limits(name):
    found = contained.verify_contained(MALICIOUS[name](), forging.ours().authorities, limits=LIMITS)
    assert not found.valid
    assert found.exit_status in {1, 2}
    assert found.problems


def test_a_file_that_takes_too_long_is_given_up():
    limits = contained.Limits(size=contained.MEBIBYTE, seconds=1, memory=700 * contained.MEBIBYTE)
    found = contained.verify_contained(genuine(), forging.ours().authorities, limits=limits)
    assert not found.valid
