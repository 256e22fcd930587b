"""Starting a review with the answers that a file of another tool holds."""

from collections.abc import Mapping

from checklists.formats.imported import Imported, ImportedAnswer
from checklists.language import WorkloadKind
from checklists.models import Edition
from reviews.access import Actor
from reviews.actions.answer import Given, answer_question
from reviews.actions.errors import Invalid
from reviews.actions.start import start_review
from reviews.actions.transaction import writing
from reviews.models import Review, Workload


def edition_of(imported: Imported) -> Edition:
    """The published edition of the checklist that a file holds, whatever its version.

    Raises `Invalid` where there is none: publishing is for administrators, answering is not.
    """
    found = imported.checklist
    for edition in Edition.objects.without_content().filter(key=found.id).order_by("-published_at"):
        if edition.checklist.model_copy(update={"version": found.version}) == found:
            return edition
    raise Invalid(
        {
            "file": f"The questions of this file are not published here as a checklist. Ask an administrator to "
            f"import it under Checklists; it will be called “{found.title}”."
        }
    )


def start_filled_review(
    actor: Actor,
    *,
    workload: Workload,
    kind: WorkloadKind,
    edition: Edition,
    answers: Mapping[str, ImportedAnswer],
    beside_another: bool = False,
) -> Review:
    """Start a review of an edition and give it the answers of a file, by question id, as if the person gave them.

    All or nothing; each answer has its event. Raises as `start_review` and `answer_question` do, `Invalid` among them
    for an answer that the edition cannot take.
    """
    with writing():
        review = start_review(actor, workload=workload, kind=kind, edition=edition, beside_another=beside_another)
        for question_id, answer in answers.items():
            given = Given(version=0, selected=answer.selected, note=answer.note)
            answer_question(actor, review_id=review.pk, question_id=question_id, given=given)
        review.refresh_from_db(fields=["version", "changed_at"])
    return review
