"""Rules that the database keeps by itself, written once for PostgreSQL and SQLite. For migrations."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_Hook = Callable[[Any, BaseDatabaseSchemaEditor], None]


@dataclass(frozen=True)
class Refusal:
    """A trigger that refuses rows: on `change` of `table`, where the SQL condition `when` holds (None: always).

    `when` may use NEW and OLD and must be understood by both databases. The refusal is an integrity error
    that carries `message`.
    """

    name: str
    table: str
    change: Literal["INSERT", "UPDATE", "DELETE"]
    when: str | None
    message: str


def install(refusals: Sequence[Refusal]) -> _Hook:
    """A migration step that makes the triggers."""

    def forwards(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
        for refusal in refusals:
            for statement in _CREATE[schema_editor.connection.vendor](refusal):
                schema_editor.execute(statement, params=None)

    return forwards


def remove(refusals: Sequence[Refusal]) -> _Hook:
    """The step back."""

    def backwards(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
        for refusal in refusals:
            for statement in _DROP[schema_editor.connection.vendor](refusal):
                schema_editor.execute(statement, params=None)

    return backwards


def _create_postgresql(refusal: Refusal) -> list[str]:
    row = "OLD" if refusal.change == "DELETE" else "NEW"
    return [
        f"CREATE FUNCTION {refusal.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {refusal.when or 'TRUE'} THEN "
        f"RAISE EXCEPTION USING MESSAGE = '{refusal.message}', ERRCODE = 'integrity_constraint_violation'; "
        f"END IF; RETURN {row}; END $$",
        f"CREATE TRIGGER {refusal.name} BEFORE {refusal.change} ON {refusal.table} "
        f"FOR EACH ROW EXECUTE FUNCTION {refusal.name}()",
    ]


def _create_sqlite(refusal: Refusal) -> list[str]:
    return [
        f"CREATE TRIGGER {refusal.name} BEFORE {refusal.change} ON {refusal.table} FOR EACH ROW "
        f"WHEN {refusal.when or '1'} BEGIN SELECT RAISE(ABORT, '{refusal.message}'); END"
    ]


_CREATE = {"postgresql": _create_postgresql, "sqlite": _create_sqlite}
_DROP: dict[str, Callable[[Refusal], list[str]]] = {
    "postgresql": lambda refusal: [f"DROP FUNCTION {refusal.name}() CASCADE"],
    "sqlite": lambda refusal: [f"DROP TRIGGER {refusal.name}"],
}
