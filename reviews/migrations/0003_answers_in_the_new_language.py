"""Facts of every type, answers with tables and practices that do not apply, checklists added to a review."""

import importlib

import django.db.models.deletion
from django.db import migrations, models

from checklists.triggers import Refusal, install, remove

# SQLite makes a changed table anew, and its triggers are gone with the old one.
_RULES = importlib.import_module("reviews.migrations.0002_rules_in_the_database").REFUSALS
ON_ANSWERS = [refusal for refusal in _RULES if refusal.table == "reviews_answer"]

_CLOSED = "(SELECT state FROM reviews_review WHERE id = {row}.review_id) NOT IN ('draft', 'changes_requested')"
ON_ADDITIONS = [
    Refusal(
        f"addition_{change.lower()}_while_open",
        "reviews_reviewaddition",
        change,
        _CLOSED.format(row="OLD" if change == "DELETE" else "NEW"),
        "this review is closed: nothing is added to it or taken out of it",
    )
    for change in ("INSERT", "UPDATE", "DELETE")
]


class Migration(migrations.Migration):
    dependencies = [
        ("checklists", "0003_editions_of_any_kind"),
        ("reviews", "0002_rules_in_the_database"),
    ]
    operations = [
        migrations.RunPython(remove(ON_ANSWERS), install(ON_ANSWERS)),
        migrations.AddField(model_name="answer", name="left_out", field=models.JSONField(default=list)),
        migrations.AddField(model_name="answer", name="rows", field=models.JSONField(default=list)),
        migrations.AlterField(model_name="answer", name="question_id", field=models.CharField(max_length=128)),
        migrations.RunPython(install(ON_ANSWERS), remove(ON_ANSWERS)),
        migrations.AlterField(model_name="comment", name="question_id", field=models.CharField(max_length=128)),
        migrations.AlterField(model_name="workloadfact", name="name", field=models.CharField(max_length=128)),
        migrations.AddField(
            model_name="workloadfact", name="stated", field=models.JSONField(default=False), preserve_default=False
        ),
        migrations.RunPython(
            lambda apps, _: [
                apps.get_model("reviews", "WorkloadFact").objects.filter(value=value).update(stated=value)
                for value in (True, False)
            ],
            migrations.RunPython.noop,
        ),
        migrations.RemoveField(model_name="workloadfact", name="value"),
        migrations.RenameField(model_name="workloadfact", old_name="stated", new_name="value"),
        migrations.CreateModel(
            name="ReviewAddition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="checklists.edition"
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="additions", to="reviews.review"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("review", "edition"), name="addition_once")],
            },
        ),
        migrations.RunPython(install(ON_ADDITIONS), remove(ON_ADDITIONS)),
    ]
