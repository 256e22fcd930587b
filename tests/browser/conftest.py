"""A real browser, and a real site for it, both gone after this folder: Playwright leaves an event loop running."""

import json
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, StorageState, expect, sync_playwright

from tests.browser.doing import begin_review, sign_in
from tests.browser.pages import SET_UP
from tests.support.site import Site, running_site

# Milliseconds, far more than anything takes: a slow machine is no fault of a page.
expect.set_options(timeout=60_000)


UNREADY = "SELECT count(*) FROM reviews_report WHERE state <> 'ready'"


@pytest.fixture(scope="package")
def site() -> Iterator[Site]:
    with running_site() as site:
        yield site


@pytest.fixture(scope="package")
def places(site: Site) -> dict[str, str]:
    """What fills in the addresses of the pages: reviews in every state, with all that can be seen on them.

    The report is ready, so that its page does not change while it is looked at.
    """
    site.wait(lambda: site.query(UNREADY) == [(0,)], "the demo's report")
    return json.loads(site.manage("shell", "--no-imports", "-c", SET_UP).splitlines()[-1])


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=quiet)
        yield chromium
        chromium.close()


class Visitor:
    """Somebody at a browser of their own.

    Whatever the browser's console complains of fails the test, but for refusals (4xx): the page itself explains them.
    """

    def __init__(self, context: BrowserContext, signed_in: dict[str, StorageState]) -> None:
        context.set_default_timeout(60_000)
        self.context = context
        self.signed_in = signed_in
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _listen(self, message: ConsoleMessage) -> None:
        refusal = "with a status of 4" in message.text or "Error Code 4" in message.text
        if message.type == "error" and not refusal:
            self.complaints.append(message.text)

    def come_back(self, username: str, opens: str = "/") -> "Visitor":
        """Sign in, or go on with the session of an earlier test, as checking passwords is slow on purpose.

        `opens` is where the visit begins; where it is empty, the test opens its first page itself.
        """
        if username in self.signed_in:
            self.context.add_cookies(self.signed_in[username]["cookies"])
            if self.context.request.get("/language/", max_redirects=0).ok:
                if opens:
                    self.page.goto(opens)
                return self
        self.sign_in(username)
        self.signed_in[username] = self.context.storage_state()
        return self

    def sign_in(self, username: str) -> "Visitor":
        self.page.goto("/sign-in/")
        sign_in(self.page, username)
        return self


@pytest.fixture(scope="package")
def signed_in(site: Site) -> dict[str, StorageState]:
    """What the browsers of people who signed in at the site keep, by user name."""
    return {}


@pytest.fixture
def visitor(browser: Browser, site: Site, signed_in: dict[str, StorageState]) -> Iterator[type[Visitor]]:
    contexts: list[BrowserContext] = []
    visitors: list[Visitor] = []

    def arrive(username: str, opens: str = "/", **options: object) -> Visitor:
        contexts.append(browser.new_context(accept_downloads=True, base_url=site.url, **options))
        visitors.append(Visitor(contexts[-1], signed_in))
        return visitors[-1].come_back(username, opens)

    yield arrive
    for context in contexts:
        context.close()
    assert [complaint for each in visitors for complaint in each.complaints] == []


@pytest.fixture
def ada(visitor: Callable[..., Visitor]) -> Page:
    """Ada's questionnaire, of a new review; its clock is a test's to move on."""
    page = visitor("ada", opens="").page
    page.clock.install()
    begin_review(page, "Answered together", "eda")
    return page


@pytest.fixture
def desks(ada: Page, visitor: Callable[..., Visitor]) -> tuple[Page, Page]:
    """Ada's questionnaire and Jonas's, of the same review."""
    jonas = visitor("jonas", opens="").page
    jonas.clock.install()
    jonas.goto(ada.url)
    return ada, jonas
