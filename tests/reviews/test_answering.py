import pytest

from checklists.language import WorkloadKind
from reviews.access import Actor, NotNow, NotYours
from reviews.actions.answer import Given, answer_question
from reviews.actions.errors import Invalid, Stale
from reviews.actions.start import start_review
from reviews.actions.submit import submit_review, withdraw_review
from reviews.actions.threads import open_thread
from reviews.models import Answer, Contributor, Event, Review, WorkloadFact
from tests.conftest import People, answer_all, give, state, version_of


def test_an_answer_is_stored_with_who_and_version_and_makes_the_score_stale(review: Review, people: People):
    before = version_of(review)
    answer = give(people.jonas, review, "GEN-01", selected=["justified"], note="ADR-7")
    assert (answer.version, answer.selected, answer.note) == (1, ["justified"], "ADR-7")
    assert answer.answered_by == people.jonas
    assert version_of(review) == before + 1
    assert Contributor.objects.filter(review=review, user=people.jonas).exists()


def test_each_change_of_an_answer_stands_in_the_trail_with_its_content(review: Review, people: People):
    give(people.ada, review, "GEN-01", selected=["justified"])
    give(people.jonas, review, "GEN-01", selected=["informal"], note="not found")
    events = Event.objects.filter(review=review, kind="answered").order_by("id")
    assert [(event.actor_name, event.detail["version"], event.detail["selected"]) for event in events] == [
        ("Ada", 1, ["justified"]),
        ("Jonas", 2, ["informal"]),
    ]
    assert events[1].detail["note"] == "not found"


def test_saving_what_is_stored_already_changes_nothing(review: Review, people: People):
    give(people.ada, review, "GEN-01", selected=["justified"])
    before = version_of(review)
    again = answer_question(
        Actor(people.ada),
        review_id=review.pk,
        question_id="GEN-01",
        given=Given(version=0, selected=["justified"]),
    )
    assert again.version == 1
    assert version_of(review) == before


def test_practices_are_stored_in_the_order_of_the_edition(review: Review, people: People):
    answer = give(people.ada, review, "EDA-N-02", selected=["EDA-N-02e", "EDA-N-02a"])
    assert answer.selected == ["EDA-N-02a", "EDA-N-02e"]


@pytest.mark.parametrize(
    ("question", "given", "sentence"),
    [
        ("GEN-01", Given(0, ["nonsense"]), "nonsense is not a choice of GEN-01"),
        ("GEN-01", Given(0, ["justified", "informal"]), "takes one choice"),
        ("EDA-N-02", Given(0, ["EDA-N-02a", "none_of_these"]), "cannot be combined"),
        ("GEN-01", Given(0, not_applicable=True), "Say why the question does not apply"),
        ("GEN-01", Given(0, not_applicable=True, reason="  "), "Say why the question does not apply"),
        ("GEN-01", Given(0, ["justified"], note="x" * 20_001), "20,000 is the most"),
        ("GEN-01", Given(0, ["justified"], note="a\x00b"), "cannot be stored"),
        ("GEN-01", Given(None, ["justified"]), "which version it is based on"),
        ("INF-F-01", Given(0, ["online"]), "has no question INF-F-01"),
        ("", Given(0, ["online"]), "has no question"),
    ],
)
def test_an_answer_that_cannot_be_taken_is_refused_and_nothing_is_written(
    review: Review, people: People, question: str, given: Given, sentence: str
):
    before = version_of(review), Event.objects.count()
    with pytest.raises(Invalid, match=sentence):
        answer_question(Actor(people.ada), review_id=review.pk, question_id=question, given=given)
    assert (version_of(review), Event.objects.count()) == before
    assert not Answer.objects.exists()


def test_a_note_of_twenty_thousand_characters_is_taken_whole(review: Review, people: People):
    note = "ж" * 20_000
    give(people.ada, review, "GEN-01", selected=["justified"], note=note)
    assert Answer.objects.get().note == note


def test_a_save_based_on_an_older_version_does_not_overwrite_a_colleague(review: Review, people: People):
    give(people.ada, review, "GEN-01", selected=["justified"], note="Ada's")
    with pytest.raises(Stale) as refused:
        answer_question(
            Actor(people.jonas),
            review_id=review.pk,
            question_id="GEN-01",
            given=Given(0, ["informal"], note="Jonas's"),
        )
    assert refused.value.current is not None
    assert refused.value.current.note == "Ada's"
    assert Answer.objects.get().note == "Ada's"


def test_people_outside_the_team_do_not_find_the_review(review: Review, people: People):
    with pytest.raises(Review.DoesNotExist):
        give(people.stranger, review, "GEN-01", selected=["justified"])


def test_a_reader_may_not_answer(review: Review, people: People):
    with pytest.raises(NotYours, match="architect or lead"):
        give(people.rolf, review, "GEN-01", selected=["justified"])


def test_after_submission_no_answer_gets_in(review: Review, people: People):
    answer_all(people.ada, review)
    submit_review(Actor(people.ada), review_id=review.pk)
    with pytest.raises(NotNow, match="was submitted and waits for a decision"):
        give(people.ada, review, "GEN-01", selected=["informal"])


def test_a_withdrawn_review_stays_readable_and_closed(review: Review, people: People):
    with pytest.raises(Invalid, match="Say why"):
        withdraw_review(Actor(people.ada), review_id=review.pk, reason=" ")
    withdraw_review(Actor(people.ada), review_id=review.pk, reason="The project was stopped.")
    with pytest.raises(NotNow, match="withdrawn"):
        give(people.ada, review, "GEN-01", selected=["informal"])


def test_a_fact_is_asked_once_and_makes_every_running_review_of_the_workload_stale(
    library: None, people: People, workload
):
    first = start_review(Actor(people.ada), workload=workload, kind=WorkloadKind.TRAINING)
    second = start_review(Actor(people.ada), workload=workload, kind=WorkloadKind.TRAINING, beside_another=True)
    before = version_of(first), version_of(second)
    state(people.ada, first, "models_must_stay_fresh", "yes")
    assert WorkloadFact.objects.get().value is True
    assert (version_of(first), version_of(second)) == (before[0] + 1, before[1] + 1)
    state(people.ada, second, "models_must_stay_fresh", "yes")
    assert version_of(second) == before[1] + 1


def test_a_fact_that_the_checklist_does_not_ask_for_is_refused(review: Review, people: People):
    with pytest.raises(Invalid, match="no fact named"):
        state(people.ada, review, "models_must_stay_fresh", "yes")


def test_comments_are_for_members_who_write_and_for_questions_that_exist(review: Review, people: People):
    made = open_thread(Actor(people.lea), review_id=review.pk, question_id="GEN-01", text=" Which ADR? ")
    assert made.text == "Which ADR?"
    with pytest.raises(Invalid, match="empty"):
        open_thread(Actor(people.lea), review_id=review.pk, question_id="GEN-01", text=" ")
    with pytest.raises(Invalid, match="no question"):
        open_thread(Actor(people.lea), review_id=review.pk, question_id="GEN-99", text="?")
    with pytest.raises(NotYours):
        open_thread(Actor(people.rolf), review_id=review.pk, question_id="GEN-01", text="?")


def test_a_comment_does_not_make_its_author_a_contributor(review: Review, people: People):
    open_thread(Actor(people.lea), review_id=review.pk, question_id="GEN-01", text="Which ADR?")
    assert not Contributor.objects.filter(user=people.lea).exists()


def test_reviews_of_a_workload_are_numbered_and_pinned_to_the_newest_edition(library: None, people: People, workload):
    reviews = [start_review(Actor(people.ada), workload=workload, kind=kind) for kind in WorkloadKind]
    assert [review.number for review in reviews] == [1, 2, 3]
    assert [review.edition.key for review in reviews] == ["eda", "training", "inferencing"]
