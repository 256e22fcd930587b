"""Evidence beside an answer: adding files, links and quotes, and taking them away."""

import hashlib
import os
import re
import unicodedata
import uuid
from collections.abc import Mapping
from typing import IO, Any
from urllib.parse import parse_qsl, urlsplit

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from checklists.locale import number
from reviews.access import Actor, Deed, ReviewAccess
from reviews.actions.answer import contributes
from reviews.actions.errors import Invalid
from reviews.actions.holding import locked_review, touch_beside_score
from reviews.actions.storing import sha256_of, stored
from reviews.actions.texts import has_turns, in_one_line, is_storable
from reviews.actions.trail import record
from reviews.actions.transaction import writing
from reviews.file_types import NotTaken, recognised
from reviews.models import EventKind, Evidence, EvidenceKind, Review
from reviews.models.evidence import FILE_NAME_LENGTH, QUOTE_LENGTH, SOURCE_LENGTH, TITLE_LENGTH, URL_LENGTH

_SECRETS = {"sig", "x-amz-signature", "x-amz-security-token", "x-goog-signature", "access_token"}
"""Parameters that make an address a key to what is there."""
# Control characters, and those that turn text around: in a name they hide what it ends in.
_NOT_IN_NAMES = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


def most_bytes() -> int:
    """How large a file may be."""
    return int(settings.EVIDENCE_MEGABYTES) * 1024 * 1024


def add_file(
    actor: Actor, *, review_id: uuid.UUID, question_id: str, file: IO[bytes], name: str, title: str = ""
) -> Evidence:
    """Add a file, which people called `name`; without a title it is called so. `file` is seekable.

    Raises Review.DoesNotExist for a review that the person cannot see, `Refused` where they may not do this now,
    `Invalid` for what cannot be taken, and `storing.NotStored` where the storage does not take it.
    """
    # All that can be refused is refused before anything is stored, and without keeping others from the review.
    review = (
        Review.objects.visible_to(actor.user)
        .select_related("workload", "edition")
        .defer("edition__content")
        .get(pk=review_id)
    )
    _require(actor, review, question_id)
    name = _plain_name(name)
    size = file.seek(0, os.SEEK_END)
    if size > most_bytes():
        raise Invalid({"file": too_large()})
    try:
        kind = recognised(file, name)
    except NotTaken as problem:
        raise Invalid({"file": str(problem)}) from None
    piece = Evidence(
        kind=EvidenceKind.FILE,
        title=_title(title, name),
        file_name=name,
        content_type=kind.content_type,
        size=size,
        sha256=sha256_of(file),
    )
    _require_new(review, question_id, piece)
    with stored(file) as pending:
        piece.stored_as = pending.key
        with writing():
            _add(actor, review_id, question_id, piece)
            pending.delete()
    return piece


def add_link(actor: Actor, *, review_id: uuid.UUID, question_id: str, url: str, title: str = "") -> Evidence:
    """Add the address of a web page; nothing is fetched from there. Raises as `add_file` does."""
    url = url.strip()
    if problem := _problem_of_address(url):
        raise Invalid({"url": problem})
    address = urlsplit(url)
    piece = Evidence(
        kind=EvidenceKind.LINK,
        title=_title(title, f"{address.hostname}{address.path.rstrip('/')}"),
        url=url,
        sha256=hashlib.sha256(url.encode()).hexdigest(),
    )
    with writing():
        return _add(actor, review_id, question_id, piece)


def add_quote(
    actor: Actor, *, review_id: uuid.UUID, question_id: str, text: str, source: str, title: str = ""
) -> Evidence:
    """Add words that somebody wrote or said, and where. Raises as `add_file` does."""
    text, source = text.strip(), in_one_line(source)
    errors = {}
    if not text:
        errors["text"] = _("The quote is empty.")
    elif fault := _fault(_("quote"), text, QUOTE_LENGTH):
        errors["text"] = fault
    if not source:
        errors["source"] = _("Say where the quote is from: a document and its page, a person and the day.")
    elif fault := _fault(_("source"), source, SOURCE_LENGTH):
        errors["source"] = fault
    if errors:
        raise Invalid(errors)
    piece = Evidence(
        kind=EvidenceKind.QUOTE,
        title=_title(title, source),
        text=text,
        source=source,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
    )
    with writing():
        return _add(actor, review_id, question_id, piece)


def take_away(actor: Actor, *, review_id: uuid.UUID, evidence_id: uuid.UUID) -> Evidence:
    """Take a piece away: it is no longer shown nor handed out. One that is gone already stays so.

    Raises as `add_file` does, and Evidence.DoesNotExist.
    """
    with writing():
        review = locked_review(actor.user, review_id)
        access = ReviewAccess(actor.user, review)
        access.require(Deed.CHANGE_EVIDENCE)
        piece = review.evidence.get(pk=evidence_id)
        if piece.removed_at is None:
            piece.removed_by, piece.removed_at = actor.user, timezone.now()
            piece.save(update_fields=["removed_by", "removed_at"])
            _changed(access, EventKind.EVIDENCE_REMOVED, actor, piece)
    return piece


def too_large() -> str:
    """What is said of a file that has more bytes than one may have."""
    return _("The file is larger than {} MB, the most that is taken. Add a smaller one, or a link.").format(
        settings.EVIDENCE_MEGABYTES
    )


def _add(actor: Actor, review_id: uuid.UUID, question_id: str, piece: Evidence) -> Evidence:
    """Keep what was checked already, in a review that is held until the transaction ends."""
    review = locked_review(actor.user, review_id)
    access = _require(actor, review, question_id)
    _require_new(review, question_id, piece)
    piece.review, piece.question_id, piece.by, piece.at = review, question_id, actor.user, timezone.now()
    piece.save(force_insert=True)
    _changed(access, EventKind.EVIDENCE_ADDED, actor, piece)
    return piece


def _require(actor: Actor, review: Review, question_id: str) -> ReviewAccess:
    access = ReviewAccess(actor.user, review)
    access.require(Deed.CHANGE_EVIDENCE)
    if question_id not in review.checklist.questions_by_id:
        raise Invalid({"": _("The edition of this review has no question {}.").format(question_id)})
    return access


def _require_new(review: Review, question_id: str, piece: Evidence) -> None:
    """Raise `Invalid` where the question has the same already, or as much as a question may have."""
    there = list(review.evidence.filter(question_id=question_id, removed_at=None).only("kind", "sha256", "title"))
    for each in there:
        if (each.kind, each.sha256) == (piece.kind, piece.sha256):
            raise Invalid({"": _("This question has it already: “{}”.").format(each.title)})
    if len(there) >= settings.EVIDENCE_PIECES:
        most = _("This question has {} pieces of evidence, the most that it may have. Take one away first.")
        raise Invalid({"": most.format(len(there))})


def _changed(access: ReviewAccess, kind: EventKind, actor: Actor, piece: Evidence) -> None:
    """Write what happened, and note who took part. The review is another one now, to be read anew by who approves."""
    contributes(access)
    record(access.review, kind, actor, **_detail(piece))
    touch_beside_score(access.review)


def _detail(piece: Evidence) -> Mapping[str, Any]:
    """What the trail keeps of it: all that says what it is, but where its file lies."""
    said = {"url": piece.url, "text": piece.text, "source": piece.source, "file_name": piece.file_name}
    return {
        "question": piece.question_id,
        "evidence": str(piece.pk),
        "piece": piece.kind,
        "title": piece.title,
        "sha256": piece.sha256,
        **{key: value for key, value in said.items() if value},
        **({"size": piece.size} if piece.size is not None else {}),
    }


def _title(given: str, otherwise: str) -> str:
    title = in_one_line(given)
    if fault := _fault(_("title"), title, TITLE_LENGTH):
        raise Invalid({"title": fault})
    return title or (otherwise if len(otherwise) <= TITLE_LENGTH else f"{otherwise[: TITLE_LENGTH - 1]}…")


def _plain_name(name: str) -> str:
    """The name of a file without folders and without what cannot be seen; its ending stays."""
    plain = unicodedata.normalize("NFC", re.split(r"[/\\]", name)[-1])
    plain = " ".join(_NOT_IN_NAMES.sub("", plain).split())
    stem, dot, ending = plain.rpartition(".")
    return f"{stem[: FILE_NAME_LENGTH - len(ending) - 1]}{dot}{ending}"[:FILE_NAME_LENGTH] if dot else plain


def _problem_of_address(url: str) -> str:
    """Why an address cannot be taken; empty where it can."""
    if not url:
        return _("Give the address of the page.")
    if fault := _fault(_("address"), url, URL_LENGTH):
        return fault
    try:
        address = urlsplit(url)
        host, _port = address.hostname, address.port
    except ValueError:
        host = None
        address = urlsplit("")
    if (
        address.scheme not in {"http", "https"}
        or not host
        or has_turns(url)
        or re.search(r"[\s\x00-\x1f\x7f<>\"\\`]", url)
    ):
        return _("This is no address of a web page. It begins with https:// or http:// and has no blanks in it.")
    if address.username is not None or address.password is not None:
        return _("The address has a user name or a password in it: everybody who reads the review would get it.")
    if found := [key for key, _value in parse_qsl(address.query) if key.lower() in _SECRETS]:
        return _(
            "The address has a key in it ({}): everybody who reads the review could use it. Give the plain one."
        ).format(found[0])
    return ""


def _fault(what: str, text: str, most: int) -> str:
    if len(text) > most:
        return _("The {what} has {length} characters; {most} is the most.").format(
            what=what, length=number(len(text)), most=number(most)
        )
    if not is_storable(text):
        return _("The {what} has a character (NUL) that cannot be stored.").format(what=what)
    return ""
