import importlib
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from checklists.language import ChecklistErrors
from checklists.models import Edition
from checklists.publish import publish_library, read_library
from tests.checklists.test_language import MINIMAL

OTHER = MINIMAL.replace("id: small", "id: other").replace("title: Small", "title: Other")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "small.yaml").write_text(MINIMAL)
    return tmp_path


def test_the_library_is_published_once(db):
    assert sorted(edition.key for edition in publish_library()) == ["eda", "inferencing", "training"]
    assert publish_library() == []
    assert [edition.checklist for edition in Edition.objects.order_by("key")] == sorted(
        read_library(), key=lambda checklist: checklist.id
    )


def test_a_new_version_is_a_new_edition_beside_the_old(db, folder: Path):
    publish_library(folder)
    (folder / "small.yaml").write_text(MINIMAL.replace('"1.0"', '"1.1"').replace("One?", "Really one?"))
    publish_library(folder)
    assert list(Edition.objects.order_by("version").values_list("version", flat=True)) == ["1.0", "1.1"]
    assert Edition.objects.latest_of_each().get().version == "1.1"
    assert Edition.objects.get(version="1.0").checklist.questions[0].text == "One?"


def test_a_change_without_a_new_version_is_refused_and_nothing_is_written(db, folder: Path):
    publish_library(folder)
    (folder / "another.yaml").write_text(OTHER)
    (folder / "small.yaml").write_text(MINIMAL.replace("One?", "Really one?"))
    with pytest.raises(ChecklistErrors, match=r"give it .* a new version"):
        publish_library(folder)
    assert Edition.objects.get().checklist.questions[0].text == "One?"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("bad.yaml", OTHER.replace("risk: high}\n", "risk: grave}\n", 1).encode(), "bad.yaml:30:"),
        ("bad.yaml", b"\xff\xfe", "bad.yaml: byte 0 is not UTF-8"),
        ("zz.yaml", MINIMAL.encode(), "zz.yaml: the id small is taken by small.yaml"),
        ("bad.yaml", OTHER.replace("sections:", "include: [nowhere]\nsections:").encode(), "include names nowhere"),
    ],
)
def test_one_file_with_a_mistake_keeps_all_from_being_loaded(db, folder: Path, name: str, content: bytes, said: str):
    (folder / name).write_bytes(content)
    with pytest.raises(CommandError) as refused:
        call_command("load_checklists", str(folder))
    assert said in str(refused.value)
    assert not Edition.objects.exists()


def test_an_edition_can_be_neither_changed_nor_deleted(db, folder: Path):
    publish_library(folder)
    for change in (lambda: Edition.objects.update(title="Forged"), lambda: Edition.objects.all().delete()):
        with pytest.raises(IntegrityError, match="an edition"), transaction.atomic():
            change()
    assert Edition.objects.get().title == "Small"


def test_all_rules_that_the_migrations_put_into_the_database_are_there(db):
    """SQLite drops a table's triggers when a later migration rebuilds it; that migration has to put them back."""

    rules = {
        refusal.name
        for module in (
            "checklists.migrations.0002_editions_are_immutable",
            "reviews.migrations.0002_rules_in_the_database",
        )
        for refusal in importlib.import_module(module).REFUSALS
    }
    catalogue = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(catalogue)
        there = {row[0] for row in cursor.fetchall()}
    assert rules <= there
