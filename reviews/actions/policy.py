"""Setting what an approval takes, and going back to the default."""

from django.utils.translation import gettext as _

from checklists.language import WorkloadKind
from checklists.locale import number
from reviews.access import Actor, require_administrator
from reviews.actions.errors import Invalid, Stale
from reviews.actions.transaction import writing
from reviews.models import APPROVER_ROLES, MOST_APPROVERS, MOST_VALID_DAYS, Criticality, Policy
from reviews.policies import PolicyInForce, as_set


def set_policy(
    actor: Actor,
    *,
    kind: WorkloadKind,
    criticality: Criticality,
    policy: PolicyInForce,
    based_on: str | None = None,
) -> Policy:
    """Let a policy hold from now on, also for the reviews that wait for approval.

    `based_on` is the version that the person read, empty for the default; None where nobody read one.

    Raises `NotYours` for who is not an administrator, `Invalid` with a sentence for each value out of bounds, and
    `Stale` where what another administrator set would be overwritten.
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
        stored = _require_unchanged(kind, criticality, based_on, but_for=policy)
        if stored is not None and as_set(stored) == policy:
            return stored
        made, _fresh = Policy.objects.update_or_create(
            kind=kind, criticality=criticality, defaults={**vars(policy), "changed_by": actor.user}
        )
    return made


def reset_policy(actor: Actor, *, kind: WorkloadKind, criticality: Criticality, based_on: str | None = None) -> None:
    """Let the default hold again. Raises `NotYours` for who is not an administrator, and `Stale` as `set_policy`."""
    require_administrator(actor.user)
    with writing():
        _require_unchanged(kind, criticality, based_on)
        Policy.objects.filter(kind=kind, criticality=criticality).delete()


def _require_unchanged(
    kind: WorkloadKind, criticality: Criticality, based_on: str | None, *, but_for: PolicyInForce | None = None
) -> Policy | None:
    """The stored policy, held, None for the default; raises `Stale` where it is neither as read nor as wished."""
    stored = Policy.objects.select_for_update().filter(kind=kind, criticality=criticality).first()
    wished = stored is not None and as_set(stored) == but_for
    if not wished and based_on is not None and based_on != (stored.version if stored else ""):
        raise Stale(_("This policy was changed after you opened it. Nothing of yours is lost: compare, then choose."))
    return stored
