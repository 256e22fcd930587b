"""The append-only trail."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reviews.models.people import User
from reviews.models.review import Review


class EventKind(models.TextChoices):
    """What can happen to a review."""

    CREATED = "created", _("Review created")
    ANSWERED = "answered", _("Question answered")
    ANSWERS_CARRIED_OVER = "answers_carried_over", _("Answers carried over, to be confirmed")
    TEMPLATE_MADE = "template_made", _("Template made")
    FACT_SET = "fact_set", _("Fact stated")
    CHECKLIST_ADDED = "checklist_added", _("Checklist added")
    CHECKLIST_REMOVED = "checklist_removed", _("Checklist taken out")
    EDITION_CHANGED = "edition_changed", _("Moved to another edition")
    EDITION_CHANGE_UNDONE = "edition_change_undone", _("Move to another edition undone")
    ASSIGNED = "assigned", _("Assigned")
    ASSIGNMENT_ENDED = "assignment_ended", _("Assignment taken back")
    EVIDENCE_ADDED = "evidence_added", _("Evidence added")
    EVIDENCE_REMOVED = "evidence_removed", _("Evidence removed")
    COMMENTED = "commented", _("Comment made")
    THREAD_RESOLVED = "thread_resolved", _("Thread resolved")
    THREAD_REOPENED = "thread_reopened", _("Thread reopened")
    MILESTONE_SET = "milestone_set", _("Milestone set")
    WORKLOAD_DESCRIBED = "workload_described", _("Workload described anew")
    SUBMITTED = "submitted", _("Submitted for approval")
    RESUBMITTED = "resubmitted", _("Submitted again")
    CHANGES_REQUESTED = "changes_requested", _("Changes requested")
    APPROVED = "approved", _("Approved")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    APPROVAL_GIVEN = "approval_given", _("Approval given, others to come")
    REPORT_SIGNED = "report_signed", _("Report signed")
    REPORT_STAMPED = "report_stamped", _("Report time-stamped")
    REPORT_WITHDRAWN = "report_withdrawn", _("Report withdrawn")
    REPORT_SUPERSEDED = "report_superseded", _("Report superseded")
    EXPIRY_TOLD = "expiry_told", _("End of the approval announced")
    INTEGRITY_BROKEN = "integrity_broken", _("Stored record found altered")


STEPS = (
    EventKind.CREATED,
    EventKind.CHECKLIST_ADDED,
    EventKind.CHECKLIST_REMOVED,
    EventKind.EDITION_CHANGED,
    EventKind.EDITION_CHANGE_UNDONE,
    EventKind.SUBMITTED,
    EventKind.RESUBMITTED,
    EventKind.CHANGES_REQUESTED,
    EventKind.APPROVED,
    EventKind.WITHDRAWN,
    EventKind.APPROVAL_GIVEN,
    EventKind.REPORT_SIGNED,
    EventKind.REPORT_STAMPED,
    EventKind.REPORT_WITHDRAWN,
    EventKind.REPORT_SUPERSEDED,
    EventKind.EXPIRY_TOLD,
    EventKind.INTEGRITY_BROKEN,
)
"""The events that make the decision trail."""


class Event(models.Model):
    """One line of the trail: who did what, when, and from which address. Triggers refuse change and deletion.

    `actor` is None, and so is `address`, where the application itself acted. `actor_name` keeps the name of the day.
    `number` counts the events of a review from 1, and `sha256` is that of the event and of the one before it
    (`reviews.chain`).
    """

    # Each index is written with every save: the unique one serves, and nobody asks for all that a person did.
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="events", db_index=False)
    number = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()
    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    actor_name = models.CharField(max_length=150)
    kind = models.CharField(max_length=24, choices=EventKind.choices)
    detail = models.JSONField(default=dict)
    address = models.GenericIPAddressField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=EventKind.values), name="event_kind"),
            models.UniqueConstraint(fields=["review", "number"], name="event_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} by {self.actor_name}"
