import subprocess

import pytest

from tests.support.site import Site, running_site

REPORT = "SELECT state, attempts FROM reviews_report"
STALE = """
    SELECT count(*) FROM reviews_score JOIN reviews_review ON reviews_review.id = review_id
    WHERE for_version < reviews_review.version
"""
CHANGE_UNSAID = """
from django.db.models import F
from reviews.models import Review
Review.objects.update(version=F("version") + 1)
"""


@pytest.fixture
def site():
    # The demo has one approved review, so its report is wanted as soon as a worker is there.
    # The sweep is what finds work whose message is lost, so that one of them waits for it.
    with running_site(SWEEP_SECONDS="10") as site:
        yield site


def test_a_worker_killed_in_the_middle_of_a_report_still_yields_exactly_one(site: Site):
    site.wait(lambda: site.query(REPORT) == [("making", 1)], "a report in the making")
    site.kill_worker()
    assert site.query(REPORT) == [("making", 1)]
    if not site.embedded:
        site.start_worker()
    site.wait(lambda: site.query(REPORT)[0][0] == "ready", "the report after the crash")
    assert site.query(REPORT) == [("ready", 2)]
    assert site.query("SELECT count(*) FROM reviews_event WHERE kind = 'report_signed'") == [(1,)]


def test_what_was_asked_for_while_no_worker_ran_is_done_when_one_comes(site: Site):
    site.wait(lambda: site.query(REPORT)[0][0] == "ready", "the first report")
    site.wait(lambda: site.query(STALE) == [(0,)], "all scores")
    site.kill_worker()
    # A change whose message is lost: only the database knows of it.
    site.manage("shell", "-c", CHANGE_UNSAID)
    if not site.embedded:
        site.start_worker()
    site.wait(lambda: site.query(STALE) == [(0,)], "the scores that only the database knew to be stale")


def session_is_empty(leader: int) -> bool:
    return subprocess.run(["pgrep", "-s", str(leader)], stdout=subprocess.DEVNULL, check=False).returncode == 1


def test_one_signal_ends_a_process_with_all_its_children(site: Site):
    site.wait(lambda: site.query(REPORT)[0][0] == "ready", "the report")
    processes = list(site.processes)
    pids = [site.processes[name].pid for name in processes]
    for name in processes:
        assert site.stop(name) == 0, site.said()
    for pid in pids:
        site.wait(lambda pid=pid: session_is_empty(pid), "the end of the last child")
    assert site.query(REPORT)[0][0] == "ready"
