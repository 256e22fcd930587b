"""The report says all that the snapshot says, cuts nothing off, and fetches nothing."""

import copy
import json
import os
import socket
import subprocess
import sys
from html import unescape

import pytest
from pypdf import PdfReader
from weasyprint.urls import FatalURLFetchingError

from checklists.canonical import canonical_json, sha256_hex
from reviews.report import render
from reviews.report.fields import FIELD_SIZE
from tests.reviews.report import sample
from tests.reviews.report.reading import pages, squeezed, whole_text

HOSTILE = (
    "<script>alert(1)</script><img src=file:///etc/passwd><link rel=stylesheet href=http://127.0.0.1:9/x.css>"
    "<style>@import 'http://127.0.0.1:9/y.css';</style>{{ snapshot }}{% now 'Y' %}&lt;b&gt; url(http://127.0.0.1:9/z)"
)


def test_the_hash_of_the_snapshot_is_on_every_page(snapshot, sample_pdf):
    digest = sha256_hex(canonical_json(snapshot))
    for number, text in enumerate(pages(sample_pdf), start=1):
        assert digest in text, f"page {number}"


def test_every_page_says_which_of_how_many_it_is(snapshot, sample_pdf):
    texts = pages(sample_pdf)
    for number, text in enumerate(texts, start=1):
        assert f"{number} of {len(texts)}" in text


def test_every_question_choice_note_reason_and_comment_is_in_the_report(snapshot, sample_pdf):
    text = whole_text(sample_pdf)
    for question in sample.questions_of(snapshot):
        wanted = [question["id"], question["text"], question["good"], question["reason"]]
        wanted += [choice["text"] for choice in question["choices"]]
        wanted += [part for comment in question["comments"] for part in comment["text"].splitlines()]
        for said in wanted:
            assert squeezed(said) in text, said
        assert squeezed(question["note"]) in text


def test_every_piece_of_evidence_is_in_the_report_under_its_question_and_with_its_sha256(snapshot, sample_pdf):
    text = whole_text(sample_pdf)
    pieces = [piece for question in sample.questions_of(snapshot) for piece in question["evidence"]]
    assert len(pieces) == 3
    for number, piece in enumerate(pieces, start=1):
        assert text.count(squeezed(f"E{number} {piece['title']}")) == 1
        assert squeezed(f"Added by {piece['by']['name']}") in text
        for part in ("title", "file_name", "url", "quote", "source", "sha256"):
            assert squeezed(piece[part]) in text
    assert "412.4kB" in text


def test_what_was_said_about_the_whole_is_in_the_report(snapshot, sample_pdf):
    text = whole_text(sample_pdf)
    assert (
        squeezed("Lea Okafor commented, 21 Oct 2026, 09:30 UTC Good work, and honest. Two things are open.") in text
    )


def test_every_finding_says_why_it_matters_and_what_to_do(snapshot, sample_pdf):
    text = whole_text(sample_pdf)
    findings = [each for each in sample.questions_of(snapshot) if each["risk"] in ("high", "medium")]
    assert len(findings) == 7
    for question in findings:
        assert squeezed(question["why"]) in text
        assert squeezed(question["do"]) in text


def test_findings_with_high_risk_come_first(snapshot):
    html = render.render_html(snapshot)
    order = [
        html.index(f'id="finding-{question["id"]}"')
        for question in sample.questions_of(snapshot)
        if question["risk"] == "high"
    ]
    others = [
        html.index(f'id="finding-{question["id"]}"')
        for question in sample.questions_of(snapshot)
        if question["risk"] == "medium"
    ]
    assert max(order) < min(others)


def test_the_chosen_choice_is_said_in_words_and_not_by_a_mark_alone(snapshot, sample_pdf):
    text = whole_text(sample_pdf)
    for question in sample.questions_of(snapshot):
        for choice in question["choices"]:
            if choice["selected"]:
                assert squeezed(f"{choice['text']} chosen") in text


def test_the_decision_trail_has_every_step_with_its_statement_and_address(snapshot, sample_pdf):
    text = whole_text(sample_pdf)
    for event in snapshot["trail"]:
        assert squeezed(event["text"]) in text
        assert squeezed(event["statement"]) in text
        assert event["address"] in text


def test_the_first_two_pages_tell_outcome_and_top_findings(snapshot, sample_pdf):
    first, second = pages(sample_pdf)[:2]
    assert "Approved with 2 high and 5 medium risks open." in first
    assert "Lea Okafor, Lead" in first
    assert "24 Nov 2026, 13:20 UTC" in first
    assert squeezed(snapshot["workload"]["purpose"]) in squeezed(second)
    for question in sample.questions_of(snapshot):
        if question["risk"] == "high":
            assert question["title"] in second


def test_the_contents_name_the_pages_on_which_the_parts_begin(snapshot, sample_pdf):
    texts = pages(sample_pdf)
    for title in ["Summary", "Findings by risk", "Decision trail", "Sign-off"]:
        lines = texts[0].splitlines()
        number = int(next(line for line in lines[lines.index(title) + 1 :] if line.strip().isdigit()))
        assert title in texts[number - 1]


def test_a_reader_shows_bookmarks_for_the_parts_and_for_each_question(snapshot, sample_pdf):
    outline = PdfReader(sample_pdf).outline
    titles = [entry.title for entry in outline if not isinstance(entry, list)]
    assert titles[:3] == ["Summary", "The workload, and how it was scored", "Findings by risk"]
    assert titles[-2:] == ["Decision trail", "Sign-off"]
    nested = [entry.title for entry in outline if isinstance(entry, list) for entry in entry]
    assert [title.split()[0] for title in nested] == [each["id"] for each in sample.questions_of(snapshot)]


def test_the_pdf_is_tagged_and_says_its_language_and_title(snapshot, sample_pdf):
    reader = PdfReader(sample_pdf)
    assert reader.root_object["/MarkInfo"]["/Marked"]
    assert reader.root_object["/Lang"] == "en"
    assert reader.metadata.title == "Architecture review: Claims assistant"


def test_hostile_text_is_printed_as_it_was_written(snapshot, saved):
    snapshot["workload"]["name"] = HOSTILE
    snapshot["workload"]["links"] = [{"title": HOSTILE, "url": HOSTILE}]
    snapshot["sign_offs"][-1]["by"] = {"name": HOSTILE, "username": HOSTILE, "email": HOSTILE}
    for question in sample.questions_of(snapshot):
        question["note"] = HOSTILE
        question["comments"] = [{"by": sample.ADA, "at": "2026-11-24T13:20:05Z", "text": HOSTILE}]
        question["evidence"] = question["evidence"][:1] if question["id"] == "GEN-04" else []
        for piece in question["evidence"]:
            piece.update(title="a", file_name=HOSTILE, quote=HOSTILE)
    text = whole_text(saved(render.render(snapshot).pdf))
    findings = [each for each in sample.questions_of(snapshot) if each["risk"] in ("high", "medium")]
    # The cover's title, a link's title and address, the approver's name on the cover and name and address under the
    # sign-off; a comment for each question; the name of a file under its question and in the list of evidence, and
    # its quote.
    assert text.count(squeezed(HOSTILE)) == 6 + len(sample.questions_of(snapshot)) + 3
    # A note for each question, and once more where it is a finding; in Markdown, &lt; is <.
    noted = len(sample.questions_of(snapshot)) + len(findings)
    assert text.count(squeezed(unescape(HOSTILE))) == noted


def test_a_snapshot_of_the_first_format_can_still_be_made_into_a_report(snapshot, saved):
    """A report that waits, or failed, while the application is renewed."""
    snapshot["format"] = "ai-platform-review-snapshot/1"
    _without_sign_offs(snapshot)
    del snapshot["added_checklists"]
    for fact in snapshot["workload"]["facts"]:
        del fact["said"]
    for question in sample.questions_of(snapshot):
        for key in ("name", "tags", "regions_differ", "table"):
            del question[key]
        for choice in question["choices"]:
            del choice["do"], choice["not_applicable"]
    text = whole_text(saved(render.render(snapshot).pdf))
    assert squeezed("Does the workload handle personal data? Yes") in text
    assert squeezed("Do people outside the organisation use it? No") in text
    assert "INF-N-01" in text


def test_a_snapshot_of_the_second_format_is_signed_off_by_its_approval_alone(snapshot, saved):
    snapshot["format"] = "ai-platform-review-snapshot/2"
    _without_sign_offs(snapshot)
    report = render.render(snapshot)
    assert report.fields == ("Seal", "SignOff1")
    text = whole_text(saved(report.pdf))
    assert squeezed("Approved by Lea Okafor, Lead") in text
    assert "Validuntil" not in text
    assert "Verifyitat" not in text
    assert "Thepolicyinforce" not in text


def test_a_snapshot_of_the_third_format_has_no_evidence(snapshot, saved):
    snapshot["format"] = "ai-platform-review-snapshot/3"
    _without_evidence(snapshot)
    text = whole_text(saved(render.render(snapshot).pdf))
    assert squeezed("What was shown") not in text
    assert squeezed("The review as a whole") not in text
    assert squeezed("Jonas Keller, Architect, submitted the review") in text


def _without_sign_offs(snapshot):
    for key in ("sign_offs", "policy", "valid_until", "verify_url"):
        del snapshot[key]
    _without_evidence(snapshot)


def _without_evidence(snapshot):
    del snapshot["comments"]
    for question in sample.questions_of(snapshot):
        del question["evidence"]


def test_it_says_who_submitted_the_review_and_who_approved_it(snapshot, saved):
    text = whole_text(saved(render.render(snapshot).pdf))
    assert squeezed("Submitted by Jonas Keller, Architect Approved by Lea Okafor, Lead") in text
    assert squeezed("Jonas Keller, Architect, submitted the review") in text
    assert squeezed("Lea Okafor, Lead, approved it") in text


def test_two_approvals_of_a_review_from_before_submissions_are_both_said_to_be_approvals(snapshot, saved):
    ada = snapshot["sign_offs"][0]
    snapshot["trail"].append(
        {"at": ada["at"], "actor": ada["by"], "kind": "approval_given", "text": "Approval given, others to come"}
        | {"statement": ada["statement"], "address": ""}
    )
    text = whole_text(saved(render.render(snapshot).pdf))
    assert squeezed("Approved by Jonas Keller, Architect Lea Okafor, Lead") in text
    assert squeezed("Submitted by") not in text


def test_the_embedded_snapshot_is_the_one_whose_digest_is_printed(snapshot, sample_pdf):
    reader = PdfReader(sample_pdf)
    assert reader.attachments == {"snapshot.json": [canonical_json(snapshot)]}
    (associated,) = reader.root_object["/AF"]
    assert associated.get_object()["/AFRelationship"] == "/Data"
    assert associated.get_object()["/EF"]["/F"].get_object()["/Subtype"] == "/application/json"


def test_the_embedded_snapshot_has_hostile_text_as_it_was_written(snapshot, saved):
    snapshot["workload"]["name"] = f"{HOSTILE}\u202e\ue000"
    sample.questions_of(snapshot)[0]["note"] = "(endstream)\r\nendobj\n%%EOF \\"
    (data,) = PdfReader(saved(render.render(snapshot).pdf)).attachments["snapshot.json"]
    assert json.loads(data) == snapshot
    assert data == canonical_json(snapshot)


def test_all_who_signed_off_are_named_with_role_statement_and_time(snapshot, sample_pdf):
    texts = pages(sample_pdf)
    acts = ("submitted the review", "approved it")
    times = ("20 Nov 2026, 16:44 UTC", "24 Nov 2026, 13:20 UTC")
    for each, act, when in zip(snapshot["sign_offs"], acts, times, strict=True):
        assert f"{each['by']['name']}, {each['role']}" in texts[0]
        last = squeezed("".join(texts[-2:]))
        assert squeezed(each["statement"]) in last
        assert squeezed(f"{each['by']['name']}, {each['role']}, {act} · {each['by']['email']} · {when}") in last


def test_the_policy_in_force_and_how_long_the_approval_lasts_are_printed(sample_pdf):
    text = whole_text(sample_pdf)
    assert "Validuntil24Nov2027,13:20UTC" in text
    assert squeezed("Approvals needed 1, by the role Lead Open high risks Do not block the approval") in text
    assert squeezed("An approval lasts 365 days") in text


def test_the_address_to_verify_at_is_printed_and_drawn_as_a_code(snapshot, sample_pdf):
    assert whole_text(sample_pdf).count("https://reviews.example.org/verify/") == 2
    assert "<title>QR code with the address https://reviews.example.org/verify/</title>" in render.render_html(
        snapshot
    )


def test_each_sign_off_has_an_empty_field_of_its_own_and_the_seal_signs_first(rendered, sample_pdf):
    assert rendered.fields == ("Seal", "SignOff1", "SignOff2")
    reader = PdfReader(sample_pdf)
    form = reader.root_object["/AcroForm"]
    assert set(form) == {"/Fields"}
    fields = {field["/T"]: field for field in (each.get_object() for each in form["/Fields"])}
    assert {name: field["/TU"] for name, field in fields.items()} == {
        "Seal": "Seal of the organisation",
        "SignOff1": "Signature of Jonas Keller, Architect",
        "SignOff2": "Signature of Lea Okafor, Lead",
    }
    for field in fields.values():
        assert field["/FT"] == "/Sig"
        assert "/V" not in field
        left, bottom, right, top = field["/Rect"]
        assert (right - left, top - bottom) == pytest.approx(FIELD_SIZE)
        assert field["/P"].indirect_reference == reader.pages[-1].indirect_reference


def test_a_statement_longer_than_a_page_leaves_every_field_whole(saved):
    snapshot = sample.tiny()
    snapshot["sign_offs"][0]["statement"] = "I have read it all. " * 900
    reader = PdfReader(saved(render.render(snapshot).pdf))
    for field in (each.get_object() for each in reader.root_object["/AcroForm"]["/Fields"]):
        left, bottom, right, top = field["/Rect"]
        assert (right - left, top - bottom) == pytest.approx(FIELD_SIZE)
        assert bottom > 50
        assert top < 790


@pytest.mark.parametrize(("paper", "lines"), [("A4", 10), ("A4", 34), ("Letter", 22), ("Letter", 42)])
def test_what_follows_the_signatures_moves_whole_to_the_next_page(snapshot, saved, paper, lines):
    third = snapshot["sign_offs"][-1] | {"by": {"name": "Ruth Adeyemi", "username": "ruth", "email": "r@example.org"}}
    snapshot["sign_offs"].append(third)
    snapshot["sign_offs"][0]["statement"] = "I read it, and I asked the team. " * lines
    texts = pages(saved(render.render(snapshot, paper=paper).pdf))
    for heading, last in (
        ("The policy in force", "An approval lasts"),
        ("What was signed", "its SHA-256 is printed on every page"),
        ("How to verify", "The last line is to print the digest above"),
    ):
        (page,) = (text for text in texts if heading in text and "Contents" not in text)
        assert squeezed(last) in squeezed(page), heading


@pytest.mark.parametrize(("paper", "size"), [("A4", (595, 842)), ("Letter", (612, 792))])
def test_all_pages_have_the_size_of_the_paper_that_was_asked_for(snapshot, saved, paper, size):
    for page in PdfReader(saved(render.render(snapshot, paper=paper).pdf)).pages:
        assert (page.mediabox.width, page.mediabox.height) == pytest.approx(size, abs=0.5)


def test_of_very_many_questions_every_one_is_in_the_report(saved):
    snapshot = sample.large(150)
    text = whole_text(saved(render.render(snapshot).pdf))
    questions = sample.questions_of(snapshot)
    assert len(questions) == 150
    for question in questions:
        # A finding stands under the findings and under its section.
        wanted = 2 if question["risk"] in ("high", "medium") else 1
        assert text.count(f"mark{question['id']}.") == wanted, question["id"]


def test_a_table_is_printed_with_what_it_comes_to(snapshot, sample_pdf):
    text = whole_text(sample_pdf)
    assert squeezed("Model deployment 240000 190000 tokens a minute 1.26") in text
    assert "(best)" in text


def test_hostile_text_makes_the_renderer_ask_for_our_own_files_only(snapshot, monkeypatch):
    asked = []
    fetch = render.AssetFetcher.fetch

    def recorded(self, url, headers=None):
        asked.append(url)
        return fetch(self, url, headers)

    def refused(*args, **kwargs):
        raise AssertionError("The renderer opened a connection.")

    monkeypatch.setattr(render.AssetFetcher, "fetch", recorded)
    monkeypatch.setattr(socket.socket, "connect", refused)
    snapshot["workload"]["name"] = snapshot["workload"]["purpose"] = HOSTILE
    snapshot["verify_url"] = f"javascript:alert(1)//{HOSTILE}"
    for question in sample.questions_of(snapshot):
        question["note"] = question["reason"] = HOSTILE
    render.render(snapshot)
    assert asked
    assert all(url.startswith("asset:///") for url in asked)
    ours = {path.name for path in render.ASSETS.iterdir()} | set(render.MARKS)
    assert {url.removeprefix("asset:///") for url in asked} <= ours


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "http://127.0.0.1/",
        "https://example.org/font.ttf",
        "ftp://example.org/x",
        "data:text/css,p{color:red}",
        "asset:///../render.py",
        "asset:///%2e%2e/render.py",
        "asset:////etc/passwd",
        "asset:///LICENSE-IBM-Plex.txt",
        "asset:///fonts.conf",
        "asset://report.css",
        "ASSET:///report.css",
        "report.css",
        "",
    ],
)
def test_the_fetcher_refuses_all_but_our_own_files(url):
    with pytest.raises(FatalURLFetchingError):
        render.AssetFetcher().fetch(url)


def test_a_stylesheet_that_asks_for_something_else_ends_the_rendering(snapshot, monkeypatch):
    asking = '<link rel="stylesheet" href="file:///etc/passwd">'
    monkeypatch.setattr(render, "render_html", lambda _, **options: asking)
    with pytest.raises(render.RenderError, match="file:///etc/passwd"):
        render.render(snapshot)


def test_of_a_note_of_twenty_thousand_letters_nothing_is_cut_off(snapshot, saved):
    marks = [f"mark{number:04d}" for number in range(1400)]
    note = " ".join(f"{mark} text" for mark in marks)
    assert len(note) > 19_000
    sample.questions_of(snapshot)[3]["note"] = note
    text = whole_text(saved(render.render(snapshot).pdf))
    # It is a finding, so it stands under the findings and under its section.
    assert [mark for mark in marks if text.count(mark) != 2] == []


def test_of_one_word_of_twenty_thousand_letters_nothing_is_cut_off(saved):
    snapshot = sample.tiny()
    marks = [f"mark{number:04d}x" for number in range(2200)]
    question = sample.questions_of(snapshot)[0]
    question["note"] = "".join(marks)
    pdf = saved(render.render(snapshot).pdf)
    assert question["note"] in whole_text(pdf)
    assert _widest(pdf) <= 595


def test_long_words_in_names_titles_and_tables_stay_on_the_page(snapshot, saved):
    word = "W" * 120
    snapshot["workload"].update(name=word, owner=word, team=word, regions=[word], purpose=word)
    snapshot["workload"]["links"] = [{"title": word, "url": f"https://example.org/{word * 4}"}]
    snapshot["workload"]["facts"] = [{"id": "f", "text": word, "value": word, "said": word}]
    person = {"name": word, "username": word, "email": f"{word}@example.org"}
    snapshot["contributors"] = [person] * 3
    snapshot["sign_offs"] = [{**each, "by": person} for each in snapshot["sign_offs"]]
    snapshot["verify_url"] = f"https://example.org/{word}/"
    snapshot["trail"] = [{**event, "actor": person, "statement": word} for event in snapshot["trail"]]
    for question in sample.questions_of(snapshot):
        question["title"] = question["text"] = word
    assert _widest(saved(render.render(snapshot).pdf)) <= 595


def test_a_statement_longer_than_a_page_is_printed_whole(saved):
    snapshot = sample.tiny()
    marks = [f"mark{number:04d}" for number in range(1400)]
    statement = " ".join(f"{mark} text" for mark in marks)
    snapshot["sign_offs"][-1]["statement"] = statement
    snapshot["trail"][-1]["statement"] = statement
    text = whole_text(saved(render.render(snapshot).pdf))
    assert [mark for mark in marks if text.count(mark) != 2] == []


def test_the_blanks_at_the_start_of_lines_of_code_are_kept(saved):
    snapshot = sample.tiny()
    sample.questions_of(snapshot)[0]["note"] = "    first\n            second"
    pdf = saved(render.render(snapshot).pdf)
    run = subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, text=True, check=True)
    lines = run.stdout.splitlines()
    first = next(line for line in lines if line.strip() == "first")
    second = next(line for line in lines if line.strip() == "second")
    assert second.index("second") > first.index("first") + 2


def test_text_that_would_turn_around_what_follows_is_made_visible(saved):
    snapshot = sample.tiny()
    snapshot["sign_offs"][-1]["by"] = {**sample.LEA, "name": "Lea \u202egnihtemos\x1b"}
    assert "Lea �gnihtemos�" in pages(saved(render.render(snapshot).pdf))[0]


def test_a_letter_that_no_font_has_is_printed_as_its_number(saved):
    snapshot = sample.tiny()
    snapshot["workload"]["name"] = "Nobody draws \u0378 or \U0001faff"
    assert "Nobodydraws[U+0378]or[U+1FAFF]" in squeezed(pages(saved(render.render(snapshot).pdf))[0])


def test_letters_of_other_scripts_are_printed(saved):
    snapshot = sample.tiny()
    snapshot["workload"]["name"] = "Łódź Straße Ελλάδα Москва"
    assert "Łódź Straße Ελλάδα Москва" in pages(saved(render.render(snapshot).pdf))[0]


def test_the_smallest_snapshot_makes_a_report(saved):
    texts = pages(saved(render.render(sample.tiny()).pdf))
    assert "Approved with no high or medium risk open." in texts[0]
    assert "No answer leaves a high or medium risk." in texts[1]


def test_a_review_without_a_score_makes_a_report(saved):
    snapshot = sample.tiny()
    snapshot["score"]["overall"] = None
    for pillar in snapshot["score"]["pillars"]:
        pillar["score"] = None
    assert "–" in pages(saved(render.render(snapshot).pdf))[0]


def test_rendering_leaves_the_snapshot_as_it_was(snapshot):
    before = copy.deepcopy(snapshot)
    render.render(snapshot)
    assert snapshot == before


def test_one_snapshot_gives_the_same_bytes_in_every_process(rendered):
    code = (
        "import django, hashlib; django.setup()\n"
        "from reviews.report.render import render\n"
        "from tests.reviews.report.sample import realistic\n"
        "print(hashlib.sha256(render(realistic()).pdf).hexdigest())"
    )
    elsewhere = {"PYTHONHASHSEED": "1", "DJANGO_SETTINGS_MODULE": "aiplatform.settings", "TZ": "Asia/Tokyo"}
    run = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | elsewhere, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == sha256_hex(rendered.pdf)


def test_all_fonts_are_ours_and_embedded(sample_pdf):
    run = subprocess.run(["pdffonts", sample_pdf], capture_output=True, text=True, check=True)
    fonts = [line.split() for line in run.stdout.splitlines()[2:]]
    assert {font[0].partition("+")[2].partition("-")[0] for font in fonts} == {"Plex"}
    assert {font[-5] for font in fonts} == {"yes"}


def _widest(pdf) -> float:
    """How far to the right any letter reaches, in points; A4 is 595 wide."""
    run = subprocess.run(["pdftotext", "-bbox", pdf, "-"], capture_output=True, text=True, check=True)
    return max(float(part.split('"')[1]) for part in run.stdout.split("xMax=")[1:] for part in [f"={part}"])
