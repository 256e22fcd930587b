"""Reviews to answer in, for the benchmark of saves; run by a site's own `manage.py shell`, on the demo."""

import json

from django.db import connection
from django.test import Client
from django.urls import reverse

from benchmarks.urls import TABLE
from checklists.language import WorkloadKind
from reviews.access import Actor
from reviews.actions.start import start_review
from reviews.actions.workloads import WorkloadDescription, create_workload
from reviews.models import Answer, Review, User, WorkloadFact

QUESTION = "GEN-01"


def set_up(count: int) -> None:
    """Make so many reviews like the demo's approved one; print, as JSON, where to save an answer of each, and how."""
    with connection.cursor() as cursor:
        cursor.execute(TABLE)
    model = Review.objects.select_related("workload__team").get(workload__key="claims-assistant")
    author = User.objects.get(username="ada")
    print(json.dumps([_place(_copy(model, author, number), author) for number in range(count)]))


def _copy(model: Review, author: User, number: int) -> Review:
    described = model.workload
    names = ("purpose", "owner", "team", "criticality", "data_classification", "regions", "links")
    description = WorkloadDescription(name=f"Copy {number}", **{name: getattr(described, name) for name in names})
    workload = create_workload(Actor(author), description)
    for fact in WorkloadFact.objects.filter(workload=described):
        fact.pk, fact.workload = None, workload
        fact.save(force_insert=True)
    review = start_review(Actor(author), workload=workload, kind=WorkloadKind(model.kind))
    for answer in Answer.objects.filter(review=model):
        answer.pk, answer.review = None, review
        answer.save(force_insert=True)
    return review


def _place(review: Review, author: User) -> dict[str, object]:
    browser = Client()
    browser.force_login(author)
    return {
        "cookies": f"sessionid={browser.cookies['sessionid'].value}",
        "address": reverse("answer", args=[review.pk, QUESTION]),
        "version": Answer.objects.get(review=review, question_id=QUESTION).version,
        "person": author.pk,
    }
