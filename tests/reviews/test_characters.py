"""Characters that no database stores, and those that make a name into something else than it shows."""

import pytest
from django.test import Client
from django.urls import reverse

from reviews.actions.texts import fault_of
from reviews.forms import WorkloadForm
from reviews.models import Answer, Comment, Evidence, Milestone, Review, Role, Template, Workload
from tests.conftest import People, make_user

HOSTILE = "Cla\x00ims\r\nBcc: all@example.org \u202egpj.exe\u2066"
PLAIN = "Claims Bcc: all@example.org gpj.exe"


@pytest.mark.parametrize(
    ("name", "more", "sent"),
    [
        ("answer", ["GEN-01"], {"version": "0", "note": "a\x00b"}),
        ("comment", ["GEN-01"], {"text": "a\x00b"}),
        ("evidence", ["GEN-01"], {"kind": "quote", "text": "a\x00b", "source": "Somebody"}),
        ("evidence", ["GEN-01"], {"kind": "link", "url": "https://example.org/a\x00b"}),
        ("withdraw", [], {"reason": "a\x00b"}),
    ],
)
def test_what_cannot_be_stored_is_refused_with_a_sentence_that_says_so(
    review: Review, people: People, sign_in, name: str, more: list[str], sent: dict[str, str]
):
    answer = sign_in(people.lea).post(reverse(name, args=[review.pk, *more]), sent)
    assert answer.status_code == 422
    assert "cannot be stored" in answer.content.decode() or "no address of a web page" in answer.content.decode()
    for kept in (Answer, Comment, Evidence):
        assert not kept.objects.exists()


@pytest.mark.parametrize(
    ("name", "more", "sent"),
    [
        ("here", [], {"question": "a\x00b"}),
        ("assign", ["question", "GEN-01"], {"to": "a\x00b", "due": "", "version": "\x00"}),
        ("move", [], {"edition": "\x00", "version": "\x00"}),
        ("checklist-add", [], {"edition": "\x00"}),
        ("fact", ["platform_shared"], {"value": "a\x00b", "was": "\x00"}),
    ],
)
def test_nor_does_a_field_that_nobody_types_end_in_an_error(
    review: Review, people: People, sign_in, name: str, more: list[str], sent: dict[str, str]
):
    answer = sign_in(people.lea).post(reverse(name, args=[review.pk, *more]), sent)
    assert answer.status_code in {200, 404, 409, 422}


def test_nor_does_the_name_of_a_draft(people: People, sign_in):
    sent = {"text": "id: mine\n", "overwrite": "1", "key": "a\x00b"}
    administrator = make_user("iris", people.team, Role.READER, is_superuser=True)
    answer = sign_in(administrator).post(reverse("checklist-new"), sent)
    assert answer.status_code in {409, 422}


@pytest.mark.parametrize("query", [{"q": "a\x00b"}, {"show": "\x00"}, {"question": "\x00"}, {"from": "\x00"}])
@pytest.mark.parametrize("name", ["questionnaire", "timeline", "compare"])
def test_nor_is_it_looked_for(review: Review, people: People, sign_in, name: str, query: dict[str, str]):
    answer = sign_in(people.ada).get(reverse(name, args=[review.pk]), query)
    assert answer.status_code == 422
    assert "cannot be stored" in answer.content.decode()


@pytest.mark.parametrize("name", ["talk", "question", "background", "answer-history", "evidence", "at-once"])
def test_an_address_that_cannot_be_is_not_found(review: Review, people: People, sign_in, name: str):
    address = reverse(name, args=[review.pk, "GEN-01"]).replace("GEN-01", "GEN%00-01")
    assert sign_in(people.ada).get(address).status_code == 404


def test_a_script_is_told_which_field_it_was(review: Review, people: People, sign_in):
    client = sign_in(people.ada)
    address = reverse("answer", args=[review.pk, "GEN-01"])
    answer = client.post(address, {"version": "0", "note": "a\x00b"}, headers={"accept": "application/json"})
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == ["note"]


def test_half_a_character_is_no_text():
    assert "cannot be stored" in fault_of("note", "a\ud800b")


def test_a_name_is_one_line_in_which_nothing_is_turned_around(review: Review, people: People, sign_in):
    client = sign_in(people.lea)
    workload = review.workload
    form = WorkloadForm.initial_of(workload) | {"team": people.team.pk, "version": workload.version}
    links = "De\u202esign https://example.org/x"
    sent = form | {"name": HOSTILE, "owner": HOSTILE, "links": links}
    assert client.post(reverse("workload-edit", args=[workload.key]), sent).status_code == 302
    stored = Workload.objects.get()
    assert (stored.name, stored.owner) == (PLAIN, PLAIN)
    assert stored.links == [{"title": "Design", "url": "https://example.org/x"}]
    client.post(reverse("milestones", args=[review.pk]), {"name": HOSTILE})
    assert Milestone.objects.get().name == PLAIN
    client.post(reverse("template-make", args=[review.pk]), {"name": HOSTILE})
    assert Template.objects.get().name == PLAIN
    quote = {"kind": "quote", "text": "It is.", "source": HOSTILE, "title": HOSTILE}
    client.post(reverse("evidence", args=[review.pk, "GEN-01"]), quote)
    assert (Evidence.objects.get().title, Evidence.objects.get().source) == (PLAIN, PLAIN)


def test_an_address_in_which_something_is_turned_around_is_refused(review: Review, people: People, sign_in):
    client = sign_in(people.ada)
    url = "https://example.org/\u202egpj.exe"
    link = client.post(reverse("evidence", args=[review.pk, "GEN-01"]), {"kind": "link", "url": url})
    assert link.status_code == 422
    workload = review.workload
    form = WorkloadForm.initial_of(workload) | {"team": people.team.pk, "version": workload.version}
    answer = client.post(reverse("workload-edit", args=[workload.key]), form | {"links": f"Design {url}"})
    assert answer.status_code == 422
    assert "does not end with a web address" in answer.content.decode()


def test_a_name_of_which_nothing_can_be_seen_is_none(review: Review, people: People, sign_in):
    workload = review.workload
    form = WorkloadForm.initial_of(workload) | {"team": people.team.pk, "version": workload.version}
    answer = sign_in(people.ada).post(reverse("workload-edit", args=[workload.key]), form | {"name": "\u202e"})
    assert answer.status_code == 422
    assert Workload.objects.get().name == "Claims assistant"


@pytest.mark.parametrize("path", ["//evil.example/", "///evil.example/", "/\\evil.example/", "//evil.example/%2e%2e"])
def test_the_way_back_never_leads_to_another_host(review: Review, people: People, sign_in, path: str):
    address = reverse("policy-reset", args=["eda", "high"])
    page = sign_in(people.ada).post(address, headers={"referer": f"http://testserver{path}"}).content.decode()
    assert "evil" not in page
    own = sign_in(people.ada).post(address, headers={"referer": "http://testserver/policies/"}).content.decode()
    assert 'href="/policies/"' in own


@pytest.mark.parametrize("path", ["//evil.example/", "/\\evil.example/"])
def test_nor_does_the_page_of_a_form_that_was_not_taken(people: People, path: str):
    answer = Client().post("/notices/read/", headers={"referer": f"http://testserver{path}"})
    assert answer.status_code == 401
    assert "evil" not in answer.content.decode()
