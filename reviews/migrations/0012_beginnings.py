"""Answers that are to be confirmed, templates, and the events of both."""

import importlib
import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from checklists.triggers import Refusal, install, remove

# SQLite makes a changed table anew, and refuses that while a trigger of another table speaks of it.
_0009 = importlib.import_module("reviews.migrations.0009_answering_together")
_0011 = importlib.import_module("reviews.migrations.0011_requests_are_resolved")
ALL = [*_0009.ALL, *_0009.REFUSALS, *_0011.REFUSALS]
REFUSALS = [
    Refusal("template_no_delete", "reviews_template", "DELETE", None, "a template is never deleted"),
    Refusal(
        "template_only_retired",
        "reviews_template",
        "UPDATE",
        "OLD.retired_at IS NOT NULL OR OLD.review_id <> NEW.review_id OR OLD.team_id <> NEW.team_id OR OLD.at <> NEW.at",
        "a template is made and retired, and never changes",
    ),
]


class Migration(migrations.Migration):
    dependencies = [
        ("checklists", "0004_drafts"),
        ("reviews", "0011_requests_are_resolved"),
    ]

    operations = [
        migrations.RunPython(remove(ALL), install(ALL)),
        migrations.CreateModel(
            name="Template",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=120)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("eda", "Exploratory data analysis"),
                            ("training", "Training and fine-tuning"),
                            ("inferencing", "Inferencing (model hosting)"),
                        ],
                        max_length=16,
                    ),
                ),
                ("answers", models.JSONField()),
                ("at", models.DateTimeField()),
                ("retired_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["name", "at"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="event",
            name="event_kind",
        ),
        migrations.AddField(
            model_name="answer",
            name="confirmed",
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name="review",
            name="begun_with",
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AlterField(
            model_name="event",
            name="kind",
            field=models.CharField(
                choices=[
                    ("created", "Review created"),
                    ("answered", "Question answered"),
                    ("answers_carried_over", "Answers carried over, to be confirmed"),
                    ("template_made", "Template made"),
                    ("fact_set", "Fact stated"),
                    ("checklist_added", "Checklist added"),
                    ("checklist_removed", "Checklist taken out"),
                    ("edition_changed", "Moved to another edition"),
                    ("edition_change_undone", "Move to another edition undone"),
                    ("assigned", "Assigned"),
                    ("assignment_ended", "Assignment taken back"),
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
        migrations.AddConstraint(
            model_name="event",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "created",
                            "answered",
                            "answers_carried_over",
                            "template_made",
                            "fact_set",
                            "checklist_added",
                            "checklist_removed",
                            "edition_changed",
                            "edition_change_undone",
                            "assigned",
                            "assignment_ended",
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
        migrations.AddField(
            model_name="template",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="template",
            name="edition",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="checklists.edition"
            ),
        ),
        migrations.AddField(
            model_name="template",
            name="retired_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="template",
            name="review",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="templates", to="reviews.review"
            ),
        ),
        migrations.AddField(
            model_name="template",
            name="team",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="templates", to="reviews.team"
            ),
        ),
        migrations.AddConstraint(
            model_name="template",
            constraint=models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="template_name"),
        ),
        migrations.AddConstraint(
            model_name="template",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["eda", "training", "inferencing"])), name="template_kind"
            ),
        ),
        migrations.AddConstraint(
            model_name="template",
            constraint=models.UniqueConstraint(
                condition=models.Q(("retired_at__isnull", True)), fields=("team", "name"), name="template_name_once"
            ),
        ),
        migrations.RunPython(install(ALL), remove(ALL)),
        migrations.RunPython(install(REFUSALS), remove(REFUSALS)),
    ]
