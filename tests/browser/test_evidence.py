"""Evidence in a card of the questionnaire, in two browsers."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.doing import answer, let_pages_ask
from tests.reviews import files

pytestmark = pytest.mark.pages

CARD = "#q-GEN-01"


def opened(page: Page, kind: str):
    card = page.locator(CARD)
    card.get_by_role("link", name="Add evidence").click()
    card.get_by_role("radio", name=kind).check()
    return card


def add(card, number: int):
    card.get_by_role("button", name="Add", exact=True).click()
    expect(card.locator(".pieces > li")).to_have_count(number)


def test_files_links_and_quotes_are_added_without_a_reload_and_others_see_them_at_once(desks, tmp_path: Path):
    ada, jonas = desks
    ada.evaluate("window.same = true")
    ada.locator("#note-GEN-01").fill("As measured.")
    card = opened(ada, "File")
    sent = tmp_path / "Überblick.pdf"
    sent.write_bytes(files.PDF)
    card.get_by_label("File", exact=True).last.set_input_files(sent)
    add(card, 1)
    opened(ada, "Link").get_by_label("Address").fill("https://wiki.example.org/limits")
    card.get_by_label("What it shows").fill("Limits of the model")
    add(card, 2)
    opened(ada, "Quote").get_by_label("Quote", exact=True).last.fill("None of the calls failed.")
    card.get_by_label("Where it is from").fill("Load test, page 4")
    add(card, 3)
    assert ada.evaluate("window.same")
    expect(ada.locator("#note-GEN-01")).to_have_value("As measured.")
    let_pages_ask(jonas)
    expect(jonas.locator(f"{CARD} .pieces > li")).to_have_count(3)
    expect(jonas.locator(CARD)).to_contain_text("None of the calls failed.")
    with jonas.expect_download() as download:
        jonas.get_by_role("link", name="Überblick.pdf").click()
    assert download.value.suggested_filename == "Überblick.pdf"
    assert Path(download.value.path()).read_bytes() == files.PDF
    ada.reload()
    expect(ada.locator(f"{CARD} .pieces > li")).to_have_count(3)
    piece = ada.locator(f"{CARD} .pieces > li").nth(1)
    piece.get_by_text("Take away").click()
    piece.get_by_role("button", name="Take it away").click()
    expect(ada.locator(f"{CARD} .pieces > li")).to_have_count(2)
    let_pages_ask(jonas)
    expect(jonas.locator(f"{CARD} .pieces > li")).to_have_count(2)


def test_what_is_refused_stays_in_the_form_with_the_reason_and_so_does_the_file(ada, tmp_path: Path):
    card = opened(ada, "File")
    sent = tmp_path / "report.pdf"
    sent.write_bytes(files.HTML)
    card.get_by_label("File", exact=True).last.set_input_files(sent)
    card.get_by_label("What it shows").fill("The report")
    card.get_by_role("button", name="Add", exact=True).click()
    expect(card.get_by_role("alert").filter(has_text="its content is a web page")).to_be_visible()
    expect(card.get_by_label("What it shows")).to_have_value("The report")
    assert card.locator("input[type=file]").evaluate("field => field.files[0].name") == "report.pdf"
    too_large = tmp_path / "large.txt"
    too_large.write_bytes(b"a" * 21 * 1024 * 1024)
    card.locator("input[type=file]").set_input_files(too_large)
    assert "larger than 20 MB" in card.locator("input[type=file]").evaluate("field => field.validationMessage")


def test_a_quote_that_was_begun_is_there_again_and_a_form_stays_open_while_others_work(desks):
    ada, jonas = desks
    card = opened(ada, "Quote")
    card.get_by_label("Quote", exact=True).last.fill("None of the")
    ada.reload()
    card = opened(ada, "Quote")
    expect(card.get_by_label("Quote", exact=True).last).to_have_value("None of the")
    card.get_by_label("Quote", exact=True).last.fill("")
    card.get_by_label("Where it is from").fill("Load test")
    answer(jonas, "GEN-01", ["informal"])
    opened(jonas, "Link").get_by_label("Address").fill("https://wiki.example.org/limits")
    add(jonas.locator(CARD), 1)
    let_pages_ask(ada)
    expect(card.locator(".pieces > li")).to_have_count(1)
    expect(ada.locator(f"{CARD} input[value=informal]")).to_be_checked()
    expect(card.get_by_label("Where it is from")).to_have_value("Load test")


def test_evidence_is_added_with_the_keyboard_alone(ada):
    link = ada.locator(CARD).get_by_role("link", name="Add evidence")
    link.focus()
    ada.keyboard.press("Enter")
    expect(ada.locator(f"{CARD} input[name=kind][value=file]")).to_be_focused()
    ada.keyboard.press("ArrowRight")
    ada.keyboard.press("Tab")
    ada.keyboard.type("https://wiki.example.org/limits")
    ada.keyboard.press("Enter")
    expect(ada.locator(f"{CARD} .pieces > li")).to_have_count(1)
    expect(ada.locator("#evidence-GEN-01")).to_be_focused()
