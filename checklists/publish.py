"""From the library's files to editions in the database."""

import functools
import re
from dataclasses import dataclass
from pathlib import Path

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from checklists.canonical import canonical_json, sha256_hex
from checklists.formats.reading import LIBRARY, decoded
from checklists.language import Checklist, ChecklistError, ChecklistErrors, Parsed, read, with_included
from checklists.language.model import VERSION_PATTERN
from checklists.models import Edition


@dataclass(frozen=True)
class Source:
    """A checklist of a folder, with what it includes, and the file that it comes from."""

    parsed: Parsed
    checklist: Checklist


def read_library(folder: Path = LIBRARY) -> list[Checklist]:
    """All checklists of a folder that are asked of some kind of workload, with what they include.

    Raises `ChecklistErrors` with all mistakes in all files.
    """
    return [source.checklist for source in _read(folder)]


@transaction.atomic
def publish(checklist: Checklist, *, notes: str = "") -> Edition:
    """Publish a checklist that is complete in itself, as the next edition of its id; `notes` say what is new.

    Where nothing differs from the newest edition, that one is returned. A version that is taken is raised to the next
    free one. Raises ValueError for a checklist that is only there to be included, and `KindRefused`.
    """
    if checklist.kind is None or checklist.include:
        raise ValueError(f"{checklist.id} is incomplete: it is only there to be included in others, or includes them")
    newest = Edition.objects.filter(key=checklist.id).order_by("-published_at").first()
    _require_kind(checklist, newest)
    if newest is not None and newest.checklist.model_copy(update={"version": checklist.version}) == checklist:
        return newest
    taken = set(Edition.objects.filter(key=checklist.id).values_list("version", flat=True))
    version = checklist.version
    while version in taken:
        version = next_version(version)
    edition = _edition(checklist.model_copy(update={"version": version}), notes)
    edition.save(force_insert=True)
    return edition


class KindRefused(ValueError):
    """A checklist whose id belongs to one for another kind of workload; the text is a sentence for its author."""


class VersionRefused(ValueError):
    """A version that an edition cannot have; the text is a sentence for who gave it."""


@transaction.atomic
def publish_as(checklist: Checklist, *, version: str, notes: str = "") -> Edition:
    """Publish a checklist that is complete in itself, as this very version.

    Raises `VersionRefused` for a version that is none, is taken, or is not above the newest, and `KindRefused`.
    """
    if not re.fullmatch(VERSION_PATTERN, version, re.ASCII):
        raise VersionRefused(
            _("“{version}” is not a version: write numbers with points between, such as 1.2.").format(version=version)
        )
    editions = Edition.objects.without_content().filter(key=checklist.id)
    if editions.filter(version=version).exists():
        raise VersionRefused(
            _("Edition {version} is published already: give this one a higher version.").format(version=version)
        )
    newest = editions.order_by("-published_at", "-id").first()
    _require_kind(checklist, newest)
    if newest is not None and _numbers(version) <= _numbers(newest.version):
        raise VersionRefused(
            _("The newest edition is {version}: give this one a higher version.").format(version=newest.version)
        )
    edition = _edition(checklist.model_copy(update={"version": version}), notes)
    try:
        with transaction.atomic():
            edition.save(force_insert=True)
    except IntegrityError:
        raise VersionRefused(
            _("Edition {version} was published a moment ago: give this one a higher version.").format(version=version)
        ) from None
    return edition


def _require_kind(checklist: Checklist, newest: Edition | None) -> None:
    """An id stays with its kind of workload: running reviews of the kind may move to every newer edition."""
    if newest is not None and newest.kind != checklist.kind:
        raise KindRefused(
            _("{title} has the id {id} and is of kind {kind}: take another id.").format(
                title=newest.title, id=checklist.id, kind=newest.kind
            )
        )


def next_version(version: str) -> str:
    """The version with its last part raised by one: 1.0 -> 1.1."""
    *parts, last = version.split(".")
    return ".".join([*parts, str(int(last) + 1)])


def version_after(newest: str, wished: str, *, shipped: bool) -> str:
    """The version to suggest for the edition after the newest: the wished one where it is higher.

    Of a checklist that is `shipped`, 1.2 is followed by 1.2.1, so that 1.3 stays free for the next release.
    """
    if _numbers(wished) > _numbers(newest):
        return wished
    return f"{newest}.1" if shipped and newest.count(".") == 1 else next_version(newest)


def _numbers(version: str) -> tuple[int, ...]:
    """A version in a form that can be compared: 1.2 is 1.2.0."""
    parts = [int(part) for part in version.split(".")]
    return (*parts, *[0] * (3 - len(parts)))


@functools.cache
def shipped_files() -> dict[str, Checklist]:
    """The files of the shipped library by their ids, each as it stands: what a checklist may include."""
    return {parsed.checklist.id: parsed.checklist for parsed in _files(LIBRARY, [])}


def _edition(checklist: Checklist, notes: str = "") -> Edition:
    content = checklist.to_json()
    return Edition(
        key=checklist.id,
        version=checklist.version,
        title=checklist.title,
        kind=str(checklist.kind),
        notes=notes,
        content=content,
        sha256=sha256_hex(canonical_json(content)),
    )


@transaction.atomic
def publish_library(folder: Path = LIBRARY) -> list[Edition]:
    """Publish what the folder has and the database has not; returns the new editions.

    All or nothing. Raises `ChecklistErrors` for mistakes in the files, and for files whose content changed while
    their version did not: an edition is immutable.
    """
    fresh: list[Edition] = []
    errors: list[ChecklistError] = []
    for source in _read(folder):
        checklist = source.checklist
        edition = _edition(checklist)
        published = Edition.objects.without_content().filter(key=checklist.id, version=checklist.version).first()
        if published is None:
            fresh.append(edition)
        elif published.sha256 != edition.sha256:
            said = f"the content differs from edition {checklist.version} that was published: "
            errors.append(source.parsed.error(("version",), f"{said}give it (or what it includes) a new version"))
    if errors:
        raise ChecklistErrors(errors)
    for edition in fresh:
        edition.save(force_insert=True)
    return fresh


def _read(folder: Path) -> list[Source]:
    errors: list[ChecklistError] = []
    files = _files(folder, errors)
    whole = {parsed.checklist.id: parsed.checklist for parsed in files}
    sources = []
    for parsed in files:
        try:
            checklist = with_included(parsed, whole)
        except ChecklistErrors as wrong:
            errors.extend(wrong.errors)
            continue
        if checklist.kind is not None:
            sources.append(Source(parsed, checklist))
    if errors:
        raise ChecklistErrors(errors)
    return sources


def _files(folder: Path, errors: list[ChecklistError]) -> list[Parsed]:
    """The files of a folder that can be read, one for each id; what is wrong with the others goes to `errors`."""
    files: dict[str, Parsed] = {}
    for path in sorted(folder.glob("*.yaml")):
        try:
            parsed = read(decoded(path.read_bytes(), path.name), path.name)
        except ChecklistErrors as wrong:
            errors.extend(wrong.errors)
            continue
        first = files.setdefault(parsed.checklist.id, parsed)
        if first is not parsed:
            errors.append(parsed.error(("id",), f"the id {parsed.checklist.id} is taken by {first.file}"))
    return list(files.values())
