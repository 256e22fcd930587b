"""Drafts of checklists; ids of checklists as long as the language allows them."""

import importlib

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual

from checklists.triggers import install, remove

# SQLite makes a changed table anew, and its triggers are gone with the old one.
REFUSALS = importlib.import_module("checklists.migrations.0002_editions_are_immutable").REFUSALS


class Migration(migrations.Migration):
    dependencies = [
        ("checklists", "0003_editions_of_any_kind"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.RunPython(remove(REFUSALS), install(REFUSALS)),
        migrations.AlterField(
            model_name="edition", name="key", field=models.SlugField(max_length=128, verbose_name="checklist")
        ),
        migrations.RunPython(install(REFUSALS), remove(REFUSALS)),
        migrations.CreateModel(
            name="Draft",
            fields=[
                (
                    "key",
                    models.SlugField(max_length=128, primary_key=True, serialize=False, verbose_name="checklist"),
                ),
                ("text", models.TextField()),
                ("version", models.PositiveIntegerField(default=1)),
                ("origin", models.JSONField(default=dict)),
                ("changed_at", models.DateTimeField()),
                (
                    "base",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="checklists.edition",
                    ),
                ),
                (
                    "changed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["key"],
                "constraints": [
                    models.CheckConstraint(condition=LessThanOrEqual(Length("text"), 4000000), name="draft_length"),
                    models.CheckConstraint(condition=models.Q(("version__gte", 1)), name="draft_version"),
                ],
            },
        ),
    ]
