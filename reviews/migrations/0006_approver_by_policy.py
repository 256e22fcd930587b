"""Who approves has the role that the policy asks for, in the team, and approves the review as it is."""

from django.db import migrations

from checklists.triggers import Refusal, install, remove

# Where no administrator set a policy, leads approve (reviews.policies.DEFAULT_ROLE).
_ROLE = """COALESCE(
    (SELECT policy.approver_role
     FROM reviews_policy policy
     JOIN reviews_review review ON review.kind = policy.kind
     JOIN reviews_workload workload ON workload.id = review.workload_id AND workload.criticality = policy.criticality
     WHERE review.id = NEW.review_id),
    'lead')"""
_IS_SO = """EXISTS (
    SELECT 1
    FROM reviews_membership membership
    JOIN reviews_workload workload ON workload.team_id = membership.team_id
    JOIN reviews_review review ON review.workload_id = workload.id
    WHERE review.id = NEW.review_id AND membership.user_id = NEW.by_id AND membership.role = NEW.role)"""

REFUSALS = [
    Refusal(
        "approval_in_role_of_policy",
        "reviews_decision",
        "INSERT",
        f"NEW.kind = 'approved' AND (NEW.role <> {_ROLE} OR NOT {_IS_SO})",
        "only a person in the role that the policy asks for approves",
    ),
    Refusal(
        "decision_on_present_version",
        "reviews_decision",
        "INSERT",
        "NEW.review_version <> (SELECT version FROM reviews_review WHERE id = NEW.review_id)",
        "a decision is about the review as it is",
    ),
]


class Migration(migrations.Migration):
    dependencies = [("reviews", "0005_sign_off")]
    operations = [migrations.RunPython(install(REFUSALS), remove(REFUSALS))]
