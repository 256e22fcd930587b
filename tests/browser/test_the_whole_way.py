import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.doing import (
    REPORT,
    answer,
    begin_review,
    choose,
    fill_row,
    leave_by,
    start_review,
    state_everything,
)
from tests.support.pdf import pdfsig, text_of


def overall(page: Page) -> str:
    return page.locator("#score .overall strong").inner_text()


def test_from_an_empty_review_to_a_signed_report_that_pdfsig_finds_valid(visitor, site, tmp_path: Path):
    architect = visitor("ada")
    page = architect.page
    start_review(page, "Contract assistant", "Inferencing (model hosting)")
    questionnaire = page.url

    expect(page.locator("#score .overall strong")).to_have_text("0")
    state_everything(page)
    cards = page.locator("article.question:visible")
    questions = [element.get_attribute("id").removeprefix("q-") for element in cards.all()]
    assert len(questions) == 24
    for question in questions[:-1]:
        inputs = page.locator(f"#q-{question} input[name=choice]")
        practices = inputs.first.get_attribute("type") == "checkbox"
        values = inputs.evaluate_all(
            "(all) => all.filter((one) => !('alone' in one.dataset)).map((one) => one.value)"
        )
        if page.locator(f"#q-{question} input[name=peak]").count():
            fill_row(page, question, 1, service="Model", limit="300,000", peak="190000", unit="tokens a minute")
        elif page.locator(f"#q-{question} input[name=throughput]").count():
            fill_row(page, question, 1, configuration="One GPU", throughput="10", p95_ms="700", cost_per_hour="4")
            fill_row(page, question, 2, configuration="Two GPUs", throughput="18", p95_ms="500", cost_per_hour="8")
        else:
            answer(page, question, values if practices else values[:1])
    page.locator("#note-GEN-01").fill("ADR-12 and ADR-15.\nBoth in the architecture wiki.")
    expect(page.locator("#state-GEN-01")).to_have_text("✓ Saved")
    expect(page.locator("#score .overall strong")).not_to_have_text("0")
    almost = overall(page)

    leave_by(page.get_by_role("button", name="Submit for approval"))
    expect(page.locator("#incomplete")).to_contain_text("1 obligatory question is not answered yet")
    page.get_by_role("link", name=re.compile("^INF-N-08")).click()
    answer(page, "INF-N-08", ["unknown"])
    expect(page.locator("#progress")).to_contain_text("24 of 24 answered")
    expect(page.locator("#score .overall strong")).not_to_have_text(almost)

    page.goto(questionnaire)
    expect(page.locator("#note-GEN-01")).to_have_value("ADR-12 and ADR-15.\nBoth in the architecture wiki.")
    page.get_by_role("button", name="Submit for approval").click()
    expect(page.locator(".heading .badge")).to_contain_text("Submitted")
    expect(page.locator("#decision")).to_contain_text("can only be approved by a person who is lead")

    lead = visitor("lea")
    desk = lead.page
    leave_by(desk.get_by_role("link", name="Contract assistant"))
    desk.locator("#INF-N-08 summary", has_text="Comment").click()
    desk.locator("#comment-INF-N-08").fill("Please look at the load of last month.")
    desk.locator("#INF-N-08").get_by_role("button", name="Add the comment").click()
    expect(desk.locator("#thread-INF-N-08 .comment")).to_contain_text("Please look at the load")
    desk.locator("#GEN-01 details.quiet-row > summary").click()
    desk.locator("#GEN-01 summary", has_text="Comment, or request a change").click()
    desk.locator("#comment-GEN-01").fill("Name the pages of the wiki.")
    desk.locator("#GEN-01").get_by_role("button", name="Request a change here").click()
    expect(desk.locator("#thread-GEN-01 .request")).to_contain_text("Name the pages of the wiki.")
    desk.get_by_label("Statement").fill("Good. INF-N-08 can be settled with the figures that you have.")
    desk.get_by_role("button", name="Request changes").click()
    expect(desk.locator(".heading .badge")).to_contain_text("Changes requested")

    page.goto(questionnaire)
    requests = page.locator("#requests")
    expect(requests.get_by_role("heading")).to_have_text("2 change requests")
    requests.get_by_role("link", name=re.compile("GEN-01")).click()
    page.locator("#thread-GEN-01").get_by_role("button", name="Resolve").click()
    expect(page.locator("#thread-GEN-01")).to_be_focused()
    expect(requests.get_by_role("heading")).to_have_text("1 change request")
    expect(requests).to_contain_text("INF-N-08 can be settled with the figures that you have.")
    expect(page.locator("#q-INF-N-08")).to_contain_text("Please look at the load of last month.")
    answer(page, "INF-N-08", ["small"])
    leave_by(page.get_by_role("button", name="Submit for approval"))
    expect(requests.get_by_role("alert").first).to_contain_text("1 change request is not resolved yet")
    requests.get_by_role("button", name="Resolve").click()
    expect(requests.get_by_role("heading")).to_have_text("All change requests are resolved")
    expect(requests.locator("summary", has_text="1 resolved thread")).to_be_visible()
    page.get_by_role("button", name="Submit for approval").click()
    expect(page.locator(".heading .badge")).to_contain_text("Submitted")

    desk.goto(site.url)
    desk.get_by_role("link", name="Contract assistant").click()
    expect(desk.locator("#INF-N-08 .badge")).to_contain_text("No risk")
    desk.get_by_label("Statement").fill("I read it all and agree.")
    desk.get_by_role("button", name="Approve and sign").click()
    expect(desk.get_by_role("heading", name="The report is ready")).to_be_visible(timeout=REPORT)
    with desk.expect_download() as download:
        desk.get_by_role("link", name="Download the signed PDF").click()
    pdf, authority = tmp_path / "report.pdf", tmp_path / "ca.pem"
    download.value.save_as(pdf)
    authority.write_bytes(lead.context.request.get(f"{site.url}/ca.pem").body())

    verdict = pdfsig(pdf, authority)
    assert "Signature is Valid" in verdict
    assert "Certificate is Trusted" in verdict
    assert "Total document signed" in verdict
    text = text_of(pdf)
    assert "Contract assistant" in text
    assert "ADR-12 and ADR-15." in text
    assert "I read it all and agree." in text


def test_a_save_that_cannot_reach_the_server_says_so_and_keeps_what_was_typed(visitor):
    ada = visitor("ada", opens="")
    page = ada.page
    begin_review(page, "Offline assistant", "eda")
    ada.context.set_offline(True)
    page.locator("#note-GEN-01").fill("Typed in a tunnel.")
    state = page.locator("#state-GEN-01")
    expect(state).to_have_text("Not saved – kept in this browser")
    expect(page.locator("#note-GEN-01")).to_have_value("Typed in a tunnel.")
    ada.context.set_offline(False)
    expect(state).to_have_text("✓ Saved")
    page.reload()
    expect(page.locator("#note-GEN-01")).to_have_value("Typed in a tunnel.")
    ada.complaints.clear()


def test_none_of_these_and_the_practices_exclude_each_other(visitor):
    page = visitor("ada", opens="").page
    begin_review(page, "Alone assistant", "eda")
    card = page.locator("#q-EDA-N-02")
    card.locator("input[name=choice][value=EDA-N-02a]").check()
    card.locator("input[name=choice][value=none_of_these]").check()
    expect(card.locator("input[name=choice][value=EDA-N-02a]")).not_to_be_checked()
    expect(card.locator(".state")).to_have_text("✓ Saved")
    card.locator("input[name=choice][value=EDA-N-02b]").check()
    expect(card.locator("input[name=choice][value=none_of_these]")).not_to_be_checked()


def test_not_applicable_asks_for_its_reason_and_saves_with_it(visitor):
    page = visitor("ada", opens="").page
    begin_review(page, "Sparse assistant", "eda")
    card = page.locator("#q-EDA-F-02")
    expect(card.get_by_label("Why does it not apply?")).to_be_hidden()
    card.get_by_label("This question does not apply").check()
    expect(card.get_by_label("Why does it not apply?")).to_be_focused()
    card.get_by_label("Why does it not apply?").fill("Everything runs on laptops.")
    expect(card.locator(".state")).to_have_text("✓ Saved")
    expect(card.locator(".badge")).to_contain_text("Not applicable")


def test_the_score_follows_a_fact_that_changes_the_weights(visitor):
    page = visitor("ada", opens="").page
    begin_review(page, "Nightly model", "training")
    expect(page.locator("#score .pillars")).to_contain_text("Reliability low")
    choose(page, "models_must_stay_fresh", "yes")
    expect(page.locator("#score .pillars")).to_contain_text("Reliability full")


def test_without_javascript_the_whole_form_works_with_its_buttons(visitor):
    page = visitor("ada", java_script_enabled=False).page
    start_review(page, "Plain assistant", "Exploratory data analysis")
    card = page.locator("#q-GEN-03")
    card.locator("input[value=managed]").check()
    page.locator("#note-GEN-03").fill("All rented.")
    card.get_by_role("button", name="Save").click()
    expect(page).to_have_url(re.compile("#q-GEN-03$"))
    expect(page.locator("#note-GEN-03")).to_have_value("All rented.")
    expect(page.locator("#q-GEN-03 input[value=managed]")).to_be_checked()


def test_no_page_is_wider_than_a_phone(visitor, site):
    page = visitor("lea", viewport={"width": 390, "height": 844}).page
    addresses = [
        "/",
        "/workloads/",
        "/policies/",
        "/workloads/claims-assistant/",
        "/checklists/",
        "/checklists/training/2.0/",
    ]
    for address in addresses:
        page.goto(site.url + address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, address
    for name in ("Claims assistant", "Store demand forecast", "Credit risk lab"):
        page.goto(f"{site.url}/workloads/")
        page.get_by_role("link", name=name).click()
        page.get_by_role("link", name=re.compile("^Review 1")).click()
        page.wait_for_url(re.compile("/reviews/"))
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, name


def test_a_comment_that_cannot_be_sent_says_so_and_stays(visitor, site):
    lea = visitor("lea")
    page = lea.page
    # Who goes offline before the page has its scripts sends as a browser without them does.
    leave_by(page.get_by_role("link", name="Store demand forecast"))
    page.locator("#GEN-04 summary", has_text="Comment").click()
    lea.context.set_offline(True)
    page.locator("#comment-GEN-04").fill("Typed in a tunnel.")
    page.locator("#GEN-04").get_by_role("button", name="Add the comment").click()
    expect(page.locator("#GEN-04 [data-failure]")).to_contain_text("the server cannot be reached")
    expect(page.locator("#comment-GEN-04")).to_have_value("Typed in a tunnel.")
    lea.complaints.clear()


def test_a_fact_that_cannot_be_saved_says_so_and_goes_out_later(visitor):
    ada = visitor("ada", opens="")
    begin_review(ada.page, "Offline training", "training")
    ada.context.set_offline(True)
    fact = ada.page.locator("#fact-models_must_stay_fresh")
    fact.get_by_label("Yes").check()
    expect(fact.locator(".state")).to_have_text("Not saved – kept in this browser")
    ada.context.set_offline(False)
    expect(fact.locator(".state")).to_have_text("✓ Saved")
    ada.complaints.clear()


def test_the_cursor_stays_where_one_types_while_a_reason_is_missing(visitor):
    page = visitor("ada", opens="").page
    begin_review(page, "Wandering assistant", "eda")
    card = page.locator("#q-EDA-F-01")
    card.get_by_label("This question does not apply").check()
    page.locator("#note-EDA-F-01").press_sequentially("Hello")
    alert = page.locator("#trouble-EDA-F-01").get_by_role("alert")
    expect(alert).to_contain_text("Say why the question does not apply")
    page.locator("#note-EDA-F-01").press_sequentially(" world")
    expect(page.locator("#note-EDA-F-01")).to_be_focused()
    expect(page.locator("#note-EDA-F-01")).to_have_value("Hello world")
    expect(page.locator("#reason-EDA-F-01")).to_have_value("")
    page.locator("#reason-EDA-F-01").fill("No compute of its own.")
    expect(card.locator(".state")).to_have_text("✓ Saved")
    expect(alert).to_have_count(0)


def test_submitting_right_after_typing_saves_first_and_asks_nothing(visitor):
    page = visitor("ada", opens="").page
    begin_review(page, "Hasty assistant", "eda")
    page.locator("#note-GEN-01").fill("The last word.")
    page.get_by_role("button", name="Submit for approval").click()
    expect(page.locator("#incomplete")).to_contain_text("12 obligatory questions are not answered yet")
    expect(page.locator("#note-GEN-01")).to_have_value("The last word.")
    answer(page, "GEN-01", ["justified"])
    expect(page.locator("#incomplete")).to_contain_text("11 obligatory questions")
