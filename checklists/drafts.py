"""Drafts: begun from an edition, a file or nothing; saved, published as an edition, or discarded."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from checklists.access import require_editor
from checklists.formats.aws_lens import FORMAT as AWS_LENS
from checklists.formats.reading import AUTO, AZURE, MICROSOFT, YAML, decoded, detect, read_file
from checklists.formats.yaml_file import write_yaml
from checklists.language import Checklist, ChecklistError, ChecklistErrors, read, with_included
from checklists.language.lint import Finding, lint
from checklists.language.parse import MAX_BYTES, Parsed
from checklists.locale import number
from checklists.models import Draft, Edition
from checklists.publish import KindRefused, VersionRefused, publish_as, shipped_files

MAX_UPLOAD_BYTES = 5_000_000
"""An uploaded file may be this long."""

FORMATS = {
    AUTO: gettext_lazy("Find out from the file"),
    YAML: gettext_lazy("Checklist (YAML)"),
    AWS_LENS: gettext_lazy("AWS custom lens (JSON)"),
    AZURE: gettext_lazy("Azure review checklist (JSON)"),
    MICROSOFT: gettext_lazy("Microsoft Assessments export (CSV)"),
}
"""What can be uploaded: the name that the reader takes -> what people see."""

NOTES_LENGTH = 4000
"""Characters that the notes of an edition may have."""

_ID_LINE = re.compile(r"""^id:[ \t]*["']?([A-Za-z0-9_][A-Za-z0-9_-]{0,127})["']?[ \t]*(?:#.*)?$""", re.MULTILINE)

TEMPLATE = """\
schema: 1
id: {id}
title: {title}
version: "1.0"
kind: any  # any, eda, training or inferencing
summary: >-
  What this checklist is about, and for whom.
weights:  # what each pillar counts in the overall score: leads, full, high, medium or low
  reliability: medium
  security: medium
  cost_optimization: medium
  operational_excellence: medium
  performance_efficiency: medium
facts: []
sections:
  - id: S1
    title: First section
    questions:
      - id: S1-01
        title: A headline for the question
        text: >-
          What do you want to know?
        why: >-
          Why it matters.
        good: >-
          What good looks like.
        do: >-
          What to do where it does not look like that.
        pillars: [operational_excellence]
        weight: 3
        obligatory: true
        kind: one
        choices:
          - {{id: "in_place", text: It is in place, risk: none}}
          - {{id: "partly", text: Partly, risk: medium}}
          - {{id: "missing", text: It is missing, risk: high}}
"""


class NotAccepted(Exception):
    """What was sent cannot be taken; the text is a sentence for who sent it. Nothing was changed."""


class DraftChanged(Exception):
    """What was sent is based on another state of the draft; `current` is how it stands, None where it is gone."""

    def __init__(self, current: Draft | None) -> None:
        self.current = current
        super().__init__(_("The draft changed after you opened it.") if current else _("The draft is gone."))


@dataclass(frozen=True)
class Upload:
    """What an uploaded file comes to: the YAML of a draft, and what is to be told of the file."""

    text: str
    origin: dict[str, Any]


@dataclass(frozen=True)
class Understood:
    """A text as far as it could be read: its checklist, with what it includes, or the mistakes against it."""

    text: str
    checklist: Checklist | None
    errors: tuple[ChecklistError, ...] = ()
    parsed: Parsed | None = None

    @cached_property
    def findings(self) -> Sequence[Finding]:
        """What lint says of it; nothing while there are mistakes."""
        return lint(self.checklist, self._lines).findings if self.checklist else ()

    @property
    def _lines(self) -> dict[str, int]:
        """Question id -> the line at which it stands in the text; questions that were included have none."""
        if self.parsed is None:
            return {}
        return {
            question.id: self.parsed.places.of(("sections", at, "questions", index)).line
            for at, section in enumerate(self.parsed.checklist.sections)
            for index, question in enumerate(section.questions)
        }


def understood(text: str, *, file: str, key: str = "") -> Understood:
    """Read the text of a draft; `file` is what mistakes call it, `key` the id that it must have, where it has one.

    What it includes is taken from the shipped library.
    """
    try:
        parsed = read(text, file)
    except ChecklistErrors as wrong:
        return Understood(text, None, tuple(wrong.errors))
    errors: list[ChecklistError] = []
    if key and parsed.checklist.id != key:
        said = f"the id is {key} for as long as this draft lasts: a checklist with another id is another draft"
        errors.append(parsed.error(("id",), said))
    if parsed.checklist.kind is None:
        errors.append(parsed.error((), "kind is missing: say eda, training, inferencing or any"))
    try:
        checklist = with_included(parsed, shipped_files())
    except ChecklistErrors as wrong:
        errors += wrong.errors
    if errors:
        return Understood(text, None, tuple(sorted(errors)), parsed)
    return Understood(text, checklist, (), parsed)


def read_upload(data: bytes, *, file: str, format: str) -> Upload:
    """The text of a draft from an uploaded file; YAML stays as its author wrote it, also where it has mistakes.

    Raises `ChecklistErrors` for other files with mistakes, and for text that is not UTF-8; `NotAccepted` for what is
    no such file.
    """
    if len(data) > MAX_UPLOAD_BYTES:
        raise NotAccepted(
            _("{file} has {data} bytes; {max_upload_bytes} is the most.").format(
                file=file, data=number(len(data)), max_upload_bytes=number(MAX_UPLOAD_BYTES)
            )
        )
    if not data.strip():
        raise NotAccepted(_("{file} is empty.").format(file=file))
    if format not in FORMATS:
        raise NotAccepted(_("Choose one of the formats."))
    format = detect(data, file) if format == AUTO else format
    if format == YAML:
        return Upload(plain_text(decoded(data, file)), {"file": file, "format": format})
    imported = read_file(data, file, format)
    warnings = list(imported.warnings)
    if imported.answers:
        warnings.append(f"The file answers {len(imported.answers):,} questions; a draft has no answers.")
    origin = {"file": file, "format": format, "skipped": list(imported.skipped), "warnings": warnings}
    return Upload(write_yaml(imported.checklist), origin)


def text_of_edition(edition: Edition) -> str:
    """An edition as the text that a draft begins with."""
    return write_yaml(edition.checklist)


def plain_text(text: str) -> str:
    """A text as it is stored: lines end as YAML ends them, not as forms and other systems do."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def begin_draft(
    by: AbstractUser, *, text: str, base: Edition | None = None, origin: dict[str, Any] | None = None
) -> Draft:
    """Store a text as the draft of the checklist whose id it has, right or wrong.

    Raises `PermissionDenied`; `NotAccepted` for a text without an id or that cannot be stored; `DraftChanged` where
    the checklist has a draft already.
    """
    require_editor(by)
    _require_storable(text)
    key = key_of(text)
    if not key:
        raise NotAccepted(_("The text does not say which checklist it is: write a line such as “id: my-checklist”."))
    draft = Draft(key=key, text=text, base=base, origin=origin or {}, changed_by_id=by.pk, changed_at=timezone.now())
    try:
        with transaction.atomic():
            draft.save(force_insert=True)
    except IntegrityError:
        raise DraftChanged(_current(key)) from None
    return draft


def save_draft(by: AbstractUser, *, key: str, text: str, version: int | None) -> Draft:
    """Store a new text of a draft, given the version that it is based on.

    Raises `PermissionDenied`, `NotAccepted` for what cannot be stored, and `DraftChanged` where the version is
    missing, or is not the one that is stored.
    """
    require_editor(by)
    _require_storable(text)
    with transaction.atomic():
        saved = Draft.objects.filter(key=key, version=version or 0).update(
            text=text, version=(version or 0) + 1, changed_by_id=by.pk, changed_at=timezone.now()
        )
        current = _current(key)
    if not saved or current is None:
        raise DraftChanged(current)
    return current


def discard_draft(by: AbstractUser, *, key: str, version: int | None) -> None:
    """Delete a draft for good, given the version that was seen. Raises `PermissionDenied` and `DraftChanged`."""
    require_editor(by)
    with transaction.atomic():
        gone, _ = Draft.objects.filter(key=key, version=version or 0).delete()
        if not gone:
            raise DraftChanged(_current(key))


def publish_draft(by: AbstractUser, *, key: str, draft_version: int | None, version: str, notes: str) -> Edition:
    """Publish a draft as an edition, and delete it: both or neither.

    `draft_version` is the state of the draft that was seen. Raises `PermissionDenied`, `DraftChanged`, and
    `NotAccepted` for a text with mistakes or without a difference, a version or a kind that cannot be, or notes that
    are too long.
    """
    require_editor(by)
    if len(notes) > NOTES_LENGTH or "\x00" in notes:
        raise NotAccepted(
            _("The notes take up to {notes_length} characters, without NUL: shorten them.").format(
                notes_length=number(NOTES_LENGTH)
            )
        )
    with transaction.atomic():
        draft = Draft.objects.select_for_update().filter(key=key).first()
        if draft is None or draft.version != draft_version:
            raise DraftChanged(_current(key))
        found = understood(draft.text, file=f"{key}.yaml", key=key)
        if found.checklist is None:
            raise NotAccepted(_("The draft has mistakes: mend them first."))
        newest = newest_edition(key)
        if newest is not None and same_content(newest.checklist, found.checklist):
            raise NotAccepted(
                _("Nothing differs from edition {version}: there is nothing to publish.").format(
                    version=newest.version
                )
            )
        try:
            edition = publish_as(found.checklist, version=version, notes=notes)
        except (KindRefused, VersionRefused) as refused:
            raise NotAccepted(str(refused)) from None
        draft.delete()
    return edition


def newest_edition(key: str) -> Edition | None:
    """The newest edition of a checklist, without its content; None where it has none."""
    return Edition.objects.without_content().filter(key=key).order_by("-published_at", "-id").first()


def same_content(one: Checklist, other: Checklist) -> bool:
    """Whether two checklists say the same, their versions aside."""
    return one.model_copy(update={"version": other.version}) == other


def key_of(text: str) -> str:
    """The id of the checklist that a text is about, also where the text has mistakes; empty where it has none."""
    if found := _ID_LINE.search(text):
        return found[1]
    try:
        return read(text, "").checklist.id
    except ChecklistErrors:
        return ""


def _current(key: str) -> Draft | None:
    return Draft.objects.select_related("changed_by", "base").defer("base__content").filter(key=key).first()


def _require_storable(text: str) -> None:
    size = len(text.encode())
    if size > MAX_BYTES:
        raise NotAccepted(
            _("The text has {size} bytes; {max_bytes} is the most. Shorten it and save again.").format(
                size=number(size), max_bytes=number(MAX_BYTES)
            )
        )
    if "\x00" in text:
        raise NotAccepted(_("The text has a character (NUL) that cannot be stored. Remove it and save again."))
