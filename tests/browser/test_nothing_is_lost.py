"""What people type is kept and saved, whatever happens to the server, the session, the page or a colleague."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.doing import answer, begin_review, clock_stopped, sign_in
from tests.support.site import PASSWORD

pytestmark = pytest.mark.pages

KEPT = "Not saved – kept in this browser"


def note(page: Page, question: str) -> Locator:
    return page.locator(f"#note-{question}")


def state(page: Page, question: str) -> Locator:
    return page.locator(f"#state-{question}")


def write(page: Page, question: str, text: str) -> None:
    note(page, question).fill(text)
    note(page, question).press("Tab")
    expect(state(page, question)).to_have_text("✓ Saved")


def both_at(visitor, name: str) -> tuple[Page, Page]:
    """Two people with the same questionnaire open, in a browser each; Jonas's clock is a test's to stop."""
    ada, jonas = visitor("ada", opens="").page, visitor("jonas", opens="").page
    jonas.clock.install()
    begin_review(ada, name, "eda")
    jonas.goto(ada.url)
    return ada, jonas


def conflict_over_notes(visitor, name: str) -> tuple[Page, Page, Locator]:
    ada, jonas = both_at(visitor, name)
    with clock_stopped(jonas):
        note(jonas, "GEN-01").fill("Tools were compared in June.\nSee the wiki.")
        write(ada, "GEN-01", "Tools were compared in May.\nSee ADR-12.")
    note(jonas, "GEN-01").press("Tab")
    panel = jonas.get_by_role("group", name="Two answers to this question")
    expect(panel.get_by_role("alert")).to_contain_text("A colleague changed this answer")
    return ada, jonas, panel


def sign_out_unseen(site, page: Page) -> None:
    """End the session as its expiry does: only the server knows."""
    (key,) = (cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "sessionid")
    site.change("DELETE FROM reviews_session WHERE session_key = %s", key)


def test_who_is_slower_sees_both_texts_with_the_differing_words_marked_and_keeps_their_own(visitor):
    ada, jonas, panel = conflict_over_notes(visitor, "Kept assistant")
    theirs, mine = panel.locator("section").all()
    expect(theirs).to_contain_text("Ada Brandt")
    assert theirs.locator("mark").all_inner_texts() == ["May.", "ADR-12."]
    assert mine.locator("mark").all_inner_texts() == ["June.", "the", "wiki."]
    panel.get_by_role("button", name="Keep mine").press("Enter")
    expect(state(jonas, "GEN-01")).to_have_text("✓ Saved")
    expect(panel).to_have_count(0)
    expect(jonas.locator("#q-GEN-01")).to_be_focused()
    ada.reload()
    expect(note(ada, "GEN-01")).to_have_value("Tools were compared in June.\nSee the wiki.")


def test_who_takes_the_other_text_can_still_put_their_own_back(visitor):
    ada, jonas, panel = conflict_over_notes(visitor, "Taken assistant")
    panel.get_by_role("button", name="Take Ada Brandt’s").press("Enter")
    expect(note(jonas, "GEN-01")).to_have_value("Tools were compared in May.\nSee ADR-12.")
    jonas.reload()
    aside = jonas.locator("#trouble-GEN-01")
    expect(aside).to_contain_text("Tools were compared in June.")
    aside.get_by_role("button", name="Put it back").click()
    expect(state(jonas, "GEN-01")).to_have_text("✓ Saved")
    ada.reload()
    expect(note(ada, "GEN-01")).to_have_value("Tools were compared in June.\nSee the wiki.")


def test_both_texts_can_be_merged_also_when_the_colleague_goes_on_writing(visitor):
    ada, jonas, panel = conflict_over_notes(visitor, "Merged assistant")
    panel.get_by_role("button", name="Merge").press("Enter")
    merged = panel.get_by_label("The note, from both")
    expect(merged).to_be_focused()
    for words in ("May.", "ADR-12.", "June.", "the wiki."):
        expect(merged).to_have_value(re.compile(re.escape(words)))
    write(ada, "GEN-01", "Tools were compared in May.\nSee ADR-12 and ADR-15.")
    merged.fill("Tools were compared in May and June.\nSee ADR-12 and the wiki.")
    panel.get_by_role("button", name="Save the merged answer").click()
    expect(panel.get_by_role("alert")).to_be_visible()
    expect(panel.locator("section").first).to_contain_text("ADR-15")
    panel.get_by_role("button", name="Keep mine").click()
    expect(state(jonas, "GEN-01")).to_have_text("✓ Saved")
    ada.reload()
    expect(note(ada, "GEN-01")).to_have_value("Tools were compared in May and June.\nSee ADR-12 and the wiki.")


def test_a_note_and_a_choice_of_two_people_are_no_conflict(visitor):
    ada, jonas = both_at(visitor, "Friendly assistant")
    with clock_stopped(jonas):
        note(jonas, "GEN-01").fill("Jonas’s words")
        answer(ada, "GEN-01", ["justified"])
    expect(state(jonas, "GEN-01")).to_have_text("✓ Saved")
    expect(jonas.locator("#q-GEN-01 input[value=justified]")).to_be_checked()
    expect(jonas.locator("#trouble-GEN-01")).to_contain_text("Ada Brandt changed this answer too")
    ada.reload()
    expect(note(ada, "GEN-01")).to_have_value("Jonas’s words")
    expect(ada.locator("#q-GEN-01 input[value=justified]")).to_be_checked()


def test_the_server_stops_in_mid_typing_and_all_text_is_saved_when_it_is_back(visitor, site):
    ada, jonas = visitor("ada", opens=""), visitor("jonas", opens="")
    page, open_page = ada.page, jonas.page
    begin_review(page, "Interrupted assistant", "eda")
    open_page.goto(page.url)
    note(page, "GEN-01").press_sequentially("The first half, ")
    with site.without_web():
        note(page, "GEN-01").press_sequentially("and the second.")
        page.locator("#q-GEN-02 input[name=choice]").first.check()
        note(page, "GEN-03").fill("A third answer.")
        note(open_page, "GEN-04").press_sequentially("The end.")
        expect(state(page, "GEN-01")).to_have_text(KEPT)
        banner = page.get_by_role("region", name="Not saved yet")
        expect(banner).to_contain_text("3 answers are not saved yet")
        expect(banner).to_contain_text("The server cannot be reached")
        expect(page.locator("#alarm")).to_contain_text("The server cannot be reached")
        expect(state(open_page, "GEN-04")).to_have_text(KEPT)
        # One tab is closed with what it kept; a new one takes it over.
        other = ada.context.new_page()
        page.close()
    other.goto(page.url)
    for question in ("GEN-01", "GEN-02", "GEN-03"):
        expect(state(other, question)).to_have_text("✓ Saved")
    expect(note(other, "GEN-01")).to_have_value("The first half, and the second.")
    expect(other.get_by_role("region", name="Not saved yet")).to_be_hidden()
    # And a page that stays open sends by itself.
    expect(state(open_page, "GEN-04")).to_have_text("✓ Saved")
    other.reload()
    expect(note(other, "GEN-01")).to_have_value("The first half, and the second.")
    expect(note(other, "GEN-04")).to_have_value("The end.")
    for each in (ada, jonas):
        each.complaints.clear()


def test_an_expired_session_is_renewed_in_the_page_and_everything_goes_out(visitor, site):
    page = visitor("ada", opens="").page
    begin_review(page, "Expired assistant", "eda")
    sign_out_unseen(site, page)
    note(page, "GEN-02").fill("Typed after the session ended.")
    expect(state(page, "GEN-02")).to_have_text(KEPT)
    page.locator("#q-GEN-04 input[name=choice]").first.check()
    page.get_by_role("region", name="Not saved yet").get_by_role("button", name="Sign in again").click()
    dialog = page.get_by_role("dialog", name="Sign in again")
    dialog.get_by_label("Password").fill("wrong")
    dialog.get_by_label("Password").press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("does not match")
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_label("Password").press("Enter")
    for question in ("GEN-02", "GEN-04"):
        expect(state(page, question)).to_have_text("✓ Saved")
    expect(dialog).to_be_hidden()
    page.reload()
    expect(note(page, "GEN-02")).to_have_value("Typed after the session ended.")


def test_what_was_typed_goes_out_after_leaving_the_page_to_sign_in(visitor, site):
    page = visitor("ada", opens="").page
    begin_review(page, "Returning assistant", "eda")
    sign_out_unseen(site, page)
    note(page, "GEN-02").fill("Typed after the session ended.")
    expect(state(page, "GEN-02")).to_have_text(KEPT)
    page.reload()
    sign_in(page, "ada")
    expect(note(page, "GEN-02")).to_have_value("Typed after the session ended.")
    expect(state(page, "GEN-02")).to_have_text("✓ Saved")


def test_another_person_at_the_same_browser_neither_sees_nor_sends_it(visitor, site):
    ada = visitor("ada", opens="")
    page = ada.page
    begin_review(page, "Borrowed assistant", "eda")
    sign_out_unseen(site, page)
    note(page, "GEN-02").fill("Ada’s secret.")
    expect(state(page, "GEN-02")).to_have_text(KEPT)
    # Jonas signs in in another tab; Ada's page is still open, and tries again.
    tab = ada.context.new_page()
    tab.goto(f"{site.url}/sign-in/?next={page.url.removeprefix(site.url)}")
    sign_in(tab, "jonas")
    expect(tab.get_by_role("heading", name="Questionnaire")).to_be_visible()
    # A try of the page's own, from before he came, may be answered meanwhile.
    with page.expect_response(lambda response: "/answers/GEN-02/" in response.url and response.status == 401):
        page.get_by_role("button", name="Try now").click()
    page.close()
    write(tab, "GEN-01", "Jonas’s words.")
    tab.reload()
    expect(note(tab, "GEN-02")).to_have_value("")
    expect(tab.locator("main")).not_to_contain_text("secret")
    tab.get_by_role("button", name="Sign out").click()
    sign_in(tab, "ada")
    tab.goto(page.url)
    expect(note(tab, "GEN-02")).to_have_value("Ada’s secret.")
    expect(state(tab, "GEN-02")).to_have_text("✓ Saved")


def sign_in_in_another_tab(site, page: Page, username: str) -> Page:
    tab = page.context.new_page()
    tab.goto(f"{site.url}/")
    if tab.get_by_role("button", name="Sign out").is_visible():
        tab.get_by_role("button", name="Sign out").click()
    sign_in(tab, username)
    return tab


def test_a_form_of_a_page_is_sent_again_by_its_own_person_and_by_nobody_else(visitor, site):
    page = visitor("ada", opens="").page
    begin_review(page, "Handed over assistant", "eda")
    page.locator("#submission").fill("Ada stands for it.")
    sign_in_in_another_tab(site, page, "jonas")
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_role("heading", name="This page was made for Ada Brandt")).to_be_visible()
    expect(page.get_by_label("Statement")).to_have_value("Ada stands for it.")
    page.get_by_role("button", name="Send it again").click()
    expect(page.get_by_role("heading", name="This page was made for Ada Brandt")).to_be_visible()
    sign_in_in_another_tab(site, page, "ada")
    page.get_by_role("button", name="Send it again").click()
    expect(page.locator("#incomplete")).to_be_visible()
    expect(page.locator("#submission")).to_have_value("Ada stands for it.")


def go_back(page: Page, pages: int = 1) -> None:
    """Go back in the browser's history, to the form of a new workload."""
    page.evaluate(f"history.go({-pages})")
    page.wait_for_url("**/workloads/new/")


def test_going_back_to_a_form_fills_in_what_its_own_person_typed_and_nothing_for_the_next_one(visitor):
    page = visitor("ada").page
    page.goto("/workloads/new/")
    page.get_by_label("Purpose").fill("Ada’s secret.")
    page.get_by_label("Criticality").select_option("low")
    page.get_by_role("link", name="Home").click()
    go_back(page)
    expect(page.get_by_label("Purpose")).to_have_value("Ada’s secret.")
    page.get_by_role("button", name="Sign out").click()
    sign_in(page, "jonas")
    go_back(page, 2)
    expect(page.get_by_role("link", name="Jonas")).to_be_visible()
    expect(page.get_by_label("Purpose")).to_have_value("")
    expect(page.get_by_label("Criticality")).to_have_value("medium")
    page.get_by_label("Purpose").fill("Jonas’s own.")
    page.get_by_role("link", name="Home").click()
    go_back(page)
    expect(page.get_by_label("Purpose")).to_have_value("Jonas’s own.")


def test_a_page_that_the_browser_kept_whole_is_shown_to_its_own_person_only(visitor, site):
    comes_back = "window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))"
    page = visitor("ada").page
    page.goto("/workloads/new/")
    page.get_by_label("Purpose").fill("Ada’s secret.")
    page.evaluate(comes_back)
    expect(page.get_by_label("Purpose")).to_have_value("Ada’s secret.")
    expect(page.get_by_label("Purpose")).to_be_visible()
    sign_in_in_another_tab(site, page, "jonas")
    page.evaluate(comes_back)
    expect(page.get_by_role("link", name="Jonas")).to_be_visible()
    expect(page.get_by_label("Purpose")).to_have_value("")


def test_what_cannot_be_saved_any_more_is_shown_to_be_copied_and_dropped_by_the_person_only(visitor, site):
    page = visitor("ada", opens="").page
    begin_review(page, "Closed assistant", "eda")
    (review,) = re.findall(r"/reviews/([0-9a-f-]+)/", page.url)
    bare = review.replace("-", "") if site.embedded else review
    site.change("UPDATE reviews_review SET state = 'submitted' WHERE id = %s", bare)
    note(page, "GEN-02").fill("Too late.")
    trouble = page.locator("#trouble-GEN-02")
    expect(trouble.get_by_role("alert")).to_contain_text("This review cannot be answered now")
    expect(trouble).to_contain_text("Note: Too late.")
    page.reload()
    expect(page.get_by_role("heading", name="Closed assistant")).to_be_visible()
    left = page.get_by_role("group", name="GEN-02")
    expect(left).to_contain_text("Note: Too late.")
    page.reload()
    left.get_by_role("button", name="Drop it").click()
    expect(left).to_have_count(0)
    page.reload()
    expect(page.locator("#left-over")).to_be_empty()


def test_a_comment_is_kept_until_it_is_sent(visitor):
    page = visitor("ada", opens="").page
    begin_review(page, "Chatty assistant", "eda")
    page.locator("#q-GEN-01 summary", has_text="Comment").click()
    page.locator("#comment-GEN-01").fill("Half a thought")
    page.reload()
    expect(page.locator("#comment-GEN-01")).to_have_value("Half a thought")
    page.locator("#q-GEN-01").get_by_role("button", name="Add the comment").click()
    expect(page.locator("#thread-GEN-01 .comment")).to_contain_text("Half a thought")
    page.reload()
    expect(page.locator("#comment-GEN-01")).to_have_value("")


def test_saves_are_announced_politely_and_keystrokes_not_at_all(visitor):
    page = visitor("ada", opens="").page
    page.clock.install()
    begin_review(page, "Spoken assistant", "eda")
    said = page.locator("#said[role=status]")
    page.evaluate(
        """() => {
          window.heard = [];
          const place = document.getElementById("said");
          new MutationObserver(() => place.textContent && heard.push(place.textContent))
            .observe(place, { childList: true });
        }"""
    )
    with clock_stopped(page):
        note(page, "GEN-01").press_sequentially("Word by word by word")
    expect(said).to_have_text("GEN-01: saved.")
    assert page.evaluate("heard") == ["GEN-01: saved."]


def test_the_last_change_is_undone_and_every_earlier_one_is_in_the_history(visitor):
    page = visitor("ada", opens="").page
    begin_review(page, "Wavering assistant", "eda")
    card = page.locator("#q-GEN-01")
    write(page, "GEN-01", "First words.")
    answer(page, "GEN-01", ["justified"])
    note(page, "GEN-01").fill("Other words.")
    expect(page.locator("#said")).to_have_text("GEN-01: saved.")
    expect(state(page, "GEN-01")).to_have_text("✓ Saved")
    card.get_by_role("button", name="Undo the last change of GEN-01").click()
    expect(note(page, "GEN-01")).to_have_value("First words.")
    expect(card.locator("input[value=justified]")).to_be_checked()
    card.get_by_role("link", name="History").click()
    entries = card.locator(".history li")
    expect(entries).to_have_count(4)
    entries.filter(has_text="Other words.").get_by_role("button", name="Restore this version").first.click()
    expect(note(page, "GEN-01")).to_have_value("Other words.")
    page.reload()
    expect(note(page, "GEN-01")).to_have_value("Other words.")


def test_a_lost_token_is_fetched_anew(visitor):
    ada = visitor("ada", opens="")
    begin_review(ada.page, "Tokenless assistant", "eda")
    ada.context.clear_cookies(name="csrftoken")
    write(ada.page, "GEN-01", "Typed without a token.")
    ada.page.reload()
    expect(note(ada.page, "GEN-01")).to_have_value("Typed without a token.")


def test_a_browser_without_room_says_that_the_page_must_stay_open(visitor):
    ada = visitor("ada", opens="")
    page = ada.page
    begin_review(page, "Full assistant", "eda")
    page.evaluate(
        "() => { Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }; }"
    )
    ada.context.set_offline(True)
    note(page, "GEN-01").fill("There is no room for this.")
    expect(state(page, "GEN-01")).to_contain_text("Leave the page open")
    ada.context.set_offline(False)
    expect(state(page, "GEN-01")).to_have_text("✓ Saved")
    ada.complaints.clear()


FORBIDDEN = """
for (const name of ["localStorage", "sessionStorage", "indexedDB"]) {
  Object.defineProperty(window, name, { get() { throw new DOMException("denied", "SecurityError"); } });
}
navigator.locks.request = () => Promise.reject(new DOMException("denied", "SecurityError"));
"""


def test_where_the_browser_may_keep_nothing_all_is_saved_as_usual_and_the_page_says_so_once(visitor):
    ada = visitor("ada", opens="")
    page = ada.page
    page.add_init_script(FORBIDDEN)
    begin_review(page, "Forgetful assistant", "eda")
    expect(page.get_by_text("Your browser is set to keep nothing for this site.")).to_have_count(1)
    write(page, "GEN-01", "Saved all the same.")
    page.locator("#q-GEN-01 summary", has_text="Comment").click()
    page.locator("#comment-GEN-01").fill("And this too.")
    page.locator("#q-GEN-01").get_by_role("button", name="Add the comment").click()
    expect(page.locator("#thread-GEN-01 .comment")).to_contain_text("And this too.")
    ada.context.set_offline(True)
    note(page, "GEN-02").fill("Not out yet.")
    banner = page.get_by_role("region", name="Not saved yet")
    expect(banner).to_contain_text("1 answer is not saved yet. Leave the page open.")
    ada.context.set_offline(False)
    expect(state(page, "GEN-02")).to_have_text("✓ Saved")
    page.reload()
    expect(note(page, "GEN-01")).to_have_value("Saved all the same.")
    ada.complaints[:] = [each for each in ada.complaints if "ERR_INTERNET_DISCONNECTED" not in each]
