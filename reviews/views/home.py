"""The first page: what waits for me."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from reviews.access import RUNNING, awaiting, writable_teams
from reviews.actions.assign import assigned_to
from reviews.actions.due import tasks_of
from reviews.actions.integrity import broken_for
from reviews.actions.reminders import ending_for
from reviews.models import Report, ReportState, Review, ReviewState, Role, Workload, with_standing
from reviews.views.asking import person_of

SHOWN = 12
"""How many reviews a list shows before it refers to the workloads."""


def home(request: HttpRequest) -> HttpResponse:
    """My reviews, my queue, and what was decided lately."""
    user = person_of(request)
    visible = (
        Review.objects.visible_to(user)
        .select_related("workload__team", "score", "created_by", "edition")
        .defer("edition__content")
    )
    mine = visible.filter(contributors__user=user)
    queue = visible.filter(pk__in=awaiting(user).values("pk")).order_by("changed_at")[:SHOWN]
    ending = ending_for(user, timezone.now()).select_related("snapshot__review__workload").prefetch_related("marks")
    return render(
        request,
        "reviews/home.html",
        {
            "mine": mine.filter(state__in=RUNNING)[:SHOWN],
            "queue": queue,
            "assigned": [
                {"task": task, "assignment": task.assignment, "late": task.left and task.assignment.overdue}
                for task in tasks_of(assigned_to(user)[:SHOWN])
            ],
            "is_lead": user.memberships.filter(role=Role.LEAD).exists(),
            "broken": broken_for(user)[:SHOWN],
            "ending": ending[:SHOWN],
            "decided": with_standing(visible.filter(state=ReviewState.APPROVED))[:SHOWN],
            "failed": Report.objects.visible_to(user)
            .filter(state=ReportState.FAILED)
            .select_related("snapshot__review__workload")
            .defer("snapshot__content")[:SHOWN],
            "workloads": Workload.objects.visible_to(user).count(),
            "can_write": bool(writable_teams(user)),
        },
    )
