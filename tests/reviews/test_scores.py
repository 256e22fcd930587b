from reviews import tasks
from reviews.actions.holding import touch
from reviews.actions.score import apply_score, result_of, store
from reviews.models import Review, Score
from tests.conftest import People, give, version_of


def test_the_task_brings_the_score_up_to_the_reviews_version(review: Review, people: People):
    give(people.ada, review, "GEN-01", selected=["justified"])
    tasks.score_review(str(review.pk))
    score = Score.objects.get()
    assert score.for_version == version_of(review)
    assert score.overall > 0
    assert score.result["answered"] == 1
    assert score.result["risks"]["GEN-01"] == "none"


def test_after_saves_the_worker_has_nothing_to_do_and_after_many_other_changes_one_run(
    review: Review, people: People
):
    for question in review.edition.checklist.questions:
        give(people.ada, review, question.id, selected=[question.choices[0].id])
    saved = Score.objects.get().runs
    tasks.score_review(str(review.pk))
    assert Score.objects.get().runs == saved
    for _ in range(3):
        touch(review)
    for _ in range(3):
        tasks.score_review(str(review.pk))
    assert Score.objects.get().runs == saved + 1


def test_scoring_twice_changes_nothing(review: Review):
    assert apply_score(review.pk) is True
    before = Score.objects.values().get()
    assert apply_score(review.pk) is False
    assert Score.objects.values().get() == before


def test_a_stale_result_never_overwrites_a_newer_one(review: Review, people: People):
    old = Review.objects.select_related("edition").get(pk=review.pk)
    old_result = result_of(old)
    give(people.ada, review, "GEN-01", selected=["justified"])
    apply_score(review.pk)
    newer = Score.objects.values().get()
    store(old, old_result)
    assert Score.objects.values().get() == newer


def test_the_sweep_finds_every_stale_score_and_nothing_else(review: Review, people: People, monkeypatch):
    sent = []
    monkeypatch.setattr(tasks, "send", lambda task, argument: sent.append((task, argument)))
    tasks.sweep()
    assert sent == [("reviews.tasks.score_review", str(review.pk))]
    apply_score(review.pk)
    sent.clear()
    tasks.sweep()
    assert sent == []
