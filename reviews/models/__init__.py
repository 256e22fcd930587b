"""The tables, their constraints, and what each person may see."""

from reviews.models.milestone import EditionChange, Milestone
from reviews.models.people import Membership, Role, Team, User
from reviews.models.report import Report, ReportState, Snapshot
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
from reviews.models.trail import Event, EventKind
from reviews.models.workload import Classification, Criticality, Workload, WorkloadFact

__all__ = [
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
    "Membership",
    "Milestone",
    "Report",
    "ReportState",
    "Review",
    "ReviewAddition",
    "ReviewState",
    "Role",
    "Score",
    "Snapshot",
    "Team",
    "User",
    "Workload",
    "WorkloadFact",
]
