"""Threads of comments, evidence, and the chain of each review's trail."""

import importlib
import uuid
from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from checklists.triggers import Refusal, install, remove
from reviews.chain import link

# SQLite makes a changed table anew, and refuses that while a trigger of another table speaks of it.
ALL = [
    refusal
    for name in (
        "0002_rules_in_the_database",
        "0003_answers_in_the_new_language",
        "0004_editions_of_a_review",
        "0005_sign_off",
        "0006_approver_by_policy",
    )
    for refusal in vars(importlib.import_module(f"reviews.migrations.{name}")).get(
        "REFUSALS" if name != "0003_answers_in_the_new_language" else "ON_ADDITIONS", []
    )
]
_CLOSED = "(SELECT state FROM reviews_review WHERE id = NEW.review_id) NOT IN ('draft', 'changes_requested')"
REFUSALS = [
    Refusal(
        "evidence_insert_while_open", "reviews_evidence", "INSERT", _CLOSED, "this review is closed for evidence"
    ),
    Refusal(
        "evidence_update_while_open", "reviews_evidence", "UPDATE", _CLOSED, "this review is closed for evidence"
    ),
    Refusal("evidence_no_delete", "reviews_evidence", "DELETE", None, "evidence is never deleted"),
    Refusal(
        "evidence_only_removed",
        "reviews_evidence",
        "UPDATE",
        "OLD.removed_at IS NOT NULL OR OLD.sha256 <> NEW.sha256 OR OLD.stored_as <> NEW.stored_as OR OLD.title <> NEW.title "
        "OR OLD.url <> NEW.url OR OLD.text <> NEW.text OR OLD.review_id <> NEW.review_id OR OLD.question_id <> NEW.question_id",
        "evidence is added and removed, and never changes",
    ),
    Refusal("thread_no_delete", "reviews_thread", "DELETE", None, "a thread is never deleted"),
    Refusal("comment_no_update", "reviews_comment", "UPDATE", None, "a comment never changes"),
    Refusal("comment_no_delete", "reviews_comment", "DELETE", None, "a comment is never deleted"),
]


def threads_from_comments(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """One thread for each question that was commented on."""
    thread_model, comment_model = apps.get_model("reviews", "Thread"), apps.get_model("reviews", "Comment")
    threads = {}
    for comment in comment_model.objects.order_by("at", "id").iterator():
        place = comment.review_id, comment.question_id
        if place not in threads:
            threads[place] = thread_model.objects.create(
                review_id=comment.review_id,
                question_id=comment.question_id,
                opened_by_id=comment.author_id,
                opened_at=comment.at,
            )
        comment_model.objects.filter(pk=comment.pk).update(thread=threads[place])
    _settle(schema_editor)


def chain_events(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Number the events of each review, and put them into its chain."""
    event_model, review_model = apps.get_model("reviews", "Event"), apps.get_model("reviews", "Review")
    for review_id in review_model.objects.values_list("pk", flat=True).iterator():
        number, head = 0, ""
        for event in event_model.objects.filter(review_id=review_id).order_by("id").iterator():
            number += 1
            head = link(
                review=str(review_id),
                number=number,
                at=event.at,
                actor=event.actor_id,
                actor_name=event.actor_name,
                kind=event.kind,
                detail=event.detail,
                address=event.address,
                previous=head,
            )
            event_model.objects.filter(pk=event.pk).update(number=number, sha256=head)
        review_model.objects.filter(pk=review_id).update(trail_length=number, trail_head=head)
    _settle(schema_editor)


def _settle(schema_editor: BaseDatabaseSchemaEditor) -> None:
    """PostgreSQL changes no table while a foreign key of it waits to be checked."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        schema_editor.execute("SET CONSTRAINTS ALL DEFERRED")


class Migration(migrations.Migration):
    dependencies = [("reviews", "0008_submission_result")]

    operations = [
        migrations.RunPython(remove(ALL), install(ALL)),
        migrations.CreateModel(
            name="Evidence",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("question_id", models.CharField(max_length=128)),
                (
                    "kind",
                    models.CharField(choices=[("file", "File"), ("link", "Link"), ("quote", "Quote")], max_length=8),
                ),
                ("title", models.CharField(max_length=200)),
                ("url", models.CharField(blank=True, max_length=2000)),
                ("text", models.TextField(blank=True, max_length=4000)),
                ("source", models.CharField(blank=True, max_length=500)),
                ("file_name", models.CharField(blank=True, max_length=255)),
                ("content_type", models.CharField(blank=True, max_length=100)),
                ("size", models.PositiveBigIntegerField(null=True)),
                ("sha256", models.CharField(max_length=64)),
                ("stored_as", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField()),
                ("removed_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["at", "id"],
            },
        ),
        migrations.CreateModel(
            name="Thread",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("question_id", models.CharField(blank=True, max_length=128)),
                (
                    "kind",
                    models.CharField(
                        choices=[("discussion", "Discussion"), ("change_request", "Change request")],
                        default="discussion",
                        max_length=16,
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                ("resolved_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["opened_at", "id"],
            },
        ),
        migrations.AddField(
            model_name="evidence",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="evidence",
            name="removed_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="evidence",
            name="review",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="evidence", to="reviews.review"
            ),
        ),
        migrations.AddField(
            model_name="thread",
            name="opened_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="thread",
            name="resolved_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="thread",
            name="review",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="threads", to="reviews.review"
            ),
        ),
        migrations.AddIndex(
            model_name="evidence",
            index=models.Index(fields=["review", "question_id"], name="evidence_question"),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("kind", "file"),
                        ("size__isnull", False),
                        models.Q(("stored_as", ""), _negated=True),
                        models.Q(("file_name", ""), _negated=True),
                    ),
                    models.Q(("kind", "link"), ("stored_as", ""), models.Q(("url", ""), _negated=True)),
                    models.Q(("kind", "quote"), ("stored_as", ""), models.Q(("text", ""), _negated=True)),
                    _connector="OR",
                ),
                name="evidence_is_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.CheckConstraint(
                condition=models.Q(("title", ""), _negated=True), name="evidence_title"
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("removed_at__isnull", True), ("removed_by__isnull", True)),
                    models.Q(("removed_at__isnull", False), ("removed_by__isnull", False)),
                    _connector="OR",
                ),
                name="evidence_removed_by_somebody",
            ),
        ),
        migrations.AddIndex(
            model_name="thread",
            index=models.Index(fields=["review", "question_id"], name="thread_question"),
        ),
        migrations.AddConstraint(
            model_name="thread",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["discussion", "change_request"])), name="thread_kind"
            ),
        ),
        migrations.AddConstraint(
            model_name="thread",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("resolved_at__isnull", True), ("resolved_by__isnull", True)),
                    models.Q(("resolved_at__isnull", False), ("resolved_by__isnull", False)),
                    _connector="OR",
                ),
                name="thread_resolved_by_somebody",
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="thread",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="comments", to="reviews.thread"
            ),
        ),
        migrations.RemoveConstraint(
            model_name="event",
            name="event_kind",
        ),
        migrations.AlterField(
            model_name="event",
            name="kind",
            field=models.CharField(
                choices=[
                    ("created", "Review created"),
                    ("answered", "Question answered"),
                    ("fact_set", "Fact stated"),
                    ("checklist_added", "Checklist added"),
                    ("checklist_removed", "Checklist taken out"),
                    ("edition_changed", "Moved to another edition"),
                    ("edition_change_undone", "Move to another edition undone"),
                    ("evidence_added", "Evidence added"),
                    ("evidence_removed", "Evidence removed"),
                    ("commented", "Comment made"),
                    ("thread_resolved", "Thread resolved"),
                    ("thread_reopened", "Thread reopened"),
                    ("milestone_set", "Milestone set"),
                    ("workload_described", "Workload described anew"),
                    ("submitted", "Submitted for approval"),
                    ("resubmitted", "Submitted again"),
                    ("changes_requested", "Changes requested"),
                    ("approved", "Approved"),
                    ("withdrawn", "Withdrawn"),
                    ("approval_given", "Approval given, others to come"),
                    ("report_signed", "Report signed"),
                    ("report_stamped", "Report time-stamped"),
                    ("report_withdrawn", "Report withdrawn"),
                    ("report_superseded", "Report superseded"),
                    ("expiry_told", "End of the approval announced"),
                    ("integrity_broken", "Stored record found altered"),
                ],
                max_length=24,
            ),
        ),
        migrations.AddField(model_name="event", name="number", field=models.PositiveIntegerField(null=True)),
        migrations.AddField(model_name="event", name="sha256", field=models.CharField(max_length=64, null=True)),
        migrations.AddField(
            model_name="review",
            name="trail_head",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name="review",
            name="trail_length",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.RunPython(threads_from_comments, migrations.RunPython.noop),
        migrations.RunPython(chain_events, migrations.RunPython.noop),
        migrations.RemoveIndex(
            model_name="comment",
            name="comment_question",
        ),
        migrations.RemoveField(
            model_name="comment",
            name="question_id",
        ),
        migrations.RemoveField(
            model_name="comment",
            name="review",
        ),
        migrations.AlterField(
            model_name="comment",
            name="thread",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="comments", to="reviews.thread"
            ),
        ),
        migrations.AlterField(model_name="event", name="number", field=models.PositiveIntegerField()),
        migrations.AlterField(model_name="event", name="sha256", field=models.CharField(max_length=64)),
        migrations.AddConstraint(
            model_name="event",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "created",
                            "answered",
                            "fact_set",
                            "checklist_added",
                            "checklist_removed",
                            "edition_changed",
                            "edition_change_undone",
                            "evidence_added",
                            "evidence_removed",
                            "commented",
                            "thread_resolved",
                            "thread_reopened",
                            "milestone_set",
                            "workload_described",
                            "submitted",
                            "resubmitted",
                            "changes_requested",
                            "approved",
                            "withdrawn",
                            "approval_given",
                            "report_signed",
                            "report_stamped",
                            "report_withdrawn",
                            "report_superseded",
                            "expiry_told",
                            "integrity_broken",
                        ],
                    )
                ),
                name="event_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="event",
            constraint=models.UniqueConstraint(fields=("review", "number"), name="event_number_once"),
        ),
        migrations.RunPython(install(ALL), remove(ALL)),
        migrations.RunPython(install(REFUSALS), remove(REFUSALS)),
    ]
