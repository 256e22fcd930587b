"""Which policy is in force for a review."""

from dataclasses import dataclass

from checklists.language import WorkloadKind
from reviews.models import Criticality, Policy, Review, Role


@dataclass(frozen=True)
class PolicyInForce:
    """What an approval takes: see `reviews.models.Policy`."""

    approvers: int
    approver_role: Role
    blocks_on_high: bool
    valid_days: int


def policy_for(review: Review) -> PolicyInForce:
    """The policy for the review's kind and the workload's criticality: an administrator's, or the default."""
    kind, criticality = WorkloadKind(review.kind), Criticality(review.workload.criticality)
    set_by_hand = Policy.objects.filter(kind=kind, criticality=criticality).first()
    if set_by_hand is None:
        return default_policy(kind, criticality)
    return PolicyInForce(
        approvers=set_by_hand.approvers,
        approver_role=Role(set_by_hand.approver_role),
        blocks_on_high=set_by_hand.blocks_on_high,
        valid_days=set_by_hand.valid_days,
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
        approver_role=Role.LEAD,
        blocks_on_high=serious,
        valid_days=182 if critical else 365,
    )
