"""Starting a review with the answers that a file of another tool holds."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

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
    """The newest published edition of the checklist that a file holds, in which all its answers have their place.

    An administrator may have edited the checklist before publishing it, so questions and choices need to be the same
    only where the file answers them: by id and, as the ids of choices are their place in the file, by text. Raises
    `Invalid` where there is no such edition.
    """
    found = imported.checklist
    editions = Edition.objects.without_content().filter(key=found.id).order_by("-published_at")
    misfits = []
    for edition in editions:
        misfit = _misfit(imported, edition)
        if not misfit:
            return edition
        misfits.append(misfit)
    if misfits:
        raise Invalid({"file": misfits[0]})
    raise Invalid(
        {
            "file": _(
                "The questions of this file are not published here as a checklist. Ask an administrator "
                "to import it under Checklists; it will be called “{title}”."
            ).format(title=found.title)
        }
    )


def _misfit(imported: Imported, edition: Edition) -> str:
    """The first answer of the file that has no place in the edition, as a sentence; empty where all have."""
    offered = edition.checklist.questions_by_id
    again = _("Ask an administrator to import the file under Checklists and to publish it as a new edition.")
    for question in imported.checklist.questions:
        answer = imported.answers.get(question.id)
        if answer is None:
            continue
        if question.id not in offered:
            said = _("{edition} does not ask “{question}”, which this file answers.")
            return f"{said.format(edition=edition, question=question.wording)} {again}"
        texts = {choice.id: choice.text for choice in offered[question.id].choices}
        for choice in question.choices:
            if choice.id in answer.selected and texts.get(choice.id) != choice.text:
                said = _("{edition} does not offer “{choice}”, which this file selects in “{question}”.")
                said = said.format(edition=edition, choice=choice.text, question=question.wording)
                return f"{said} {again}"
    return ""


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
