"""No review is handed in, and none approved, while a change request is open."""

from django.db import migrations

from checklists.triggers import Refusal, install, remove

_OPEN = """EXISTS (SELECT 1 FROM reviews_thread WHERE review_id = NEW.review_id
    AND kind = 'change_request' AND resolved_at IS NULL)"""

REFUSALS = [
    Refusal(
        "submission_with_requests_resolved",
        "reviews_submission",
        "INSERT",
        _OPEN,
        "change requests are resolved before a review is handed in",
    ),
    Refusal(
        "approval_with_requests_resolved",
        "reviews_decision",
        "INSERT",
        f"NEW.kind = 'approved' AND {_OPEN}",
        "a review is not approved while a change request is open",
    ),
]


class Migration(migrations.Migration):
    dependencies = [("reviews", "0010_notices")]
    operations = [migrations.RunPython(install(REFUSALS), remove(REFUSALS))]
