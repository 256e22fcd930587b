import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from checklists.drafts import TEMPLATE
from tests.browser.doing import leave_by

pytestmark = pytest.mark.pages

TEXT = (
    TEMPLATE.replace(
        "facts: []\n",
        """\
facts:
  - {{id: shared, text: Is the lake shared by several teams?}}
""",
    )
    + """\
      - id: S1-02
        title: Costs are charged to teams
        pillars: [cost_optimization]
        weight: 2
        asked: shared
        obligatory: true
        kind: practices
        choices:
          - {{id: tags, text: Every resource has the tag of its team}}
          - {{id: bills, text: Each team is sent its bill}}
          - {{id: none, text: None of these, none_of_these: true}}
        risk_rules:
          - {{risk: none, when: tags and bills}}
          - {{risk: medium, when: tags or bills}}
          - {{risk: high, when: default}}
"""
)


def checklist(id: str, title: str = "Data lake") -> str:
    return TEXT.format(id=id, title=title)


@pytest.fixture
def upload(tmp_path: Path):
    def sent(page: Page, text: str) -> None:
        file = tmp_path / "data-lake.yaml"
        file.write_text(text)
        page.get_by_role("link", name="Checklists").first.click()
        page.get_by_role("link", name="Upload or begin a checklist").click()
        page.get_by_label("File", exact=True).set_input_files(file)
        leave_by(page.get_by_role("button", name="Upload"))

    return sent


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_from_a_file_with_a_mistake_to_an_edition_that_everybody_reads(visitor, site, upload):
    page = visitor("admin").page
    broken = checklist("data-lake").replace("risk: medium, when", "risk: grave, when")
    wrong = line_of(broken, "risk: grave")
    upload(page, broken)
    expect(page.get_by_role("heading", name="1 mistake")).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("was not stored, as it has mistakes")
    expect(page.locator(".gutter .mark")).to_have_text(str(wrong))
    page.get_by_role("link", name=f"Line {wrong}").click()
    expect(page.locator("#text")).to_be_focused()
    selected = page.evaluate("[document.activeElement.selectionStart, document.activeElement.selectionEnd]")
    assert broken[selected[0] : selected[1]].startswith("risk: grave")

    page.locator("#text").fill(broken.replace("risk: grave", "risk: medium"))
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("heading", name="No mistakes")).to_be_visible()
    expect(page.get_by_role("heading", name="No findings")).to_be_visible()
    expect(page.locator(".gutter .mark")).to_have_count(0)
    leave_by(page.get_by_role("button", name="Save as a draft"))
    expect(page.get_by_role("heading", name="Draft: Data lake")).to_be_visible()

    leave_by(page.get_by_role("link", name="Preview"))
    expect(page.get_by_role("status")).to_contain_text("1 of 2 questions asked")
    expect(page.locator("#q-S1-02")).to_have_count(0)
    page.get_by_label("Yes").check()
    expect(page.locator("#q-S1-02")).to_contain_text("Asked because “Is the lake shared by several teams?” is yes")
    expect(page.get_by_role("status")).to_contain_text("2 of 2 questions asked")

    page.get_by_role("link", name="Publish").click()
    page.get_by_label("Notes").fill("The first edition.")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("status").first).to_contain_text("Data lake, edition 1.0 is published")
    assert page.url == f"{site.url}/checklists/data-lake/1.0/"
    expect(page.locator("#S1-02")).to_contain_text("Every resource has the tag of its team")

    reader = visitor("ada").page
    reader.get_by_role("link", name="Checklists").first.click()
    expect(reader.get_by_role("link", name="Upload or begin a checklist")).to_have_count(0)
    reader.get_by_role("link", name="Data lake").click()
    expect(reader.get_by_text("The first edition.").first).to_be_visible()
    expect(reader.get_by_role("button", name="Edit as a draft")).to_have_count(0)


def test_the_search_narrows_as_one_types(visitor, site):
    page = visitor("ada").page
    page.goto(f"{site.url}/checklists/")
    leave_by(page.get_by_role("link", name="Training and fine-tuning").first)
    everything = page.locator("article.question:visible").count()
    search = page.get_by_label("Search the questions")
    search.press_sequentially("spot")
    expect(page.locator("#found")).to_have_text(re.compile(rf"^\d+ of {everything} questions$"))
    narrowed = page.locator("article.question:visible").count()
    assert 0 < narrowed < everything
    for article in page.locator("article.question:visible").all():
        assert "spot" in article.inner_text().lower()
    search.press_sequentially(" zebra")
    expect(page.get_by_text("No question has all these words.")).to_be_visible()
    search.fill("")
    expect(page.locator("article.question:visible")).to_have_count(everything)


def test_without_javascript_the_search_and_the_editor_work_with_their_buttons(visitor, site, upload):
    page = visitor("admin", java_script_enabled=False).page
    upload(page, checklist("plain-lake", "Plain lake").replace("weight: 2", "weight: 9"))
    expect(page.get_by_role("heading", name="1 mistake")).to_be_visible()
    page.locator("#text").fill(checklist("plain-lake", "Plain lake"))
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("heading", name="No mistakes")).to_be_visible()
    page.get_by_role("button", name="Save as a draft").click()
    expect(page.get_by_role("heading", name="Draft: Plain lake")).to_be_visible()
    page.get_by_role("link", name="Preview").click()
    page.get_by_label("Yes").check()
    page.get_by_role("button", name="Show").click()
    expect(page.locator("#q-S1-02")).to_be_visible()
    page.get_by_role("link", name="Publish").click()
    page.get_by_role("button", name="Publish").click()
    page.get_by_label("Search the questions").fill("BILL")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("#found")).to_have_text("1 of 2 questions")
    expect(page.locator("#S1-01")).to_have_count(0)


def test_two_administrators_do_not_overwrite_each_other(visitor, site, upload):
    first, second = visitor("admin").page, visitor("admin").page
    upload(first, checklist("shared-lake", "Shared lake"))
    second.goto(f"{site.url}/checklists/shared-lake/draft/")
    first.locator("#text").fill(checklist("shared-lake", "Lake of the first"))
    first.get_by_role("button", name="Save").click()
    expect(first.locator("#state")).to_have_text("✓ Saved")
    second.locator("#text").fill(checklist("shared-lake", "Lake of the second"))
    expect(second.locator("#state")).to_have_text("Not saved yet")
    second.keyboard.press("Control+s")
    expect(second.get_by_role("alert")).to_contain_text("The draft changed after you opened it")
    expect(second.locator("#state")).to_have_text("Not saved")
    second.get_by_text("The saved text", exact=True).click()
    expect(second.get_by_label("The saved text")).to_have_value(re.compile("Lake of the first"))
    expect(second.locator("#text")).to_have_value(re.compile("Lake of the second"))
    second.get_by_role("button", name="Save mine over it").click()
    expect(second.get_by_role("heading", name="Draft: Lake of the second")).to_be_visible()


def test_what_is_typed_is_not_lost_when_the_server_is_away_and_leaving_is_asked_about(visitor, site, upload):
    admin = visitor("admin")
    page = admin.page
    upload(page, checklist("far-lake", "Far lake"))
    page.locator("#text").press("Control+End")
    page.keyboard.type("# typed in a tunnel")
    admin.context.set_offline(True)
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#state")).to_contain_text("the server cannot be reached")
    admin.context.set_offline(False)
    page.on("dialog", lambda dialog: dialog.dismiss())
    with page.expect_event("dialog") as asked:
        page.get_by_role("link", name="Preview").click()
    assert asked.value.type == "beforeunload"
    expect(page.locator("#text")).to_have_value(re.compile("# typed in a tunnel"))
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#state")).to_have_text("✓ Saved")
    admin.complaints.clear()


def test_what_is_typed_before_the_scripts_have_come_counts_as_not_saved(visitor, site, upload):
    page = visitor("admin").page
    upload(page, checklist("quick-lake", "Quick lake"))

    def slow(route):
        page.locator("#text").fill(checklist("quick-lake", "Quicker lake"))
        route.continue_()

    page.route("**/js/editor*.js", slow, times=1)
    page.goto(f"{site.url}/checklists/quick-lake/draft/")
    expect(page.locator("#state")).to_have_text("Not saved yet")


def test_tab_leaves_the_text_and_enter_keeps_the_indent(visitor, site, upload):
    page = visitor("admin").page
    upload(page, checklist("keyed-lake", "Keyed lake"))
    text = page.locator("#text")
    text.fill("sections:\n  - id: S")
    text.press("Control+End")
    page.keyboard.press("Enter")
    page.keyboard.type("title: T")
    expect(text).to_have_value("sections:\n  - id: S\n  title: T")
    expect(page.locator(".gutter")).to_have_text("1\n2\n3")
    page.keyboard.press("Tab")
    expect(text).not_to_be_focused()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#state")).to_have_text("✓ Saved")


def test_the_pages_of_the_library_are_no_wider_than_a_phone(visitor, site, upload):
    page = visitor("admin", viewport={"width": 390, "height": 844}).page
    upload(page, checklist("narrow-lake", "Narrow lake"))
    draft = "/checklists/narrow-lake/draft/"
    addresses = [
        "/checklists/",
        "/checklists/new/",
        draft,
        f"{draft}preview/",
        f"{draft}changes/",
        f"{draft}publish/",
    ]
    page.goto(f"{site.url}/checklists/")
    addresses += [
        link.get_attribute("href")
        for link in page.locator("#published").locator("xpath=../..").get_by_role("link").all()
    ]
    for address in addresses:
        assert page.goto(site.url + address).ok, address
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, address
