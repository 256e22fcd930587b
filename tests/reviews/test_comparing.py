"""Milestones, and what is different between two states of reviews."""

import re

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from checklists.canonical import sha256_hex
from checklists.language import WorkloadKind
from reviews.access import Actor, NotNow, NotYours
from reviews.actions.errors import Invalid
from reviews.actions.freeze import read_state
from reviews.actions.milestones import name_milestone
from reviews.actions.start import start_review
from reviews.actions.submit import withdraw_review
from reviews.comparing import compare
from reviews.models import Milestone, Report, Review, Score
from tests.conftest import People, answer_all, give, state


def now(review: Review) -> dict:
    return read_state(Review.objects.get(pk=review.pk))[0]


def milestone(user, review: Review, name: str = "Before") -> Milestone:
    return name_milestone(Actor(user), review_id=review.pk, name=name)


def seen(client, review: Review, **query) -> str:
    answer = client.get(reverse("compare", args=[review.pk]), query)
    return " ".join(re.sub(r"<(?!/?(ins|del)\b)[^>]+>", " ", answer.content.decode()).split())


def test_a_state_does_not_differ_from_itself(review: Review, people: People):
    answer_all(people.ada, review)
    assert compare(now(review), now(review)).nothing


def test_findings_that_appear_and_go_choices_and_notes_are_told(review: Review, people: People):
    give(people.ada, review, "GEN-01", selected=["not_assessed"], note="Nobody looked")
    give(people.ada, review, "EDA-N-01", not_applicable=True, reason="No such thing.")
    before = now(review)
    give(people.ada, review, "GEN-01", selected=["justified"], note="Nobody else looked")
    give(people.ada, review, "EDA-N-01", selected=["neither"])
    found = compare(before, now(review))
    assert [(each.name, each.before, each.after) for each in found.gone] == [("GEN-01", "high", "none")]
    assert [(each.name, each.before, each.after) for each in found.appeared] == [
        ("EDA-N-01", "not_applicable", "high")
    ]
    answers = {each.name: each for each in found.answers}
    texts = {choice.id: choice.text for choice in review.checklist.questions_by_id["GEN-01"].choices}
    assert answers["GEN-01"].chosen == (texts["justified"],)
    assert answers["GEN-01"].dropped == (texts["not_assessed"],)
    assert "".join(piece.text for piece in answers["GEN-01"].note if piece.where == "new").strip() == "else"
    assert answers["EDA-N-01"].reasons == ("No such thing.", "")
    assert found.overall.change > 0


def test_questions_that_come_and_go_and_facts_are_told(library, people: People, workload):
    review = start_review(Actor(people.ada), workload=workload, kind=WorkloadKind.INFERENCING)
    state(people.ada, review, "inferencing_mode", "online")
    before = now(review)
    state(people.ada, review, "inferencing_mode", "batch")
    found = compare(before, now(review))
    assert found.facts[0][1:] != ("", "")
    assert found.only_before or found.only_after


def test_reviews_of_two_kinds_are_compared_in_what_both_ask(review: Review, people: People):
    answer_all(people.ada, review)
    other = start_review(Actor(people.ada), workload=review.workload, kind=WorkloadKind.TRAINING)
    found = compare(now(review), now(other))
    assert all(each.id.startswith("TRN") for each in found.only_after)
    assert all(each.id.startswith("EDA") for each in found.only_before)
    assert found.editions[0] != found.editions[1]


def test_a_milestone_keeps_the_review_as_it_is_and_never_changes(review: Review, people: People):
    give(people.ada, review, "GEN-01", selected=["justified"])
    made = milestone(people.ada, review, "  Before   the workshop ")
    give(people.ada, review, "GEN-01", selected=["informal"])
    assert made.name == "Before the workshop"
    assert made.sha256 == sha256_hex(made.content.encode())
    assert review.events.get(kind="milestone_set").detail == {"name": made.name, "sha256": made.sha256}
    assert len(compare(made.data, now(review)).answers) == 1
    for change in (
        lambda: Milestone.objects.update(name="x"),
        lambda: Milestone.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_who_may_set_one_and_under_which_name(review: Review, people: People):
    milestone(people.lea, review)
    with pytest.raises(Invalid, match="of this name already"):
        milestone(people.ada, review)
    with pytest.raises(Invalid, match="1 to 200"):
        milestone(people.ada, review, " ")
    with pytest.raises(NotYours):
        milestone(people.rolf, review, "Mine")
    withdraw_review(Actor(people.ada), review_id=review.pk, reason="Stopped.")
    with pytest.raises(NotNow):
        milestone(people.ada, review, "Late")


def test_in_the_browser_a_milestone_is_set_and_compared_with_now(review: Review, people: People, sign_in):
    client = sign_in(people.ada)
    url = reverse("milestones", args=[review.pk])
    assert client.post(url, {"name": "Before"}).status_code == 302
    again = client.post(url, {"name": "Before"})
    assert again.status_code == 422
    assert 'value="Before"' in again.content.decode()
    give(people.ada, review, "GEN-01", selected=["not_assessed"], note="<i>new</i> note")
    made = Milestone.objects.get()
    said = seen(client, review, **{"from": f"milestone:{made.pk}", "to": "now"})
    assert "From “Before” to “as it is now”." in said
    assert "GEN-01" in said
    assert "High risk" in said
    assert "<ins>&lt;i&gt;new&lt;/i&gt; note</ins>" in said
    assert "Nothing is different." in seen(client, review, **{"from": "now", "to": "now"})


def test_the_form_offers_to_compare_the_latest_milestone_with_now(review: Review, people: People, sign_in):
    milestone(people.ada, review, "Before")
    made = milestone(people.ada, review, "After")
    html = sign_in(people.ada).get(reverse("milestones", args=[review.pk])).content.decode()
    assert re.findall(r'<option value="([^"]+)" selected', html) == [f"milestone:{made.pk}", "now"]


def test_in_german_the_states_of_other_reviews_are_written_as_german_nouns_are(
    review: Review, people: People, sign_in
):
    start_review(Actor(people.ada), workload=review.workload, kind=WorkloadKind.TRAINING)
    client = sign_in(people.ada)
    shown = client.get(reverse("milestones", args=[review.pk]), headers={"accept-language": "de"}).content.decode()
    assert "Training und Feinabstimmung, Entwurf" in shown


def test_comparing_writes_nothing(review: Review, people: People, sign_in):
    give(people.ada, review, "GEN-01", selected=["justified"])
    Score.objects.update(for_version=0, overall=None)
    seen(sign_in(people.rolf), review, **{"from": "now", "to": "now"})
    assert Score.objects.get().overall is None


def rows_of(client, review: Review, **query) -> list[str]:
    answer = client.get(reverse("compare", args=[review.pk]), {"from": query.pop("since"), **query})
    return re.findall(r'<article class="question differing" id="([^"]+)"', answer.content.decode())


def test_the_page_is_narrowed_to_a_kind_of_change_and_says_how_many_there_are(
    review: Review, people: People, sign_in
):
    give(people.ada, review, "GEN-01", selected=["not_assessed"])
    give(people.ada, review, "GEN-03", selected=["managed"], note="Old.")
    since = f"milestone:{milestone(people.ada, review).pk}"
    give(people.ada, review, "GEN-01", selected=["justified"])
    give(people.ada, review, "GEN-03", selected=["managed"], note="New.")
    give(people.ada, review, "EDA-N-01", selected=["balanced"])
    client = sign_in(people.ada)
    assert rows_of(client, review, since=since) == ["GEN-01", "GEN-03", "EDA-N-01"]
    assert rows_of(client, review, since=since, show="findings") == ["GEN-01"]
    assert rows_of(client, review, since=since, show="risks") == ["EDA-N-01"]
    assert rows_of(client, review, since=since, show="answers") == ["GEN-01", "EDA-N-01"]
    assert rows_of(client, review, since=since, show="notes") == ["GEN-03"]
    assert rows_of(client, review, since=since, show="nonsense") == ["GEN-01", "GEN-03", "EDA-N-01"]
    said = seen(client, review, **{"from": since})
    assert "Everything 3 Findings 1 Other risks 1 Answers 2 Changed notes 1" in said
    assert "Facts 0" not in said


def test_each_question_leads_to_where_it_is_answered_or_read(review: Review, people: People, sign_in):
    since = f"milestone:{milestone(people.ada, review).pk}"
    give(people.ada, review, "GEN-01", selected=["justified"])
    url, query = reverse("compare", args=[review.pk]), {"from": since}
    answering = sign_in(people.ada).get(url, query).content.decode()
    assert f'href="{reverse("questionnaire", args=[review.pk])}#q-GEN-01"' in answering
    reading = sign_in(people.rolf).get(url, query).content.decode()
    assert f'href="{reverse("review", args=[review.pk])}#GEN-01"' in reading


def test_practices_that_do_not_apply_any_more_are_told(review: Review, people: People):
    before = now(review)
    give(people.ada, review, "GEN-06", selected=["GEN-06b"], left_out=["GEN-06a"])
    (change,) = compare(before, now(review)).answers
    texts = {choice.id: choice.text for choice in review.checklist.questions_by_id["GEN-06"].choices}
    assert (change.chosen, change.left_out) == ((texts["GEN-06b"],), (texts["GEN-06a"],))


def test_a_review_leads_to_what_is_different_since_the_approval_before(report: Report, people: People, sign_in):
    first = report.snapshot.review
    second = start_review(Actor(people.ada), workload=first.workload, kind=WorkloadKind.EDA)
    link = f"{reverse('compare', args=[second.pk])}?from=review:{first.pk}&amp;to=now"
    assert link in sign_in(people.ada).get(reverse("review", args=[second.pk])).content.decode()
    assert "Since last time" not in sign_in(people.ada).get(reverse("review", args=[first.pk])).content.decode()


def test_with_an_approved_review_the_snapshot_is_compared(report: Report, people: People, sign_in):
    first = report.snapshot.review
    second = start_review(Actor(people.ada), workload=first.workload, kind=WorkloadKind.EDA)
    said = seen(sign_in(people.ada), second, **{"from": f"review:{first.pk}"})
    assert re.search(r"Overall \d+\.\d 0\.0 −\d", said)
    assert f"From “{first}”" in said


@pytest.mark.parametrize("value", ["milestone:999", "milestone:x", "review:x", "snapshot:1", "review:"])
def test_a_state_that_is_not_there_is_said(review: Review, people: People, sign_in, value):
    answer = sign_in(people.ada).get(reverse("compare", args=[review.pk]), {"from": value})
    assert answer.status_code == 404
    assert "One of the two states is not there" in answer.content.decode()


def test_reviews_of_other_teams_are_neither_offered_nor_compared(review: Review, people: People, sign_in):
    client = sign_in(people.stranger)
    assert client.get(reverse("milestones", args=[review.pk])).status_code == 404
    assert client.get(reverse("compare", args=[review.pk])).status_code == 404


def test_pages_take_no_more_queries_for_more_milestones(review: Review, people: People, sign_in):
    client = sign_in(people.ada)
    milestone(people.ada, review, "0")
    address = reverse("milestones", args=[review.pk])
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for number in range(1, 10):
        milestone(people.ada, review, f"{number}")
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) == len(few)
