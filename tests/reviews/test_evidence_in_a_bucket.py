"""Files of evidence in storage that speaks S3."""

import io
from datetime import timedelta

import boto3
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import storages
from django.urls import reverse
from django.utils import timezone

from aiplatform import environment
from reviews.access import Actor
from reviews.actions.evidence import add_file
from reviews.actions.storing import NotStored, opened, take_away_unfinished
from reviews.models import Evidence, PendingFile, Review
from tests.conftest import People
from tests.reviews import files
from tests.support.s3 import KEYS, serving


@pytest.fixture(scope="module")
def server():
    with serving("evidence-of-tests") as address:
        yield address


@pytest.fixture
def bucket(server, settings, monkeypatch, tmp_path):
    """The bucket as an administrator sees it; the application is set up for it as its environment says."""
    variables = {
        "BUCKET": "evidence-of-tests",
        "ENDPOINT": server,
        "REGION": "us-east-1",
        "ACCESS_KEY": "key",
        "SECRET_KEY": "secret",
        "PREFIX": "reviews/files",
    }
    for name, value in variables.items():
        monkeypatch.setenv(f"EVIDENCE_{name}", value)
    settings.STORAGES = settings.STORAGES | {"evidence": environment.evidence_storage(tmp_path)}
    return boto3.resource("s3", endpoint_url=server, region_name="us-east-1", **KEYS).Bucket("evidence-of-tests")


def added(people: People, review: Review) -> Evidence:
    file = io.BytesIO(files.PDF)
    return add_file(Actor(people.ada), review_id=review.pk, question_id="GEN-01", file=file, name="load test.pdf")


def test_a_file_lies_in_the_bucket_under_the_prefix_and_a_key_of_its_own(bucket, review, people: People, tmp_path):
    piece = added(people, review)
    (kept,) = [each for each in bucket.objects.all() if each.key.endswith(piece.stored_as)]
    assert kept.key == f"reviews/files/{piece.stored_as}"
    assert kept.get()["Body"].read() == files.PDF
    with opened(piece) as content:
        assert content.read() == files.PDF
    assert not list(tmp_path.iterdir())


def test_it_is_handed_out_by_the_application_and_never_by_the_bucket(bucket, review, people: People, sign_in):
    piece = added(people, review)
    address = reverse("evidence-file", args=[review.pk, piece.pk])
    response = sign_in(people.lea).get(address)
    assert b"".join(response.streaming_content) == files.PDF
    assert sign_in(people.stranger).get(address).status_code == 404


def test_a_file_whose_transaction_fails_is_gone_from_the_bucket(bucket, review, people: People, monkeypatch):
    before = {each.key for each in bucket.objects.all()}

    def fails(*_args, **_more):
        raise RuntimeError("the database is gone")

    monkeypatch.setattr("reviews.actions.evidence.record", fails)
    with pytest.raises(RuntimeError):
        added(people, review)
    assert {each.key for each in bucket.objects.all()} == before


def test_a_file_that_never_arrived_is_taken_away_from_the_bucket(bucket, db):
    PendingFile.objects.create(key="aa/left", at=timezone.now() - timedelta(days=1))
    storages["evidence"].save("aa/left", io.BytesIO(b"left"))
    assert take_away_unfinished(timezone.now()) == 1
    assert not [each for each in bucket.objects.all() if each.key.endswith("aa/left")]


def test_where_the_bucket_cannot_be_reached_nothing_is_added(bucket, review, people: People, monkeypatch, settings):
    piece = added(people, review)
    monkeypatch.setenv("EVIDENCE_ENDPOINT", "http://127.0.0.1:9")
    settings.STORAGES = settings.STORAGES | {"evidence": environment.evidence_storage(settings.DATA_DIR)}
    with pytest.raises(NotStored, match="cannot be read"):
        opened(piece)
    Evidence.objects.filter(pk=piece.pk).update(removed_by=people.ada, removed_at=timezone.now())
    with pytest.raises(NotStored, match="could not be stored"):
        added(people, review)
    assert Evidence.objects.get() == piece
    # Neither can what may be left there be taken away, so that it is tried again.
    assert PendingFile.objects.count() == 1


def test_half_a_pair_of_keys_and_an_endpoint_that_is_no_address_are_refused(monkeypatch, tmp_path):
    monkeypatch.setenv("EVIDENCE_BUCKET", "b")
    monkeypatch.setenv("EVIDENCE_ACCESS_KEY", "key")
    with pytest.raises(ImproperlyConfigured, match="both EVIDENCE_ACCESS_KEY and EVIDENCE_SECRET_KEY"):
        environment.evidence_storage(tmp_path)
    monkeypatch.setenv("EVIDENCE_ENDPOINT", "minio:9000")
    with pytest.raises(ImproperlyConfigured, match="give an address such as"):
        environment.evidence_storage(tmp_path)
