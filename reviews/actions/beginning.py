"""Beginning a review with answers that are there: of an earlier review, of another workload, or of a template."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from checklists.language import Question, WorkloadKind
from checklists.models import Edition
from reviews.access import Actor, require_template_maker
from reviews.actions.errors import Invalid
from reviews.actions.fitting import PLACES, fitted
from reviews.actions.holding import locked_review, touch
from reviews.actions.start import start_review
from reviews.actions.texts import in_one_line
from reviews.actions.trail import record
from reviews.actions.transaction import writing
from reviews.languages import as_stored
from reviews.models import Answer, EventKind, Review, ReviewState, Template, User, Workload

MOST_OFFERED = 50
"""So many reviews are offered to begin with, the latest first."""

_CONTENT = ("selected", "left_out", "rows", "not_applicable", "reason", "note")


@dataclass(frozen=True)
class Source:
    """What a review can begin with: `named` says in the trail and on the page what it was."""

    named: str
    answers: Mapping[str, Mapping[str, Any]]


def source_of_review(review: Review) -> Source:
    """The confirmed answers of a review as they are now."""
    return Source(as_stored(review), _contents(review.answers.filter(confirmed=True)))


def source_of_template(template: Template) -> Source:
    """The answers of a template."""
    return Source(_("template {}").format(template.name), template.answers)


def beginnings(user: User, workload: Workload) -> list[tuple[str, list[tuple[str, str]]]]:
    """What a review of the workload can begin with, in groups: (title, [(value for `source_of`, label)]).

    Earlier reviews of the workload, templates of its team, and the latest approved reviews of other workloads; all of
    them such as the person may see. Three queries.
    """
    earlier = workload.reviews.exclude(state=ReviewState.WITHDRAWN).order_by("-number")[:MOST_OFFERED]
    templates = Template.objects.visible_to(user).filter(team=workload.team_id, retired_at=None)
    others = Review.objects.visible_to(user).filter(state=ReviewState.APPROVED).exclude(workload=workload)
    others = others.select_related("workload").order_by("-changed_at")[:MOST_OFFERED]
    groups = [
        (
            _("Earlier reviews of this workload"),
            [
                (f"review:{each.pk}", _("Review {number}: {kind}").format(number=each.number, kind=_kind(each)))
                for each in earlier
            ],
        ),
        (_("Templates"), [(f"template:{each.pk}", f"{each.name} ({_kind(each)})") for each in templates]),
        (_("Other workloads"), [(f"review:{each.pk}", f"{each.workload.name} ({_kind(each)})") for each in others]),
    ]
    return [(title, offered) for title, offered in groups if offered]


def source_of(user: User, value: str) -> Source:
    """What a value of `beginnings` stands for. Raises `Invalid` for what is not there, or the person may not see."""
    what, _colon, key = value.partition(":")
    try:
        found = uuid.UUID(key)
        if what == "template":
            return source_of_template(Template.objects.visible_to(user).get(pk=found, retired_at=None))
        return source_of_review(Review.objects.visible_to(user).select_related("workload").get(pk=found))
    except (ValueError, Template.DoesNotExist, Review.DoesNotExist):
        raise Invalid({"begin_with": _("What the review should begin with is not there any more.")}) from None


def _kind(of: Review | Template) -> str:
    return of.get_kind_display()


def begin_review(
    actor: Actor,
    *,
    workload: Workload,
    kind: WorkloadKind,
    source: Source,
    edition: Edition | None = None,
    beside_another: bool = False,
) -> Review:
    """Start a review whose answers are carried over, each to be confirmed; until then they count for nothing.

    An answer is carried over where the new edition asks the question in the same way, with those of its choices that
    are still there. Raises as `start_review` does.
    """
    with writing():
        review = start_review(actor, workload=workload, kind=kind, edition=edition, beside_another=beside_another)
        asked = review.checklist.questions_by_id
        carried = {
            question_id: kept
            for question_id, content in source.answers.items()
            if question_id in asked and (kept := _fitted(asked[question_id], content))
        }
        now = timezone.now()
        Answer.objects.bulk_create(
            Answer(
                review=review,
                question_id=question_id,
                confirmed=False,
                answered_by=actor.user,
                answered_at=now,
                **content,
            )
            for question_id, content in carried.items()
        )
        record(review, EventKind.ANSWERS_CARRIED_OVER, actor, name=source.named, answers=carried)
        Review.objects.filter(pk=review.pk).update(begun_with=source.named[:300])
        touch(review)
    return review


def make_template(actor: Actor, *, review_id: uuid.UUID, name: str) -> Template:
    """Keep the confirmed answers of a review for others to begin with.

    Raises Review.DoesNotExist, `NotYours` for people who do not lead the review's team, and `Invalid` for a name that
    is empty, too long, or taken.
    """
    name = in_one_line(name)
    with writing():
        review = locked_review(actor.user, review_id)
        require_template_maker(actor.user, review.workload.team)
        if not name or len(name) > 120:
            raise Invalid({"name": _("Give the template a name of 1 to 120 characters.")})
        if Template.objects.filter(team=review.workload.team, name=name, retired_at=None).exists():
            raise Invalid({"name": _("The team has a template of this name. Choose another, or retire that one.")})
        template = Template.objects.create(
            name=name,
            team=review.workload.team,
            kind=review.kind,
            edition=review.edition,
            review=review,
            answers=dict(source_of_review(review).answers),
            by=actor.user,
            at=timezone.now(),
        )
        record(review, EventKind.TEMPLATE_MADE, actor, name=name)
    return template


def retire_template(actor: Actor, *, template_id: uuid.UUID) -> Template:
    """Offer a template no more; reviews that began with it stay as they are.

    Raises Template.DoesNotExist and `NotYours`.
    """
    with writing():
        template = Template.objects.visible_to(actor.user).select_related("team").get(pk=template_id)
        require_template_maker(actor.user, template.team)
        if template.retired_at is None:
            template.retired_by, template.retired_at = actor.user, timezone.now()
            template.save(update_fields=["retired_by", "retired_at"])
    return template


def to_confirm(review: Review) -> int:
    """How many carried-over answers nobody has confirmed yet."""
    return review.answers.filter(confirmed=False).count()


def _contents(answers: Iterable[Answer]) -> dict[str, dict[str, Any]]:
    return {answer.question_id: {name: getattr(answer, name) for name in _CONTENT} for answer in answers}


def _fitted(question: Question, content: Mapping[str, Any]) -> dict[str, Any]:
    """What of an answer has a place in the question; empty where nothing has."""
    kept = dict(content) | fitted(content, question)
    return kept if any(kept[name] for name in (*PLACES, "not_applicable", "note")) else {}
