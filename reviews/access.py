"""Who may do what, in which state: the only place that says so.

Pages, commands and background work all ask here before they change anything. What a person may *see* is
answered by the querysets (`visible_to`); what the database refuses by itself stands in
`migrations/0002_rules_in_the_database.py` and `migrations/0006_approver_by_policy.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from django.db.models import Exists, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from checklists.language import Question
from reviews.models import (
    Contributor,
    Decision,
    DecisionKind,
    Membership,
    Policy,
    Review,
    ReviewState,
    Role,
    Team,
    User,
)
from reviews.models.review import ReviewQuerySet
from reviews.policies import DEFAULT_ROLE, Approvals, PolicyInForce, approvals_of, policy_for


@dataclass(frozen=True)
class Actor:
    """Somebody who acts: the account, and the address the request came from (None on the command line)."""

    user: User
    address: str | None = None


class Refused(Exception):
    """Something that is not allowed; the text is a sentence for the person who tried."""


class NotYours(Refused):
    """Refused because of who the person is."""


class NotNow(Refused):
    """Refused because of the state that the review is in."""


class Deed(StrEnum):
    """What can be done to a review."""

    ANSWER = "answer"
    CHANGE_CHECKLIST = "change_checklist"
    COMMENT = "comment"
    SUBMIT = "submit"
    APPROVE = "approve"
    REQUEST_CHANGES = "request_changes"
    WITHDRAW = "withdraw"
    RETRY_REPORT = "retry_report"
    WITHDRAW_REPORT = "withdraw_report"


_WRITERS = frozenset({Role.ARCHITECT, Role.LEAD})
_LEADS = frozenset({Role.LEAD})
_OPEN = frozenset({ReviewState.DRAFT, ReviewState.CHANGES_REQUESTED})
_SUBMITTED = frozenset({ReviewState.SUBMITTED})
_APPROVED = frozenset({ReviewState.APPROVED})
RUNNING = _OPEN | {ReviewState.SUBMITTED}
"""The states of a review that is not at its end."""


NAMED = 10
"""So many questions a refusal names; the rest it counts."""


@dataclass(frozen=True)
class _Rule:
    """Who may do it, in which states; `or_approvers` adds the role that the review's policy asks of an approver."""

    states: frozenset[ReviewState]
    roles: frozenset[Role]
    what: str
    or_approvers: bool = False
    not_by_contributors: bool = False


_RULES = {
    Deed.ANSWER: _Rule(_OPEN, _WRITERS, "be answered"),
    Deed.CHANGE_CHECKLIST: _Rule(_OPEN, _WRITERS, "have its checklist changed"),
    Deed.COMMENT: _Rule(RUNNING, _WRITERS, "be commented on"),
    Deed.SUBMIT: _Rule(_OPEN, _WRITERS, "be submitted"),
    Deed.APPROVE: _Rule(_SUBMITTED, frozenset(), "be approved", or_approvers=True, not_by_contributors=True),
    Deed.REQUEST_CHANGES: _Rule(
        _SUBMITTED, _LEADS, "be given back for changes", or_approvers=True, not_by_contributors=True
    ),
    Deed.WITHDRAW: _Rule(RUNNING, _WRITERS, "be withdrawn"),
    Deed.RETRY_REPORT: _Rule(_APPROVED, _WRITERS, "have its report made again"),
    Deed.WITHDRAW_REPORT: _Rule(_APPROVED, _LEADS, "have its report withdrawn"),
}

_STATE_SENTENCES = {
    ReviewState.DRAFT: "it is still a draft",
    ReviewState.SUBMITTED: "it was submitted and waits for a decision",
    ReviewState.CHANGES_REQUESTED: "changes were requested",
    ReviewState.APPROVED: "it is approved",
    ReviewState.WITHDRAWN: "it was withdrawn",
}


class ReviewAccess:
    """What one person may do to one review. Asks the database once for each thing, when first needed."""

    def __init__(self, user: User, review: Review) -> None:
        self.user = user
        self.review = review

    def refusal(self, deed: Deed) -> Refused | None:
        """Why the person may not do this now; None where they may."""
        rule = _RULES[deed]
        if ReviewState(self.review.state) not in rule.states:
            return NotNow(f"This review cannot {rule.what} now: {_STATE_SENTENCES[ReviewState(self.review.state)]}.")
        roles = rule.roles | {self.policy.approver_role} if rule.or_approvers else rule.roles
        if self.role not in roles:
            needed = " or ".join(sorted(role.label.lower() for role in roles))
            return NotYours(f"This review can only {rule.what} by a person who is {needed} in its team.")
        if rule.not_by_contributors and self.contributed:
            return NotYours(
                "Nobody decides on a review that they wrote or answered in; ask a colleague who did neither."
            )
        if deed is Deed.APPROVE and self.approved_already:
            return NotYours(f"You approved this review already; it waits for {self.approvals.awaited}.")
        return None

    def refusal_to_approve(self, high: Sequence[Question]) -> Refused | None:
        """Why the person may not approve now, where these questions have an open high risk; None where they may."""
        if refusal := self.refusal(Deed.APPROVE):
            return refusal
        if self.policy.blocks_on_high and high:
            names = "; ".join(f"{question.name} ({question.title})" for question in high[:NAMED])
            rest = f"; and {len(high) - NAMED} more" if len(high) > NAMED else ""
            return NotNow(
                "By its policy, this review cannot be approved while a high risk is open. "
                f"High risk: {names}{rest}. Request changes instead."
            )
        return None

    def allows(self, deed: Deed) -> bool:
        """Whether the person may do this now."""
        return self.refusal(deed) is None

    def require(self, deed: Deed) -> None:
        """Raise `NotYours` or `NotNow`, with a sentence that says why, unless the person may do this now."""
        if refusal := self.refusal(deed):
            raise refusal

    @cached_property
    def role(self) -> str:
        """The person's role in the review's team; empty for none."""
        memberships = Membership.objects.filter(user=self.user, team__workloads__reviews=self.review)
        return memberships.values_list("role", flat=True).first() or ""

    @cached_property
    def contributed(self) -> bool:
        """Whether the person wrote the review or answered in it."""
        return Contributor.objects.filter(review=self.review, user=self.user).exists()

    @cached_property
    def policy(self) -> PolicyInForce:
        """The policy in force for the review."""
        return policy_for(self.review)

    @cached_property
    def approvals(self) -> Approvals:
        """How far the review is under its policy."""
        return approvals_of(self.review, self.policy)

    @property
    def approved_already(self) -> bool:
        """Whether the person approved the review as it is."""
        # In whichever role they were: an approval that the policy no longer counts is not given twice either.
        return self.review.standing_approvals.filter(by=self.user).exists()


def awaiting(user: User) -> ReviewQuerySet:
    """The submitted reviews that wait for this person's approval: the rule of `Deed.APPROVE`, as one query."""
    policies = Policy.objects.filter(kind=OuterRef("kind"), criticality=OuterRef("workload__criticality"))
    given = Decision.objects.filter(
        review=OuterRef("pk"), by=user, kind=DecisionKind.APPROVED, review_version=OuterRef("version")
    )
    needed = Coalesce(Subquery(policies.values("approver_role")), Value(DEFAULT_ROLE.value))
    mine = Membership.objects.filter(user=user, team=OuterRef("workload__team"), role=OuterRef("needed"))
    return (
        Review.objects.filter(state=ReviewState.SUBMITTED)
        .annotate(needed=needed)
        .filter(Exists(mine), ~Exists(given))
        .exclude(contributors__user=user)
    )


def require_writer(user: User, team: Team) -> None:
    """Raise `NotYours` unless the person may write workloads and reviews of the team."""
    if not Membership.objects.filter(user=user, team=team, role__in=_WRITERS).exists():
        raise NotYours(f"Only an architect or a lead of {team.name} can do this.")


def writable_teams(user: User) -> list[Team]:
    """The teams in which the person may write workloads and reviews."""
    return list(Team.objects.filter(memberships__user=user, memberships__role__in=_WRITERS).order_by("name"))


def require_administrator(user: User) -> None:
    """Raise `NotYours` unless the person is an administrator."""
    if not user.is_superuser:
        raise NotYours("Only an administrator can do this.")
