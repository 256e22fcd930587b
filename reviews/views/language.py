"""In which language and time zone a person reads the application, and gets mail."""

from itertools import groupby

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from reviews.actions.people import set_language_and_time_zone
from reviews.languages import LANGUAGES, time_zones
from reviews.views.asking import person_of


@require_http_methods(["GET", "HEAD", "POST"])
def language(request: HttpRequest) -> HttpResponse:
    """Choose both; what is kept says so in the language that was chosen."""
    person = person_of(request)
    if request.method == "POST":
        set_language_and_time_zone(
            person, language=request.POST.get("language", ""), time_zone=request.POST.get("time_zone", "")
        )
        with translation.override(person.language or translation.get_language_from_request(request)):
            messages.success(request, _("Your choice is kept."))
        return redirect("language")
    context = {
        "languages": LANGUAGES.items(),
        "zones": [(region, list(names)) for region, names in groupby(time_zones(), lambda name: name.split("/")[0])],
        "default_zone": settings.TIME_ZONE,
        "now": timezone.now(),
    }
    return render(request, "reviews/language.html", context)
