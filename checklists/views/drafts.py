"""Keeping the library: drafts, from their beginning to an edition."""

import json
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import cast

from django.contrib import messages
from django.contrib.auth.models import AbstractUser
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from checklists.access import require_editor
from checklists.drafts import (
    FORMATS,
    MAX_UPLOAD_BYTES,
    NOTES_LENGTH,
    TEMPLATE,
    DraftChanged,
    NotAccepted,
    Understood,
    begin_draft,
    discard_draft,
    newest_edition,
    plain_text,
    publish_draft,
    read_upload,
    save_draft,
    text_of_edition,
    understood,
)
from checklists.language import ChecklistError, ChecklistErrors
from checklists.language.model import ID_PATTERN
from checklists.locale import number
from checklists.models import Draft, Edition
from checklists.publish import shipped_files, version_after
from checklists.views.document import KIND_TITLES, shown_difference
from checklists.views.preview import Preview

_SEVERITIES = {"error": "high", "warning": "medium", "note": "idle"}


@dataclass(frozen=True)
class Remark:
    """Something about a line of the text: a mistake, or a finding of lint. `line` is 0 where no place is known."""

    line: int
    column: int
    message: str
    excerpt: str = ""
    severity: str = "error"
    about: str = ""
    rule: str = ""
    example: str = ""

    @property
    def colour(self) -> str:
        """The class of its badge."""
        return _SEVERITIES.get(self.severity, "idle")


@dataclass
class Desk:
    """A text on the editor's desk: stored as a draft, or not stored yet.

    `problem` says why a save was refused; `conflict` is the draft as it is stored, where that is why.
    """

    text: str
    file: str
    draft: Draft | None = None
    version: int = 0
    problem: str = ""
    conflict: Draft | None = None
    saved: bool = False
    found: Understood = field(init=False)

    def __post_init__(self) -> None:
        self.found = understood(self.text, file=self.file, key=self.draft.key if self.draft else "")

    @cached_property
    def mistakes(self) -> list[Remark]:
        """What is wrong with the text, from its beginning to its end."""
        lines = self.text.split("\n")
        return [_mistake(error, lines) for error in self.found.errors]

    @property
    def findings(self) -> list[Remark]:
        """What lint says of the text, worst first."""
        order = list(_SEVERITIES)
        remarks = [
            Remark(
                line=each.line,
                column=1,
                message=each.message,
                severity=each.severity,
                about=" · ".join(part for part in (each.question, each.choice) if part),
                rule=each.rule,
                example=", ".join(each.example),
            )
            for each in self.found.findings
        ]
        return sorted(remarks, key=lambda remark: (order.index(remark.severity), remark.line))

    @property
    def questions(self) -> int:
        """How many questions the text asks, with what it includes."""
        return len(self.found.checklist.questions) if self.found.checklist else 0

    @property
    def is_gone(self) -> bool:
        """Whether this was the text of a draft that is there no longer."""
        return self.draft is None and self.version > 0

    @property
    def status(self) -> int:
        """The HTTP status of its page."""
        if self.conflict is not None or self.is_gone:
            return 409
        return 422 if self.problem else 200


@require_http_methods(["GET", "HEAD", "POST"])
def draft_new(request: HttpRequest) -> HttpResponse:
    """Begin a draft: upload a file, begin with an empty template, or store a text that was uploaded with mistakes."""
    require_editor(request.user)
    if request.method != "POST":
        return _new(request)
    if "text" in request.POST:
        return _new_text(request)
    if uploaded := request.FILES.get("file"):
        return _uploaded(request, uploaded)
    if "id" in request.POST:
        return _from_template(request)
    return _new(request, upload_problem=_("Choose a file first."))


def _new(request: HttpRequest, **more: object) -> HttpResponse:
    context = {"formats": FORMATS, "megabytes": MAX_UPLOAD_BYTES // 1_000_000, **more}
    return render(request, "checklists/new.html", context, status=422 if more else 200)


def _uploaded(request: HttpRequest, uploaded: "UploadedFile[bytes]") -> HttpResponse:
    file, format = (uploaded.name or "file")[:100], request.POST.get("format", "auto")
    try:
        if (uploaded.size or 0) > MAX_UPLOAD_BYTES:
            raise NotAccepted(
                _("{file} has {size} bytes; {max_upload_bytes} is the most.").format(
                    file=file, size=number(uploaded.size or 0), max_upload_bytes=number(MAX_UPLOAD_BYTES)
                )
            )
        upload = read_upload(uploaded.read(), file=file, format=format)
    except NotAccepted as refused:
        return _new(request, upload_problem=str(refused))
    except ChecklistErrors as wrong:
        return _new(
            request,
            upload_problem=_("{file} was not taken.").format(file=file),
            refused_file=file,
            mistakes=wrong.errors,
        )
    if understood(upload.text, file=file).errors:
        return _desk(
            request,
            Desk(upload.text, file, problem=_("{file} was not stored, as it has mistakes.").format(file=file)),
        )
    return _begun(request, upload.text, file, upload.origin)


def _from_template(request: HttpRequest) -> HttpResponse:
    given = {name: request.POST.get(name, "").strip() for name in ("id", "title")}
    # A JSON string is a YAML one too, whatever is in it.
    text = TEMPLATE.format(id=f'"{given["id"]}"', title=json.dumps(given["title"], ensure_ascii=False))
    problem = ""
    if not re.match(ID_PATTERN + r"\Z", given["id"], re.ASCII):
        problem = _("The id cannot be used: write letters, digits, - and _, without blanks, such as data-platform.")
    elif understood(text, file="").errors:
        problem = _("The title cannot be used: write 1 to 200 letters.")
    if problem:
        return _new(request, template_problem=problem, given=given)
    return _begun(request, text, f"{given['id']}.yaml", {})


def _new_text(request: HttpRequest) -> HttpResponse:
    text, file = plain_text(request.POST["text"]), request.POST.get("file", "")[:100] or "draft.yaml"
    if request.POST.get("do") == "check":
        return _desk(request, Desk(text, file))
    overwrite = _number(request, "overwrite")
    if overwrite is None:
        return _begun(request, text, file, {})
    key = request.POST.get("key", "")
    try:
        draft = save_draft(_person(request), key=key, text=text, version=overwrite)
    except NotAccepted as refused:
        return _desk(request, Desk(text, file, problem=str(refused)))
    except DraftChanged as changed:
        return _desk(request, Desk(text, file, problem=str(changed), conflict=changed.current))
    return _to(request, draft)


def _begun(request: HttpRequest, text: str, file: str, origin: dict[str, object]) -> HttpResponse:
    """Store the text as a new draft, or show it again with why that cannot be."""
    try:
        draft = begin_draft(_person(request), text=text, origin=origin)
    except NotAccepted as refused:
        return _desk(request, Desk(text, file, problem=str(refused)))
    except DraftChanged as changed:
        said = _("This checklist has a draft already, so yours was not stored.")
        return _desk(request, Desk(text, file, problem=said, conflict=changed.current))
    return _to(request, draft)


@require_POST
def draft_from_edition(request: HttpRequest, key: str, version: str) -> HttpResponse:
    """Begin a draft as a published edition."""
    require_editor(request.user)
    edition = get_object_or_404(Edition.objects.without_content(), key=key, version=version)
    try:
        begin_draft(_person(request), text=text_of_edition(edition), base=edition)
    except NotAccepted as refused:
        messages.error(request, _("No draft was begun: {refused}").format(refused=refused))
        return redirect("edition", key, version)
    except DraftChanged:
        messages.info(request, _("This checklist has a draft already: here it is."))
    return redirect("draft", key)


@require_http_methods(["GET", "HEAD", "POST"])
def draft_page(request: HttpRequest, key: str) -> HttpResponse:
    """The text of a draft, to be changed, checked and saved."""
    require_editor(request.user)
    if request.method != "POST":
        draft = _draft(key)
        return _desk(request, Desk(draft.text, f"{key}.yaml", draft, draft.version))
    text = plain_text(request.POST.get("text", ""))
    version = _number(request, "version")
    if request.POST.get("do") == "check":
        stored = _drafts().filter(key=key).first()
        if stored is None:
            return _desk(request, _conflicting(text, key, version, DraftChanged(None)))
        return _desk(request, Desk(text, f"{key}.yaml", stored, version or 0))
    try:
        based_on = _number(request, "overwrite") or version
        draft = save_draft(_person(request), key=key, text=text, version=based_on)
    except NotAccepted as refused:
        return _desk(
            request,
            Desk(
                text,
                f"{key}.yaml",
                _drafts().filter(key=key).first(),
                version or 0,
                problem=str(refused),
            ),
        )
    except DraftChanged as changed:
        return _desk(request, _conflicting(text, key, version, changed))
    if _is_htmx(request):
        return _desk(request, Desk(text, f"{key}.yaml", draft, draft.version, saved=True))
    messages.success(request, _("The draft is saved."))
    return redirect("draft", key)


def _conflicting(text: str, key: str, version: int | None, changed: DraftChanged) -> Desk:
    """The desk after a save that came too late: what was typed, and the draft as it is."""
    if changed.current is None:
        said = _(
            "The draft was published or discarded meanwhile, so nothing was saved. What you typed is in the field."
        )
        return Desk(text, f"{key}.yaml", None, version or 0, problem=said)
    return Desk(
        text,
        f"{key}.yaml",
        changed.current,
        version or 0,
        problem=str(changed),
        conflict=changed.current,
    )


@require_safe
def draft_preview(request: HttpRequest, key: str) -> HttpResponse:
    """The draft as the architect will see it, with facts to try."""
    require_editor(request.user)
    draft = _draft(key)
    found = understood(draft.text, file=f"{key}.yaml", key=key)
    context = {"draft": draft, "found": found}
    if found.checklist is not None:
        context |= {"preview": Preview(found.checklist, request.GET), "title": found.checklist.title}
    return render(request, "checklists/preview.html", context)


@require_safe
def draft_changes(request: HttpRequest, key: str) -> HttpResponse:
    """What the draft changes of the newest edition."""
    require_editor(request.user)
    draft = _draft(key)
    found = understood(draft.text, file=f"{key}.yaml", key=key)
    return render(request, "checklists/draft_changes.html", {"draft": draft, "found": found, **_changes(found, key)})


def _changes(found: Understood, key: str) -> dict[str, object]:
    newest = newest_edition(key)
    if newest is None or found.checklist is None:
        return {"newest": newest}
    return {"newest": newest, **shown_difference(newest.checklist, found.checklist)}


@require_http_methods(["GET", "HEAD", "POST"])
def draft_publish(request: HttpRequest, key: str) -> HttpResponse:
    """Publish the draft as an edition, after a last look."""
    require_editor(request.user)
    problem, typed = "", {"version": "", "notes": ""}
    if request.method == "POST":
        typed = {name: request.POST.get(name, "").strip() for name in typed}
        try:
            edition = publish_draft(
                _person(request),
                key=key,
                draft_version=_number(request, "draft_version"),
                version=typed["version"],
                notes=plain_text(typed["notes"]),
            )
        except NotAccepted as refused:
            problem = str(refused)
        except DraftChanged as changed:
            problem = _("Not published: {why} Look at it again.").format(why=changed)
        else:
            messages.success(request, _("{edition} is published.").format(edition=edition))
            return redirect("edition", edition.key, edition.version)
    draft = _draft(key)
    desk = Desk(draft.text, f"{key}.yaml", draft, draft.version)
    context = {
        "draft": draft,
        "desk": desk,
        "found": desk.found,
        "problem": problem,
        "version": typed["version"] or _suggested_version(desk.found, key),
        "notes": typed["notes"],
        "notes_length": NOTES_LENGTH,
        **_changes(desk.found, key),
    }
    return render(request, "checklists/publish.html", context, status=422 if problem else 200)


def _suggested_version(found: Understood, key: str) -> str:
    if found.checklist is None:
        return ""
    newest, wished = newest_edition(key), found.checklist.version
    return wished if newest is None else version_after(newest.version, wished, shipped=key in shipped_files())


@require_POST
def draft_discard(request: HttpRequest, key: str) -> HttpResponse:
    """Delete the draft for good."""
    require_editor(request.user)
    try:
        discard_draft(_person(request), key=key, version=_number(request, "version"))
    except DraftChanged as changed:
        if changed.current is None:
            return redirect("checklists")
        messages.error(
            request,
            _("Not discarded: {changed_by} saved it meanwhile. Look at it again.").format(
                changed_by=changed.current.changed_by
            ),
        )
        return redirect("draft", key)
    messages.success(request, _("The draft of {key} is discarded.").format(key=key))
    return redirect("checklists")


def _desk(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The editor's page; for a script that asks, only what changes in it."""
    checklist = desk.found.checklist
    context = {
        "desk": desk,
        "draft": desk.draft,
        "title": checklist.title if checklist else desk.draft.key if desk.draft else desk.file,
        "kind": KIND_TITLES[str(checklist.kind)] if checklist else "",
    }
    template = "checklists/draft.html"
    if _is_htmx(request):
        template += "#answer"
    return render(request, template, context, status=desk.status)


def _mistake(error: ChecklistError, lines: list[str]) -> Remark:
    excerpt = lines[error.line - 1].strip() if 0 < error.line <= len(lines) else ""
    about = " · ".join(part for part in (error.question, error.choice) if part)
    return Remark(error.line, error.column, error.message, excerpt[:120], about=about)


def _drafts() -> QuerySet[Draft]:
    return Draft.objects.select_related("changed_by", "base").defer("base__content")


def _draft(key: str) -> Draft:
    return get_object_or_404(_drafts(), key=key)


def _person(request: HttpRequest) -> AbstractUser:
    return cast(AbstractUser, request.user)


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _is_htmx(request: HttpRequest) -> bool:
    return bool(request.htmx)  # type: ignore[attr-defined]


def _to(request: HttpRequest, draft: Draft) -> HttpResponse:
    """To the page of a draft that was just stored."""
    if _is_htmx(request):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = redirect("draft", draft.key)["Location"]
        return response
    messages.success(request, _("The draft is saved."))
    return redirect("draft", draft.key)
