"""Anybody verifies a report, with a mouse and without JavaScript."""

import base64
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, expect

from tests.browser.conftest import Visitor
from tests.browser.doing import REPORT
from tests.support.site import Site

pytestmark = pytest.mark.pages

DROP = """
([name, content, zeros]) => {
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes, new Uint8Array(zeros)], name, { type: "application/pdf" }));
  return transfer;
}
"""


@pytest.fixture(scope="module")
def report(site: Site, browser: Browser, signed_in: dict[str, StorageState]) -> Iterator[bytes]:
    """The report of the demo, as a person downloads it."""
    context = browser.new_context(base_url=site.url)
    page = Visitor(context, signed_in).come_back("lea").page
    page.get_by_role("link", name="Claims assistant").click()
    page.get_by_role("link", name="Report", exact=True).click()
    expect(page.get_by_role("heading", name="The report is ready")).to_be_visible(timeout=REPORT)
    address = page.get_by_role("link", name="Download the signed PDF").get_attribute("href")
    yield context.request.get(address).body()
    context.close()


@pytest.fixture
def somebody(browser: Browser, site: Site):
    """Opens the page for somebody without an account."""
    contexts: list[BrowserContext] = []

    def arrive(**options) -> Page:
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        page.goto(f"{site.url}/verify/")
        return page

    yield arrive
    for context in contexts:
        context.close()


def drop(page: Page, name: str, content: bytes, *, zeros: int = 0) -> None:
    """Drop a file with this content, and so many zeros after it, which the page adds itself: megabytes go slowly."""
    page.wait_for_load_state()
    files = page.evaluate_handle(DROP, [name, base64.b64encode(content).decode(), zeros])
    for kind in ("dragenter", "dragover"):
        page.dispatch_event(".drop", kind, {"dataTransfer": files})
    expect(page.locator(".drop")).to_have_class("field drop over")
    page.dispatch_event(".drop", "drop", {"dataTransfer": files})


def test_a_report_that_is_dropped_is_verified_at_once_and_a_changed_one_is_not_taken_for_it(somebody, report: bytes):
    page = somebody()
    expect(page.get_by_text("drop it here")).to_be_visible()
    drop(page, "report.pdf", report)
    expect(page.get_by_role("heading", name="The report is genuine and unchanged")).to_be_visible(timeout=REPORT)
    expect(page.locator(".verdict")).to_contain_text("Claims assistant")
    expect(page.locator(".signatures li.good")).to_have_count(3)
    place = report.index(b"stream", len(report) // 2) + 40
    drop(page, "changed.pdf", report[:place] + bytes([report[place] ^ 1]) + report[place + 1 :])
    expect(page.locator(".verdict")).to_contain_text("changed.pdf", timeout=REPORT)
    expect(page.locator(".verdict.bad")).to_be_visible()


def test_a_file_that_is_too_large_is_not_sent(somebody):
    page = somebody()
    drop(page, "large.pdf", b"%PDF-", zeros=20 * 1024 * 1024)
    expect(page.get_by_text("The file is larger than 20 MB")).to_be_visible()
    expect(page.locator(".verdict")).to_have_count(0)


def test_the_form_works_without_javascript(somebody, report: bytes):
    page = somebody(java_script_enabled=False)
    expect(page.get_by_text("drop it here")).to_be_hidden()
    page.get_by_label("The report as you got it").set_input_files(
        {"name": "report.pdf", "mimeType": "application/pdf", "buffer": report}
    )
    page.get_by_role("button", name="Verify").click()
    expect(page.get_by_role("heading", name="The report is genuine and unchanged")).to_be_visible(timeout=REPORT)
