import threading

import pytest

from tests.support.mail_server import Post, receiving
from tests.support.site import PATIENCE, Site, running_site

WRITE = """
from django.utils import timezone
from reviews.models import Mail, User
Mail.objects.all().delete()
ada, now = User.objects.get(username="ada"), timezone.now()
for number in range(3):
    Mail.objects.create(
        user=ada, address=f"ada{number}@example.org", subject="You are mentioned", body="Here.",
        message_id=f"<{number}@example.org>", written_at=now, due_at=now,
    )
"""
TAKEN = "SELECT count(*) FROM reviews_mail WHERE attempts = 1 AND sent_at IS NULL"
UNSENT = "SELECT count(*) FROM reviews_mail WHERE sent_at IS NULL"
LEASES_END = "UPDATE reviews_mail SET due_at = written_at WHERE sent_at IS NULL"


@pytest.fixture
def post():
    with receiving() as post:
        yield post


@pytest.fixture
def site(post: Post):
    with running_site(SWEEP_SECONDS="2", EMAIL_URL=f"smtp://127.0.0.1:{post.port}") as site:
        site.wait(lambda: site.query(UNSENT) == [(0,)], "the mails of the demo")
        post.mails.clear()
        yield site


def kill_the_worker_at(moment: str, site: Site, post: Post) -> None:
    """Kill it while the mail server lets the first mail wait at that moment of the conversation."""
    came, killed = threading.Event(), threading.Event()

    def hold() -> None:
        came.set()
        killed.wait(PATIENCE)

    setattr(post, moment, hold)
    site.manage("shell", "-c", WRITE)
    site.wait(came.is_set, "a worker that sends the first mail")
    site.kill_worker()
    assert site.query(TAKEN) == [(1,)]
    killed.set()


def all_goes_out(site: Site) -> None:
    # Before a worker comes, which would lose the lease of what it is sending.
    site.change(LEASES_END)
    if not site.embedded:
        site.start_worker()
    site.wait(lambda: site.query(UNSENT) == [(0,)], "the mails after the crash")


def test_each_mail_goes_out_once_though_the_worker_was_killed_over_the_first(site: Site, post: Post):
    kill_the_worker_at("before_greeting", site, post)
    all_goes_out(site)
    assert sorted(mail["To"] for mail in post.mails) == [f"ada{number}@example.org" for number in range(3)]


def test_a_mail_that_was_taken_as_the_worker_died_comes_again_under_the_same_message_id(site: Site, post: Post):
    kill_the_worker_at("before_answer", site, post)
    all_goes_out(site)
    twice = [mail["Message-ID"] for mail in post.mails if mail["To"] == post.mails[0]["To"]]
    assert len(post.mails) == 4
    assert len(twice) == 2
    assert len(set(twice)) == 1
