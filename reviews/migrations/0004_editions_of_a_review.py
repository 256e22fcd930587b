"""Milestones, moves to another edition, and the events that tell of them."""

import importlib

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from checklists.triggers import Refusal, install, remove

_RULES = importlib.import_module("reviews.migrations.0002_rules_in_the_database").REFUSALS
ON_EVENTS = [refusal for refusal in _RULES if refusal.table == "reviews_event"]

REFUSALS = [
    Refusal("milestone_no_update", "reviews_milestone", "UPDATE", None, "a milestone never changes"),
    Refusal("milestone_no_delete", "reviews_milestone", "DELETE", None, "a milestone is never deleted"),
    Refusal("edition_change_no_delete", "reviews_editionchange", "DELETE", None, "a move is never deleted"),
    Refusal(
        "edition_change_undone_once",
        "reviews_editionchange",
        "UPDATE",
        "OLD.undone_at IS NOT NULL",
        "a move that was undone never changes",
    ),
    Refusal(
        "review_edition_while_open",
        "reviews_review",
        "UPDATE",
        "NEW.edition_id <> OLD.edition_id AND OLD.state NOT IN ('draft', 'changes_requested')",
        "a review that is closed keeps its edition",
    ),
]


class Migration(migrations.Migration):
    dependencies = [
        ("checklists", "0003_editions_of_any_kind"),
        ("reviews", "0003_answers_in_the_new_language"),
    ]

    operations = [
        migrations.CreateModel(
            name="EditionChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("answers", models.JSONField(default=dict)),
                ("at", models.DateTimeField()),
                ("undone_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["at", "id"],
            },
        ),
        migrations.CreateModel(
            name="Milestone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200)),
                ("content", models.TextField()),
                ("sha256", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ["at", "id"],
            },
        ),
        migrations.RunPython(remove(ON_EVENTS), install(ON_EVENTS)),
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
                    ("commented", "Comment made"),
                    ("submitted", "Submitted for approval"),
                    ("resubmitted", "Submitted again"),
                    ("changes_requested", "Changes requested"),
                    ("approved", "Approved"),
                    ("withdrawn", "Withdrawn"),
                    ("report_signed", "Report signed"),
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
                            "report_signed",
                        ],
                    )
                ),
                name="event_kind",
            ),
        ),
        migrations.AddField(
            model_name="editionchange",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="editionchange",
            name="new",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="checklists.edition"
            ),
        ),
        migrations.AddField(
            model_name="editionchange",
            name="old",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="checklists.edition"
            ),
        ),
        migrations.AddField(
            model_name="editionchange",
            name="review",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="edition_changes", to="reviews.review"
            ),
        ),
        migrations.AddField(
            model_name="milestone",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="milestone",
            name="review",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="milestones", to="reviews.review"
            ),
        ),
        migrations.AddField(
            model_name="editionchange",
            name="milestone",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="edition_change", to="reviews.milestone"
            ),
        ),
        migrations.AddConstraint(
            model_name="milestone",
            constraint=models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="milestone_name"),
        ),
        migrations.AddConstraint(
            model_name="editionchange",
            constraint=models.CheckConstraint(
                condition=models.Q(("old", models.F("new")), _negated=True), name="edition_change_is_one"
            ),
        ),
        migrations.RunPython(install(ON_EVENTS), remove(ON_EVENTS)),
        migrations.RunPython(install(REFUSALS), remove(REFUSALS)),
    ]
