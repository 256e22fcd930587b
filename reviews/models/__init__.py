"""The tables, their constraints, and what each person may see."""

from reviews.models.assignment import Assignment
from reviews.models.discussion import Comment, Thread, ThreadKind
from reviews.models.evidence import Evidence, EvidenceKind, PendingFile
from reviews.models.milestone import EditionChange, Milestone
from reviews.models.notice import Delivery, Mail, Notice, NoticeKind, NoticeSetting
from reviews.models.people import Membership, Role, Team, User
from reviews.models.report import (
    IssuedCertificate,
    Reminder,
    Report,
    ReportMark,
    ReportQuerySet,
    ReportRevision,
    ReportState,
    Snapshot,
    with_standing,
)
from reviews.models.review import (
    Answer,
    Contributor,
    Decision,
    DecisionKind,
    Review,
    ReviewAddition,
    ReviewState,
    Score,
)
from reviews.models.session import Session
from reviews.models.sign_off import APPROVER_ROLES, MOST_APPROVERS, MOST_VALID_DAYS, Policy, Submission
from reviews.models.standing import MarkKind, ReportStanding, StandingKind, standing
from reviews.models.template import Template
from reviews.models.trail import Event, EventKind
from reviews.models.verification import Verification
from reviews.models.visit import Visit
from reviews.models.workload import Classification, Criticality, Workload, WorkloadFact

__all__ = [
    "APPROVER_ROLES",
    "MOST_APPROVERS",
    "MOST_VALID_DAYS",
    "Answer",
    "Assignment",
    "Classification",
    "Comment",
    "Contributor",
    "Criticality",
    "Decision",
    "DecisionKind",
    "Delivery",
    "EditionChange",
    "Event",
    "EventKind",
    "Evidence",
    "EvidenceKind",
    "IssuedCertificate",
    "Mail",
    "MarkKind",
    "Membership",
    "Milestone",
    "Notice",
    "NoticeKind",
    "NoticeSetting",
    "PendingFile",
    "Policy",
    "Reminder",
    "Report",
    "ReportMark",
    "ReportQuerySet",
    "ReportRevision",
    "ReportStanding",
    "ReportState",
    "Review",
    "ReviewAddition",
    "ReviewState",
    "Role",
    "Score",
    "Session",
    "Snapshot",
    "StandingKind",
    "Submission",
    "Team",
    "Template",
    "Thread",
    "ThreadKind",
    "User",
    "Verification",
    "Visit",
    "Workload",
    "WorkloadFact",
    "standing",
    "with_standing",
]
