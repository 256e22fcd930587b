import json
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from checklists.formats.aws_lens import read_aws_lens
from checklists.language import Checklist, parse
from checklists.models import Draft, Edition
from checklists.publish import publish_as
from reviews.models import User
from tests.checklists.test_language import MINIMAL
from tests.checklists.test_library_pages import RICH

SAMPLES = Path(__file__).parents[1] / "samples"


@pytest.fixture
def admin(db: None, sign_in) -> Client:
    return sign_in(
        User.objects.create_user(username="nora", name="Nora", email="nora@example.org", is_superuser=True)
    )


@pytest.fixture
def edition(db: None) -> Edition:
    return publish_as(parse(RICH, "small.yaml"), version="1.0")


def test_yaml_and_json_of_an_edition_read_back_to_the_same_checklist(admin: Client, edition: Edition):
    as_yaml = admin.get("/checklists/small/1.0/export/yaml/")
    assert as_yaml["Content-Disposition"] == 'attachment; filename="small-1.0.yaml"'
    assert parse(as_yaml.content.decode(), "x") == edition.checklist
    as_json = admin.get("/checklists/small/1.0/export/json/")
    assert as_json["Content-Disposition"] == 'attachment; filename="small-1.0.json"'
    assert Checklist.model_validate(json.loads(as_json.content)) == edition.checklist


def test_the_lens_comes_with_a_list_of_what_was_left_out(admin: Client, edition: Edition):
    html = admin.get("/checklists/small/1.0/export/").content.decode()
    assert "Left out of the lens, or said otherwise" in html
    lens = admin.get("/checklists/small/1.0/export/aws-lens/")
    assert lens["Content-Disposition"] == 'attachment; filename="small-1.0.aws-lens.json"'
    assert read_aws_lens(lens.content, "x.json").checklist.title == edition.title


def test_there_is_no_other_format(admin: Client, edition: Edition):
    assert admin.get("/checklists/small/1.0/export/docx/").status_code == 404


def test_a_draft_begins_as_the_edition_that_it_changes(admin: Client, edition: Edition):
    begun = admin.post("/checklists/small/1.0/draft/", follow=True)
    assert "No mistakes" in begun.content.decode()
    draft = Draft.objects.get()
    assert draft.base == edition
    assert parse(draft.text, "x") == edition.checklist
    again = admin.post("/checklists/small/1.0/draft/", follow=True)
    assert "has a draft already" in again.content.decode()
    assert Draft.objects.get().version == 1


@pytest.mark.parametrize(
    ("path", "format", "questions"),
    [
        ("aws_custom_lens/generative-ai-lens.json", "aws-lens", 29),
        ("azure_review_checklists/databricks_checklist.en.json", "azure-review-checklist", None),
        ("ms_assessment_csv/Azure_Well_Architected_Review_Sample.csv", "microsoft-csv", None),
    ],
)
@pytest.mark.parametrize("named", [True, False], ids=["format named", "format found out"])
def test_files_of_other_formats_become_drafts_too(admin: Client, path, format, questions, named):
    file = SAMPLES / path
    data = {"file": SimpleUploadedFile(file.name, file.read_bytes()), "format": format if named else "auto"}
    begun = admin.post("/checklists/new/", data, follow=True)
    html = begun.content.decode()
    assert begun.status_code == 200
    assert "No mistakes" in html
    draft = Draft.objects.get()
    assert draft.origin["format"] == format
    for sentence in [*draft.origin["skipped"], *draft.origin["warnings"]][:1]:
        assert f"From {file.name}" in html, sentence
    checklist = parse(draft.text, "x")
    assert questions is None or len(checklist.questions) == questions
    for name in ("preview", "publish"):
        assert admin.get(f"/checklists/{draft.key}/draft/{name}/").status_code == 200
    done = admin.post(
        f"/checklists/{draft.key}/draft/publish/", {"draft_version": "1", "version": "1.0"}, follow=True
    )
    assert checklist.questions[0].id in done.content.decode()


def test_a_lens_with_mistakes_shows_each_at_its_line_and_stores_nothing(admin: Client):
    lens = (SAMPLES / "aws_custom_lens/generative-ai-lens.json").read_text().replace('"risk":', '"peril":', 1)
    file = SimpleUploadedFile("lens.json", lens.encode())
    response = admin.post("/checklists/new/", {"file": file, "format": "auto"})
    html = response.content.decode()
    assert response.status_code == 422
    assert "lens.json was not taken" in html
    assert "Line " in html
    assert not Draft.objects.exists()


def test_exports_are_for_administrators(edition: Edition, sign_in):
    ada = sign_in(User.objects.create_user(username="ada", name="Ada", email="ada@example.org"))
    for url in ("", "yaml/", "json/", "aws-lens/"):
        assert ada.get(f"/checklists/small/1.0/export/{url}").status_code == 403


def test_a_small_checklist_loses_nothing_that_it_says_in_yaml(db, admin: Client):
    publish_as(parse(MINIMAL, "x"), version="2.0")
    assert parse(admin.get("/checklists/small/2.0/export/yaml/").content.decode(), "x").version == "2.0"
