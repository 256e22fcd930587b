"""Starting a review."""

from django.db.models import Max
from django.utils.translation import gettext as _

from checklists.language import ANY_KIND, WorkloadKind
from checklists.models import Edition
from reviews.access import RUNNING, Actor, require_writer
from reviews.actions.errors import Invalid
from reviews.actions.nudge import score_later
from reviews.actions.trail import record
from reviews.actions.transaction import writing
from reviews.languages import as_stored
from reviews.models import Contributor, EventKind, Review, Score, Workload


def start_review(
    actor: Actor,
    *,
    workload: Workload,
    kind: WorkloadKind,
    edition: Edition | None = None,
    beside_another: bool = False,
) -> Review:
    """Start a review of one kind, pinned to an edition: the newest of the kind's checklist, unless one is given.

    A kind's checklist is the one whose id is the kind; others for the kind are there to be chosen.

    Raises `NotYours` for people who do not write in the workload's team, and `Invalid` where no checklist of the kind
    is published, where the edition is for another kind, or where a review of the kind is running and `beside_another`
    does not say that this is meant.
    """
    require_writer(actor.user, workload.team)
    with writing():
        # Locked, so that two reviews started at once get two numbers.
        Workload.objects.select_for_update().get(pk=workload.pk)
        edition = edition or _newest(kind)
        if edition is None:
            raise Invalid({"kind": _("No checklist of this kind is published: run “manage.py load_checklists”.")})
        if edition.kind not in {kind, ANY_KIND}:
            raise Invalid({"edition": _("{edition} is for workloads of another kind.").format(edition=edition)})
        running = workload.reviews.filter(kind=kind, state__in=RUNNING).order_by("number").last()
        if running is not None and not beside_another:
            raise Invalid(
                {
                    "kind": _("Review {number} of this kind is running already: open it, or say below.").format(
                        number=running.number
                    )
                }
            )
        last = workload.reviews.aggregate(last=Max("number"))["last"] or 0
        review = Review.objects.create(
            workload=workload, edition=edition, kind=kind, number=last + 1, created_by=actor.user
        )
        Contributor.objects.create(review=review, user=actor.user)
        Score.objects.create(review=review)
        record(review, EventKind.CREATED, actor, edition=as_stored(edition))
        score_later(review.pk)
    return review


def _newest(kind: WorkloadKind) -> Edition | None:
    """The newest edition of the kind's checklist; of any for the kind, where that one is not published."""
    editions = Edition.objects.without_content().filter(kind=kind).order_by("-published_at")
    return editions.filter(key=kind).first() or editions.first()
