"""Who may do what, in which state: the only place that says so.

Pages, commands and background work all ask here before they change anything. What a person may *see* is
answered by the querysets (`visible_to`); what the database refuses by itself stands in
`migrations/0002_rules_in_the_database.py`.
"""

from dataclasses import dataclass
from enum import StrEnum

from reviews.models import Contributor, Membership, Review, ReviewState, Role, Team, User


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
    DECIDE = "decide"
    WITHDRAW = "withdraw"
    RETRY_REPORT = "retry_report"


_WRITERS = frozenset({Role.ARCHITECT, Role.LEAD})
_OPEN = frozenset({ReviewState.DRAFT, ReviewState.CHANGES_REQUESTED})
RUNNING = _OPEN | {ReviewState.SUBMITTED}
"""The states of a review that is not at its end."""


@dataclass(frozen=True)
class _Rule:
    states: frozenset[ReviewState]
    roles: frozenset[Role]
    what: str
    not_by_contributors: bool = False


_RULES = {
    Deed.ANSWER: _Rule(_OPEN, _WRITERS, "be answered"),
    Deed.CHANGE_CHECKLIST: _Rule(_OPEN, _WRITERS, "have its checklist changed"),
    Deed.COMMENT: _Rule(RUNNING, _WRITERS, "be commented on"),
    Deed.SUBMIT: _Rule(_OPEN, _WRITERS, "be submitted"),
    Deed.DECIDE: _Rule(
        frozenset({ReviewState.SUBMITTED}), frozenset({Role.LEAD}), "be decided on", not_by_contributors=True
    ),
    Deed.WITHDRAW: _Rule(RUNNING, _WRITERS, "be withdrawn"),
    Deed.RETRY_REPORT: _Rule(frozenset({ReviewState.APPROVED}), _WRITERS, "have its report made again"),
}

_STATE_SENTENCES = {
    ReviewState.DRAFT: "it is still a draft",
    ReviewState.SUBMITTED: "it was submitted and waits for a decision",
    ReviewState.CHANGES_REQUESTED: "changes were requested",
    ReviewState.APPROVED: "it is approved",
    ReviewState.WITHDRAWN: "it was withdrawn",
}


class ReviewAccess:
    """What one person may do to one review. Asks the database for role and authorship once, when first needed."""

    def __init__(self, user: User, review: Review) -> None:
        self.user = user
        self.review = review
        self._role: str | None = None
        self._contributed: bool | None = None

    def refusal(self, deed: Deed) -> Refused | None:
        """Why the person may not do this now; None where they may."""
        rule = _RULES[deed]
        if ReviewState(self.review.state) not in rule.states:
            return NotNow(f"This review cannot {rule.what} now: {_STATE_SENTENCES[ReviewState(self.review.state)]}.")
        if self.role not in rule.roles:
            needed = " or ".join(sorted(role.label.lower() for role in rule.roles))
            return NotYours(f"This review can only {rule.what} by a person who is {needed} in its team.")
        if rule.not_by_contributors and self.contributed:
            return NotYours(
                "Nobody decides on a review that they wrote or answered in; ask another lead of the team."
            )
        return None

    def allows(self, deed: Deed) -> bool:
        """Whether the person may do this now."""
        return self.refusal(deed) is None

    def require(self, deed: Deed) -> None:
        """Raise `NotYours` or `NotNow`, with a sentence that says why, unless the person may do this now."""
        if refusal := self.refusal(deed):
            raise refusal

    @property
    def role(self) -> str:
        """The person's role in the review's team; empty for none."""
        if self._role is None:
            memberships = Membership.objects.filter(user=self.user, team__workloads__reviews=self.review)
            self._role = memberships.values_list("role", flat=True).first() or ""
        return self._role

    @property
    def contributed(self) -> bool:
        """Whether the person wrote the review or answered in it."""
        if self._contributed is None:
            self._contributed = Contributor.objects.filter(review=self.review, user=self.user).exists()
        return self._contributed


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
