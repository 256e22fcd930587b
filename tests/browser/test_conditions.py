import pytest
from playwright.sync_api import expect

from tests.browser.doing import answer, begin_review, choose, clock_stopped, fill_row, leave_by, type_fact

pytestmark = pytest.mark.pages


def test_batch_and_online_are_asked_about_the_compute_that_each_wants(visitor):
    page = visitor("ada", opens="").page
    begin_review(page, "Two-faced assistant", "inferencing")
    batch, online = page.locator("#q-INF-F-01-batch"), page.locator("#q-INF-F-01-online")
    expect(batch).to_be_hidden()
    expect(online).to_be_hidden()

    choose(page, "inferencing_mode", "batch")
    expect(batch).to_be_visible()
    expect(online).to_be_hidden()
    expect(page.locator("#fact-latency_target_ms")).to_be_hidden()

    choose(page, "inferencing_mode", "online")
    expect(batch).to_be_hidden()
    expect(online).to_be_visible()
    expect(page.locator("#fact-latency_target_ms")).to_be_visible()
    expect(page.locator("#q-INF-N-05")).to_be_visible()

    choose(page, "inferencing_mode", "batch", "online")
    expect(batch).to_be_visible()
    expect(online).to_be_visible()
    page.reload()
    expect(batch).to_be_visible()


def test_chargeback_is_asked_about_for_shared_platforms_alone_and_its_answer_comes_back(visitor):
    page = visitor("ada", opens="").page
    begin_review(page, "Shared platform", "inferencing")
    card = page.locator("#q-INF-F-04")
    expect(card).to_be_hidden()
    before = page.locator("#progress strong").first.inner_text()

    choose(page, "platform_shared", "yes")
    expect(card).to_be_visible()
    first = card.locator("input[name=choice]").first.get_attribute("value")
    answer(page, "INF-F-04", [first])
    page.locator("#note-INF-F-04").fill("Tagged by team since May.")
    expect(page.locator("#state-INF-F-04")).to_have_text("✓ Saved")
    expect(page.locator("#progress")).to_contain_text("1 of ")

    choose(page, "platform_shared", "no")
    expect(card).to_be_hidden()
    expect(page.locator("#progress strong").first).to_have_text(before)

    choose(page, "platform_shared", "yes")
    expect(card.locator(f"input[value={first}]")).to_be_checked()
    expect(page.locator("#note-INF-F-04")).to_have_value("Tagged by team since May.")
    expect(page.locator("#progress")).to_contain_text("1 of ")


def test_a_fact_that_is_typed_back_to_what_is_saved_counts_as_saved(visitor):
    page = visitor("ada", opens="").page
    page.clock.install()
    begin_review(page, "Second thoughts", "inferencing")
    type_fact(page, "data_regions", "westeurope")
    field, state = page.locator("#value-data_regions"), page.locator("#state-fact-data_regions")
    field.focus()
    with clock_stopped(page):
        field.press_sequentially("2")
        expect(state).to_have_text("Not saved yet…")
        field.press("Backspace")
        field.press("Tab")
        expect(state).to_have_text("✓ Saved")
    page.reload()
    expect(page.locator("#value-data_regions")).to_have_value("westeurope")


def test_what_is_typed_in_a_question_that_a_colleague_hides_is_still_there_when_it_is_asked_again(visitor):
    ada, jonas = visitor("ada", opens="").page, visitor("jonas", opens="").page
    ada.clock.install()
    begin_review(ada, "Hidden words", "inferencing")
    choose(ada, "platform_shared", "yes")
    jonas.goto(ada.url)
    with clock_stopped(ada):
        ada.locator("#note-INF-F-04").fill("Typed meanwhile.")
        choose(jonas, "platform_shared", "no")
    expect(ada.locator("#state-INF-F-04")).to_have_text("✓ Saved")
    expect(ada.locator("#q-INF-F-04")).to_be_hidden()
    choose(jonas, "platform_shared", "yes")
    jonas.reload()
    expect(jonas.locator("#note-INF-F-04")).to_have_value("Typed meanwhile.")


def test_what_cannot_be_saved_in_a_question_that_is_hidden_holds_nothing_up(visitor):
    page = visitor("ada", opens="").page
    begin_review(page, "Unreasoned assistant", "inferencing")
    choose(page, "platform_shared", "yes")
    page.locator("#q-INF-F-04").get_by_label("This question does not apply to the workload").check()
    choose(page, "platform_shared", "no")
    expect(page.locator("#q-INF-F-04")).to_be_hidden()
    page.get_by_role("button", name="Submit for approval").click()
    expect(page.get_by_text("Not submitted.")).to_be_visible()


def test_quotas_are_answered_with_numbers_and_the_headroom_is_worked_out(visitor):
    page = visitor("ada", opens="").page
    begin_review(page, "Tight assistant", "eda")
    fill_row(page, "GEN-04", 1, service="GPU cores", limit="48", peak="60", unit="cores")
    expect(page.locator("#output-GEN-04-1")).to_contain_text("0.80")
    expect(page.locator("#risk-GEN-04")).to_contain_text("High risk")

    fill_row(page, "GEN-04", 1, peak="40")
    fill_row(page, "GEN-04", 2, service="Storage", limit="1,000", peak="250", unit="GB")
    expect(page.locator("#output-GEN-04-1")).to_contain_text("1.20")
    expect(page.locator("#output-GEN-04-2")).to_contain_text("4.00")
    expect(page.locator("#risk-GEN-04")).to_contain_text("Medium risk")
    page.reload()
    expect(page.locator("#output-GEN-04-1")).to_contain_text("1.20")

    page.locator("#q-GEN-04 tr[data-row='2'] input[name=peak]").fill("a lot")
    page.locator("#q-GEN-04 tr[data-row='2'] input[name=peak]").press("Tab")
    expect(page.locator("#trouble-GEN-04")).to_contain_text("Row 2, Expected peak: “a lot” is not a number")
    expect(page.locator("#q-GEN-04 tr[data-row='2'] input[name=peak]")).to_have_value("a lot")


def test_the_best_configuration_is_the_cheapest_for_the_work(visitor):
    page = visitor("ada", opens="").page
    begin_review(page, "Measured assistant", "eda")
    fill_row(page, "GEN-07", 1, configuration="One GPU", throughput="10", p95_ms="700", cost_per_hour="4")
    expect(page.locator("#risk-GEN-07")).to_contain_text("Medium risk")
    fill_row(page, "GEN-07", 2, configuration="Two GPUs", throughput="25", p95_ms="500", cost_per_hour="8")
    expect(page.locator("#output-GEN-07-2")).to_contain_text("best")
    expect(page.locator("#output-GEN-07-1")).not_to_contain_text("best")
    expect(page.locator("#risk-GEN-07")).to_contain_text("No risk")


def test_different_regions_without_a_stated_reason_are_a_finding_by_themselves(visitor):
    page = visitor("ada", opens="").page
    begin_review(page, "Spread assistant", "eda")
    for fact, regions in (("data_regions", "westeurope"), ("compute_regions", "westeurope, eastus")):
        type_fact(page, fact, regions)
    expect(page.locator("#risk-GEN-02")).to_contain_text("High risk")
    expect(page.locator("#risk-GEN-05")).to_contain_text("Medium risk")
    expect(page.locator("#regions-GEN-05")).to_contain_text("The regions that are stated for the workload differ")
    answer(page, "GEN-05", ["reasoned"])
    expect(page.locator("#risk-GEN-05")).not_to_contain_text("No risk")
    page.locator("#note-GEN-05").fill("The model is offered in eastus alone; the contract with the union allows it.")
    expect(page.locator("#risk-GEN-05")).to_contain_text("No risk")


def test_a_practice_is_in_place_or_does_not_apply_but_not_both(visitor):
    page = visitor("ada", opens="").page
    begin_review(page, "Partial assistant", "eda")
    card = page.locator("#q-GEN-06")
    card.locator("input[name=choice][value=GEN-06a]").check()
    card.locator("input[name=left_out][value=GEN-06a]").check()
    expect(card.locator("input[name=choice][value=GEN-06a]")).not_to_be_checked()
    expect(card.locator(".state")).to_have_text("✓ Saved")
    answer(page, "GEN-06", ["GEN-06b", "GEN-06c"])
    expect(page.locator("#risk-GEN-06")).to_contain_text("No risk")


def test_orchestration_is_a_checklist_that_a_review_adds(visitor):
    page = visitor("ada", opens="").page
    begin_review(page, "Flow assistant", "inferencing")
    page.get_by_label("Add a checklist to this review").select_option(label="Orchestration, edition 1.0")
    leave_by(page.get_by_role("button", name="Add", exact=True))
    expect(page.locator("#q-ORC-N-01")).to_be_visible()
    answer(page, "ORC-N-02", [page.locator("#q-ORC-N-02 input[name=choice]").first.get_attribute("value")])
    page.get_by_role("button", name="Take it out").click()
    expect(page.locator("#q-ORC-N-01")).to_have_count(0)


def test_what_is_typed_before_the_scripts_have_come_is_saved_as_well(visitor):
    ada = visitor("ada", opens="")
    page = ada.page
    begin_review(page, "Quick assistant", "eda")

    def slow(route):
        page.locator("#note-GEN-01").fill("Typed at once.")
        page.locator("#q-GEN-02 input[name=choice]").first.check()
        route.continue_()

    page.route("**/js/saving*.js", slow, times=1)
    page.reload()
    expect(page.locator("#state-GEN-01")).to_have_text("✓ Saved")
    expect(page.locator("#state-GEN-02")).to_have_text("✓ Saved")
    page.reload()
    expect(page.locator("#note-GEN-01")).to_have_value("Typed at once.")
