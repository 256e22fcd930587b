"""What people do on the questionnaire, as steps."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Locator, Page, expect

from tests.support.site import PASSWORD, PATIENCE

ASKS_EVERY = 5_000  # milliseconds, see static/js/together.js
REPORT = PATIENCE * 1_000  # milliseconds at most, with others before it

DESCRIBED = {
    "purpose": "Answers questions of customers about their contracts.",
    "owner": "Contracts",
    "team": "1",  # the only one of the demo
    "criticality": "medium",
    "data_classification": "confidential",
    "regions": "westeurope",
}


def start_review(page: Page, name: str, kind: str) -> None:
    page.get_by_role("link", name="New workload and review").click()
    page.get_by_label("Name").fill(name)
    page.get_by_label(kind).check()
    page.get_by_label("Purpose").fill("Answers questions of customers about their contracts.")
    page.get_by_label("Regions").fill("westeurope")
    page.get_by_role("button", name="Start the review").click()
    page.get_by_role("heading", name="Questionnaire").wait_for()
    page.wait_for_load_state()


def begin_review(page: Page, name: str, kind: str) -> None:
    """Open the questionnaire of a new review, by what the form sends: for tests that are not about the form."""
    browser = page.context.request
    blank = browser.get("/workloads/new/").text()
    hidden = dict(re.findall(r'<input type="hidden" name="(csrfmiddlewaretoken|made_for)" value="([^"]*)"', blank))
    begun = browser.post("/workloads/new/", form={"name": name, "kind": kind, **DESCRIBED, **hidden}, max_redirects=0)
    assert begun.status == 302, begun.text()
    page.goto(begun.headers["location"])


def leave_by(link: Locator) -> None:
    """Click what leads to another page, and wait until that has its scripts: till then it is one without them."""
    with link.page.expect_navigation():
        link.click()


def sign_in(page: Page, username: str) -> None:
    """From the page that asks for it, to whichever comes next."""
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    leave_by(page.get_by_role("button", name="Sign in"))


@contextmanager
def clock_stopped(page: Page) -> Iterator[None]:
    """Nothing is sent or asked for by itself meanwhile, however long it takes; for pages with an installed clock."""
    page.clock.pause_at(page.evaluate("Date.now()") / 1_000 + 10)
    yield
    page.clock.resume()


def let_pages_ask(*pages: Page) -> None:
    """Let the seconds pass after which pages ask what colleagues did; for pages with a clock that was installed."""
    for page in pages:
        with page.expect_response(lambda response: response.url.endswith("/here/")):
            page.clock.fast_forward(ASKS_EVERY)


def answer(page: Page, question: str, choices: list[str]) -> None:
    card = page.locator(f"#q-{question}")
    for choice in choices:
        card.locator(f"input[name=choice][value='{choice}']").check()
    expect(card.locator(".state")).to_have_text("✓ Saved")


def choose(page: Page, fact: str, *options: str) -> None:
    """State a fact by its options; those that are ticked and not named are taken back."""
    form = page.locator(f"#fact-{fact}")
    for box in form.locator("input[name=value]").all():
        wanted = box.get_attribute("value") in options
        if wanted or box.get_attribute("type") == "checkbox":
            box.set_checked(wanted)
    expect(form.locator(".state")).to_have_text("✓ Saved")


def type_fact(page: Page, fact: str, text: str) -> None:
    form = page.locator(f"#fact-{fact}")
    form.locator("input[name=value]").fill(text)
    form.locator("input[name=value]").press("Tab")
    expect(form.locator(".state")).to_have_text("✓ Saved")


def fill_row(page: Page, question: str, number: int, **cells: str) -> None:
    """Fill in one row of a table, counted from 1, as somebody types who goes from cell to cell."""
    row = page.locator(f"#q-{question} tr[data-row='{number}']")
    for column, text in cells.items():
        row.locator(f"input[name={column}]").fill(text)
    row.locator("input").last.press("Tab")
    expect(page.locator(f"#state-{question}")).to_have_text("✓ Saved")


def state_everything(page: Page) -> None:
    """State all facts that are asked, some of which are only asked once others are stated."""
    stated: set[str] = set()
    while True:
        forms = page.locator("form.fact:visible").all()
        fresh = [form for form in forms if form.get_attribute("id") not in stated]
        if not fresh:
            return
        form = fresh[0]
        name = form.get_attribute("id").removeprefix("fact-")
        stated.add(f"fact-{name}")
        options = [
            box.get_attribute("value") for box in form.locator("input[type=radio], input[type=checkbox]").all()
        ]
        if options:
            choose(page, name, *(options if form.locator("input[type=checkbox]").count() else options[:1]))
        else:
            type_fact(page, name, "westeurope" if name.endswith("regions") else "2h" if "time" in name else "800")
