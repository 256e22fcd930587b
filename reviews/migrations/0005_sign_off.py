"""Submissions, policies, several approvals; revisions, marks and reminders of reports; issued certificates."""

import importlib

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from checklists.triggers import Refusal, install, remove

# SQLite makes a changed table anew, and its triggers are gone with the old one.
_RULES = importlib.import_module("reviews.migrations.0002_rules_in_the_database").REFUSALS
ON_CHANGED = [
    refusal for refusal in _RULES if refusal.table in {"reviews_decision", "reviews_event", "reviews_snapshot"}
]


def _immutable(table: str, what: str) -> list[Refusal]:
    return [
        Refusal(f"{table}_no_update", table, "UPDATE", None, f"{what} never changes"),
        Refusal(f"{table}_no_delete", table, "DELETE", None, f"{what} is never deleted"),
    ]


REFUSALS = [
    *_immutable("reviews_submission", "a submission"),
    *_immutable("reviews_reportrevision", "a revision of a report"),
    *_immutable("reviews_reportmark", "what became of a report"),
    *_immutable("reviews_reminder", "a reminder"),
    Refusal(
        "issuedcertificate_no_delete",
        "reviews_issuedcertificate",
        "DELETE",
        None,
        "an issued certificate is never forgotten",
    ),
    Refusal(
        "issuedcertificate_stays_revoked",
        "reviews_issuedcertificate",
        "UPDATE",
        "OLD.revoked_at IS NOT NULL",
        "a revoked certificate stays revoked",
    ),
]


class Migration(migrations.Migration):
    dependencies = [
        ("reviews", "0004_editions_of_a_review"),
    ]

    operations = [
        migrations.RunPython(remove(ON_CHANGED), install(ON_CHANGED)),
        migrations.CreateModel(
            name="IssuedCertificate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("serial", models.CharField(max_length=64, unique=True)),
                ("issuer_sha256", models.CharField(max_length=64)),
                ("subject", models.TextField()),
                ("not_before", models.DateTimeField()),
                ("not_after", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
                ("reason", models.TextField(blank=True)),
            ],
            options={
                "ordering": ["not_before", "id"],
            },
        ),
        migrations.CreateModel(
            name="Policy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                (
                    "criticality",
                    models.CharField(
                        choices=[
                            ("low", "Low"),
                            ("medium", "Medium"),
                            ("high", "High"),
                            ("critical", "Mission critical"),
                        ],
                        max_length=16,
                    ),
                ),
                ("approvers", models.PositiveSmallIntegerField()),
                (
                    "approver_role",
                    models.CharField(
                        choices=[("architect", "Architect"), ("lead", "Lead"), ("reader", "Reader")],
                        default="lead",
                        max_length=16,
                    ),
                ),
                ("blocks_on_high", models.BooleanField()),
                ("valid_days", models.PositiveIntegerField()),
                ("changed_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "ordering": ["kind", "criticality"],
            },
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("days", models.PositiveSmallIntegerField()),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="ReportMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("withdrawn", "Withdrawn"), ("superseded", "Superseded")], max_length=12
                    ),
                ),
                ("at", models.DateTimeField()),
                ("reason", models.TextField(blank=True)),
            ],
            options={
                "ordering": ["at", "id"],
            },
        ),
        migrations.CreateModel(
            name="ReportRevision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("level", models.CharField(max_length=8)),
                ("pdf", models.BinaryField()),
                ("pdf_sha256", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["number"],
            },
        ),
        migrations.CreateModel(
            name="Submission",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[("architect", "Architect"), ("lead", "Lead"), ("reader", "Reader")], max_length=16
                    ),
                ),
                ("at", models.DateTimeField()),
                ("statement", models.TextField(max_length=20000)),
                ("review_version", models.PositiveIntegerField()),
            ],
            options={
                "ordering": ["at", "id"],
            },
        ),
        migrations.AlterModelOptions(
            name="decision",
            options={"ordering": ["at", "id"]},
        ),
        migrations.RemoveConstraint(
            model_name="decision",
            name="decision_one_approval",
        ),
        migrations.RemoveConstraint(
            model_name="event",
            name="event_kind",
        ),
        migrations.AddField(
            model_name="decision",
            name="role",
            field=models.CharField(default="lead", max_length=16),
        ),
        migrations.AddField(
            model_name="snapshot",
            name="valid_until",
            field=models.DateTimeField(null=True),
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
                    ("commented", "Comment made"),
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
        migrations.AddIndex(
            model_name="snapshot",
            index=models.Index(fields=["valid_until"], name="snapshot_valid_until"),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "approved")),
                fields=("review", "by", "review_version"),
                name="decision_approval_once",
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
                            "fact_set",
                            "checklist_added",
                            "checklist_removed",
                            "edition_changed",
                            "edition_change_undone",
                            "commented",
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
            model_name="issuedcertificate",
            name="report",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="certificates",
                to="reviews.report",
            ),
        ),
        migrations.AddField(
            model_name="issuedcertificate",
            name="user",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="certificates",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="policy",
            name="changed_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="reminder",
            name="report",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="reminders", to="reviews.report"
            ),
        ),
        migrations.AddField(
            model_name="reportmark",
            name="by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="reportmark",
            name="report",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="marks", to="reviews.report"
            ),
        ),
        migrations.AddField(
            model_name="reportmark",
            name="successor",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="reviews.review"
            ),
        ),
        migrations.AddField(
            model_name="reportrevision",
            name="report",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="revisions", to="reviews.report"
            ),
        ),
        migrations.AddField(
            model_name="submission",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="submission",
            name="review",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="submissions", to="reviews.review"
            ),
        ),
        migrations.AddConstraint(
            model_name="issuedcertificate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("revoked_at__isnull", True), models.Q(("reason", ""), _negated=True), _connector="OR"
                ),
                name="certificate_revoked_with_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="policy",
            constraint=models.UniqueConstraint(fields=("kind", "criticality"), name="policy_once"),
        ),
        migrations.AddConstraint(
            model_name="policy",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["eda", "training", "inferencing"])), name="policy_kind"
            ),
        ),
        migrations.AddConstraint(
            model_name="policy",
            constraint=models.CheckConstraint(
                condition=models.Q(("criticality__in", ["low", "medium", "high", "critical"])),
                name="policy_criticality",
            ),
        ),
        migrations.AddConstraint(
            model_name="policy",
            constraint=models.CheckConstraint(
                condition=models.Q(("approvers__gte", 1), ("approvers__lte", 3)), name="policy_approvers"
            ),
        ),
        migrations.AddConstraint(
            model_name="policy",
            constraint=models.CheckConstraint(
                condition=models.Q(("approver_role__in", ["lead", "architect"])), name="policy_role"
            ),
        ),
        migrations.AddConstraint(
            model_name="policy",
            constraint=models.CheckConstraint(
                condition=models.Q(("valid_days__gte", 1), ("valid_days__lte", 3660)), name="policy_valid_days"
            ),
        ),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=models.UniqueConstraint(fields=("report", "days"), name="reminder_once"),
        ),
        migrations.AddConstraint(
            model_name="reportmark",
            constraint=models.UniqueConstraint(fields=("report", "kind"), name="mark_once"),
        ),
        migrations.AddConstraint(
            model_name="reportmark",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "withdrawn"), models.Q(("reason", ""), _negated=True), ("by__isnull", False)),
                    models.Q(("kind", "superseded"), ("successor__isnull", False)),
                    _connector="OR",
                ),
                name="mark_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="reportrevision",
            constraint=models.UniqueConstraint(fields=("report", "number"), name="revision_once"),
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.CheckConstraint(
                condition=models.Q(("statement", ""), _negated=True), name="submission_statement"
            ),
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.CheckConstraint(
                condition=models.Q(("role__in", ["architect", "lead", "reader"])), name="submission_role"
            ),
        ),
        migrations.RunPython(install(ON_CHANGED), remove(ON_CHANGED)),
        migrations.RunPython(install(REFUSALS), remove(REFUSALS)),
    ]
