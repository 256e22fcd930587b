"""Reports name the edition of the renderer that made them, so that later ones judge them fairly."""

import copy
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template
from django.test import override_settings
from pyhanko.pdf_utils.reader import PdfFileReader

from checklists.canonical import canonical_json, sha256_hex
from reviews.report.edition import TEMPLATE, made_by
from reviews.report.opening import opened
from reviews.report.page_text import missing, pages, squeezed
from reviews.report.render import render
from reviews.report.verdict import Compared
from tests.reviews.report import forging, sample
from tests.reviews.report.forging import verdict
from tests.reviews.report.test_render_conformance import of_the_whole_world

HEADING = "<h2>The workload, and how it was scored</h2>"


@pytest.fixture
def rendered_with(tmp_path):
    """Renders a snapshot with a template in which some text is exchanged, as another edition has it."""

    def render_otherwise(old: str, new: str, snapshot=None, **options) -> bytes:
        with _template(tmp_path, old, new):
            return render(snapshot or noted(), **options).pdf

    return render_otherwise


@contextmanager
def _template(folder: Path, old: str, new: str):
    text = get_template(TEMPLATE).template.source
    assert old in text
    place = folder / TEMPLATE
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text.replace(old, new))
    (engine,) = settings.TEMPLATES
    with override_settings(TEMPLATES=[engine | {"DIRS": [folder, *engine["DIRS"]]}]):
        yield


def creator(pdf: bytes) -> str:
    return str(PdfFileReader(BytesIO(pdf)).trailer_view["/Info"]["/Creator"])


def noted():
    """The smallest sample with a note and evidence, so that there is something of each kind to look for."""
    snapshot = sample.tiny()
    question = snapshot["sections"][0]["questions"][0]
    question["note"] = sample.LONG_NOTE
    question["evidence"] = copy.deepcopy(sample.EVIDENCE["GEN-04"])
    return snapshot


def signed(pdf: bytes) -> bytes:
    return forging.signed(pdf, noted())


def judged(pdf: bytes):
    return verdict(pdf, compare_pages=True)


def test_a_report_says_which_edition_made_it_and_says_it_twice_alike():
    pdf = forging.base()
    assert re.fullmatch("AI platform reviews, report [0-9a-f]{12}", creator(pdf))
    assert creator(pdf) == made_by()
    metadata = PdfFileReader(BytesIO(pdf)).root["/Metadata"].data.decode()
    assert f"CreatorTool>{creator(pdf)}</" in metadata


def test_signing_does_not_change_who_made_it():
    assert creator(forging.genuine()) == made_by()


def test_another_process_of_the_same_installation_is_the_same_edition():
    asked = "import django; django.setup(); from reviews.report.edition import made_by; print(made_by())"
    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == made_by()


def test_another_template_is_another_edition(rendered_with):
    assert creator(rendered_with(HEADING, "<h2>The system</h2>")) != made_by()


@pytest.mark.parametrize("changed", ["reviews/report/assets/report.css", "reviews/report/wording.py"])
def test_another_stylesheet_or_module_is_another_edition(tmp_path, changed):
    for part in ("aiplatform", "checklists", "reviews", "templates"):
        shutil.copytree(part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    with (tmp_path / changed).open("a") as file:
        file.write("\n")
    asked = "import django; django.setup(); from reviews.report.edition import made_by; print(made_by())"
    run = subprocess.run([sys.executable, "-c", asked], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert run.stdout.strip() != made_by()


def test_an_honest_report_of_another_edition_is_valid_and_the_verdict_says_what_was_compared(rendered_with):
    found = judged(signed(rendered_with(HEADING, "<h2>The system and its points</h2>")))
    assert found.problems == ()
    assert found.data.compared == Compared.PARTS
    assert found.data.said.startswith("The report was made by another version of this application")
    assert "whether the pages say more than that was not compared" in found.data.said


def test_an_honest_report_of_another_edition_is_valid_whatever_scripts_and_signs_are_in_it(rendered_with):
    snapshot = of_the_whole_world(noted())
    pdf = rendered_with(HEADING, "<h2>The system and its points</h2>", snapshot)
    found = judged(forging.signed(pdf, snapshot))
    assert found.problems == ()
    assert found.data.compared == Compared.PARTS


def test_a_report_of_another_edition_that_looks_the_same_is_compared_byte_for_byte(rendered_with):
    pdf = rendered_with("</body>", "<!-- only a remark --></body>")
    assert creator(pdf) != made_by()
    found = judged(signed(pdf))
    assert found.problems == ()
    assert found.data.compared == Compared.BYTES


@pytest.mark.parametrize(
    ("old", "what"),
    [
        ('<p class="lede">{{ snapshot.workload.purpose }}</p>', "its purpose"),
        ("{% partialdef note %}{% if question.note %}", "the note"),
        ('<br><span class="digest">{{ piece.sha256 }}</span>', "the SHA-256 of evidence"),
        ('<p class="running-hash">snapshot {{ digest }}</p>', "the SHA-256 of the data"),
    ],
)
def test_a_report_of_another_edition_that_leaves_something_of_the_data_out_is_not_valid(rendered_with, old, what):
    new = "{% partialdef note %}{% if False %}" if "note" in old else ""
    found = judged(signed(rendered_with(old, new)))
    assert not found.valid
    assert found.data.compared == Compared.NOT
    assert f"The pages do not say what the embedded data say: {what}" in found.problems[0]


def test_a_report_that_claims_to_be_of_this_edition_and_has_other_pages_is_not_valid(rendered_with):
    pdf = rendered_with(HEADING, "<h2>Approved for everything</h2>", edition=made_by())
    assert creator(pdf) == made_by()
    found = judged(signed(pdf))
    assert not found.valid
    assert found.problems == (
        "The pages do not say what the embedded data say: rendered anew, the data give another text.",
    )


def test_a_note_that_an_earlier_edition_printed_as_it_was_typed_is_found_on_its_pages():
    snapshot = noted()
    note = "The [runbook](https://wiki.example.org/runbook) says &amp; shows *how*."
    snapshot["sections"][0]["questions"][0]["note"] = note
    digest = sha256_hex(canonical_json(snapshot))
    shown = pages(opened(render(snapshot).pdf))
    assert missing(snapshot, shown, digest) == ""
    printed = squeezed("The runbook (https://wiki.example.org/runbook) says & shows how.")
    before = [squeezed(page).replace(printed, squeezed(note)) for page in shown]
    assert before != [squeezed(page) for page in shown]
    assert missing(snapshot, before, digest) == ""
    without = [squeezed(page).replace(printed, "") for page in shown]
    assert missing(snapshot, without, digest).startswith("the note")
