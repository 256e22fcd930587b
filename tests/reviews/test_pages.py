import re
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aiplatform.urls import urlpatterns
from reviews.access import Actor
from reviews.actions.decide import approve
from reviews.actions.submit import submit_review, withdraw_review
from reviews.actions.threads import open_thread
from reviews.models import Answer, Comment, Decision, Review, ReviewState, User, Workload
from tests.conftest import PASSWORD, People, answer_all, give, version_of

HTMX = {"HTTP_HX_REQUEST": "true"}
SCRIPT = {"HTTP_ACCEPT": "application/json"}


def save_url(review: Review, question_id: str = "GEN-01") -> str:
    return reverse("answer", args=[review.pk, question_id])


def all_addresses(review: Review) -> dict[str, str]:
    values = {"review_id": review.pk, "question_id": "GEN-01", "name": "x", "key": review.workload.key, "user_id": 1}
    version = review.edition.version
    values |= {"kind": "eda", "criticality": "high"}
    values |= {"version": version, "edition_id": review.edition.pk, "old": version, "new": version, "format": "json"}
    values |= {"issuer": "0" * 64, "notice_id": 1, "thread_id": 1, "section_id": "GEN"}
    values |= {"evidence_id": review.pk, "template_id": review.pk, "what": "question", "target": "GEN-01"}
    return {
        pattern.name: reverse(pattern.name, kwargs={name: values[name] for name in pattern.pattern.converters})
        for pattern in urlpatterns
    }


def test_every_page_but_the_public_ones_asks_for_a_sign_in(review: Review):
    open_to_all = {name for name, url in all_addresses(review).items() if Client().get(url).status_code != 302}
    assert open_to_all == {"sign-in", "sign-out", "authority", "revocations", "revocations-of", "verify"}
    refused = Client().get(all_addresses(review)["home"])
    assert refused["Location"] == "/sign-in/?next=/"


def test_a_fragment_asked_for_without_a_sign_in_is_refused_and_not_redirected(review: Review):
    response = Client().post(save_url(review), {"version": "0"}, **HTMX)
    assert response.status_code == 401


def test_whoever_is_outside_the_team_finds_nothing_of_it(review: Review, people: People, sign_in):
    client = sign_in(people.stranger)
    for name, url in all_addresses(review).items():
        if url.startswith(("/reviews/", f"/workloads/{review.workload.key}/")):
            method = client.post if client.get(url).status_code == 405 else client.get
            assert method(url).status_code == 404, name
    assert review.workload.name not in client.get("/").content.decode()
    assert review.workload.name not in client.get("/workloads/").content.decode()


def test_the_shown_pages_forbid_scripts_and_styles_that_are_not_files_of_ours(
    review: Review, people: People, sign_in
):
    answer_all(people.ada, review)
    client = sign_in(people.ada)
    for name in ("home", "workloads", "workload-new", "workload", "review", "questionnaire", "checklists", "edition"):
        url = all_addresses(review)[name].replace("/x/", "/eda/")
        url = reverse("edition", args=["eda", review.edition.version]) if name == "edition" else url
        response = client.get(url)
        assert response.status_code == 200, name
        policy = response["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        html = response.content.decode()
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", html), name
        assert not re.search(
            r'(?:src|href|action)="(?:https?:)?//(?!learn\.microsoft|mlflow|[^"]*"[^>]*rel=)', html
        ), name


def test_a_person_signs_in_with_name_and_password_and_out_again(people: People):
    client = Client()
    wrong = client.post("/sign-in/", {"username": "ada", "password": "wrong"})
    assert "do not match" in wrong.content.decode()
    right = client.post(
        "/sign-in/?next=/workloads/", {"username": "ada", "password": PASSWORD, "next": "/workloads/"}
    )
    assert right["Location"] == "/workloads/"
    client.post("/sign-out/")
    assert client.get("/").status_code == 302


def test_an_architect_describes_a_workload_and_lands_on_the_questionnaire(library, people: People, sign_in):
    response = sign_in(people.ada).post(
        "/workloads/new/",
        {
            "name": "Fraud model",
            "kind": "training",
            "purpose": "Finds fraud.",
            "owner": "Payments",
            "team": people.team.pk,
            "criticality": "high",
            "data_classification": "restricted",
            "regions": "westeurope, northeurope",
            "links": "Design https://wiki.example.org/design\nhttps://example.org/x",
        },
        follow=True,
    )
    assert "Questionnaire" in response.content.decode()
    assert "Must models stay fresh" in response.content.decode()
    workload = Workload.objects.get()
    assert workload.regions == ["westeurope", "northeurope"]
    assert workload.links == [
        {"title": "Design", "url": "https://wiki.example.org/design"},
        {"title": "https://example.org/x", "url": "https://example.org/x"},
    ]


def test_a_form_with_mistakes_comes_back_with_what_was_typed(library, people: People, sign_in):
    response = sign_in(people.ada).post(
        "/workloads/new/", {"name": "Fraud model", "links": "see the wiki", "regions": ",", "team": people.team.pk}
    )
    html = response.content.decode()
    assert response.status_code == 422
    assert 'value="Fraud model"' in html
    assert "see the wiki</textarea>" in html
    assert "Line 1 does not end with a web address" in html
    assert "Name at least one region" in html
    assert not Workload.objects.exists()


def test_a_team_that_one_is_not_in_cannot_be_chosen(library, people: People, sign_in):
    other = people.stranger.memberships.get().team
    response = sign_in(people.ada).post("/workloads/new/", {"name": "X", "team": other.pk})
    assert response.status_code == 422
    assert "Select a valid choice" in response.content.decode()


def test_readers_are_told_that_they_do_not_write(library, people: People, sign_in):
    response = sign_in(people.rolf).get("/workloads/new/")
    assert response.status_code == 403
    assert "Only architects and leads describe workloads" in response.content.decode()


def test_without_javascript_the_same_form_saves_and_goes_back_to_its_question(
    review: Review, people: People, sign_in
):
    client = sign_in(people.ada)
    response = client.post(save_url(review), {"version": "0", "choice": "justified", "note": "one\r\ntwo"})
    assert response["Location"].endswith("/questionnaire/#q-GEN-01")
    assert Answer.objects.get().note == "one\ntwo"
    page = client.get(reverse("questionnaire", args=[review.pk])).content.decode()
    assert "one\ntwo</textarea>" in page
    assert 'name="version" value="1"' in page


@pytest.mark.parametrize(
    ("data", "status", "sentence"),
    [
        ({"version": "0", "choice": "nonsense"}, 422, "nonsense is not a choice of GEN-01"),
        ({"choice": "justified"}, 422, "did not say which version"),
        ({"version": "-1", "choice": "justified"}, 422, "did not say which version"),
        ({"version": "7", "choice": "justified"}, 409, "changed this answer after you opened it"),
        ({"version": "0", "not_applicable": "1"}, 422, "Say why the question does not apply"),
        ({"version": "0", "choice": "justified", "note": "y" * 20_001}, 422, "20,001 characters"),
    ],
)
@pytest.mark.parametrize("script", [True, False])
def test_a_save_that_fails_says_why_and_loses_nothing_that_was_typed(
    review: Review, people: People, sign_in, data, status, sentence, script
):
    data = {"note": "typed text", **data}
    response = sign_in(people.ada).post(save_url(review), data, **(SCRIPT if script else {}))
    assert response.status_code == status
    assert not Answer.objects.exists()
    if script:
        assert sentence in " ".join([response.json()["error"], *response.json().get("errors", {}).values()])
    else:
        html = response.content.decode()
        assert sentence in html
        assert f"{data['note']}</textarea>" in html


def test_without_javascript_a_conflict_shows_both_texts_and_lets_the_person_choose(
    review: Review, people: People, sign_in
):
    give(people.jonas, review, "GEN-01", selected=["informal"], note="Jonas's words")
    client = sign_in(people.ada)
    mine = {"version": "0", "choice": "justified", "note": "Ada's words"}
    refused = client.post(save_url(review), mine)
    html = refused.content.decode()
    assert refused.status_code == 409
    assert "Jonas's words" in html
    assert "Ada's words" in html
    assert 'name="overwrite" value="1"' in html
    assert client.post(save_url(review), {**mine, "overwrite": "1"}).status_code == 302
    assert Answer.objects.get().note == "Ada's words"
    assert Answer.objects.get().version == 2


def test_an_answer_after_submission_is_refused_with_what_was_typed(review: Review, people: People, sign_in):
    answer_all(people.ada, review)
    submit_review(Actor(people.ada), review_id=review.pk)
    data = {"version": "1", "choice": "informal", "note": "too late"}
    for more, shown in ((SCRIPT, "cannot be answered now"), ({}, "too late</textarea>")):
        response = sign_in(people.ada).post(save_url(review), data, **more)
        assert response.status_code == 409
        assert shown in response.content.decode()


def test_forged_ids_and_questions_of_other_editions_are_not_found(review: Review, people: People, sign_in):
    client = sign_in(people.ada)
    data = {"version": "0", "choice": "online"}
    assert client.post(save_url(review, "INF-F-01"), data).status_code == 404
    assert client.post(save_url(review, "INF-F-01"), data, **SCRIPT).status_code == 422
    forged = reverse("answer", args=["00000000-0000-4000-8000-000000000000", "GEN-01"])
    assert client.post(forged, data).status_code == 404
    assert client.post("/reviews/not-a-uuid/answers/GEN-01/", data).status_code == 404
    assert not Answer.objects.exists()


def test_what_people_write_is_shown_as_text(review: Review, people: People, sign_in):
    nasty = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    Workload.objects.update(name=nasty, purpose=nasty)
    answer_all(people.ada, review)
    give(people.ada, review, "GEN-01", selected=["not_assessed"], note=nasty)
    open_thread(Actor(people.ada), review_id=review.pk, question_id="GEN-01", text=nasty)
    client = sign_in(people.ada)
    for url in ("/", "/workloads/", reverse("review", args=[review.pk]), reverse("questionnaire", args=[review.pk])):
        html = client.get(url).content.decode()
        assert "<script>alert" not in html
        assert "<img" not in html
        assert "&lt;script&gt;alert" in html


def test_submitting_too_early_names_the_missing_questions_with_links(review: Review, people: People, sign_in):
    client = sign_in(people.ada)
    response = client.post(reverse("submit", args=[review.pk]), {"statement": "All true."}, follow=True)
    html = response.content.decode()
    assert "12 obligatory questions are not answered yet" in html
    assert '<a href="#q-EDA-N-02">' in html
    assert "Not submitted." not in client.get(reverse("questionnaire", args=[review.pk])).content.decode()
    assert "All true.</textarea>" in html
    # The page takes out of its list what is answered meanwhile, and reloading it submits nothing.
    saved = client.post(save_url(review), {"version": "0", "choice": "justified"}, **SCRIPT)
    assert len(saved.json()["standing"]["missing"]) == 11
    assert Review.objects.get().state == ReviewState.DRAFT


def test_the_lead_finds_submitted_reviews_in_the_queue_and_the_risky_answers_first(
    review: Review, people: People, sign_in
):
    answer_all(people.ada, review)
    give(people.ada, review, "EDA-N-01", selected=["neither"])
    submit_review(Actor(people.ada), review_id=review.pk)
    assert "My queue" in sign_in(people.lea).get("/").content.decode()
    assert review.workload.name in sign_in(people.lea).get("/").content.decode()
    assert "My queue" not in sign_in(people.jonas).get("/").content.decode()
    html = sign_in(people.lea).get(reverse("review", args=[review.pk])).content.decode()
    assert html.index('id="EDA-N-01"') < html.index('id="GEN-01"')


def test_a_lead_does_not_find_in_the_queue_what_they_answered_themselves(review: Review, people: People, sign_in):
    answer_all(people.lea, review)
    submit_review(Actor(people.ada), review_id=review.pk)
    assert "Nothing waits for your decision" in sign_in(people.lea).get("/").content.decode()
    assert "Nothing waits for your decision" not in sign_in(people.ruth).get("/").content.decode()


def test_a_refused_decision_keeps_the_statement_and_says_why(review: Review, people: People, sign_in):
    answer_all(people.lea, review)
    submit_review(Actor(people.ada), review_id=review.pk)
    decision = {"decision": "approve", "statement": "Long considered.", "version": version_of(review), "comments": 0}
    own = sign_in(people.lea).post(reverse("decide", args=[review.pk]), decision)
    assert own.status_code == 403
    assert "Nobody decides on a review that they wrote or answered in" in own.content.decode()
    assert "Long considered.</textarea>" in own.content.decode()
    stale = sign_in(people.ruth).post(reverse("decide", args=[review.pk]), {**decision, "version": "1"})
    assert stale.status_code == 409
    assert "Long considered.</textarea>" in stale.content.decode()
    neither = sign_in(people.ruth).post(reverse("decide", args=[review.pk]), {**decision, "decision": "?"})
    assert neither.status_code == 422
    assert not Decision.objects.exists()


def test_the_lead_requests_changes_and_the_author_sees_what_is_asked(review: Review, people: People, sign_in):
    answer_all(people.ada, review)
    submit_review(Actor(people.ada), review_id=review.pk)
    lead = sign_in(people.lea)
    lead.post(reverse("comment", args=[review.pk, "GEN-02"]), {"text": "Who confirmed it?"})
    lead.post(
        reverse("decide", args=[review.pk]),
        {"decision": "request_changes", "statement": "See GEN-02.", "version": version_of(review)},
    )
    html = sign_in(people.ada).get(reverse("questionnaire", args=[review.pk])).content.decode()
    assert "1 change request" in html
    assert "See GEN-02." in html
    assert "Who confirmed it?" in html
    assert Review.objects.get().state == ReviewState.CHANGES_REQUESTED


def test_a_comment_that_is_refused_comes_back_as_it_was_typed(review: Review, people: People, sign_in):
    client = sign_in(people.ada)
    url = reverse("comment", args=[review.pk, "GEN-02"])
    for more in (HTMX, {}):
        response = client.post(url, {"text": "z" * 20_001}, **more)
        assert response.status_code == 422
        assert "z" * 20_001 + "</textarea>" in response.content.decode()
    assert not Comment.objects.exists()


def test_before_approval_there_is_no_report(review: Review, people: People, sign_in):
    for name in ("report", "report-pdf", "snapshot", "report-status"):
        assert sign_in(people.ada).get(reverse(name, args=[review.pk])).status_code == 404


def test_the_report_page_says_that_the_report_is_being_made_and_asks_again(review: Review, people: People, sign_in):
    answer_all(people.ada, review)
    submit_review(Actor(people.ada), review_id=review.pk)
    approve(Actor(people.lea), review_id=review.pk, version=version_of(review), statement="Good.")
    html = sign_in(people.ada).get(reverse("report", args=[review.pk])).content.decode()
    assert "The report is being made" in html
    assert f'hx-get="{reverse("report-status", args=[review.pk])}"' in html


@pytest.mark.parametrize("name", ["home", "workloads", "workload", "questionnaire", "review"])
def test_the_queries_of_a_page_do_not_grow_with_what_it_shows(name, library, review: Review, people: People, sign_in):
    from checklists.language import WorkloadKind
    from reviews.actions.start import start_review

    url = all_addresses(review)[name]
    client = sign_in(people.ada)
    open_thread(Actor(people.lea), review_id=review.pk, question_id="GEN-01", text="?")
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    answer_all(people.ada, review)
    for question in review.edition.checklist.questions:
        open_thread(Actor(people.lea), review_id=review.pk, question_id=question.id, text="?")
    for kind in WorkloadKind:
        start_review(Actor(people.ada), workload=review.workload, kind=kind, beside_another=True)
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) <= len(few), [query["sql"] for query in many]
    assert len(many) <= 20


def test_an_empty_installation_offers_to_make_its_administrator_and_only_once(db):
    client = Client()
    assert client.get("/sign-in/")["Location"] == "/first-run/"
    person = {
        "name": "Iris Novak",
        "username": "iris",
        "email": "iris@example.org",
        "password": "correct horse battery",
        "team": "Platform",
        "role": "architect",
    }
    weak = client.post("/first-run/", {**person, "password": "password1234"})
    assert weak.status_code == 422
    assert "too common" in weak.content.decode()
    assert client.post("/first-run/", person)["Location"] == "/"
    assert client.get("/").status_code == 200
    assert User.objects.get().is_superuser
    assert Client().get("/first-run/")["Location"] == "/sign-in/"
    Client().post("/first-run/", {**person, "username": "second", "email": "second@example.org"})
    assert User.objects.count() == 1


def test_an_administrator_adds_people_and_changes_their_roles_and_nobody_else_does(people: People, sign_in):
    User.objects.filter(pk=people.rolf.pk).update(is_superuser=True)
    client = sign_in(people.rolf)
    added = {
        "name": "Nia",
        "username": "nia",
        "email": "nia@example.org",
        "password": "correct horse battery",
        "team": people.team.name,
        "role": "lead",
    }
    assert client.post("/people/", added).status_code == 302
    nia = User.objects.get(username="nia")
    assert nia.memberships.get().role == "lead"
    again = client.post("/people/", added)
    assert "exists already" in again.content.decode()
    client.post("/people/roles/", {"user": nia.pk, "team": people.team.pk, "role": "reader"})
    assert nia.memberships.get().role == "reader"
    client.post("/people/roles/", {"user": nia.pk, "team": people.team.pk, "role": ""})
    assert not nia.memberships.exists()
    client.post(f"/people/{nia.pk}/active/", {"active": "0"})
    assert not User.objects.get(username="nia").is_active
    own = client.post(f"/people/{people.rolf.pk}/active/", {"active": "0"}, follow=True)
    assert "You cannot close your own account" in own.content.decode()
    assert User.objects.get(pk=people.rolf.pk).is_active
    ada = sign_in(people.ada)
    for url, data in (
        ("/people/", {**added, "username": "eve", "email": "eve@example.org"}),
        ("/people/roles/", {"user": people.ada.pk, "team": people.team.pk, "role": "lead"}),
        (f"/people/{nia.pk}/active/", {"active": "1"}),
    ):
        assert ada.post(url, data).status_code == 403
    assert people.ada.memberships.get().role == "architect"


def test_a_browser_of_an_expired_session_hears_it_instead_of_losing_the_answer(review: Review, people: People):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(people.ada)
    response = strict.post(save_url(review), {"version": "0", "choice": "justified"}, **HTMX)
    assert response.status_code == 403
    assert response["Content-Type"] == "text/plain"


def test_people_change_their_own_password(people: People):
    client = Client(headers={"X-Person": str(people.ada.pk)})
    client.post("/sign-in/", {"username": "ada", "password": PASSWORD})
    new = {"old_password": PASSWORD, "new_password1": "a much better phrase", "new_password2": "a much better phrase"}
    assert "was entered incorrectly" in client.post("/password/", {**new, "old_password": "?"}).content.decode()
    assert "Your password is changed" in client.post("/password/", new, follow=True).content.decode()
    assert Client().login(username="ada", password="a much better phrase")


def test_an_administrator_gives_a_forgetful_person_a_new_password(people: People, sign_in):
    User.objects.filter(pk=people.rolf.pk).update(is_superuser=True)
    url = f"/people/{people.ada.pk}/password/"
    assert sign_in(people.lea).post(url, {"password": "a much better phrase"}).status_code == 403
    weak = sign_in(people.rolf).post(url, {"password": "short"}, follow=True)
    assert "too short" in weak.content.decode()
    sign_in(people.rolf).post(url, {"password": "a much better phrase"})
    assert Client().login(username="ada", password="a much better phrase")


@pytest.mark.parametrize(
    ("behind_proxy", "forwarded", "address"),
    [
        (False, "198.51.100.9", "127.0.0.1"),
        (True, "203.0.113.5, 198.51.100.9", "198.51.100.9"),
        (True, "nonsense", None),
    ],
)
def test_the_trail_says_from_where_and_trusts_the_header_only_behind_a_proxy(
    review: Review, people: People, sign_in, settings, behind_proxy, forwarded, address
):
    settings.TLS_PROXY = behind_proxy
    data = {"version": "0", "choice": "justified"}
    sign_in(people.ada).post(save_url(review), data, headers={"x-forwarded-for": forwarded})
    assert review.events.get(kind="answered").address == address


def test_a_withdrawal_that_is_refused_keeps_its_reason(review: Review, people: People, sign_in):
    for reason, sentence in (("w" * 20_001, "20,000 is the most"), ("odd \x00 reason", "cannot be stored")):
        response = sign_in(people.ada).post(reverse("withdraw", args=[review.pk]), {"reason": reason})
        assert response.status_code == 422
        assert sentence in response.content.decode()
        assert reason[:6] in response.content.decode()
    assert Review.objects.get().state == ReviewState.DRAFT


def test_characters_that_cannot_be_stored_are_refused_wherever_they_are_typed(
    review: Review, people: People, sign_in
):
    comment_url = reverse("comment", args=[review.pk, "GEN-02"])
    assert sign_in(people.ada).post(comment_url, {"text": "a\x00b"}).status_code == 422
    answer_all(people.ada, review)
    submit_review(Actor(people.ada), review_id=review.pk)
    decision = {"decision": "approve", "statement": "a\x00b", "version": version_of(review), "comments": 0}
    assert sign_in(people.lea).post(reverse("decide", args=[review.pk]), decision).status_code == 422


def test_the_longest_note_in_the_widest_characters_gets_through(review: Review, people: People, sign_in):
    data = {"version": "0", "not_applicable": "1", "note": "😀" * 20_000, "reason": "😀" * 20_000}
    response = sign_in(people.ada).post(
        save_url(review), urlencode(data), content_type="application/x-www-form-urlencoded", **SCRIPT
    )
    assert response.status_code == 200


def test_who_changed_an_answer_in_another_tab_is_not_called_a_colleague(review: Review, people: People, sign_in):
    give(people.ada, review, "GEN-01", selected=["informal"])
    html = sign_in(people.ada).post(save_url(review), {"version": "0", "choice": "justified"}).content.decode()
    assert "You yourself changed this answer" in html
    assert "Take the saved one" in html


def test_a_lead_hears_before_answering_that_it_costs_the_decision(review: Review, people: People, sign_in):
    page = reverse("questionnaire", args=[review.pk])
    assert "another lead has to decide" in sign_in(people.lea).get(page).content.decode()
    assert "another lead has to decide" not in sign_in(people.ada).get(page).content.decode()
    give(people.lea, review, "GEN-01", selected=["informal"])
    assert "another lead has to decide" not in sign_in(people.lea).get(page).content.decode()


def test_a_submitted_review_can_still_be_withdrawn(review: Review, people: People, sign_in):
    answer_all(people.ada, review)
    submit_review(Actor(people.ada), review_id=review.pk)
    client = sign_in(people.ada)
    assert "Withdraw for good" in client.get(reverse("review", args=[review.pk])).content.decode()
    done = client.post(reverse("withdraw", args=[review.pk]), {"reason": "Stopped."}, follow=True)
    assert "The review is withdrawn" in done.content.decode()


def test_a_withdrawn_review_says_first_who_withdrew_it_and_why(review: Review, people: People, sign_in):
    withdraw_review(Actor(people.ada), review_id=review.pk, reason="The project was <b>stopped</b>.")
    html = sign_in(people.rolf).get(reverse("review", args=[review.pk])).content.decode()
    assert "This review was withdrawn." in html
    assert html.index("The project was &lt;b&gt;stopped&lt;/b&gt;.") < html.index("Findings</h2>")


def test_an_approved_review_names_its_approvers_in_place_of_a_refusal(review: Review, people: People, sign_in):
    answer_all(people.ada, review)
    submit_review(Actor(people.ada), review_id=review.pk)
    approve(Actor(people.lea), review_id=review.pk, version=version_of(review), statement="I read it.")
    html = sign_in(people.ruth).get(reverse("review", args=[review.pk])).content.decode()
    decision = html.split('id="decision"')[1].split("<aside")[0]
    assert "<strong>Lea</strong> approved it" in decision
    assert "I read it." in decision
    assert "cannot be approved now" not in decision


def test_a_second_running_review_of_a_kind_is_only_started_when_it_is_meant(review: Review, people: People, sign_in):
    client = sign_in(people.ada)
    url = reverse("review-start", args=[review.workload.key])
    asked = client.post(url, {"kind": "eda"})
    assert asked.status_code == 422
    assert "Review 1 of this kind is running already" in asked.content.decode()
    assert client.post(url, {"kind": "eda", "beside_another": "on"}).status_code == 302
    assert Review.objects.count() == 2


def test_who_is_signed_out_when_sending_a_form_comes_back_to_its_page(review: Review):
    page = reverse("questionnaire", args=[review.pk])
    for referer, expected in ((f"http://testserver{page}", page), ("https://example.org/evil", "/")):
        response = Client().post(reverse("submit", args=[review.pk]), headers={"referer": referer})
        assert response.status_code == 401
        assert f'href="/sign-in/?next={expected}"' in response.content.decode()


def test_an_address_that_only_takes_forms_says_so(review: Review, people: People, sign_in):
    response = sign_in(people.ada).get(reverse("submit", args=[review.pk]))
    assert response.status_code == 405
    assert response["Allow"] == "POST"
    assert "for sending, not for reading" in response.content.decode()


def test_what_a_page_sends_for_somebody_who_is_no_longer_signed_in_is_not_saved_in_anothers_name(
    review: Review, people: People, sign_in
):
    data = {"version": "0", "choice": "justified"}
    jonas = sign_in(people.jonas)
    refused = jonas.post(save_url(review), data, **SCRIPT, HTTP_X_PERSON=str(people.ada.pk))
    assert refused.status_code == 401
    assert not Answer.objects.exists()
    assert jonas.post(save_url(review), data, **SCRIPT, HTTP_X_PERSON=str(people.jonas.pk)).status_code == 200


def test_the_background_of_a_question_is_a_part_of_its_card_and_a_page_of_its_own(
    review: Review, people: People, sign_in
):
    client, question = sign_in(people.ada), review.checklist.questions_by_id["GEN-01"]
    page = client.get(reverse("questionnaire", args=[review.pk])).content.decode()
    url = reverse("background", args=[review.pk, "GEN-01"])
    assert f'href="{url}"' in page
    assert question.why not in page
    part = client.get(url, **HTMX).content.decode()
    assert question.why in part
    assert "<main" not in part
    whole = client.get(url).content.decode()
    assert question.why in whole
    assert "<main" in whole
    assert client.get(reverse("background", args=[review.pk, "GEN-99"])).status_code == 404
    assert sign_in(people.stranger).get(url).status_code == 404


def test_no_browser_stores_what_somebody_sees_who_is_signed_in(review: Review, people: People, sign_in):
    client = sign_in(people.ada)
    for name, url in all_addresses(review).items():
        if not name.startswith("revocations"):
            assert "no-store" in client.get(url)["Cache-Control"], name
    assert "Cache-Control" not in Client().get("/workloads/")
