"""Many approvals at once; run by a site's own `manage.py shell`, on the demo."""

from django.db import transaction

from checklists.language import WorkloadKind
from reviews.access import Actor
from reviews.actions.decide import approve
from reviews.actions.start import start_review
from reviews.actions.submit import submit_review
from reviews.actions.workloads import WorkloadDescription, create_workload
from reviews.models import Answer, Report, Review, User, WorkloadFact


def approve_copies(count: int) -> None:
    """Review so many workloads like the demo's approved one, and ask for all their reports in the same moment."""
    lead = Actor(User.objects.get(username="lea"))
    with transaction.atomic():
        reviews = [copy_of_the_approved(number) for number in range(1, count + 1)]
        for review in reviews:
            submit_review(Actor(review.created_by), review_id=review.pk)
            approve(lead, review_id=review.pk, version=_version(review), statement="Good as it is.")
    wanted = Report.objects.filter(snapshot__review__in=reviews).order_by("wanted_at")
    assert [report.snapshot.review_id for report in wanted] == [review.pk for review in reviews]


def copy_of_the_approved(number: int) -> Review:
    """A review of a workload like the demo's approved one, with the same answers, that is still open."""
    model = Review.objects.select_related("workload__team").get(workload__key="claims-assistant")
    author = Actor(model.created_by)
    described = model.workload
    description = WorkloadDescription(
        name=f"{described.name} {number}",
        purpose=described.purpose,
        owner=described.owner,
        team=described.team,
        criticality=described.criticality,
        data_classification=described.data_classification,
        regions=described.regions,
        links=described.links,
    )
    workload = create_workload(author, description)
    for fact in WorkloadFact.objects.filter(workload=described):
        fact.pk, fact.workload = None, workload
        fact.save(force_insert=True)
    review = start_review(author, workload=workload, kind=WorkloadKind(model.kind))
    for answer in Answer.objects.filter(review=model):
        answer.pk, answer.review = None, review
        answer.save(force_insert=True)
    return review


def _version(review: Review) -> int:
    return Review.objects.values_list("version", flat=True).get(pk=review.pk)
