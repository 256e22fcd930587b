"""What a person is told, and how they want to be told."""

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reviews.actions.errors import Invalid
from reviews.actions.notices import delivery_of, read, read_all, set_delivery
from reviews.models import Delivery, Mail, Notice, NoticeKind
from reviews.notices import place, sentence
from reviews.views.asking import person_of

PER_PAGE = 50


@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """The person's notices, latest first."""
    told = Notice.objects.visible_to(person_of(request)).select_related("review__workload", "by")
    page = Paginator(told, PER_PAGE).get_page(request.GET.get("page"))
    lines = [{"notice": notice, "sentence": sentence(notice)} for notice in page]
    context = {"page": page, "lines": lines, "last": max((notice.pk for notice in page), default=0)}
    return render(request, "reviews/notices.html", context)


@require_POST
def notice_open(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Mark a notice as read and go where it leads."""
    try:
        notice = read(person_of(request), notice_id)
    except Notice.DoesNotExist:
        raise Http404("There is no such notice of yours.") from None
    return redirect(place(notice))


@require_POST
def notices_read(request: HttpRequest) -> HttpResponse:
    """Mark the notices that the page showed as read."""
    until = request.POST.get("until", "")
    if not (until.isascii() and until.isdigit() and len(until) < 19):
        raise Invalid({"until": _("The page did not say which notices it showed. Reload it and try again.")})
    read_all(person_of(request), int(until))
    return redirect("notices")


@require_http_methods(["GET", "HEAD", "POST"])
def notice_settings(request: HttpRequest) -> HttpResponse:
    """When the person gets mail of which notices."""
    person = person_of(request)
    if request.method == "POST":
        try:
            chosen = {kind: Delivery(request.POST.get(kind.value, "")) for kind in NoticeKind}
        except ValueError:
            raise Invalid({"": _("Choose for each kind of notice when you want mail.")}) from None
        set_delivery(person, chosen)
        messages.success(request, _("Your choice is kept."))
        return redirect("notice-settings")
    rows = [{"kind": kind, "delivery": delivery} for kind, delivery in delivery_of(person).items()]
    context = {"rows": rows, "deliveries": list(Delivery), "has_server": not settings.MAILBOX}
    return render(request, "reviews/notice_settings.html", context)


@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """What would have been mailed, where no mail server is set: to the person, and to anybody for administrators."""
    if not settings.MAILBOX:
        raise Http404("Mail is sent by the mail server; there is no mailbox here.")
    mails = Mail.objects.visible_to(person_of(request)).order_by("-written_at", "-id")
    page = Paginator(mails, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "reviews/mailbox.html", {"page": page})
