"""Reading the checklists."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from checklists.models import Edition


@require_safe
def checklist_list(request: HttpRequest) -> HttpResponse:
    """All checklists with their newest edition."""
    editions = Edition.objects.latest_of_each()
    return render(request, "checklists/list.html", {"editions": editions})


@require_safe
def edition_page(request: HttpRequest, key: str, version: str) -> HttpResponse:
    """One edition, to be read like a document."""
    edition = get_object_or_404(Edition.objects.without_content(), key=key, version=version)
    others = Edition.objects.without_content().filter(key=key).exclude(pk=edition.pk)
    context = {
        "edition": edition,
        "checklist": edition.checklist,
        "pillar_titles": edition.checklist.pillar_titles,
        "weights": [
            (title, edition.checklist.weights[pillar]) for pillar, title in edition.checklist.pillar_titles.items()
        ],
        "others": others,
    }
    return render(request, "checklists/edition.html", context)
