"""What there is to read about one question: what good looks like, what to do, sources."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from aiplatform.sign_in import is_htmx
from reviews.views.asking import review_for
from reviews.views.sheet import sheet_of


@require_safe
def background(request: HttpRequest, review_id: uuid.UUID, question_id: str) -> HttpResponse:
    """The background of one question: a part of its card, or a page of its own without JavaScript."""
    sheet = sheet_of(review_for(request, review_id), with_comments=False)
    card = next((card for card in sheet.all_cards if card.question.id == question_id), None)
    if card is None:
        raise Http404(f"The edition of this review has no question {question_id}.")
    page = "reviews/background.html" if is_htmx(request) else "reviews/background_page.html"
    return render(request, page, {"card": card, "review": sheet.review})
