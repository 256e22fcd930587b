"""The storage of evidence: files under keys of their own, in a folder or in a bucket.

A file and the row that names it cannot be written in one transaction. So a note of the file is written first: it ends
with the transaction that makes the file somebody's evidence, and what it still names later belongs to nobody.
"""

import hashlib
import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import IO

from django.core.files import File
from django.core.files.storage import Storage, storages
from django.utils import timezone
from django.utils.translation import gettext as _

from reviews.actions.transaction import writing
from reviews.models import Evidence, PendingFile

log = logging.getLogger(__name__)

UNFINISHED = timedelta(hours=6)
"""After so long a file that is on its way never arrives."""
_PIECE = 1 << 16  # bytes


class NotStored(Exception):
    """The storage did not take a file, or does not give it back as it was; the text is a sentence."""


class Altered(NotStored):
    """The storage answers, and a file is gone or is not the one that was added."""


def storage() -> Storage:
    """Where files of evidence lie."""
    return storages["evidence"]


@contextmanager
def stored(file: IO[bytes]) -> Iterator[PendingFile]:
    """The file, in the storage; gone again where what is done inside fails.

    What is done inside deletes the note in the transaction that makes the file evidence. Raises `NotStored`.
    """
    name = secrets.token_hex(20)
    with writing():
        pending = PendingFile.objects.create(key=f"{name[:2]}/{name}", at=timezone.now())
    try:
        _put(pending.key, file)
        yield pending
    except BaseException:
        _take_away(pending)
        raise


def sha256_of(file: IO[bytes]) -> str:
    """The SHA-256 of a file, read piece by piece from its beginning."""
    file.seek(0)
    digest = hashlib.sha256()
    while piece := file.read(_PIECE):
        digest.update(piece)
    return digest.hexdigest()


def opened(evidence: Evidence) -> "File[bytes]":
    """The file of a piece of evidence, at its beginning; raises `NotStored` if the storage fails, and `Altered`."""
    try:
        file = storage().open(evidence.stored_as)
        digest = sha256_of(file)
        file.seek(0)
    except FileNotFoundError as problem:
        log.error("the file of evidence %s is gone", evidence.pk)
        raise Altered(_("The file is not where it was stored.")) from problem
    except Exception as problem:
        log.exception("the file of evidence %s cannot be read", evidence.pk)
        raise NotStored(_("The file cannot be read from where it is stored.")) from problem
    if digest != evidence.sha256:
        file.close()
        log.error("the file of evidence %s has the SHA-256 %s, not %s", evidence.pk, digest, evidence.sha256)
        raise Altered(_("The file is not what was added: its SHA-256 is another one."))
    return file


def take_away_unfinished(now: datetime) -> int:
    """Take away the files that were on their way for so long that they never arrive; returns how many."""
    unfinished = list(PendingFile.objects.filter(at__lt=now - UNFINISHED))
    for pending in unfinished:
        _take_away(pending)
    return len(unfinished)


def _put(key: str, file: IO[bytes]) -> None:
    file.seek(0)
    try:
        storage().save(key, File(file))
    except Exception as problem:
        # Storages raise errors of their own kinds; each means that the file is not there.
        log.exception("a file cannot be stored")
        raise NotStored(_("The file could not be stored, so nothing was added. Try again in a while.")) from problem


def _take_away(pending: PendingFile) -> None:
    """Delete the file, then the note of it; a storage that is down keeps both for the next time."""
    if Evidence.objects.filter(stored_as=pending.key).exists():
        return
    try:
        storage().delete(pending.key)
    except Exception:
        log.exception("the file %s cannot be taken away", pending.key)
        return
    with writing():
        PendingFile.objects.filter(key=pending.key).delete()
