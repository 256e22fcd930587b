"""Sessions know their account; indexes that every save wrote and nothing read are gone."""

import django.db.models.deletion
from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

# By their names, as changing the fields would have SQLite make the tables anew, without their triggers.
INDEXES = {
    "reviews_answer_review_id_017228dd": "reviews_answer (review_id)",
    "reviews_answer_answered_by_id_31cca5dc": "reviews_answer (answered_by_id)",
    "reviews_event_review_id_803c0b09": "reviews_event (review_id)",
    "reviews_event_actor_id_9da9195e": "reviews_event (actor_id)",
}


def keep_people_signed_in(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Take over the sessions of Django's own table, and drop it. Each gets its account when it is next written."""
    connection = editor.connection
    if "django_session" not in connection.introspection.table_names():
        return
    editor.execute(
        "INSERT INTO reviews_session (session_key, session_data, expire_date)"
        " SELECT session_key, session_data, expire_date FROM django_session"
    )
    # PostgreSQL alters no table while something of the same transaction is to be checked at its end.
    if connection.vendor == "postgresql":
        editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    editor.execute("DROP TABLE django_session")


def foreign_key(to: str, **more: object) -> models.ForeignKey:
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=to, db_index=False, **more)


class Migration(migrations.Migration):
    dependencies = [
        ("reviews", "0013_assignments_and_visits"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    "answer", "answered_by", foreign_key(settings.AUTH_USER_MODEL, related_name="+")
                ),
                migrations.AlterField("answer", "review", foreign_key("reviews.review", related_name="answers")),
                migrations.AlterField(
                    "event", "actor", foreign_key(settings.AUTH_USER_MODEL, related_name="+", null=True)
                ),
                migrations.AlterField("event", "review", foreign_key("reviews.review", related_name="events")),
            ],
            database_operations=[
                migrations.RunSQL(f"DROP INDEX {name}", f"CREATE INDEX {name} ON {columns}")
                for name, columns in INDEXES.items()
            ],
        ),
        migrations.CreateModel(
            name="Session",
            fields=[
                (
                    "session_key",
                    models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name="session key"),
                ),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sessions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"verbose_name": "session", "verbose_name_plural": "sessions", "abstract": False},
        ),
        migrations.RunPython(keep_people_signed_in, migrations.RunPython.noop),
    ]
