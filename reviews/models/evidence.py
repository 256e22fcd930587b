"""What shows that an answer is true."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reviews.models.people import User
from reviews.models.review import Review

TITLE_LENGTH = 200
QUOTE_LENGTH = 4000
"""Characters that a quote may have: it is a short one."""


URL_LENGTH = 2000
SOURCE_LENGTH = 500
FILE_NAME_LENGTH = 255


class EvidenceKind(models.TextChoices):
    """What a piece of evidence is."""

    FILE = "file", _("File")
    LINK = "link", _("Link")
    QUOTE = "quote", _("Quote")


class Evidence(models.Model):
    """A file, a link or a short quote beside the answer to one question.

    `sha256` is that of the file's bytes, of the address, or of the quoted text (UTF-8). `text` is the quote, and
    `source` says where it stands. A file lies in the storage under `stored_as`; `content_type` is what its bytes were
    found to be, `size` their number. What was removed is no longer shown, and kept: the trail names it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="evidence")
    question_id = models.CharField(max_length=128)
    kind = models.CharField(max_length=8, choices=EvidenceKind.choices)
    title = models.CharField(max_length=TITLE_LENGTH)
    url = models.CharField(max_length=URL_LENGTH, blank=True)
    text = models.TextField(max_length=QUOTE_LENGTH, blank=True)
    source = models.CharField(max_length=SOURCE_LENGTH, blank=True)
    file_name = models.CharField(max_length=FILE_NAME_LENGTH, blank=True)
    content_type = models.CharField(max_length=100, blank=True)
    size = models.PositiveBigIntegerField(null=True)
    sha256 = models.CharField(max_length=64)
    stored_as = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    removed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["review", "question_id"], name="evidence_question")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=EvidenceKind.FILE, size__isnull=False) & ~Q(stored_as="") & ~Q(file_name="")
                | Q(kind=EvidenceKind.LINK, stored_as="") & ~Q(url="")
                | Q(kind=EvidenceKind.QUOTE, stored_as="") & ~Q(text=""),
                name="evidence_is_something",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="evidence_title"),
            models.CheckConstraint(
                condition=Q(removed_by__isnull=True, removed_at__isnull=True)
                | Q(removed_by__isnull=False, removed_at__isnull=False),
                name="evidence_removed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class PendingFile(models.Model):
    """A file that is on its way into the storage, under this key: nobody's evidence yet.

    What was begun and never became evidence, because a process died over it, is found by it and taken away.
    """

    key = models.CharField(max_length=200, unique=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key
