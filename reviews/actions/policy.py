"""Setting what an approval takes, and going back to the default."""

from django.utils.translation import gettext as _

from checklists.language import WorkloadKind
from checklists.locale import number
from reviews.access import Actor, require_administrator
from reviews.actions.errors import Invalid
from reviews.actions.transaction import writing
from reviews.models import APPROVER_ROLES, MOST_APPROVERS, MOST_VALID_DAYS, Criticality, Policy
from reviews.policies import PolicyInForce


def set_policy(actor: Actor, *, kind: WorkloadKind, criticality: Criticality, policy: PolicyInForce) -> Policy:
    """Let a policy hold from now on, also for the reviews that wait for approval.

    Raises `NotYours` for who is not an administrator, and `Invalid` with a sentence for each value out of bounds.
    """
    require_administrator(actor.user)
    errors = {}
    if not 1 <= policy.approvers <= MOST_APPROVERS:
        errors["approvers"] = _("A review takes 1 to {most_approvers} approvers; {approvers} were asked for.").format(
            most_approvers=MOST_APPROVERS, approvers=policy.approvers
        )
    if policy.approver_role not in APPROVER_ROLES:
        errors["approver_role"] = _("Leads or architects approve; readers do not.")
    if not 1 <= policy.valid_days <= MOST_VALID_DAYS:
        errors["valid_days"] = _(
            "An approval lasts 1 to {most_valid_days} days (ten years); {valid_days} were asked for."
        ).format(most_valid_days=number(MOST_VALID_DAYS), valid_days=number(policy.valid_days))
    if errors:
        raise Invalid(errors)
    with writing():
        made, _fresh = Policy.objects.update_or_create(
            kind=kind, criticality=criticality, defaults={**vars(policy), "changed_by": actor.user}
        )
    return made


def reset_policy(actor: Actor, *, kind: WorkloadKind, criticality: Criticality) -> None:
    """Let the default hold again. Raises `NotYours` for who is not an administrator."""
    require_administrator(actor.user)
    with writing():
        Policy.objects.filter(kind=kind, criticality=criticality).delete()
