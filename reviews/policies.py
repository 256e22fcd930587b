"""What an approval takes: the policy in force, and how far a review is under it."""

from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from checklists.language import WorkloadKind
from checklists.locale import number as localized_number
from reviews.languages import IN_ENGLISH
from reviews.models import Criticality, Decision, Policy, Review, Role, Snapshot

DEFAULT_ROLE = Role.LEAD
"""Who approves where no administrator decided; migration 0006 says the same to the database."""


@dataclass(frozen=True)
class PolicyInForce:
    """What an approval takes: see `reviews.models.Policy`."""

    approvers: int
    approver_role: Role
    blocks_on_high: bool
    valid_days: int

    @property
    def who(self) -> str:
        """How many approve, and in which role: “2 leads”."""
        return people_of(self.approvers, self.approver_role)

    @property
    def sentence(self) -> str:
        """All of it, in words."""
        who = ngettext("{who} approves it.", "{who} approve it.", self.approvers).format(who=self.who)
        high = (
            _("Nobody approves while a high risk is open.")
            if self.blocks_on_high
            else _("High risks do not block approval.")
        )
        lasts = ngettext("The approval lasts {days} day.", "The approval lasts {days} days.", self.valid_days)
        return f"{who} {high} {lasts.format(days=localized_number(self.valid_days))}"


@dataclass(frozen=True)
class Approvals:
    """How far a submitted review is: what its policy asks, and the approvals that count under it, in order."""

    policy: PolicyInForce
    given: tuple[Decision, ...]

    @property
    def missing(self) -> int:
        """How many are still needed; one at least, as only an approval closes a review."""
        return max(1, self.policy.approvers - len(self.given))

    @property
    def awaited(self) -> str:
        """Who is still needed: “1 more lead”."""
        return people_of(self.missing, self.policy.approver_role, more=bool(self.given))


ROLE_WORDS = {
    Role.ARCHITECT: gettext_lazy("architect"),
    Role.LEAD: gettext_lazy("lead"),
    Role.READER: gettext_lazy("reader"),
}
"""The roles inside a sentence."""


def people_of(number: int, role: Role, *, more: bool = False) -> str:
    """So many people in a role, in words; `more` than there are already. Readers do not come in numbers."""
    said = {
        (Role.LEAD, False): ngettext("{number} lead", "{number} leads", number),
        (Role.LEAD, True): ngettext("{number} more lead", "{number} more leads", number),
        (Role.ARCHITECT, False): ngettext("{number} architect", "{number} architects", number),
        (Role.ARCHITECT, True): ngettext("{number} more architect", "{number} more architects", number),
    }
    return said[role, more].format(number=number)


def policy_for(review: Review) -> PolicyInForce:
    """The policy for the review's kind and the workload's criticality: an administrator's, or the default."""
    kind, criticality = WorkloadKind(review.kind), Criticality(review.workload.criticality)
    set_by_hand = Policy.objects.filter(kind=kind, criticality=criticality).first()
    return as_set(set_by_hand) if set_by_hand else default_policy(kind, criticality)


def policy_of(snapshot: Snapshot) -> PolicyInForce | None:
    """The policy under which a review was approved; None where there was none yet."""
    said = snapshot.data.get("policy")
    with translation.override(IN_ENGLISH):
        roles = {str(role.label): role for role in Role}
    return PolicyInForce(**{**said, "approver_role": roles[said["approver_role"]]}) if said else None


def as_set(policy: Policy) -> PolicyInForce:
    """A policy as an administrator set it."""
    return PolicyInForce(
        approvers=policy.approvers,
        approver_role=Role(policy.approver_role),
        blocks_on_high=policy.blocks_on_high,
        valid_days=policy.valid_days,
    )


def default_policy(kind: WorkloadKind, criticality: Criticality) -> PolicyInForce:
    """What holds where no administrator decided.

    Inferencing is production: a high risk that is open blocks approval where failure does much harm, and what is
    mission critical takes two approvers and is looked at twice a year. All else is looked at once a year.
    """
    serious = kind is WorkloadKind.INFERENCING and criticality in {Criticality.HIGH, Criticality.CRITICAL}
    critical = kind is WorkloadKind.INFERENCING and criticality is Criticality.CRITICAL
    return PolicyInForce(
        approvers=2 if critical else 1,
        approver_role=DEFAULT_ROLE,
        blocks_on_high=serious,
        valid_days=182 if critical else 365,
    )


def approvals_of(review: Review, policy: PolicyInForce) -> Approvals:
    """The approvals of the review at its present version, in the role that the policy asks for."""
    given = review.standing_approvals.filter(role=policy.approver_role).select_related("by").order_by("at", "id")
    return Approvals(policy, tuple(given))
