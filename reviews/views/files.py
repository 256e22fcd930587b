"""Files that answer questions: exports of assessments, and results of resource graph queries."""

import uuid

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from checklists.formats.graph_results import MAX_BYTES, read_graph_results
from checklists.formats.reading import MICROSOFT, read_file
from checklists.language import ChecklistErrors, WorkloadKind
from checklists.locale import number
from reviews.access import Deed, ReviewAccess, require_writer
from reviews.actions.errors import Invalid
from reviews.actions.imported import edition_of, start_filled_review
from reviews.actions.verify import Verified, apply_graph_results
from reviews.forms import AssessmentForm, ResultsForm
from reviews.models import Review, Workload
from reviews.views.asking import actor_of, person_of, review_for


@require_http_methods(["GET", "HEAD", "POST"])
def review_from_file(request: HttpRequest, key: str) -> HttpResponse:
    """Begin a review with the answers of an assessment that was made elsewhere."""
    actor = actor_of(request)
    workload = get_object_or_404(Workload.objects.visible_to(actor.user).select_related("team"), key=key)
    require_writer(actor.user, workload.team)
    form = AssessmentForm(request.POST or None, request.FILES or None)
    mistakes: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            data, name = _content(form.cleaned_data["file"])
            imported = read_file(data, name, MICROSOFT)
            review = start_filled_review(
                actor,
                workload=workload,
                kind=WorkloadKind(form.cleaned_data["kind"]),
                edition=edition_of(imported),
                answers=imported.answers,
                beside_another=form.cleaned_data["beside_another"],
            )
        except ChecklistErrors as wrong:
            mistakes = [str(error) for error in wrong.errors]
        except Invalid as problem:
            mistakes = list(problem.errors.values())
        else:
            messages.success(
                request,
                _("The review begins with {answers} answers of {name}.").format(
                    answers=len(imported.answers), name=name
                ),
            )
            return redirect("questionnaire", review.pk)
    context = {"workload": workload, "form": form, "mistakes": mistakes}
    return render(request, "reviews/from_file.html", context, status=422 if mistakes or form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def graph_results(request: HttpRequest, review_id: uuid.UUID) -> HttpResponse:
    """Answer questions from the results of resource graph queries, and say what that did."""
    review = review_for(request, review_id)
    form = ResultsForm(request.POST or None, request.FILES or None)
    access = ReviewAccess(person_of(request), review)
    mistakes: list[str] = []
    done: Verified | None = None
    if request.method == "POST":
        access.require(Deed.ANSWER)
    if request.method == "POST" and form.is_valid():
        try:
            results = read_graph_results(*_content(form.cleaned_data["file"]))
            done = apply_graph_results(actor_of(request), review_id=review_id, results=results)
        except ChecklistErrors as wrong:
            mistakes = [str(error) for error in wrong.errors]
        except Invalid as problem:
            mistakes = list(problem.errors.values())
        except Review.DoesNotExist:
            raise Http404 from None
    context = {
        "review": review,
        "form": form,
        "mistakes": mistakes,
        "done": done,
        "refusal": access.refusal(Deed.ANSWER),
    }
    return render(request, "reviews/graph_results.html", context, status=422 if mistakes or form.errors else 200)


def _content(file: "UploadedFile[bytes]") -> tuple[bytes, str]:
    """The bytes of an upload and its name; one that is longer than any reader takes is not read."""
    name = file.name or _("the file")
    if (file.size or 0) > MAX_BYTES:
        raise Invalid(
            {
                "file": _("{name} has {size} bytes; {max_bytes} is the most.").format(
                    name=name, size=number(file.size or 0), max_bytes=number(MAX_BYTES)
                )
            }
        )
    return file.read(), name
