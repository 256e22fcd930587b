"""What most tests begin with: the published library, a team, its people, a review."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from hypothesis import HealthCheck, settings

from checklists.language import Checklist, WorkloadKind, as_texts, fitting
from checklists.publish import publish, read_library
from reviews.access import Actor, open_requests
from reviews.actions.answer import Given, answer_question, state_fact
from reviews.actions.score import facts_of, result_of
from reviews.actions.start import start_review
from reviews.actions.threads import resolve
from reviews.actions.workloads import WorkloadDescription, create_workload
from reviews.models import Answer, Membership, Review, Role, Team, User, Workload

# How fast a machine is says nothing about the code.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

PASSWORD = "correct horse battery"
TESTS = Path(__file__).parent

# With the many quick files at the end, no process waits long for the last file of another.
LAST = ("reviews", "checklists")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--with-database", action="store_true", help="leave out the tests that one database is enough for"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    items.sort(key=_turn)
    if not config.getoption("--with-database"):
        return
    once = [item for item in items if _once_is_enough(item)]
    config.hook.pytest_deselected(items=once)
    items[:] = [item for item in items if not _once_is_enough(item)]


def _turn(item: pytest.Item) -> tuple[int, bool]:
    """Whole applications first, then reports, then the pages and actions, then what is only worked out."""
    top, *below = item.path.relative_to(TESTS).parts
    return LAST.index(top) + 1 if top in LAST else 0, len(below) == 1


def _once_is_enough(item: pytest.Item) -> bool:
    """Whether a test says the same on each database: it asks for none, or is marked as looking at pages alone.

    Those of the two apps ask by a fixture; those in other folders start whole applications; those in none start what
    they need themselves.
    """
    if item.get_closest_marker("pages") or item.path.parent == TESTS:
        return True
    in_apps = item.path.is_relative_to(TESTS / "checklists") or item.path.is_relative_to(TESTS / "reviews")
    fixtures = getattr(item, "fixturenames", ())
    return in_apps and not {"db", "transactional_db"} & set(fixtures) and not item.get_closest_marker("django_db")


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


@pytest.fixture(scope="session")
def shipped() -> list[Checklist]:
    """The library's files, read and checked once: that takes far longer than to publish what was read."""
    return read_library()


@pytest.fixture
def library(db: None, shipped: list[Checklist]) -> None:
    for checklist in shipped:
        publish(checklist)


def make_user(username: str, team: Team, role: Role, **more: object) -> User:
    user = User.objects.create_user(
        username=username, name=username.title(), email=f"{username}@example.org", password=PASSWORD, **more
    )
    Membership.objects.create(user=user, team=team, role=role)
    return user


@pytest.fixture
def people(db: None) -> People:
    return make_people()


@pytest.fixture
def workload(people: People) -> Workload:
    return make_workload(people)


def make_people() -> People:
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


def make_workload(people: People) -> Workload:
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
    """A browser without JavaScript, signed in as somebody, with pages that were made for them."""

    def signed_in(user: User) -> Client:
        client = Client(headers={"X-Person": str(user.pk)})
        client.force_login(user)
        return client

    return signed_in


def give(user: User, review: Review, question_id: str, **given: object) -> Answer:
    """Answer a question, based on whatever is stored now."""
    stored = Answer.objects.filter(review=review, question_id=question_id).values_list("version", flat=True).first()
    return answer_question(
        Actor(user), review_id=review.pk, question_id=question_id, given=Given(version=stored or 0, **given)
    )


def state(user: User, review: Review, name: str, *texts: str) -> None:
    """State a fact as its form would send it."""
    fact = review.checklist.facts_by_id.get(name)
    stated = facts_of(review).get(name)
    was = as_texts(fact, fitting(fact, stated)) if fact else []
    state_fact(Actor(user), review_id=review.pk, name=name, texts=texts, was=was)


def state_all(user: User, review: Review) -> None:
    """State every fact that is asked for: yes, the first option, all options, one region, 2 hours, 500."""
    texts = {"yes_no": ["yes"], "regions": ["westeurope"], "duration": ["2h"], "number": ["500"]}
    while missing := result_of(review).missing_facts:
        fact = review.checklist.facts_by_id[missing[0]]
        options = [option.id for option in fact.options]
        some = options if fact.type == "many_of" else options[:1]
        state(user, review, fact.id, *texts.get(fact.type, some))


def answer_all(user: User, review: Review) -> None:
    """State all facts, and answer every question with its first choice, with all practices, or with good numbers."""
    state_all(user, review)
    for question in review.checklist.questions:
        if question.kind == "quota":
            rows = [{"service": "Model", "limit": "300", "peak": "100", "unit": "requests"}]
            give(user, review, question.id, rows=rows)
        elif question.kind == "benchmark":
            rows = [
                {"configuration": name, "throughput": speed, "p95_ms": "300", "cost_per_hour": "4"}
                for name, speed in (("One GPU", "10"), ("Two GPUs", "18"))
            ]
            give(user, review, question.id, rows=rows)
        else:
            chosen = [practice.id for practice in question.practices] if question.kind == "practices" else []
            give(user, review, question.id, selected=chosen or [question.choices[0].id])


def resolve_requests(user: User, review: Review) -> None:
    """Settle every change request of the review."""
    for thread in open_requests(review):
        resolve(Actor(user), review_id=review.pk, thread_id=thread.pk)


def version_of(review: Review) -> int:
    return Review.objects.values_list("version", flat=True).get(pk=review.pk)
