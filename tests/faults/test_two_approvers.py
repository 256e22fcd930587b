import json

import pytest

from tests.support.site import Site, running_site

AT_ONCE = """
import json, threading
from django.db import connections
from reviews.access import Actor, Refused
from reviews.actions.decide import approve
from reviews.actions.people import NewPerson, add_person
from reviews.actions.policy import set_policy
from reviews.models import Decision, Report, Review, Snapshot, User
from reviews.policies import PolicyInForce

admin = Actor(User.objects.get(username="admin"))
review = Review.objects.select_related("workload__team").get(workload__key="store-demand-forecast")
ruth = add_person(admin, NewPerson("ruth", "Ruth", "ruth@example.org", "correct horse battery",
                                   review.workload.team.name, "lead"))
leads = [User.objects.get(username="lea"), ruth]
policy = PolicyInForce(approvers=APPROVERS, approver_role="lead", blocks_on_high=False, valid_days=365)
set_policy(admin, kind=review.kind, criticality=review.workload.criticality, policy=policy)
start, said = threading.Barrier(2), []

def decide(user):
    try:
        start.wait()
        approve(Actor(user), review_id=review.pk, version=review.version, statement="Now.")
        said.append("")
    except Refused as refusal:
        said.append(str(refusal))
    finally:
        connections.close_all()

threads = [threading.Thread(target=decide, args=[user]) for user in leads]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(json.dumps({
    "said": sorted(said),
    "state": Review.objects.get(pk=review.pk).state,
    "approvals": Decision.objects.filter(review=review, kind="approved").count(),
    "reports": Report.objects.filter(snapshot__review=review).count(),
    "sign_offs": len(Snapshot.objects.get(review=review).data["sign_offs"]),
}))
"""


@pytest.fixture
def site():
    with running_site() as site:
        yield site


@pytest.mark.parametrize("approvers", [1, 2])
def test_of_two_who_approve_at_the_same_moment_each_counts_once_and_one_report_is_made(site: Site, approvers: int):
    found = json.loads(
        site.manage("shell", "-v0", "-c", AT_ONCE.replace("APPROVERS", str(approvers))).splitlines()[-1]
    )
    too_late = "This review cannot be approved now: it is approved."
    assert found == {
        "said": ["", "" if approvers == 2 else too_late],
        "state": "approved",
        "approvals": approvers,
        "reports": 1,
        "sign_offs": approvers + 1,
    }
