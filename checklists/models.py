"""Editions: checklists as they were published, for ever. Drafts: what may become one."""

import functools
import uuid

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext as _

from checklists.language import ANY_KIND, Checklist, WorkloadKind, joined

DRAFT_LENGTH = 4_000_000
"""Characters that a draft may have; as many bytes are the most that the language reads."""

_KINDS = [*(kind.value for kind in WorkloadKind), ANY_KIND]


class EditionQuerySet(models.QuerySet["Edition"]):
    """Which editions there are."""

    def latest_of_each(self) -> "EditionQuerySet":
        """The newest edition of each checklist."""
        newest = Edition.objects.filter(key=OuterRef("key")).order_by("-published_at", "-id").values("pk")[:1]
        return self.filter(pk=Subquery(newest))

    def without_content(self) -> "EditionQuerySet":
        """Leave out the checklist itself, for lists and joins; `Edition.checklist` fetches it when asked."""
        return self.defer("content")


class Edition(models.Model):
    """One published, immutable version of a checklist.

    `content` is `Checklist.to_json()` with what it includes; `sha256` is the digest of its canonical
    JSON, `notes` says what is new. Triggers in the database refuse every change and deletion.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.SlugField("checklist", max_length=128)
    version = models.CharField(max_length=14)
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=16, choices=[(kind, kind) for kind in _KINDS])
    notes = models.TextField(blank=True)
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    published_at = models.DateTimeField(auto_now_add=True)

    objects = EditionQuerySet.as_manager()

    class Meta:
        ordering = ["title", "-published_at"]
        constraints = [
            models.UniqueConstraint(fields=["key", "version"], name="edition_version_once"),
            models.CheckConstraint(condition=models.Q(kind__in=_KINDS), name="edition_kind"),
        ]

    def __str__(self) -> str:
        return _("{title}, edition {version}").format(title=self.title, version=self.version)

    @property
    def checklist(self) -> Checklist:
        """The checklist as published."""
        return checklist_of(self.pk)


class Draft(models.Model):
    """The text of a checklist that is being written: one at most for each id of a checklist.

    `text` is YAML, right or wrong. `version` grows by one with each save, and a save names the version that it is
    based on. `base` is the edition that the text began as, None where it began as something else; `origin` is what an
    uploaded file was: {file, format, skipped, warnings}, empty for none.
    """

    key = models.SlugField("checklist", max_length=128, primary_key=True)
    text = models.TextField()
    version = models.PositiveIntegerField(default=1)
    base = models.ForeignKey(Edition, on_delete=models.PROTECT, null=True, related_name="+")
    origin = models.JSONField(default=dict)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["key"]
        constraints = [
            models.CheckConstraint(condition=LessThanOrEqual(Length("text"), DRAFT_LENGTH), name="draft_length"),
            models.CheckConstraint(condition=Q(version__gte=1), name="draft_version"),
        ]

    def __str__(self) -> str:
        return f"Draft of {self.key}"


@functools.lru_cache(maxsize=128)
def checklist_of(edition_id: uuid.UUID) -> Checklist:
    """The checklist of an edition; kept in memory, as an edition never changes.

    Raises Edition.DoesNotExist.
    """
    return Checklist.model_validate(Edition.objects.values_list("content", flat=True).get(pk=edition_id))


@functools.lru_cache(maxsize=128)
def checklist_of_editions(edition_ids: tuple[uuid.UUID, ...]) -> Checklist:
    """What several editions ask together: see `checklists.language.joined`. Raises Edition.DoesNotExist."""
    return joined([checklist_of(edition_id) for edition_id in edition_ids])
