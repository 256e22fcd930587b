"""No review is handed in, and none approved, while a change request is open."""

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

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


def open_requests(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Where changes are requested already, the statement of that is a change request, as it is from now on."""
    review_model, decision_model = apps.get_model("reviews", "Review"), apps.get_model("reviews", "Decision")
    thread_model, comment_model = apps.get_model("reviews", "Thread"), apps.get_model("reviews", "Comment")
    comment_model._meta.get_field("at").auto_now_add = False
    for review in review_model.objects.filter(state="changes_requested").iterator():
        requests = decision_model.objects.filter(review=review, kind="changes_requested").order_by("at", "id")
        if request := requests.last():
            thread = thread_model.objects.create(
                review=review, kind="change_request", opened_by_id=request.by_id, opened_at=request.at
            )
            comment_model.objects.create(
                thread=thread, author_id=request.by_id, text=request.statement, at=request.at
            )


class Migration(migrations.Migration):
    dependencies = [("reviews", "0010_notices")]
    operations = [
        migrations.RunPython(install(REFUSALS), remove(REFUSALS)),
        migrations.RunPython(open_requests, migrations.RunPython.noop),
    ]
