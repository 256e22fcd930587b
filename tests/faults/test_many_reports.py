import pytest

from tests.support.site import Site, running_site

READY = "SELECT count(*) FROM reviews_report WHERE state = 'ready'"
IN_WHICH_ORDER = "SELECT wanted_at, ready_at FROM reviews_report ORDER BY {}"
ASK_FOR_TEN = "from tests.support.approving import approve_copies; approve_copies(10)"


@pytest.fixture
def site():
    with running_site() as site:
        yield site


def test_ten_reports_asked_for_at_once_all_come_out_in_the_order_in_which_they_were_asked_for(site: Site):
    site.manage("shell", "-v0", "-c", ASK_FOR_TEN)
    site.wait(lambda: site.query(READY) == [(11,)], "the demo's report and ten more")
    assert site.query(IN_WHICH_ORDER.format("ready_at")) == site.query(IN_WHICH_ORDER.format("wanted_at"))
    assert site.query("SELECT DISTINCT attempts FROM reviews_report") == [(1,)]
