"""Editions for workloads of any kind, longer titles, notes."""

import importlib

from django.db import migrations, models

from checklists.triggers import install, remove

# SQLite makes a changed table anew, and its triggers are gone with the old one.
REFUSALS = importlib.import_module("checklists.migrations.0002_editions_are_immutable").REFUSALS
KINDS = ["eda", "training", "inferencing", "any"]


class Migration(migrations.Migration):
    dependencies = [("checklists", "0002_editions_are_immutable")]
    operations = [
        migrations.RunPython(remove(REFUSALS), install(REFUSALS)),
        migrations.RemoveConstraint(model_name="edition", name="edition_kind"),
        migrations.AlterField(model_name="edition", name="title", field=models.CharField(max_length=200)),
        migrations.AlterField(
            model_name="edition",
            name="kind",
            field=models.CharField(choices=[(kind, kind) for kind in KINDS], max_length=16),
        ),
        migrations.AddField(
            model_name="edition", name="notes", field=models.TextField(blank=True, default=""), preserve_default=False
        ),
        migrations.AddConstraint(
            model_name="edition",
            constraint=models.CheckConstraint(condition=models.Q(("kind__in", KINDS)), name="edition_kind"),
        ),
        migrations.RunPython(install(REFUSALS), remove(REFUSALS)),
    ]
