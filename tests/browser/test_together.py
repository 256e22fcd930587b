"""Two people at one questionnaire, in two browsers."""

import pytest
from playwright.sync_api import expect

from tests.browser.doing import answer, start_review


@pytest.fixture
def desks(visitor):
    """Ada's questionnaire and Jonas's, of the same review."""
    ada, jonas = visitor("ada").page, visitor("jonas").page
    start_review(ada, "Answered together", "Exploratory data analysis")
    jonas.goto(ada.url)
    return ada, jonas


def test_what_a_colleague_answers_appears_without_a_reload_and_so_does_the_colleague(desks):
    ada, jonas = desks
    expect(ada.locator("#here")).to_contain_text("Jonas Keller is here", timeout=15_000)
    answer(jonas, "GEN-01", ["informal"])
    expect(ada.locator("#q-GEN-01 input[value=informal]")).to_be_checked(timeout=15_000)
    expect(ada.locator("#risk-GEN-01")).to_contain_text("risk")
    answer(ada, "GEN-01", ["justified"])
    expect(jonas.locator("#q-GEN-01 input[value=justified]")).to_be_checked(timeout=15_000)


def test_a_fact_appears_as_a_colleague_states_it_and_two_statements_at_once_are_both_shown(desks):
    ada, jonas = desks
    regions = {page: page.locator("#value-data_regions") for page in desks}
    regions[jonas].fill("westeurope")
    regions[jonas].press("Tab")
    expect(regions[ada]).to_have_value("westeurope", timeout=15_000)
    regions[ada].fill("eastus")
    regions[jonas].fill("northeurope")
    regions[ada].press("Tab")
    expect(ada.locator("#state-fact-data_regions")).to_have_text("✓ Saved")
    regions[jonas].press("Tab")
    choice = jonas.get_by_role("group", name="Two answers to this question")
    expect(choice).to_contain_text("eastus")
    expect(choice).to_contain_text("northeurope")
    choice.get_by_role("button", name="Keep mine").click()
    expect(regions[ada]).to_have_value("northeurope", timeout=15_000)


def test_a_question_that_one_is_writing_in_is_left_alone(desks):
    ada, jonas = desks
    note = ada.locator("#note-GEN-02")
    note.focus()
    answer(jonas, "GEN-02", ["known"])
    expect(ada.locator("#q-GEN-02")).to_have_class("question news", timeout=15_000)
    expect(note).to_be_focused()


def test_questions_are_narrowed_as_one_types_and_links_lead_to_those_left_out(desks):
    ada, _jonas = desks
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


def test_a_question_is_assigned_in_its_card(desks):
    ada, jonas = desks
    card = ada.locator("#q-GEN-03")
    card.get_by_role("link", name="Assign").click()
    card.get_by_label("Assigned to").select_option("Jonas Keller")
    card.get_by_label("Due").fill("2031-05-01")
    card.get_by_role("button", name="Assign").click()
    expect(ada.locator("#q-GEN-03 .assigned")).to_contain_text("Jonas Keller")
    jonas.reload()
    jonas.get_by_role("link", name="Mine").click()
    expect(jonas.locator("#q-GEN-03")).to_be_visible()
    expect(jonas.locator("#q-GEN-01")).to_be_hidden()
