import json

import pytest

from tests.support.site import Site, running_site

RACE = "import json; from tests.support.racing import race; print(json.dumps(race()))"


@pytest.fixture
def site():
    with running_site() as site:
        yield site


def test_saves_that_race_with_a_submission_are_in_it_or_refused(site: Site):
    found = json.loads(site.manage("shell", "-v0", "-c", RACE).splitlines()[-1])
    # In each round before, of two who save the same question one at least gets through.
    assert found.pop("acknowledged") >= 2 * 4
    # And all who come in the rounds after are sent away.
    assert found.pop("refused") >= 4 * 3
    assert not any(found.values()), found
