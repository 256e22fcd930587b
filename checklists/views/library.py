"""Reading the library: its checklists, their editions, and what changed between them."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from checklists.access import may_edit, require_editor
from checklists.formats.aws_lens_export import write_aws_lens
from checklists.formats.yaml_file import write_yaml
from checklists.language import Checklist
from checklists.models import Draft, Edition
from checklists.views.document import KIND_TITLES, Document, shown_difference


@dataclass(frozen=True)
class Shelf:
    """A checklist in the list: its newest edition, and what that is about."""

    edition: Edition

    @property
    def kind(self) -> str:
        """The kind of workload that it asks about, in words."""
        return str(KIND_TITLES[self.edition.kind])

    @property
    def summary(self) -> str:
        """What it is about."""
        return str(self.edition.content["summary"])

    @property
    def questions(self) -> int:
        """How many questions it has."""
        return sum(len(section["questions"]) for section in self.edition.content["sections"])


@require_safe
def checklist_list(request: HttpRequest) -> HttpResponse:
    """All checklists with their newest edition; for administrators, the drafts."""
    can_edit = may_edit(request.user)
    drafts = Draft.objects.select_related("changed_by", "base").defer("text", "base__content")
    context = {
        "shelves": [Shelf(edition) for edition in Edition.objects.latest_of_each().order_by("title", "key")],
        "can_edit": can_edit,
        "drafts": drafts if can_edit else [],
    }
    return render(request, "checklists/list.html", context)


@require_safe
def edition_page(request: HttpRequest, key: str, version: str) -> HttpResponse:
    """One edition, to be read like a document; `q` leaves the questions that have all its words."""
    editions = list(Edition.objects.without_content().filter(key=key).order_by("-published_at", "-id"))
    edition = _edition_of(editions, version)
    before = editions[editions.index(edition) + 1 :]
    can_edit = may_edit(request.user)
    context = {
        "edition": edition,
        "kind": KIND_TITLES[edition.kind],
        "document": Document(edition.checklist, request.GET.get("q", "").strip()[:200]),
        "editions": editions,
        "newest": editions[0],
        "before": before[0] if before else None,
        "can_edit": can_edit,
        "has_draft": can_edit and Draft.objects.filter(key=key).exists(),
    }
    return render(request, "checklists/edition.html", context)


@require_safe
def changes_page(request: HttpRequest, key: str, old: str, new: str) -> HttpResponse:
    """What changed between two editions, question by question."""
    editions = list(Edition.objects.without_content().filter(key=key).order_by("-published_at", "-id"))
    before, after = _edition_of(editions, old), _edition_of(editions, new)
    context = {
        "old": before,
        "new": after,
        "editions": editions,
        **shown_difference(before.checklist, after.checklist),
    }
    return render(request, "checklists/changes.html", context)


@require_safe
def export_page(request: HttpRequest, key: str, version: str) -> HttpResponse:
    """The formats in which an edition can be taken away, with what each cannot say."""
    require_editor(request.user)
    edition = get_object_or_404(Edition.objects.without_content(), key=key, version=version)
    context = {"edition": edition, "left_out": write_aws_lens(edition.checklist).left_out}
    return render(request, "checklists/export.html", context)


@require_safe
def export_file(request: HttpRequest, key: str, version: str, format: str) -> HttpResponse:
    """An edition as a file: `yaml`, `aws-lens` or `json`."""
    require_editor(request.user)
    edition = get_object_or_404(Edition.objects.without_content(), key=key, version=version)
    if format not in _EXPORTS:
        raise Http404(f"There is no export as {format[:40]}.")
    suffix, content_type, write = _EXPORTS[format]
    name = f"{edition.key}-{edition.version}{suffix}"
    return HttpResponse(
        write(edition.checklist),
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _json(checklist: Checklist) -> str:
    return json.dumps(checklist.to_json(), ensure_ascii=False, indent=2) + "\n"


_EXPORTS: dict[str, tuple[str, str, Callable[[Checklist], str]]] = {
    "yaml": (".yaml", "application/yaml", write_yaml),
    "aws-lens": (".aws-lens.json", "application/json", lambda checklist: write_aws_lens(checklist).text),
    "json": (".json", "application/json", _json),
}


def _edition_of(editions: list[Edition], version: str) -> Edition:
    """The edition of this version; raises Http404 for none."""
    for edition in editions:
        if edition.version == version:
            return edition
    raise Http404("There is no such edition.")
