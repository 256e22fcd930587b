"""What most tests begin with: the published library, a team, its people, a review."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.core.management import call_command
from django.test import Client

from checklists.language import WorkloadKind
from checklists.publish import publish_library
from reviews.access import Actor
from reviews.actions.answer import Given, answer_question
from reviews.actions.start import start_review
from reviews.actions.workloads import WorkloadDescription, create_workload
from reviews.models import Answer, Membership, Review, Role, Team, User, Workload

PASSWORD = "correct horse battery"


@dataclass
class People:
    """Accounts of one team: two architects, two leads, a reader; and somebody of another team."""

    team: Team
    ada: User
    jonas: User
    lea: User
    ruth: User
    rolf: User
    stranger: User


@pytest.fixture(scope="session", autouse=True)
def static_files() -> None:
    """Pages name their style sheets and scripts by the collected files, as in production."""
    call_command("collectstatic", verbosity=0, interactive=False)


@pytest.fixture(autouse=True)
def quick_passwords(settings) -> None:
    """Passwords are hashed slowly for attackers, not for tests."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def library(db: None) -> None:
    publish_library()


def make_user(username: str, team: Team, role: Role, **more: object) -> User:
    user = User.objects.create_user(
        username=username, name=username.title(), email=f"{username}@example.org", password=PASSWORD, **more
    )
    Membership.objects.create(user=user, team=team, role=role)
    return user


@pytest.fixture
def people(db: None) -> People:
    team, other = Team.objects.create(name="Platform"), Team.objects.create(name="Elsewhere")
    return People(
        team=team,
        ada=make_user("ada", team, Role.ARCHITECT),
        jonas=make_user("jonas", team, Role.ARCHITECT),
        lea=make_user("lea", team, Role.LEAD),
        ruth=make_user("ruth", team, Role.LEAD),
        rolf=make_user("rolf", team, Role.READER),
        stranger=make_user("stranger", other, Role.LEAD),
    )


@pytest.fixture
def workload(people: People) -> Workload:
    return create_workload(
        Actor(people.ada),
        WorkloadDescription(
            name="Claims assistant",
            purpose="Answers questions about claims.",
            owner="Claims",
            team=people.team,
            criticality="high",
            data_classification="confidential",
            regions=["westeurope"],
            links=[],
        ),
    )


@pytest.fixture
def review(library: None, people: People, workload: Workload) -> Review:
    """A draft of Ada's, of the shortest checklist."""
    return start_review(Actor(people.ada), workload=workload, kind=WorkloadKind.EDA)


@pytest.fixture
def sign_in() -> Callable[[User], Client]:
    """A browser without JavaScript, signed in as somebody."""

    def signed_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return signed_in


def give(user: User, review: Review, question_id: str, **given: object) -> Answer:
    """Answer a question, based on whatever is stored now."""
    stored = Answer.objects.filter(review=review, question_id=question_id).values_list("version", flat=True).first()
    return answer_question(
        Actor(user), review_id=review.pk, question_id=question_id, given=Given(version=stored or 0, **given)
    )


def answer_all(user: User, review: Review) -> None:
    """Answer every question with its first choice, or with all practices."""
    for question in review.edition.checklist.questions:
        chosen = [practice.id for practice in question.practices] if question.kind == "practices" else []
        give(user, review, question.id, selected=chosen or [question.choices[0].id])


def version_of(review: Review) -> int:
    return Review.objects.values_list("version", flat=True).get(pk=review.pk)
