import gzip

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from reviews.access import Actor
from reviews.actions.answer import Given, save_answer
from reviews.actions.audit import broken_trails
from reviews.actions.score import as_json, result_of
from reviews.actions.submit import submit_review
from reviews.models import Answer, Review, Score, Session, User, WorkloadFact
from tests.conftest import People, answer_all, give, state, version_of

JSON = {"headers": {"accept": "application/json"}}


def save_url(review: Review, question_id: str = "GEN-01") -> str:
    return reverse("answer", args=[review.pk, question_id])


def test_a_save_answers_with_the_version_the_risk_and_the_standing(review: Review, people: People, sign_in):
    response = sign_in(people.ada).post(save_url(review), {"version": "0", "choice": "not_assessed"}, **JSON)
    told = response.json()
    assert (told["question"], told["version"], told["by"], told["risk"]) == ("GEN-01", 1, "Ada", "high")
    standing = told["standing"]
    assert (standing["answered"], standing["total"], standing["version"]) == (1, 12, version_of(review))
    assert standing["risks"]["GEN-01"] == "high"
    assert "GEN-01" not in standing["missing"]
    assert "GEN-02" in standing["missing"]
    assert standing["score"]["high"] == 1
    assert sum(answered for _, answered, _ in standing["sections"]) == 1


def test_the_score_is_up_to_date_as_soon_as_an_answer_is_saved(review: Review, people: People):
    give(people.ada, review, "GEN-01", selected=["justified"])
    score = Score.objects.get()
    assert score.for_version == version_of(review)
    assert score.result == as_json(result_of(review))


def test_a_conflict_carries_the_other_answer_with_its_choices_in_words(review: Review, people: People, sign_in):
    give(people.jonas, review, "GEN-01", selected=["informal"], note="Jonas's words")
    mine = {"version": "0", "choice": "justified", "note": "Ada's words"}
    response = sign_in(people.ada).post(save_url(review), mine, **JSON)
    told = response.json()
    assert response.status_code == 409
    assert "changed this answer after you opened it" in told["error"]
    assert (told["current"]["by"], told["current"]["version"]) == ("Jonas", 1)
    assert told["current"]["note"] == "Jonas's words"
    assert told["current"]["texts"].keys() == {"informal"}
    assert Answer.objects.get().note == "Jonas's words"


@pytest.mark.parametrize(
    ("data", "status", "field", "sentence"),
    [
        ({"version": "0", "choice": "nonsense"}, 422, "choices", "nonsense is not a choice of GEN-01"),
        ({"choice": "justified"}, 422, "", "did not say which version"),
        ({"version": "0", "not_applicable": "1"}, 422, "reason", "Say why the question does not apply"),
    ],
)
def test_what_cannot_be_taken_is_refused_field_by_field(
    review: Review, people: People, sign_in, data, status, field, sentence
):
    response = sign_in(people.ada).post(save_url(review), data, **JSON)
    assert response.status_code == status
    assert sentence in response.json()["errors"][field]
    assert not Answer.objects.exists()


def test_a_save_after_submission_says_that_it_is_not_the_time(review: Review, people: People, sign_in):
    answer_all(people.ada, review)
    submit_review(Actor(people.ada), review_id=review.pk)
    response = sign_in(people.ada).post(save_url(review), {"version": "1", "choice": "informal"}, **JSON)
    assert response.status_code == 409
    assert "cannot be answered now" in response.json()["error"]


def test_who_may_not_answer_or_is_signed_out_is_told_so_as_data(review: Review, people: People, sign_in):
    data = {"version": "0", "choice": "justified"}
    assert sign_in(people.rolf).post(save_url(review), data, **JSON).status_code == 403
    signed_out = Client().post(save_url(review), data, **JSON)
    assert (signed_out.status_code, signed_out.json()) == (401, {"error": "You are signed out."})
    old_page = Client(enforce_csrf_checks=True).post(save_url(review), data, **JSON)
    assert (old_page.status_code, "error" in old_page.json()) == (403, True)
    assert sign_in(people.stranger).post(save_url(review), data, **JSON).status_code == 404


def test_a_fact_answers_with_what_it_hides(review: Review, people: People, sign_in):
    fact = review.checklist.facts[0]
    url = reverse("fact", args=[review.pk, fact.id])
    texts = {"yes_no": "yes", "regions": "westeurope", "duration": "2h", "number": "500"}
    value = texts.get(fact.type) or fact.options[0].id
    told = sign_in(people.ada).post(url, {"value": value, "was": ""}, **JSON).json()
    assert told["fact"] == fact.id
    assert fact.id not in told["standing"]["missing_facts"]
    assert told["standing"]["version"] == version_of(review)
    refused = sign_in(people.ada).post(
        reverse("fact", args=[review.pk, "nonsense"]), {"value": "x", "was": ""}, **JSON
    )
    assert refused.status_code == 422


def test_a_fact_that_a_colleague_stated_meanwhile_is_shown_and_not_overwritten(
    review: Review, people: People, sign_in
):
    url = reverse("fact", args=[review.pk, "data_regions"])
    ada, jonas = sign_in(people.ada), sign_in(people.jonas)
    assert ada.post(url, {"value": "westeurope", "was": ""}, **JSON).status_code == 200
    overtaken = jonas.post(url, {"value": "eastus", "was": ""}, **JSON)
    assert overtaken.status_code == 409
    current = overtaken.json()["current"]
    assert (current["value"], current["by"]) == (["westeurope"], "Ada")
    page = jonas.post(url, {"value": "eastus", "was": ""})
    assert page.status_code == 409
    assert 'name="value" value="eastus"' in page.content.decode()
    assert 'name="was" value="westeurope"' in page.content.decode()
    unknown = jonas.post(url, {"value": "eastus"}, **JSON)
    assert (unknown.status_code, "version" in unknown.json()["error"]) == (422, True)
    assert WorkloadFact.objects.get(name="data_regions").value == ["westeurope"]
    assert jonas.post(url, {"value": "eastus", "was": "westeurope"}, **JSON).status_code == 200
    assert ada.post(url, {"value": "eastus", "was": ""}, **JSON).status_code == 200  # it is so already


def test_saving_what_is_stored_already_answers_as_a_save_does(review: Review, people: People, sign_in):
    client = sign_in(people.ada)
    data = {"version": "0", "choice": "justified"}
    first = client.post(save_url(review), data, **JSON).json()
    assert client.post(save_url(review), data, **JSON).json() == first


def test_the_rows_of_a_table_are_told_by_their_place_on_the_page(review: Review, people: People, sign_in):
    data = {"version": "0", "service": [" ", "Model"], "limit": ["", "9"], "peak": ["", "3"], "unit": ["", "a"]}
    told = sign_in(people.ada).post(save_url(review, "GEN-04"), data, **JSON).json()
    assert told["outputs"] == [{"number": 2, "shown": "3.00", "best": False, "risk": "none"}]


def test_a_save_moves_less_than_three_kilobytes(review: Review, people: People, sign_in):
    state(people.ada, review, "data_regions", "westeurope")
    answer_all(people.ada, review)
    data = {"version": version_of_answer(review), "choice": "informal", "note": "Agreed on Monday. " * 10}
    response = sign_in(people.ada).post(
        save_url(review), data, headers={"accept": "application/json", "accept-encoding": "gzip"}
    )
    assert response.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(response.content).startswith(b"{")
    head = sum(len(name) + len(value) + 4 for name, value in response.headers.items())
    sent = len("&".join(f"{name}={value}" for name, value in data.items())) + 700  # with the headers of a browser
    assert sent + head + len(response.content) < 3_000


def version_of_answer(review: Review) -> int:
    return Answer.objects.get(review=review, question_id="GEN-01").version


def statements_of(client: Client, review: Review, data: dict[str, str], question_id: str = "GEN-01") -> list[str]:
    with CaptureQueriesContext(connection) as statements:
        assert client.post(save_url(review, question_id), data, **JSON).status_code == 200
    # Of prepared statements, Django keeps no text.
    return [sql for each in statements if not (sql := str(each["sql"])).startswith(("SAVEPOINT", "RELEASE"))]


def test_a_save_takes_three_statements_however_much_is_answered(review: Review, people: People, sign_in):
    client = sign_in(people.ada)
    client.post(save_url(review), {"version": "0", "choice": "justified"}, **JSON)
    few = statements_of(client, review, {"version": "1", "choice": "informal"})
    answer_all(people.ada, review)
    version = version_of_answer(review)
    data = {"version": str(version), "choice": "informal", "note": "Agreed."}
    many = statements_of(client, review, data)
    assert len(few) == len(many) == 3, many  # who asks, what a save depends on, what it changes
    assert len(statements_of(client, review, data)) == 2  # nothing changes
    first_of_jonas = {"version": str(version + 1), "choice": "justified"}
    assert len(statements_of(sign_in(people.jonas), review, first_of_jonas)) == 3
    assert review.contributors.filter(user=people.jonas).exists()


def test_a_save_that_was_overtaken_is_made_again_on_what_is_there_then(review: Review, people: People):
    give(people.ada, review, "GEN-01", selected=["justified"])
    overtaken = []

    def between_reading_and_writing(execute, sql, parameters, many, context):
        if not overtaken and sql.lstrip().startswith(("INSERT", "WITH")):
            overtaken.append(sql)
            give(people.jonas, review, "GEN-02", not_applicable=True, reason="No such data.")
        return execute(sql, parameters, many, context)

    given = Given(version=1, selected=["informal"])
    with connection.execute_wrapper(between_reading_and_writing):
        saved = save_answer(Actor(people.ada), review_id=review.pk, question_id="GEN-01", given=given)
    assert overtaken
    assert (saved.answer.version, saved.result.answered) == (2, 2)
    assert saved.review.version == version_of(review)
    assert Score.objects.get().result == as_json(result_of(review))
    assert not list(broken_trails())


def test_a_session_ends_with_the_password_and_with_the_account(review: Review, people: People, sign_in):
    data = {"version": "0", "choice": "justified"}
    ada, jonas, over = sign_in(people.ada), sign_in(people.jonas), sign_in(people.lea)
    people.ada.set_password("another horse battery")
    people.ada.save()
    User.objects.filter(pk=people.jonas.pk).update(is_active=False)
    Session.objects.filter(session_key=over.cookies["sessionid"].value).update(expire_date=timezone.now())
    for client in (ada, jonas, over):
        assert client.post(save_url(review), data, **JSON).status_code == 401
    assert not Answer.objects.exists()
