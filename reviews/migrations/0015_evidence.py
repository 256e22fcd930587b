"""Files on their way into the storage; nothing of a piece of evidence changes."""

from django.db import migrations, models

from checklists.triggers import Refusal, install, remove

REFUSALS = [
    Refusal(
        "evidence_stays_as_it_is",
        "reviews_evidence",
        "UPDATE",
        "OLD.kind <> NEW.kind OR OLD.source <> NEW.source OR OLD.file_name <> NEW.file_name OR OLD.by_id <> NEW.by_id "
        "OR OLD.content_type <> NEW.content_type OR COALESCE(OLD.size, 0) <> COALESCE(NEW.size, 0) OR OLD.at <> NEW.at",
        "evidence is added and removed, and never changes",
    ),
]


class Migration(migrations.Migration):
    dependencies = [("reviews", "0014_quicker_saves")]

    operations = [
        migrations.CreateModel(
            name="PendingFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=200, unique=True)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.RunPython(install(REFUSALS), remove(REFUSALS)),
    ]
