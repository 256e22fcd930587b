"""The tables, their constraints, and what each person may see."""

from reviews.models.milestone import EditionChange, Milestone
from reviews.models.people import Membership, Role, Team, User
from reviews.models.report import (
    IssuedCertificate,
    MarkKind,
    Reminder,
    Report,
    ReportMark,
    ReportRevision,
    ReportState,
    Snapshot,
)
from reviews.models.review import (
    Answer,
    Comment,
    Contributor,
    Decision,
    DecisionKind,
    Review,
    ReviewAddition,
    ReviewState,
    Score,
)
from reviews.models.sign_off import MOST_APPROVERS, Policy, Submission
from reviews.models.trail import Event, EventKind
from reviews.models.workload import Classification, Criticality, Workload, WorkloadFact

__all__ = [
    "MOST_APPROVERS",
    "Answer",
    "Classification",
    "Comment",
    "Contributor",
    "Criticality",
    "Decision",
    "DecisionKind",
    "EditionChange",
    "Event",
    "EventKind",
    "IssuedCertificate",
    "MarkKind",
    "Membership",
    "Milestone",
    "Policy",
    "Reminder",
    "Report",
    "ReportMark",
    "ReportRevision",
    "ReportState",
    "Review",
    "ReviewAddition",
    "ReviewState",
    "Role",
    "Score",
    "Snapshot",
    "Submission",
    "Team",
    "User",
    "Workload",
    "WorkloadFact",
]
