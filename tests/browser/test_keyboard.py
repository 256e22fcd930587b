"""The whole job without a mouse."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.doing import begin_review
from tests.support.site import PASSWORD

pytestmark = pytest.mark.pages


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.id || document.activeElement.tagName")


def tab_to(page: Page, wanted: str) -> None:
    """Press Tab until the focus is on something with this text or label, as it is announced."""
    script = """
      () => {
        const { activeElement: at } = document;
        const label = at.getAttribute("aria-label") ?? at.labels?.[0]?.innerText ?? at.innerText ?? "";
        return label.trim().replace(/\\s+/g, " ");
      }
    """
    for _ in range(400):
        page.keyboard.press("Tab")
        if page.evaluate(script).startswith(wanted):
            return
    raise AssertionError(f"Tab never leads to “{wanted}”")


def saved(page: Page, question: str) -> None:
    expect(page.locator(f"#state-{question}")).to_have_text("✓ Saved")


def test_the_whole_job_from_signing_in_to_submission_is_done_by_keyboard(browser, site):
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{site.url}/sign-in/")
    tab_to(page, "User name")
    page.keyboard.type("ada")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Good to see you").wait_for()

    tab_to(page, "New workload and review")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Start the review").wait_for()
    tab_to(page, "Name")
    page.keyboard.type("Keyboard assistant")
    page.keyboard.press("Tab")
    while page.evaluate("document.activeElement.value") != "eda":
        page.keyboard.press("ArrowDown")
    tab_to(page, "Purpose")
    page.keyboard.type("Answers questions of customers.")
    tab_to(page, "Owner")
    if not page.evaluate("document.activeElement.value"):
        page.keyboard.type("Claims")
    tab_to(page, "Regions")
    page.keyboard.type("westeurope")
    tab_to(page, "Start the review")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Questionnaire").wait_for()
    page.wait_for_load_state()

    facts = page.locator("form.fact:visible")
    for index in range(facts.count()):
        fact = facts.nth(index)
        # The Tab that sends what was typed leads into the next.
        while not fact.evaluate("(form) => form.contains(document.activeElement)"):
            page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('[type=radio], [type=checkbox]')"):
            page.keyboard.press("Space")
        else:
            page.keyboard.type("westeurope")
            page.keyboard.press("Tab")
        expect(fact.locator(".state")).to_have_text("✓ Saved")

    for _ in range(page.locator("article.question:visible").count()):
        page.keyboard.press("n")
        question = focused(page).removeprefix("q-")
        page.keyboard.press("1")
        saved(page, question)
        expect(page.locator(f"#risk-{question}")).not_to_have_text("Unanswered")
    page.keyboard.press("n")
    expect(page.locator("#said")).to_have_text("Every question has an answer.")

    page.keyboard.press("k")
    page.keyboard.press("e")
    page.keyboard.type("Typed with j, k and 1: none is a key here.")
    page.keyboard.press("Escape")
    question = focused(page).removeprefix("q-")
    saved(page, question)
    expect(page.locator(f"#note-{question}")).to_have_value("Typed with j, k and 1: none is a key here.")
    tab_to(page, "Your statement")
    page.keyboard.type(" By keyboard.")
    tab_to(page, "Submit for approval")
    page.keyboard.press("Enter")
    expect(page.locator(".heading .badge")).to_contain_text("Submitted")
    context.close()


def test_keys_move_answer_undo_and_say_what_they_do(visitor):
    page = visitor("ada", opens="").page
    begin_review(page, "Swift assistant", "eda")
    page.keyboard.press("j")
    assert focused(page) == "q-GEN-01"
    page.keyboard.press("j")
    page.keyboard.press("k")
    card = page.locator("#q-GEN-01")
    expect(card).to_be_focused()
    expect(card).to_have_accessible_name(card.locator("h3").inner_text())
    expect(card).to_have_attribute("data-active", "")
    first, second = card.locator("input[name=choice]").all()[:2]
    page.keyboard.press("2")
    saved(page, "GEN-01")
    expect(second).to_be_checked()
    expect(page.locator("#said")).to_have_text("GEN-01: saved.")
    page.keyboard.press("1")
    expect(first).to_be_checked()
    saved(page, "GEN-01")
    page.keyboard.press("u")
    expect(second).to_be_checked()
    page.keyboard.press("Control+z")
    expect(first).to_be_checked()
    page.keyboard.press("0")
    expect(first).not_to_be_checked()
    saved(page, "GEN-01")
    page.keyboard.press("x")
    expect(page.locator("#reason-GEN-01")).to_be_focused()
    page.keyboard.type("Nothing is bought.")
    page.keyboard.press("Escape")
    expect(card).to_be_focused()
    saved(page, "GEN-01")
    page.keyboard.press("Control+j")
    expect(card).to_be_focused()


def test_the_keys_are_shown_and_can_be_switched_off_for_good(visitor):
    page = visitor("ada", opens="").page
    begin_review(page, "Quiet assistant", "eda")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    expect(dialog).to_contain_text("next question without an answer")
    dialog.get_by_label("Single keys work outside fields").uncheck()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.keyboard.press("j")
    assert focused(page) == "BODY" or re.match(r"BUTTON|A", focused(page))
    page.reload()
    page.wait_for_load_state()
    page.keyboard.press("j")
    assert not focused(page).startswith("q-")
    page.get_by_role("button", name="Keys").press("Enter")
    dialog.get_by_label("Single keys work outside fields").check()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.keyboard.press("j")
    assert focused(page) == "q-GEN-01"
