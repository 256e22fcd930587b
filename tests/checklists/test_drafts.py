import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from checklists.drafts import (
    TEMPLATE,
    DraftChanged,
    NotAccepted,
    begin_draft,
    discard_draft,
    key_of,
    newest_edition,
    publish_draft,
    read_upload,
    save_draft,
    understood,
)
from checklists.language import ChecklistErrors
from checklists.models import Draft, Edition
from checklists.publish import VersionRefused, publish, publish_as, version_after
from reviews.models import User
from tests.checklists.test_language import MINIMAL

BROKEN = MINIMAL.replace("kind: one\n", "kind: two\n")


@pytest.fixture
def nora(db: None) -> User:
    """An administrator."""
    return User.objects.create_user(username="nora", name="Nora", email="nora@example.org", is_superuser=True)


@pytest.fixture
def ada(db: None) -> User:
    return User.objects.create_user(username="ada", name="Ada", email="ada@example.org")


def publish_text(nora: User, text: str, version: str, notes: str = "") -> Edition:
    draft = begin_draft(nora, text=text)
    return publish_draft(nora, key=draft.key, draft_version=draft.version, version=version, notes=notes)


def test_a_text_becomes_the_draft_of_the_checklist_whose_id_it_has_right_or_wrong(nora: User):
    assert begin_draft(nora, text=BROKEN).key == "small"
    draft = Draft.objects.get()
    assert (draft.text, draft.version, draft.changed_by) == (BROKEN, 1, nora)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (MINIMAL, "small"),
        (BROKEN, "small"),
        ("schema: 1\nid: 'data-platform'  # for ever\ntitle: [", "data-platform"),
        ("schema: 1\ntitle: X\n", ""),
        ("sections:\n  - id: S\n", ""),
    ],
)
def test_the_id_is_found_also_in_a_text_with_mistakes(text: str, key: str):
    assert key_of(text) == key


def test_a_text_without_an_id_cannot_be_kept(nora: User):
    with pytest.raises(NotAccepted, match="does not say which checklist"):
        begin_draft(nora, text="schema: 1\n")
    assert not Draft.objects.exists()


def test_a_checklist_has_one_draft_at_most(nora: User):
    begin_draft(nora, text=MINIMAL)
    with pytest.raises(DraftChanged) as refused:
        begin_draft(nora, text=BROKEN)
    assert refused.value.current == Draft.objects.get()
    assert Draft.objects.get().text == MINIMAL


def test_a_save_that_is_based_on_what_is_stored_raises_the_version(nora: User):
    begin_draft(nora, text=MINIMAL)
    assert save_draft(nora, key="small", text=BROKEN, version=1).version == 2
    assert Draft.objects.get().text == BROKEN


@pytest.mark.parametrize("version", [None, 0, 1, 3])
def test_a_save_without_or_with_another_version_is_refused(nora: User, version: int | None):
    begin_draft(nora, text=MINIMAL)
    save_draft(nora, key="small", text=MINIMAL + "\n", version=1)
    with pytest.raises(DraftChanged) as refused:
        save_draft(nora, key="small", text=BROKEN, version=version)
    assert refused.value.current is not None
    assert refused.value.current.version == 2
    assert Draft.objects.get().text == MINIMAL + "\n"


def test_a_save_of_a_draft_that_is_gone_says_so(nora: User):
    with pytest.raises(DraftChanged, match="The draft is gone"):
        save_draft(nora, key="small", text=MINIMAL, version=1)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [(MINIMAL + "#" * 4_000_000, "4,000,000 is the most"), (MINIMAL + "# \x00", "cannot be stored")],
)
def test_what_cannot_be_stored_is_refused_with_a_sentence(nora: User, text: str, sentence: str):
    with pytest.raises(NotAccepted, match=sentence):
        begin_draft(nora, text=text)
    begin_draft(nora, text=MINIMAL)
    with pytest.raises(NotAccepted, match=sentence):
        save_draft(nora, key="small", text=text, version=1)


def test_the_database_itself_refuses_a_draft_that_is_too_long_or_has_no_version(nora: User):
    begin_draft(nora, text=MINIMAL)
    for wrong in ({"text": "x" * 4_000_001}, {"version": 0}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Draft.objects.update(**wrong)


def test_only_administrators_keep_drafts(ada: User, nora: User):
    begin_draft(nora, text=MINIMAL)
    for deed in (
        lambda: begin_draft(ada, text=MINIMAL.replace("small", "other")),
        lambda: save_draft(ada, key="small", text=BROKEN, version=1),
        lambda: discard_draft(ada, key="small", version=1),
        lambda: publish_draft(ada, key="small", draft_version=1, version="1.0", notes=""),
    ):
        with pytest.raises(PermissionDenied, match="Only an administrator"):
            deed()
    assert Draft.objects.get().text == MINIMAL
    assert not Edition.objects.exists()


def test_an_administrator_whose_account_is_closed_keeps_nothing(nora: User):
    nora.is_active = False
    with pytest.raises(PermissionDenied):
        begin_draft(nora, text=MINIMAL)


def test_publishing_makes_an_edition_with_version_and_notes_and_ends_the_draft(nora: User):
    edition = publish_text(nora, MINIMAL, "1.0", "The first.")
    assert (edition.key, edition.version, edition.notes) == ("small", "1.0", "The first.")
    assert edition.checklist.version == "1.0"
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    ("version", "sentence"),
    [
        ("1.0", "is published already"),
        ("0.9", "The newest edition is 1.0"),
        ("1", "The newest edition is 1.0"),
        ("", "is not a version"),
        ("1.1-beta", "is not a version"),
        ("٢.0", "is not a version"),
    ],
)
def test_a_version_that_is_taken_or_not_higher_is_refused_and_the_draft_stays(nora: User, version, sentence):
    publish_text(nora, MINIMAL, "1.0")
    with pytest.raises(NotAccepted, match=sentence):
        publish_text(nora, MINIMAL.replace("One?", "Really one?"), version)
    assert Draft.objects.count() == 1
    assert Edition.objects.count() == 1


def test_versions_are_compared_as_numbers(nora: User):
    publish_text(nora, MINIMAL, "1.9")
    assert publish_text(nora, MINIMAL.replace("One?", "Really one?"), "1.10").version == "1.10"


def test_a_draft_with_mistakes_is_not_published(nora: User):
    with pytest.raises(NotAccepted, match="has mistakes"):
        publish_text(nora, BROKEN, "1.0")
    assert Draft.objects.count() == 1
    assert not Edition.objects.exists()


def test_a_draft_that_changes_nothing_is_not_published(nora: User):
    publish_text(nora, MINIMAL, "1.0")
    with pytest.raises(NotAccepted, match="Nothing differs from edition 1"):
        publish_text(nora, "# said otherwise\n" + MINIMAL, "1.1")


def test_what_was_saved_after_the_last_look_is_not_published_unseen(nora: User):
    begin_draft(nora, text=MINIMAL)
    save_draft(nora, key="small", text=MINIMAL + "\n", version=1)
    with pytest.raises(DraftChanged):
        publish_draft(nora, key="small", draft_version=1, version="1.0", notes="")
    assert not Edition.objects.exists()


def test_notes_have_a_limit(nora: User):
    with pytest.raises(NotAccepted, match="4,000 characters"):
        publish_text(nora, MINIMAL, "1.0", "x" * 4001)


def test_a_discarded_draft_is_gone_unless_somebody_saved_it_meanwhile(nora: User):
    begin_draft(nora, text=MINIMAL)
    save_draft(nora, key="small", text=BROKEN, version=1)
    with pytest.raises(DraftChanged):
        discard_draft(nora, key="small", version=1)
    discard_draft(nora, key="small", version=2)
    assert not Draft.objects.exists()


def test_a_draft_includes_from_the_shipped_library(db):
    text = MINIMAL.replace("sections:\n", "include: [general]\nsections:\n")
    found = understood(text, file="small.yaml", key="small")
    assert found.checklist is not None
    assert [question.id for question in found.checklist.questions][:1] == ["GEN-01"]
    assert found.checklist.questions[-1].id == "Q-2"


@pytest.mark.parametrize(
    ("old", "new", "line", "sentence"),
    [
        ("id: small", "id: other", 2, "the id is small for as long as this draft lasts"),
        ("kind: eda\n", "", 1, "kind is missing"),
        ("sections:\n", "include: [nowhere]\nsections:\n", 14, "include names nowhere"),
        ("kind: one\n", "kind: two\n", 27, "kind"),
    ],
)
def test_mistakes_of_a_draft_are_named_with_their_lines(old: str, new: str, line: int, sentence: str):
    errors = understood(MINIMAL.replace(old, new, 1), file="small.yaml", key="small").errors
    assert sentence in errors[0].message
    assert errors[0].line == line


def test_lint_says_at_which_line_of_the_draft_its_findings_are():
    text = MINIMAL.replace("when: Q-2a and Q-2b", "when: not Q-2a")
    findings = understood(text, file="small.yaml").findings
    assert findings
    assert {finding.line for finding in findings if finding.question == "Q-2"} == {
        text[: text.index("- id: Q-2\n")].count("\n") + 1
    }


def test_the_template_is_a_checklist_without_mistakes_and_findings():
    found = understood(TEMPLATE.format(id="mine", title="Mine"), file="mine.yaml")
    assert found.errors == ()
    assert list(found.findings) == []


def test_uploaded_yaml_stays_as_its_author_wrote_it():
    data = b"\xef\xbb\xbf# mine\r\n" + BROKEN.encode().replace(b"\n", b"\r\n")
    for format, file in (("auto", "small.yml"), ("yaml", "small.txt")):
        assert read_upload(data, file=file, format=format).text == "# mine\n" + BROKEN


@pytest.mark.parametrize(
    ("data", "format", "sentence"),
    [
        (b"x" * 5_000_001, "yaml", "5,000,000 is the most"),
        (b" \n", "yaml", "is empty"),
        (MINIMAL.encode(), "xlsx", "Choose one of the formats"),
    ],
)
def test_a_file_that_is_none_is_refused_with_a_sentence(data: bytes, format: str, sentence: str):
    with pytest.raises(NotAccepted, match=sentence):
        read_upload(data, file="small.yaml", format=format)


def test_a_file_that_is_not_utf_8_is_refused_with_the_place():
    with pytest.raises(ChecklistErrors) as refused:
        read_upload(b"id: x\ntitle: \xff", file="small.yaml", format="auto")
    assert refused.value.errors[0].line == 2


def test_the_suggested_version_leaves_those_of_the_next_release_free():
    assert version_after("1.0", "1.0", shipped=False) == "1.1"
    assert version_after("1.0", "2.0", shipped=True) == "2.0"
    assert version_after("1.0", "1.0", shipped=True) == "1.0.1"
    assert version_after("1.0.1", "1.0", shipped=True) == "1.0.2"


def test_an_edition_of_a_checklist_with_a_long_id_is_stored(db):
    name = "a" * 128
    checklist = understood(MINIMAL.replace("id: small", f"id: {name}"), file="long.yaml").checklist
    assert checklist is not None
    assert publish(checklist).key == name
    with pytest.raises(VersionRefused):
        publish_as(checklist, version="1.0")
    newest = newest_edition(name)
    assert newest is not None
    assert newest.version == "1.0"


def test_an_id_stays_with_its_kind_of_workload(nora: User):
    publish_text(nora, MINIMAL, "1.0")
    with pytest.raises(NotAccepted, match="has the id small and is of kind eda: take another id"):
        publish_text(nora, MINIMAL.replace("kind: eda", "kind: training"), "1.1")
    assert Draft.objects.get().key == "small"
    assert Edition.objects.get().kind == "eda"
