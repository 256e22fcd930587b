"""Saves that race with a submission; run by a site's own `manage.py shell`, on the demo, each with its connection."""

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import connections

from reviews.access import Actor, NotNow
from reviews.actions.answer import Given, save_answer
from reviews.actions.audit import broken_trails
from reviews.actions.decide import approve
from reviews.actions.errors import Stale
from reviews.actions.people import NewPerson, add_person
from reviews.actions.submit import submit_review
from reviews.models import Answer, Review, Submission, User
from tests.support.approving import copy_of_the_approved

ROUNDS = 8
SUBMITTED_IN = 4
"""Rounds are counted from 0: some saves come before the submission, some with it, some after."""


def race() -> dict[str, Any]:
    """Four people save in rounds, two and two the same question, and one submits; then the review is approved.

    Returns what was found, of which all but the counts has to be empty.
    """
    review = copy_of_the_approved(1)
    team = review.workload.team.name
    admin = Actor(User.objects.get(username="admin"))
    people = [
        add_person(admin, NewPerson(name, name.title(), f"{name}@example.org", "correct horse battery", team, role))
        for name, role in (("otto", "architect"), ("olga", "architect"), ("ivan", "architect"), ("ines", "architect"))
    ]
    questions = list(review.answers.order_by("question_id").values_list("question_id", flat=True))[:2]
    start = threading.Barrier(len(people) + 1)
    acknowledged: list[tuple[str, int, str]] = []
    refused: list[int] = []
    wrong: list[str] = []

    def save(user: User, question: str, turn: int) -> None:
        stored = Answer.objects.get(review=review, question_id=question)
        note = f"{user.username} in round {turn}"
        given = Given(version=stored.version, selected=stored.selected, left_out=stored.left_out, note=note)
        try:
            saved = save_answer(Actor(user), review_id=review.pk, question_id=question, given=given)
            acknowledged.append((question, saved.answer.version, note))
        except Stale:
            pass
        except NotNow:
            refused.append(turn)

    def submit(turn: int) -> None:
        if turn == SUBMITTED_IN:
            submit_review(Actor(people[0]), review_id=review.pk)

    def in_rounds(act: Callable[[int], None]) -> None:
        try:
            for turn in range(ROUNDS):
                start.wait()
                act(turn)
        except BaseException as problem:
            wrong.append(repr(problem))
            start.abort()
        finally:
            connections.close_all()

    deeds = [submit, *(partial(save, user, questions[number % 2]) for number, user in enumerate(people))]
    threads = [threading.Thread(target=in_rounds, args=[deed]) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {
        "wrong": wrong,
        "acknowledged": len(acknowledged),
        "refused before it was submitted": [turn for turn in refused if turn < SUBMITTED_IN],
        "refused": len(refused),
        **_held_against(review, acknowledged),
    }


def _held_against(review: Review, acknowledged: list[tuple[str, int, str]]) -> dict[str, Any]:
    """What was acknowledged and is not there, and what is there and should not be."""
    lead, version = Actor(User.objects.get(username="lea")), Review.objects.get(pk=review.pk).version
    approve(lead, review_id=review.pk, version=version, statement="Good.")
    snapshot = review.snapshots.get().data
    frozen = {each["id"]: each["note"] for section in snapshot["sections"] for each in section["questions"]}
    last = {question: (version, note) for question, version, note in sorted(acknowledged)}
    events = list(review.events.filter(kind__in=["answered", "submitted"]).order_by("number"))
    answered = [(each.detail["question"], each.detail["version"], each.detail["note"]) for each in events[:-1]]
    return {
        "lost": [question for question, (_, note) in last.items() if frozen[question] != note],
        "not in the trail": sorted({*acknowledged} ^ {*answered}),
        "came in after the submission": "" if events[-1].kind == "submitted" else str(events[-1].detail),
        "handed in as another version": Submission.objects.get(review=review).review_version - version,
        "broken": [str(each) for each in broken_trails()],
    }
