"""The tables, their constraints, and what each person may see."""

from reviews.models.people import Membership, Role, Team, User
from reviews.models.report import Report, ReportState, Snapshot
from reviews.models.review import Answer, Comment, Contributor, Decision, DecisionKind, Review, ReviewState, Score
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
    "Event",
    "EventKind",
    "Membership",
    "Report",
    "ReportState",
    "Review",
    "ReviewState",
    "Role",
    "Score",
    "Snapshot",
    "Team",
    "User",
    "Workload",
    "WorkloadFact",
]
