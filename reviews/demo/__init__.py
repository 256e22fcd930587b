"""The demo: three workloads made from public reference architectures, which demo.yaml names.

It goes through the actions that people use, so nothing in it is possible that people could not do.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from checklists.language import WorkloadKind
from reviews.access import Actor, open_requests
from reviews.actions.answer import Given, answer_question, state_fact
from reviews.actions.decide import approve, request_changes
from reviews.actions.evidence import add_link, add_quote
from reviews.actions.start import start_review
from reviews.actions.submit import submit_review
from reviews.actions.threads import open_thread, resolve
from reviews.actions.workloads import WorkloadDescription, create_workload
from reviews.models import Answer, Membership, Review, Team, User

FILE = Path(__file__).with_name("demo.yaml")


@dataclass(frozen=True)
class Demo:
    """What was loaded: the accounts, and the reviews by workload key."""

    people: dict[str, User]
    reviews: dict[str, Review]


@transaction.atomic
def load(password: str) -> Demo:
    """Make the demo's accounts, all with this password, and its workloads with their reviews. All or nothing."""
    data: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    team = Team.objects.create(name=data["team"]["name"])
    people = {person["username"]: _person(person, team, password) for person in data["people"]}
    return Demo(people, {each["key"]: _workload(each, team, people) for each in data["workloads"]})


def _person(person: dict[str, Any], team: Team, password: str) -> User:
    user = User(
        username=person["username"],
        name=person["name"],
        email=person["email"],
        is_superuser=person.get("administrator") is True,
    )
    user.set_password(password)
    user.save()
    Membership.objects.create(user=user, team=team, role=person["role"])
    return user


def _workload(data: dict[str, Any], team: Team, people: dict[str, User]) -> Review:
    plan = data["review"]
    author = Actor(people[plan["author"]])
    description = WorkloadDescription(
        name=data["name"],
        purpose=data["purpose"],
        owner=data["owner"],
        team=team,
        criticality=data["criticality"],
        data_classification=data["data_classification"],
        regions=data["regions"],
        links=data["links"],
    )
    workload = create_workload(author, description, key=data["key"])
    review = start_review(author, workload=workload, kind=WorkloadKind(plan["kind"]))
    for name, value in plan.get("facts", {}).items():
        state_fact(author, review_id=review.pk, name=name, texts=_texts(value), was=())
    _answer(review, author, people, plan["answers"])
    _show(review, author, plan.get("evidence", {}))
    if plan["state"] == "draft":
        return review
    submit_review(author, review_id=review.pk)
    if request := plan.get("request"):
        lead = Actor(people[request["by"]])
        for question_id, text in request.get("comments", {}).items():
            open_thread(lead, review_id=review.pk, question_id=question_id, text=text)
        request_changes(lead, review_id=review.pk, version=_version(review), statement=request["statement"])
        _answer(review, author, people, plan.get("revised", {}))
        _show(review, author, plan.get("further_evidence", {}))
        for thread in open_requests(review):
            resolve(author, review_id=review.pk, thread_id=thread.pk)
        submit_review(author, review_id=review.pk)
    if approval := plan.get("approval"):
        lead = Actor(people[approval["by"]])
        approve(lead, review_id=review.pk, version=_version(review), statement=approval["statement"])
    return review


def _answer(review: Review, author: Actor, people: dict[str, User], answers: dict[str, Any]) -> None:
    versions = dict(Answer.objects.filter(review=review).values_list("question_id", "version"))
    for question_id, answer in answers.items():
        actor = Actor(people[answer["by"]]) if "by" in answer else author
        given = Given(
            version=versions.get(question_id, 0),
            selected=answer.get("choose", ()),
            not_applicable="not_applicable" in answer,
            reason=answer.get("not_applicable", ""),
            note=answer.get("note", "").rstrip(),
            left_out=answer.get("leave_out", ()),
            rows=[{column: str(value) for column, value in row.items()} for row in answer.get("rows", ())],
        )
        answer_question(actor, review_id=review.pk, question_id=question_id, given=given)


def _show(review: Review, author: Actor, evidence: dict[str, list[dict[str, str]]]) -> None:
    """Add links and quotes; files are what people of a demo can add themselves."""
    for question_id, pieces in evidence.items():
        for piece in pieces:
            add = add_link if "url" in piece else add_quote
            add(author, review_id=review.pk, question_id=question_id, **piece)


def _texts(value: Any) -> list[str]:
    """A fact's value as a person would send it."""
    if isinstance(value, bool):
        return ["yes" if value else "no"]
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]


def _version(review: Review) -> int:
    return Review.objects.values_list("version", flat=True).get(pk=review.pk)
