"""Editions never change: refused by the database itself, whoever asks."""

from django.db import migrations

from checklists.triggers import Refusal, install, remove

REFUSALS = [
    Refusal("edition_immutable_update", "checklists_edition", "UPDATE", None, "an edition never changes"),
    Refusal("edition_immutable_delete", "checklists_edition", "DELETE", None, "an edition is never deleted"),
]


class Migration(migrations.Migration):
    dependencies = [("checklists", "0001_initial")]
    operations = [migrations.RunPython(install(REFUSALS), remove(REFUSALS))]
