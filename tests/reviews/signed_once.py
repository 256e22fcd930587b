"""A signed report that is made once for all tests of a module: each changes what it likes, and all of it is undone.

For modules that import all of these fixtures.
"""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from django.db import transaction
from django.test import override_settings

from checklists.language import Checklist, WorkloadKind
from checklists.publish import publish
from reviews.access import Actor
from reviews.actions.report import produce_report
from reviews.actions.start import start_review
from reviews.models import Report, Team, User
from tests.conftest import People, make_people, make_workload
from tests.reviews.conftest import approved

__all__ = ["people", "report", "signed_once"]


@pytest.fixture(scope="module")
def signed_once(django_db_setup: None, django_db_blocker, shipped: list[Checklist]) -> Iterator[None]:
    """Around the tests of the module, whose own transactions are savepoints in this one."""
    quick = override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])
    around = ExitStack()
    with django_db_blocker.unblock(), quick:
        around.enter_context(transaction.atomic())
        for checklist in shipped:
            publish(checklist)
        people = make_people()
        review = start_review(Actor(people.ada), workload=make_workload(people), kind=WorkloadKind.EDA)
        produce_report(approved(review, people).pk, worker="w")
    yield
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        around.close()


@pytest.fixture
def people(signed_once: None, db: None) -> People:
    """The same people, as they are stored."""
    users = {user.username: user for user in User.objects.all()}
    return People(team=Team.objects.get(name="Platform"), **users)


@pytest.fixture
def report(signed_once: None, db: None) -> Report:
    """The report, with its snapshot."""
    return Report.objects.select_related("snapshot").get()
