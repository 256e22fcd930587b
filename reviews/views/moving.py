"""Moving a review to a newer edition: what would become of its answers, the move, and its undoing."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from checklists.language import Question
from reviews.access import Deed, ReviewAccess
from reviews.actions.errors import Invalid
from reviews.actions.move import last_move, move_review, newer_edition, preview_of_move, undo_move
from reviews.views.asking import actor_of, person_of, review_for


@require_safe
def move_page(request: HttpRequest, review_id: uuid.UUID) -> HttpResponse:
    """What would carry over to the newest edition, what would fall away, what is new."""
    review = review_for(request, review_id)
    edition = newer_edition(review)
    preview = preview_of_move(review, edition) if edition else None
    new = edition.checklist.questions_by_id if edition else {}
    old = review.checklist.questions_by_id
    context = {
        "review": review,
        "edition": edition,
        "preview": preview,
        "kept": [old[name] for name in preview.kept] if preview else [],
        "look_again": [new[name] for name in preview.look_again] if preview else [],
        "added": [new[name] for name in preview.new] if preview else [],
        "lost": [(lost, old[lost.question], _titles(old[lost.question], lost.choices)) for lost in preview.lost]
        if preview
        else [],
        "last_move": last_move(review),
        "refusal": ReviewAccess(person_of(request), review).refusal(Deed.CHANGE_CHECKLIST),
    }
    return render(request, "reviews/move.html", context)


@require_POST
def move(request: HttpRequest, review_id: uuid.UUID) -> HttpResponse:
    """Move the review to the edition that was looked at."""
    review_for(request, review_id)
    version = request.POST.get("version", "")
    try:
        edition_id = uuid.UUID(request.POST.get("edition", ""))
    except ValueError:
        raise Invalid({"edition": _("Choose an edition to move to.")}) from None
    if not (version.isascii() and version.isdigit() and len(version) < 10):
        raise Invalid({"": _("The move did not say which version of the review it is about. Reload the page.")})
    change = move_review(actor_of(request), review_id=review_id, edition_id=edition_id, version=int(version))
    messages.success(
        request,
        _(
            "The review walks through edition {version} now. The way back to {old} is behind "
            "the name of the edition, at the top."
        ).format(version=change.new.version, old=change.old.version),
    )
    return redirect("questionnaire", review_id)


@require_POST
def move_undo(request: HttpRequest, review_id: uuid.UUID) -> HttpResponse:
    """Take the review back to the edition that it came from."""
    review_for(request, review_id)
    review = undo_move(actor_of(request), review_id=review_id)
    messages.success(request, _("The review is back at edition {version}.").format(version=review.edition.version))
    return redirect("questionnaire", review_id)


def _titles(question: Question, choices: tuple[str, ...]) -> list[str]:
    return [choice.text for choice in question.choices if choice.id in choices]
