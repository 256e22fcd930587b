"""Two people at one questionnaire, in two browsers."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.doing import answer, clock_stopped, leave_by, let_pages_ask

pytestmark = pytest.mark.pages

COUNT_SAYINGS = """
    window.sayings = [];
    new MutationObserver(() => window.sayings.push(document.getElementById("said").textContent))
        .observe(document.getElementById("said"), { childList: true });
"""


def test_what_a_colleague_answers_appears_without_a_reload_and_so_does_the_colleague(desks):
    ada, jonas = desks
    let_pages_ask(jonas, ada)
    expect(ada.locator("#here")).to_contain_text("Jonas Keller is here")
    answer(jonas, "GEN-01", ["informal"])
    let_pages_ask(ada)
    expect(ada.locator("#q-GEN-01 input[value=informal]")).to_be_checked(timeout=15_000)
    expect(ada.locator("#risk-GEN-01")).to_contain_text("risk")
    answer(ada, "GEN-01", ["justified"])
    let_pages_ask(jonas)
    expect(jonas.locator("#q-GEN-01 input[value=justified]")).to_be_checked(timeout=15_000)


def test_a_fact_appears_as_a_colleague_states_it_and_two_statements_at_once_are_both_shown(desks):
    ada, jonas = desks
    regions = {page: page.locator("#value-data_regions") for page in desks}
    regions[jonas].fill("westeurope")
    regions[jonas].press("Tab")
    expect(jonas.locator("#state-fact-data_regions")).to_have_text("✓ Saved")
    let_pages_ask(ada)
    expect(regions[ada]).to_have_value("westeurope")
    with clock_stopped(jonas):
        regions[jonas].fill("northeurope")
        regions[ada].fill("eastus")
        regions[ada].press("Tab")
        expect(ada.locator("#state-fact-data_regions")).to_have_text("✓ Saved")
    regions[jonas].press("Tab")
    choice = jonas.get_by_role("group", name="Two answers to this question")
    expect(choice).to_contain_text("eastus")
    expect(choice).to_contain_text("northeurope")
    choice.get_by_role("button", name="Keep mine").click()
    expect(jonas.locator("#state-fact-data_regions")).to_have_text("✓ Saved")
    let_pages_ask(ada)
    expect(regions[ada]).to_have_value("northeurope")


def test_a_question_that_one_is_writing_in_is_left_alone(desks):
    ada, jonas = desks
    note = ada.locator("#note-GEN-02")
    note.focus()
    answer(jonas, "GEN-02", ["known"])
    let_pages_ask(ada)
    expect(ada.locator("#q-GEN-02")).to_have_class("question news")
    expect(note).to_be_focused()


def test_where_a_colleague_is_shows_at_the_question_itself_until_the_colleague_goes_on(desks):
    ada, jonas = desks
    jonas.locator("#note-GEN-02").focus()
    let_pages_ask(jonas, ada)
    saving = ada.locator("#q-GEN-02 .saving")
    expect(saving).to_have_attribute("data-here", "Jonas Keller is here", timeout=15_000)
    assert "Jonas Keller" in saving.evaluate("element => getComputedStyle(element, '::after').content")
    jonas.locator("#note-GEN-03").focus()
    let_pages_ask(jonas, ada)
    expect(ada.locator("#q-GEN-03 .saving")).to_have_attribute("data-here", "Jonas Keller is here", timeout=15_000)
    expect(ada.locator("#q-GEN-02 .saving[data-here]")).to_have_count(0)


def test_an_answer_that_is_saved_while_the_question_comes_anew_stays_in_the_page(desks):
    ada, jonas = desks
    card = jonas.locator("#q-GEN-01")
    card.get_by_text("Comment", exact=True).click()
    card.get_by_label("Comment on").fill("Who knows?")
    card.get_by_role("button", name="Add the comment").click()
    expect(jonas.locator("#thread-GEN-01 .comment")).to_contain_text("Who knows?")

    def slow(route):
        question = route.fetch()
        answer(ada, "GEN-01", ["informal"])
        ada.locator("#note-GEN-02").focus()
        route.fulfill(response=question)

    ada.route("**/questions/GEN-01/", slow, times=1)
    let_pages_ask(ada)
    expect(ada.locator("#thread-GEN-01 .comment")).to_contain_text("Who knows?")
    assert ada.locator("#q-GEN-01 input[value=informal]").is_checked()


def test_questions_are_narrowed_as_one_types_and_links_lead_to_those_left_out(ada):
    ada.get_by_label("Search the questions").fill("gpu")
    expect(ada.locator("#found")).to_contain_text("questions shown")
    expect(ada.locator("#q-GEN-01")).to_be_hidden()
    ada.evaluate("location.hash = 'q-GEN-01'")
    expect(ada.locator("#q-GEN-01")).to_be_visible()
    ada.get_by_role("link", name="Unanswered").click()
    answer(ada, "GEN-01", ["informal"])
    expect(ada.locator("#q-GEN-01")).to_be_visible()
    ada.get_by_role("link", name="High risk").click()
    expect(ada.locator("#q-GEN-01")).to_be_hidden()


def test_who_writes_an_at_sign_is_offered_the_people_of_the_team(ada):
    card = ada.locator("#q-GEN-03")
    card.get_by_text("Comment", exact=True).click()
    comment = card.get_by_label("Comment on GEN-03")
    comment.press_sequentially("Is that so, @kel")
    expect(card.get_by_role("group", name="Mention")).to_have_text("@jonas Jonas Keller")
    comment.press("Tab")
    ada.keyboard.press("Enter")
    expect(comment).to_have_value("Is that so, @jonas ")
    expect(comment).to_be_focused()
    comment.press_sequentially("?")
    expect(card.get_by_role("group", name="Mention")).to_have_count(0)
    card.get_by_role("button", name="Add the comment").click()
    expect(card.locator(".comment")).to_contain_text("Is that so, @jonas ?")


def test_a_search_that_is_typed_before_the_scripts_have_come_narrows_as_well(ada):
    def slow(route):
        ada.get_by_label("Search the questions").fill("zebra")
        route.continue_()

    ada.route("**/js/filters*.js", slow, times=1)
    ada.reload()
    expect(ada.locator("#found")).to_contain_text("0 of")


def test_a_question_is_assigned_in_its_card(desks):
    ada, jonas = desks
    card = ada.locator("#q-GEN-03")
    card.get_by_role("link", name="Assign").click()
    card.get_by_label("Assigned to").select_option("Jonas Keller")
    card.get_by_label("Due").fill("2031-05-01")
    card.get_by_role("button", name="Assign").click()
    expect(ada.locator("#q-GEN-03 .assigned .whose")).to_have_text("Jonas Keller")
    jonas.reload()
    jonas.get_by_role("link", name="Mine").click()
    expect(jonas.locator("#q-GEN-03")).to_be_visible()
    expect(jonas.locator("#q-GEN-01")).to_be_hidden()


def test_a_section_that_a_colleague_assigns_says_so_without_a_reload_and_its_questions_are_mine(desks):
    ada, jonas = desks
    section = ada.locator("#section-EDA-F > header")
    section.get_by_role("link", name="Assign").click()
    section.get_by_label("Assigned to").select_option("Jonas Keller")
    section.get_by_role("button", name="Assign").click()
    expect(section.locator(".assigned .whose")).to_have_text("Jonas Keller")
    let_pages_ask(jonas)
    expect(jonas.locator("#section-EDA-F > header .assigned")).to_contain_text("Jonas Keller")
    expect(jonas.get_by_role("link", name="Mine 3")).to_be_visible()
    expect(jonas.locator("#said")).to_have_text(re.compile("was changed by somebody else"))
    expect(jonas.locator("#section-EDA-F .question.news")).to_have_count(0)
    expect(jonas.get_by_role("link", name="Changed since I last looked 0")).to_be_visible()


def test_what_a_filter_leaves_out_stays_out_when_a_colleague_changes_it(desks):
    ada, jonas = desks
    ada.get_by_role("link", name="High risk").click()
    expect(ada.locator("#q-GEN-01")).to_be_hidden()
    answer(jonas, "GEN-01", ["informal"])
    let_pages_ask(ada)
    expect(ada.locator("#q-GEN-01")).to_have_class("question news")
    expect(ada.locator("#q-GEN-01")).to_be_hidden()


def test_the_search_looks_at_questions_and_answers_and_not_at_buttons(ada):
    ada.get_by_label("Search the questions").fill("assign")
    expect(ada.locator("#found")).to_contain_text("0 of")
    ada.get_by_label("Search the questions").fill("")
    note = ada.locator("#note-GEN-02")
    note.fill("A zebra crossing")
    ada.get_by_label("Search the questions").fill("zebra")
    expect(ada.locator("#q-GEN-02")).to_be_visible()
    expect(ada.locator("#found")).to_contain_text("1 of")


def test_a_question_counts_as_discussed_once_one_comments_on_it_until_it_is_resolved(ada):
    card = ada.locator("#q-GEN-04")
    card.get_by_text("Comment", exact=True).click()
    card.get_by_label("Comment on").fill("Who knows?")
    card.get_by_role("button", name="Add the comment").click()
    expect(ada.get_by_role("link", name="Discussed 1")).to_be_visible()
    card.get_by_role("button", name="Resolve").click()
    expect(ada.get_by_role("link", name="Discussed 0")).to_be_visible()


def test_that_the_review_is_closed_is_said_once(desks):
    ada, jonas = desks
    let_pages_ask(jonas, ada)
    expect(ada.locator("#here")).to_contain_text("Jonas Keller is here")
    ada.evaluate(COUNT_SAYINGS)
    jonas.get_by_text("Withdraw the review").click()
    jonas.get_by_label("Why is it withdrawn?").fill("Nobody needs it.")
    jonas.get_by_role("button", name="Withdraw").click()
    expect(jonas.locator(".heading .badge")).to_contain_text("Withdrawn")
    let_pages_ask(ada)
    expect(ada.locator("#said")).to_contain_text("closed")
    let_pages_ask(ada, ada)
    assert ada.evaluate("window.sayings.filter((text) => text.includes('closed')).length") == 1


def test_questions_of_a_section_are_set_aside_at_once_what_a_colleague_was_faster_in_stays_and_it_is_undone(desks):
    ada, jonas = desks
    section = ada.locator("#section-EDA-F")
    section.get_by_role("link", name="Several answers at once").click()
    three = section.get_by_role("button", name="3 questions do not apply")
    expect(three).to_be_visible()
    answer(jonas, "EDA-F-02", ["menu"])
    section.get_by_label("Why do the questions without an answer not apply?").fill("Nobody explores data here.")
    three.click()
    expect(section.locator(".at-once")).to_contain_text("2 answers are saved: EDA-F-01, EDA-F-03")
    expect(section.locator(".at-once .warn")).to_contain_text("they stay as they are: EDA-F-02")
    expect(ada.locator("#q-EDA-F-02 input[value=menu]")).to_be_checked()
    reason = ada.locator("#reason-EDA-F-01")
    expect(reason).to_have_value("Nobody explores data here.")
    let_pages_ask(jonas)
    expect(jonas.locator("#reason-EDA-F-03")).to_have_value("Nobody explores data here.")
    section.locator(".at-once").get_by_role("button", name="Undo").click()
    expect(section.locator(".at-once")).to_contain_text("2 answers are as they were before.")
    expect(reason).to_have_value("")
    answer(ada, "EDA-F-01", ["auto"])


def test_confirming_is_one_key_and_so_is_undoing_it(ada):
    answer(ada, "GEN-01", ["informal"])
    begin_with_the_last(ada)
    card = ada.locator("#q-GEN-01")
    expect(card.get_by_role("button", name="Confirm")).to_be_visible()
    ada.get_by_role("link", name="To confirm 1").click()
    expect(ada.locator("#q-GEN-02")).to_be_hidden()
    ada.keyboard.press("j")
    ada.keyboard.press("c")
    expect(card.get_by_role("button", name="Confirm")).to_have_count(0)
    expect(ada.get_by_role("link", name="To confirm 0")).to_be_visible()
    ada.keyboard.press("u")
    expect(card.get_by_role("button", name="Confirm")).to_be_visible()
    expect(ada.get_by_role("link", name="To confirm 1")).to_be_visible()


def begin_with_the_last(page):
    """A review beside the one that is open, which begins with its answers."""
    page.get_by_role("link", name="Answered together").first.click()
    page.get_by_label("Exploratory data analysis").check()
    page.get_by_label("Begin with").select_option(label="Review 1: Exploratory data analysis")
    page.get_by_role("button", name="Start").click()
    page.locator("[name=beside_another]").check()
    leave_by(page.get_by_role("button", name="Start"))
    page.get_by_role("heading", name="Questionnaire").wait_for()


NEVER_WHOLE = """
    document.addEventListener("DOMContentLoaded", () => {
        document.body.append(Object.assign(new Image(), { src: "/static/never.png" }));
    });
"""


OPEN_ALL_AROUND = "(part) => { for (; part; part = part.parentElement) if ('open' in part) part.open = true; }"


@pytest.mark.parametrize("whole", [True, False], ids=["whole", "still loading"])
def test_a_change_request_is_one_also_where_it_is_the_first_thing_that_is_asked_of_a_page(
    visitor, places, whole: bool
):
    page = visitor("lea", opens="").page
    requested = []
    if not whole:
        page.add_init_script(NEVER_WHOLE)
        page.route("**/never.png", lambda route: requested.append(route))
    page.goto(f"/reviews/{places['submitted']}/", wait_until="domcontentloaded")
    card = page.locator("#GEN-02")
    text = page.locator("#comment-GEN-02")
    text.evaluate(OPEN_ALL_AROUND)
    text.fill(f"Name the pages, {whole}.")
    card.get_by_role("button", name="Request a change here").click()
    for route in requested:
        route.fulfill(status=404)
    expect(card.locator(".request", has_text=f"Name the pages, {whole}.")).to_be_visible()
    expect(text).to_be_hidden()
