"""Who may do what, in which state: the only place that says so.

Pages, commands and background work all ask here before they change anything. What a person may *see* is
answered by the querysets (`visible_to`); what the database refuses by itself stands in
`migrations/0002_rules_in_the_database.py` and `migrations/0006_approver_by_policy.py`.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from django.db.models import Exists, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from checklists.scoring import Risk, score_standing
from checklists.standing import Standing
from reviews.handed_in import changes_since, listed, named, shortened, unfinished
from reviews.models import (
    Contributor,
    Decision,
    DecisionKind,
    Membership,
    Policy,
    Review,
    ReviewState,
    Role,
    Submission,
    Team,
    Thread,
    ThreadKind,
    User,
    Workload,
)
from reviews.models.review import ReviewQuerySet
from reviews.policies import DEFAULT_ROLE, ROLE_WORDS, Approvals, PolicyInForce, approvals_of, policy_for


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
    CHANGE_EVIDENCE = "change_evidence"
    CHANGE_CHECKLIST = "change_checklist"
    ASSIGN = "assign"
    COMMENT = "comment"
    SET_MILESTONE = "set_milestone"
    SUBMIT = "submit"
    APPROVE = "approve"
    REQUEST_CHANGES = "request_changes"
    WITHDRAW = "withdraw"
    RETRY_REPORT = "retry_report"
    WITHDRAW_REPORT = "withdraw_report"


_WRITERS = frozenset({Role.ARCHITECT, Role.LEAD})
_LEADS = frozenset({Role.LEAD})
OPEN = frozenset({ReviewState.DRAFT, ReviewState.CHANGES_REQUESTED})
"""The states in which a review is answered."""
_SUBMITTED = frozenset({ReviewState.SUBMITTED})
_APPROVED = frozenset({ReviewState.APPROVED})
RUNNING = OPEN | {ReviewState.SUBMITTED}
"""The states of a review that is not at its end."""


@dataclass(frozen=True)
class Obstacle:
    """What stands against an approval, whoever approves: what it is, the points of it, and what to do; sentences."""

    what: str
    points: tuple[str, ...]
    remedy: str

    def __str__(self) -> str:
        return " ".join([self.what, *self.points, self.remedy])


@dataclass(frozen=True)
class _Rule:
    """Who may do it, in which states; `or_approvers` adds the role that the review's policy asks of an approver."""

    states: frozenset[ReviewState]
    roles: frozenset[Role]
    what: Promise
    or_approvers: bool = False
    not_by_contributors: bool = False


_RULES = {
    Deed.ANSWER: _Rule(OPEN, _WRITERS, _("be answered")),
    Deed.CHANGE_EVIDENCE: _Rule(OPEN, _WRITERS, _("have its evidence changed")),
    Deed.CHANGE_CHECKLIST: _Rule(OPEN, _WRITERS, _("have its checklist changed")),
    Deed.ASSIGN: _Rule(OPEN, _WRITERS, _("be assigned")),
    Deed.COMMENT: _Rule(RUNNING, _WRITERS, _("be commented on")),
    Deed.SET_MILESTONE: _Rule(RUNNING | _APPROVED, _WRITERS, _("have a milestone set")),
    Deed.SUBMIT: _Rule(OPEN, _WRITERS, _("be submitted")),
    Deed.APPROVE: _Rule(_SUBMITTED, frozenset(), _("be approved"), or_approvers=True, not_by_contributors=True),
    Deed.REQUEST_CHANGES: _Rule(
        _SUBMITTED, _LEADS, _("be given back for changes"), or_approvers=True, not_by_contributors=True
    ),
    Deed.WITHDRAW: _Rule(RUNNING, _WRITERS, _("be withdrawn")),
    Deed.RETRY_REPORT: _Rule(_APPROVED, _WRITERS, _("have its report made again")),
    Deed.WITHDRAW_REPORT: _Rule(_APPROVED, _LEADS, _("have its report withdrawn")),
}

_STATE_SENTENCES = {
    ReviewState.DRAFT: _("it is still a draft"),
    ReviewState.SUBMITTED: _("it was submitted and waits for a decision"),
    ReviewState.CHANGES_REQUESTED: _("changes were requested"),
    ReviewState.APPROVED: _("it is approved"),
    ReviewState.WITHDRAWN: _("it was withdrawn"),
}


class ReviewAccess:
    """What one person may do to one review. Asks the database once for each thing, when first needed.

    Who knows the person's role in the review's team already, or whether they contributed, says so.
    """

    def __init__(
        self, user: User, review: Review, *, role: str | None = None, contributed: bool | None = None
    ) -> None:
        self.user = user
        self.review = review
        if role is not None:
            self.role = role
        if contributed is not None:
            self.contributed = contributed

    def refusal(self, deed: Deed) -> Refused | None:
        """Why the person may not do this now; None where they may."""
        rule = _RULES[deed]
        if ReviewState(self.review.state) not in rule.states:
            return NotNow(
                gettext("This review cannot {what} now: {state}.").format(
                    what=rule.what, state=_STATE_SENTENCES[ReviewState(self.review.state)]
                )
            )
        roles = rule.roles | {self.policy.approver_role} if rule.or_approvers else rule.roles
        if self.role not in roles:
            needed = gettext(" or ").join(sorted(str(ROLE_WORDS[role]) for role in roles))
            return NotYours(
                gettext("This review can only {what} by a person who is {roles} in its team.").format(
                    what=rule.what, roles=needed
                )
            )
        if rule.not_by_contributors and self.contributed:
            return NotYours(
                gettext("Nobody decides on a review that they wrote or answered in; ask a colleague who did neither.")
            )
        if deed is Deed.APPROVE and self.approved_already:
            return NotYours(
                gettext("You approved this review already; it waits for {people}.").format(
                    people=self.approvals.awaited
                )
            )
        return None

    def refusal_to_approve(self, standing: Standing) -> Refused | None:
        """Why the person may not approve the review as it stands now; None where they may."""
        if refusal := self.refusal(Deed.APPROVE):
            return refusal
        obstacle = self.obstacle(standing)
        return NotNow(str(obstacle)) if obstacle else None

    def obstacle(self, standing: Standing) -> Obstacle | None:
        """What keeps everybody from approving the review, which is submitted, as it stands now; None for nothing."""
        gaps, changes = unfinished(standing), changes_since(self.submission, standing)
        if gaps or changes:
            author = self.submission.by.name if self.submission else gettext("its author")
            what = (
                gettext(
                    "This review is no longer what {author} handed in, and not complete: "
                    "facts of its workload were changed since."
                )
                if gaps
                else gettext(
                    "This review is no longer what {author} handed in: facts of its workload were changed since."
                )
            )
            return Obstacle(
                what.format(author=author),
                (*gaps, *shortened(changes)),
                gettext("Request changes instead, so that its authors look at it and hand it in again."),
            )
        if requests := list(dict.fromkeys(open_requests(self.review).values_list("question_id", flat=True))):
            questions = standing.checklist.questions_by_id
            about = [
                named(questions[each]) if each in questions else each or gettext("the whole") for each in requests
            ]
            return Obstacle(
                gettext("A change was asked for in this review, so it cannot be approved as it is."),
                (gettext("Open change requests: {names}.").format(names=listed(about)),),
                gettext("Request changes, or take back what is settled: resolve it."),
            )
        risks = score_standing(standing).risks if self.policy.blocks_on_high else {}
        if high := [named(each) for each in standing.questions if risks.get(each.id) is Risk.HIGH]:
            return Obstacle(
                gettext("By its policy, this review cannot be approved while a high risk is open."),
                (gettext("High risk: {names}.").format(names=listed(high)),),
                gettext("Request changes instead."),
            )
        return None

    def require_resolve(self, thread: Thread) -> None:
        """Raise `NotYours` or `NotNow` unless the person may resolve the thread now.

        While the review waits for a decision, a change request stands until its author takes it back.
        """
        self.require(Deed.COMMENT)
        waits = self.review.state == ReviewState.SUBMITTED
        if waits and thread.kind == ThreadKind.CHANGE_REQUEST and thread.opened_by_id != self.user.pk:
            said = gettext("{name} asked for this change and is about to decide; only they take it back now.")
            raise NotYours(said.format(name=thread.opened_by.name))

    def allows(self, deed: Deed) -> bool:
        """Whether the person may do this now."""
        return self.refusal(deed) is None

    def require(self, deed: Deed) -> None:
        """Raise `NotYours` or `NotNow`, with a sentence that says why, unless the person may do this now."""
        if refusal := self.refusal(deed):
            raise refusal

    @property
    def can_change_evidence(self) -> bool:
        """Whether the person may add evidence and take it away now."""
        return self.allows(Deed.CHANGE_EVIDENCE)

    @property
    def can_comment(self) -> bool:
        """Whether the person may say something about the review now."""
        return self.allows(Deed.COMMENT)

    @property
    def can_make_template(self) -> bool:
        """Whether the person may keep the review's answers as a template."""
        return self.role in _LEADS

    @property
    def can_request(self) -> bool:
        """Whether the person may request changes now."""
        return self.allows(Deed.REQUEST_CHANGES)

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

    @cached_property
    def submission(self) -> Submission | None:
        """How the review was handed in last; None where that was before there were submissions."""
        return self.review.submissions.select_related("by").order_by("at", "id").last()

    @cached_property
    def void_approvals(self) -> list[Decision]:
        """The approvals that a change made void since the review was handed in, and that were not given again."""
        given = self.review.decisions.filter(kind=DecisionKind.APPROVED).select_related("by").order_by("at", "id")
        if self.submission:
            given = given.filter(review_version__gte=self.submission.review_version)
        again = self.review.standing_approvals.values("by")
        return list(given.exclude(review_version=self.review.version).exclude(by__in=again))

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


def may_answer(review: Review) -> QuerySet[User]:
    """Those who can answer in the review while it is open: the rule of `Deed.ANSWER`, for all people at once."""
    members = User.objects.filter(memberships__team=review.workload.team_id, memberships__role__in=_WRITERS)
    return members.filter(is_active=True).order_by("name")


def may_be_mentioned(review: Review) -> QuerySet[User]:
    """Those whom a comment on the review can mention: the team that owns the workload, readers included."""
    return User.objects.filter(memberships__team=review.workload.team_id, is_active=True).order_by("name")


def may_approve(review: Review) -> QuerySet[User]:
    """Those whose approval the review can have: the rule of `Deed.APPROVE`, for all people at once."""
    members = User.objects.filter(
        memberships__team=review.workload.team_id, memberships__role=policy_for(review).approver_role
    )
    return members.exclude(contributions__review=review)


def open_requests(review: Review) -> QuerySet[Thread]:
    """The change requests that nobody has resolved: they hold up the review's submission, and its approval."""
    return review.threads.filter(kind=ThreadKind.CHANGE_REQUEST, resolved_at=None)


def require_writer(user: User, team: Team) -> None:
    """Raise `NotYours` unless the person may write workloads and reviews of the team."""
    if not Membership.objects.filter(user=user, team=team, role__in=_WRITERS).exists():
        raise NotYours(gettext("Only an architect or a lead of {team} can do this.").format(team=team.name))


def require_template_maker(user: User, team: Team) -> None:
    """Raise `NotYours` unless the person may make and retire the team's templates."""
    if not leads(user, team):
        raise NotYours(gettext("Only a lead of {team} makes and retires its templates.").format(team=team.name))


def leads(user: User, team: Team) -> bool:
    """Whether the person is a lead of the team."""
    return Membership.objects.filter(user=user, team=team, role__in=_LEADS).exists()


def require_hand_over(workload: Workload) -> None:
    """Raise `NotNow` where a review of the workload waits for approval, so that it stays with the team that decides.

    Otherwise somebody who writes in two teams could choose whose leads approve.
    """
    waiting = workload.reviews.filter(state=ReviewState.SUBMITTED).order_by("number").first()
    if waiting is not None:
        said = gettext(
            "Review {number} waits for approval by leads of {team}, so the workload stays with them. Have it "
            "decided, or taken back, before the workload is handed to another team."
        )
        raise NotNow(said.format(number=waiting.number, team=workload.team.name))


def writable_teams(user: User) -> list[Team]:
    """The teams in which the person may write workloads and reviews."""
    return list(Team.objects.filter(memberships__user=user, memberships__role__in=_WRITERS).order_by("name"))


def require_administrator(user: User) -> None:
    """Raise `NotYours` unless the person is an administrator."""
    if not user.is_superuser:
        raise NotYours(gettext("Only an administrator can do this."))
