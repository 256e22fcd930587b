"""The rules of the review that no code path may get around, kept by the database itself."""

from django.db import migrations

from checklists.triggers import Refusal, install, remove

_CLOSED = "(SELECT state FROM reviews_review WHERE id = {row}.review_id) NOT IN ('draft', 'changes_requested')"
_BY_CONTRIBUTOR = "EXISTS (SELECT 1 FROM reviews_contributor WHERE review_id = NEW.review_id AND user_id = NEW.by_id)"


def _immutable(table: str, what: str) -> list[Refusal]:
    return [
        Refusal(f"{table}_no_update", table, "UPDATE", None, f"{what} never changes"),
        Refusal(f"{table}_no_delete", table, "DELETE", None, f"{what} is never deleted"),
    ]


REFUSALS = [
    Refusal(
        "decision_not_by_contributor",
        "reviews_decision",
        "INSERT",
        _BY_CONTRIBUTOR,
        "nobody decides on a review that they wrote or answered in",
    ),
    Refusal(
        "decision_on_submitted_review",
        "reviews_decision",
        "INSERT",
        "(SELECT state FROM reviews_review WHERE id = NEW.review_id) <> 'submitted'",
        "only a submitted review can be decided on",
    ),
    Refusal(
        "answer_insert_while_open",
        "reviews_answer",
        "INSERT",
        _CLOSED.format(row="NEW"),
        "this review is closed for answers",
    ),
    Refusal(
        "answer_update_while_open",
        "reviews_answer",
        "UPDATE",
        f"{_CLOSED.format(row='OLD')} OR {_CLOSED.format(row='NEW')}",
        "this review is closed for answers",
    ),
    Refusal(
        "answer_delete_while_open",
        "reviews_answer",
        "DELETE",
        _CLOSED.format(row="OLD"),
        "this review is closed for answers",
    ),
    Refusal(
        "review_end_is_final",
        "reviews_review",
        "UPDATE",
        "OLD.state IN ('approved', 'withdrawn') AND NEW.state <> OLD.state",
        "an approved or withdrawn review stays so",
    ),
    Refusal(
        "report_stays_ready",
        "reviews_report",
        "UPDATE",
        "OLD.state = 'ready'",
        "a signed report never changes",
    ),
    Refusal("report_no_delete", "reviews_report", "DELETE", None, "a report is never deleted"),
    Refusal("contributor_no_delete", "reviews_contributor", "DELETE", None, "who contributed stays a contributor"),
    Refusal("contributor_no_update", "reviews_contributor", "UPDATE", None, "who contributed stays a contributor"),
    *_immutable("reviews_decision", "a decision"),
    *_immutable("reviews_event", "an event"),
    *_immutable("reviews_snapshot", "a snapshot"),
]


class Migration(migrations.Migration):
    dependencies = [("reviews", "0001_initial")]
    operations = [migrations.RunPython(install(REFUSALS), remove(REFUSALS))]
