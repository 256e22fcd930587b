"""What becomes of a form whose person is signed out: nothing is saved in another's name, and nothing is lost."""

import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from reviews.models import Evidence, Review, Thread, User, Workload
from tests.conftest import PASSWORD, People
from tests.reviews.evidence import QUESTION

OURS = {"Origin": "http://testserver"}
TEXT = "Who <b>says</b> so?\r\nAnd since when?"


def browser_of(user: User | None = None, **options: bool) -> Client:
    """A browser that sends what a page has, and nothing besides."""
    browser = Client(headers=OURS, **options)
    if user:
        browser.force_login(user)
    return browser


def fields(page: str, action: str) -> dict[str, str]:
    """What the form of a page sends that goes to an address, as the page has it."""
    (form,) = re.findall(rf'<form[^>]* action="{re.escape(action)}"[^>]*>(.*?)</form>', page, re.DOTALL)
    hidden = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', form)
    typed = re.findall(r'<textarea[^>]* name="([^"]*)"[^>]*>\n?(.*?)</textarea>', form, re.DOTALL)
    return {name: unescape(value) for name, value in [*hidden, *typed]}


def comment_address(review: Review) -> str:
    return reverse("comment", args=[review.pk, QUESTION])


def comment_form(browser: Client, review: Review, text: str = TEXT) -> dict[str, str]:
    page = browser.get(reverse("talk", args=[review.pk, QUESTION])).content.decode()
    return fields(page, comment_address(review)) | {"text": text}


def test_a_form_of_a_page_is_not_taken_in_the_name_of_who_signed_in_since(review: Review, people: People):
    browser = browser_of(people.ada)
    form = comment_form(browser, review)
    browser.force_login(people.jonas)
    response = browser.post(comment_address(review), form)
    assert response.status_code == 403
    assert not Thread.objects.exists()
    page = response.content.decode()
    assert "This page was made for Ada" in page
    assert "Jonas has signed in" in page
    assert "Who &lt;b&gt;says&lt;/b&gt; so?" in page
    browser.force_login(people.ada)
    assert browser.post(comment_address(review), fields(page, comment_address(review))).status_code == 302
    assert Thread.objects.get().opened_by == people.ada


def test_a_form_that_does_not_say_for_whom_its_page_was_made_is_not_taken_and_can_be_sent_again(
    review: Review, people: People
):
    browser = browser_of(people.ada)
    for made_for in ({}, {"made_for": ""}, {"made_for": f"{people.ada.pk}0 Ada"}):
        response = browser.post(comment_address(review), {"text": TEXT, **made_for})
        assert response.status_code == 403
    assert not Thread.objects.exists()
    page = browser.post(comment_address(review), {"text": TEXT}).content.decode()
    assert browser.post(comment_address(review), fields(page, comment_address(review))).status_code == 302
    assert Thread.objects.get().comments.get().text == TEXT


def test_every_form_of_every_page_says_for_whom_it_was_made(review: Review, people: People):
    browser = browser_of(people.ada)
    for address in (
        "/workloads/new/",
        reverse("questionnaire", args=[review.pk]),
        reverse("milestones", args=[review.pk]),
        reverse("evidence", args=[review.pk, QUESTION]),
        "/password/",
        "/language/",
    ):
        page = browser.get(address).content.decode()
        forms = page.count('method="post"')
        assert forms > 1
        assert page.count(f'name="made_for" value="{people.ada.pk} Ada"') == forms


def test_a_file_of_a_page_is_not_taken_in_anothers_name_either(review: Review, people: People, folder):
    browser, address = browser_of(people.ada), reverse("evidence", args=[review.pk, QUESTION])
    form = fields(browser.get(address).content.decode(), address) | {"kind": "file", "title": "As measured"}
    browser.force_login(people.jonas)
    response = browser.post(address, form | {"file": SimpleUploadedFile("load test.txt", b"secret content")})
    assert response.status_code == 403
    assert not Evidence.objects.exists()
    page = response.content.decode()
    assert "Choose this file again: load test.txt" in page
    assert "As measured" in page
    assert "secret content" not in page


def test_signing_in_and_out_and_verifying_need_no_page_of_ones_own(people: People):
    browser = browser_of(people.ada)
    assert browser.post("/verify/").status_code == 400
    assert browser.post("/sign-out/", {"made_for": f"{people.jonas.pk} Jonas"}).status_code == 302
    assert browser.post("/sign-out/")["Location"] == "/sign-in/"
    assert browser.post("/sign-in/", {"username": "ada", "password": PASSWORD}).status_code == 302


@pytest.mark.parametrize("name", ["workload-new", "milestones", "policy", "comment", "withdraw"])
def test_who_is_signed_out_sees_what_a_form_had_and_sends_it_again_after_signing_in(
    review: Review, people: People, name: str
):
    arguments = {"workload-new": [], "policy": ["eda", "high"], "comment": [review.pk, QUESTION]}
    address = reverse(name, args=arguments.get(name, [review.pk]))
    sent = {"text": TEXT, "made_for": f"{people.ada.pk} Ada", "kind": "eda", "purpose": "One word"}
    browser = browser_of()
    response = browser.post(address, sent, headers={"Referer": "http://testserver/workloads/"})
    assert response.status_code == 401
    page = response.content.decode()
    assert 'href="/sign-in/?next=/workloads/"' in page
    assert '<label for="typed-2">Purpose</label>' in page
    assert "Sign in as Ada in a new tab" in page
    again = fields(page, address)
    assert again.pop("csrfmiddlewaretoken")
    assert again == sent


def test_what_was_sent_again_is_taken_once_its_person_is_signed_in(review: Review, people: People):
    browser = browser_of(people.ada)
    form = comment_form(browser, review)
    browser.logout()
    page = browser.post(comment_address(review), form).content.decode()
    again = fields(page, comment_address(review))
    browser.force_login(people.jonas)
    assert browser.post(comment_address(review), again).status_code == 403
    browser.force_login(people.ada)
    assert browser.post(comment_address(review), again).status_code == 302
    assert Thread.objects.get().comments.get().text == TEXT


def test_passwords_and_tokens_are_never_shown(people: People):
    new = {"old_password": "hush-hush", "new_password1": "hush-hush", "csrfmiddlewaretoken": "hush-hush"}
    page = browser_of().post("/people/", {"name": "Rolf", "password": "hush-hush", **new}).content.decode()
    assert "Rolf" in page
    assert "hush-hush" not in page
    assert "Send it again" not in page


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
def test_what_another_site_sends_is_neither_shown_nor_sent_again(people: People, origin: str):
    for browser in (Client(), browser_of(people.ada)):
        response = browser.post("/workloads/new/", {"name": "Call 0900 now"}, headers={"Origin": origin})
        assert response.status_code in {401, 403}
        assert "0900" not in response.content.decode()
        assert "Send it again" not in response.content.decode()


def test_a_file_that_is_too_large_is_not_read_for_somebody_who_is_signed_out(review: Review, settings):
    settings.EVIDENCE_MEGABYTES = 1
    large = {"kind": "file", "title": "Title", "file": SimpleUploadedFile("a.txt", b"a" * 8 * 2**20)}
    response = browser_of().post(reverse("evidence", args=[review.pk, QUESTION]), large)
    assert response.status_code == 401
    assert "a.txt" not in response.content.decode()


def test_a_form_of_before_the_latest_sign_in_shows_what_was_typed_and_is_sent_again(review: Review, people: People):
    browser = browser_of(enforce_csrf_checks=True)
    come_in(browser, "ada")
    form = comment_form(browser, review)
    go_out(browser)
    come_in(browser, "ada")
    response = browser.post(comment_address(review), form)
    assert response.status_code == 403
    page = response.content.decode()
    assert "This page is older than your sign-in" in page
    assert browser.post(comment_address(review), fields(page, comment_address(review))).status_code == 302
    assert Thread.objects.get().opened_by == people.ada


def test_a_form_of_another_person_with_a_token_of_before_says_whose_page_it_was(review: Review, people: People):
    browser = browser_of(enforce_csrf_checks=True)
    come_in(browser, "ada")
    form = comment_form(browser, review)
    go_out(browser)
    come_in(browser, "jonas")
    assert "This page was made for Ada" in browser.post(comment_address(review), form).content.decode()
    go_out(browser)
    response = browser.post(comment_address(review), form)
    assert response.status_code == 401
    assert "Who &lt;b&gt;says&lt;/b&gt; so?" in response.content.decode()


def test_the_version_that_a_form_is_based_on_is_sent_again_and_not_shown(people: People, workload: Workload):
    browser = browser_of(people.ada)
    address = reverse("workload-edit", args=[workload.key])
    # The first description has no version yet, the next one has.
    for purpose in ("First.", "Second."):
        shown = browser.get(address)
        given = shown.context["form"].initial | {"team": workload.team_id}
        known = {"made_for": f"{people.ada.pk} Ada", "version": shown.context["version"]}
        browser.logout()
        page = browser.post(address, given | known | {"purpose": purpose}).content.decode()
        assert "Version" not in page
        browser.force_login(people.ada)
        assert browser.post(address, fields(page, address)).status_code == 302
        workload.refresh_from_db()
        assert workload.purpose == purpose


def come_in(browser: Client, username: str) -> None:
    browser.get("/sign-in/")
    token = browser.cookies["csrftoken"].value
    form = {"username": username, "password": PASSWORD, "csrfmiddlewaretoken": token}
    assert browser.post("/sign-in/", form).status_code == 302


def go_out(browser: Client) -> None:
    token = browser.cookies["csrftoken"].value
    assert browser.post("/sign-out/", {"csrfmiddlewaretoken": token}).status_code == 302
