"""The whole job in German, as the proof that every text can be translated."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.doing import leave_by
from tests.browser.pages import PAGES, STATES
from tests.browser.test_accessibility import sign_in
from tests.support.catalogue import read
from tests.support.site import Site

pytestmark = pytest.mark.pages

SAID = """
() => {
  // What checklists and people say, and what is written for programs.
  const theirs = "[lang=en], .prose, .marked, .compared, .pieces, td, blockquote, textarea, code, pre, kbd, script";
  const found = [document.title, ...Object.values(document.getElementById("words")?.dataset ?? {})];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!node.parentElement.closest(theirs)) found.push(node.textContent);
  }
  for (const name of ["aria-label", "placeholder", "title", "data-some", "data-one"]) {
    for (const each of document.querySelectorAll(`[${name}]`)) {
      if (!each.closest(theirs)) found.push(each.getAttribute(name));
    }
  }
  return [...new Set(found.map((text) => text.trim().replace(/\\s+/g, " ")))].filter(Boolean);
}
"""
ENGLISH = re.compile(r"\b(the|and|of|with|this|your|you|are|is|from|has|have|which|that|there|nothing|not|no|yet)\b")
NAMES = {"Before the workshop", ": Before the workshop"}
"""What the tests themselves call something."""
BOTH = {"Start", "Name", "Details"}
"""German words that are English ones too."""


@pytest.fixture
def german(browser: Browser, site: Site) -> Iterator[BrowserContext]:
    context = browser.new_context(locale="de-DE", base_url=site.url, timezone_id="Europe/Berlin")
    yield context
    context.close()


def test_no_page_says_anything_in_english_but_what_is_marked_so(german: BrowserContext, places: dict[str, str]):
    page = german.new_page()
    texts = {entry.msgid for entry in read("de") if entry.msgstr not in {"", entry.msgid}} - BOTH
    left = []
    for who, pages in (("admin", {**PAGES, **STATES}), ("lea", STATES)):
        german.clear_cookies()
        sign_in(page, who)
        for name, address in pages.items():
            page.goto(address.format(**places))
            expect(page.locator("html")).to_have_attribute("lang", "de")
            said = [text for text in page.evaluate(SAID) if not any(each in text for each in NAMES)]
            # Mails are in the language of whoever gets them.
            if name != "mailbox":
                left += [f"{name}: {text}" for text in said if text in texts or ENGLISH.search(text)]
    assert left == []


def test_the_job_is_done_in_german(german: BrowserContext):
    page = german.new_page()
    page.goto("/sign-in/")
    page.get_by_label("Benutzername").fill("ada")
    page.get_by_label("Passwort").fill("wrong")
    page.get_by_role("button", name="Anmelden").click()
    expect(page.get_by_role("alert")).to_contain_text("passen zu keinem offenen Konto")
    sign_in(page, "ada")
    choose_zone(page, "Europe/Berlin")
    page.goto("/")
    page.get_by_role("link", name="Neuer Workload mit Review").click()
    page.get_by_label("Name").fill("Deutscher Assistent")
    page.get_by_label("Explorative Datenanalyse").check()
    page.get_by_label("Zweck").fill("Beantwortet Fragen von Kunden.")
    page.get_by_label("Regionen").fill("germanywestcentral")
    page.get_by_role("button", name="Das Review beginnen").click()
    expect(page.get_by_role("heading", name="Fragebogen")).to_be_visible()
    page.wait_for_load_state()

    first = page.locator("article.question").first
    name = first.locator(".id").inner_text()
    expect(first.locator("h3")).to_have_attribute("lang", "en")
    expect(first.locator(".head .badge")).to_have_text("Unbeantwortet")
    first.locator("input[name=choice]").last.check()
    expect(first.locator(".state")).to_have_text("✓ Gespeichert")
    expect(page.locator("#said")).to_have_text(f"{name}: gespeichert.")
    expect(first.locator(".head .badge")).to_have_text(re.compile("Risiko"))
    expect(page.locator("#progress strong")).to_have_text(re.compile(r"1 von \d+ beantwortet"))
    first.get_by_role("link", name="Verlauf").click()
    expect(first.locator(".history time")).to_have_text(re.compile(r"^\d{1,2}\. \w+\.? \d{4}, \d\d:\d\d (CET|CEST)$"))

    leave_by(page.get_by_role("button", name="Zur Freigabe einreichen"))
    expect(page.locator("#incomplete")).to_contain_text("Nicht eingereicht.")
    expect(page.locator("#incomplete")).to_contain_text("noch nicht beantwortet:")
    german.set_offline(True)
    first.locator("textarea[name=note]").fill("Im Zug geschrieben.")
    first.locator("textarea[name=note]").press("Tab")
    expect(page.locator("#alarm")).to_have_text(
        "Der Server ist nicht erreichbar; es wird von selbst wieder versucht."
    )
    german.set_offline(False)
    expect(first.locator(".state")).to_have_text("✓ Gespeichert")
    choose_zone(page, "")


def choose_zone(page: Page, zone: str) -> None:
    page.get_by_role("link", name="Ada Brandt").click()
    page.get_by_label("Zeitzone").select_option(zone)
    page.get_by_role("button", name="Speichern").click()
    expect(page.get_by_role("status")).to_have_text("Ihre Wahl ist gespeichert.")
    expect(page.get_by_label("Zeitzone")).to_have_value(zone)
