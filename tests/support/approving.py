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
    model = Review.objects.select_related("workload__team").get(workload__key="claims-assistant")
    author, lead = Actor(model.created_by), Actor(User.objects.get(username="lea"))
    with transaction.atomic():
        reviews = [_copy(model, author, number) for number in range(1, count + 1)]
        for review in reviews:
            approve(lead, review_id=review.pk, version=_version(review), statement="Good as it is.")
    wanted = Report.objects.filter(snapshot__review__in=reviews).order_by("wanted_at")
    assert [report.snapshot.review_id for report in wanted] == [review.pk for review in reviews]


def _copy(model: Review, author: Actor, number: int) -> Review:
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
    submit_review(author, review_id=review.pk)
    return review


def _version(review: Review) -> int:
    return Review.objects.values_list("version", flat=True).get(pk=review.pk)
