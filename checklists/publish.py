"""From the library's files to editions in the database."""

from pathlib import Path

from django.db import transaction

from checklists.canonical import canonical_json, sha256_hex
from checklists.language import Checklist, ChecklistError, ChecklistErrors, parse, with_included
from checklists.models import Edition

LIBRARY = Path(__file__).parent / "library"


def read_library(folder: Path = LIBRARY) -> list[Checklist]:
    """All checklists of a folder that are asked of some kind of workload, with what they include.

    Raises `ChecklistErrors` with all mistakes in all files.
    """
    errors: list[ChecklistError] = []
    files: dict[str, str] = {}
    checklists: dict[str, Checklist] = {}
    for path in sorted(folder.glob("*.yaml")):
        try:
            checklist = parse(path.read_text(encoding="utf-8"), path.name)
        except UnicodeDecodeError as broken:
            errors.append(ChecklistError(path.name, 0, 0, f"byte {broken.start} is not UTF-8"))
        except ChecklistErrors as wrong:
            errors.extend(wrong.errors)
        else:
            if checklist.id in files:
                errors.append(
                    ChecklistError(path.name, 0, 0, f"the id {checklist.id} is taken by {files[checklist.id]}")
                )
            files[checklist.id] = path.name
            checklists[checklist.id] = checklist
    if errors:
        raise ChecklistErrors(errors)
    return [
        with_included(checklist, checklists, files[checklist.id])
        for checklist in checklists.values()
        if checklist.kind is not None
    ]


@transaction.atomic
def publish_library(folder: Path = LIBRARY) -> list[Edition]:
    """Publish what the folder has and the database has not; returns the new editions.

    All or nothing. Raises `ChecklistErrors` for mistakes in the files, and for a file whose content
    changed while its version did not: an edition is immutable.
    """
    fresh = []
    for checklist in read_library(folder):
        content = checklist.to_json()
        digest = sha256_hex(canonical_json(content))
        published = Edition.objects.without_content().filter(key=checklist.id, version=checklist.version).first()
        if published is None:
            fresh.append(
                Edition.objects.create(
                    key=checklist.id,
                    version=checklist.version,
                    title=checklist.title,
                    kind=str(checklist.kind),
                    content=content,
                    sha256=digest,
                )
            )
        elif published.sha256 != digest:
            raise ChecklistErrors(
                [
                    ChecklistError(
                        f"{checklist.id}.yaml",
                        0,
                        0,
                        f"the content differs from edition {checklist.version} that was published: "
                        "give it (or what it includes) a new version",
                    )
                ]
            )
    return fresh
