import importlib

import pytest
from django.db import connection

CATALOGUE = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
}


@pytest.mark.parametrize(
    "migration",
    [
        "checklists.migrations.0002_editions_are_immutable",
        "reviews.migrations.0002_rules_in_the_database",
        "reviews.migrations.0005_sign_off",
        "reviews.migrations.0006_approver_by_policy",
    ],
)
def test_all_rules_that_the_migrations_put_into_the_database_are_there(db, migration: str):
    """SQLite drops a table's triggers when a later migration rebuilds it; that migration has to put them back."""
    with connection.cursor() as cursor:
        cursor.execute(CATALOGUE[connection.vendor])
        there = {name for (name,) in cursor.fetchall()}
    rules = {refusal.name for refusal in importlib.import_module(migration).REFUSALS}
    assert rules
    assert rules <= there
