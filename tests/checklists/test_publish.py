from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

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
    assert sorted(edition.key for edition in publish_library()) == ["eda", "inferencing", "orchestration", "training"]
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
        ("bad.yaml", b"\xff\xfe", "byte 0 is not UTF-8"),
        ("zz.yaml", MINIMAL.encode(), "the id small is taken by small.yaml"),
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


def test_an_edition_that_was_fetched_can_be_neither_saved_nor_deleted(db, folder: Path):
    (edition,) = publish_library(folder)
    edition.title = "Forged"
    for change in (edition.save, edition.delete):
        with pytest.raises(IntegrityError, match="an edition"), transaction.atomic():
            change()


def test_a_change_in_what_is_included_asks_for_a_new_version_too(db, folder: Path):
    general = MINIMAL.replace("id: small", "id: general").replace("kind: eda\n", "")
    (folder / "general.yaml").write_text(general)
    small = MINIMAL.replace("sections:\n", "include: [general]\nsections:\n").replace("id: S\n", "id: T\n")
    (folder / "small.yaml").write_text(small.replace("Q-", "R-"))
    publish_library(folder)
    (folder / "general.yaml").write_text(general.replace("One?", "Really one?"))
    with pytest.raises(ChecklistErrors, match=r"small\.yaml.*give it \(or what it includes\) a new version"):
        publish_library(folder)


def test_a_changed_checklist_is_named_by_its_file_whatever_its_id(db, folder: Path):
    publish_library(folder)
    (folder / "small.yaml").rename(folder / "2026-small.yaml")
    (folder / "2026-small.yaml").write_text(MINIMAL.replace("One?", "Really one?"))
    with pytest.raises(ChecklistErrors) as refused:
        publish_library(folder)
    assert [error.file for error in refused.value.errors] == ["2026-small.yaml"]


@pytest.mark.parametrize(
    ("old", "new"),
    [("sections:\n", "include: [nowhere]\nsections:\n"), ("risk: high}", "risk: grave}"), ("One?", "Really one?")],
    ids=["missing include", "unknown word", "changed without a new version"],
)
def test_mistakes_in_several_files_are_all_named_at_once(db, folder: Path, old: str, new: str):
    (folder / "other.yaml").write_text(OTHER)
    publish_library(folder)
    for path in folder.iterdir():
        path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(ChecklistErrors) as refused:
        publish_library(folder)
    assert [error.file for error in refused.value.errors] == ["other.yaml", "small.yaml"]


@pytest.mark.parametrize(
    ("name", "content", "line"),
    [
        ("bad.yaml", OTHER.encode().replace(b"title: One", b"title: \xff"), 19),
        ("zz.yaml", MINIMAL.encode(), 2),
        ("bad.yaml", OTHER.replace("sections:", "include: [nowhere]\nsections:").encode(), 14),
    ],
    ids=["not UTF-8", "id taken", "missing include"],
)
def test_what_is_wrong_with_a_whole_file_is_named_with_its_line_too(
    folder: Path, name: str, content: bytes, line: int
):
    (folder / name).write_bytes(content)
    with pytest.raises(ChecklistErrors) as refused:
        read_library(folder)
    assert [(error.file, error.line) for error in refused.value.errors] == [(name, line)]


def test_the_command_says_what_it_published_and_on_a_second_run_nothing(db, folder: Path, capsys):
    call_command("load_checklists", str(folder))
    assert capsys.readouterr().out == "published Small, edition 1.0\n"
    call_command("load_checklists", str(folder))
    assert capsys.readouterr().out == ""


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path):
    with pytest.raises(CommandError, match="nowhere is not a folder"):
        call_command("load_checklists", str(tmp_path / "nowhere"))
