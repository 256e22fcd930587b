"""What the tests of reports begin with."""

import pytest

from reviews.access import Actor
from reviews.actions.decide import approve
from reviews.actions.report import produce_report
from reviews.actions.submit import submit_review
from reviews.models import Report, Review
from tests.conftest import People, answer_all, version_of


@pytest.fixture
def report(review: Review, people: People) -> Report:
    """The report of a review that was approved a moment ago; it is still to be made."""
    return approved(review, people)


@pytest.fixture
def signed_report(report: Report) -> Report:
    """The same, made and signed."""
    produce_report(report.pk, worker="w")
    return Report.objects.select_related("snapshot").get()


def approved(review: Review, people: People) -> Report:
    answer_all(people.ada, review)
    submit_review(Actor(people.ada), review_id=review.pk, statement="All of it is so.")
    approve(Actor(people.lea), review_id=review.pk, version=version_of(review), statement="Good.")
    return Report.objects.get()


@pytest.fixture
def folder(settings, tmp_path):
    """A folder of the test's own for files of evidence."""
    place = tmp_path / "evidence"
    evidence = settings.STORAGES["evidence"] | {"OPTIONS": {"location": place}}
    settings.STORAGES = settings.STORAGES | {"evidence": evidence}
    return place
