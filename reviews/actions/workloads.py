"""Describing workloads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from reviews.access import Actor, require_hand_over, require_writer
from reviews.actions.assign import release
from reviews.actions.errors import Stale
from reviews.actions.holding import touch_running
from reviews.actions.texts import in_one_line
from reviews.actions.trail import record
from reviews.actions.transaction import writing
from reviews.models import EventKind, Team, Workload


@dataclass(frozen=True)
class WorkloadDescription:
    """What people say of a workload; see the model for the meaning of each."""

    name: str
    purpose: str
    owner: str
    team: Team
    criticality: str
    data_classification: str
    regions: Sequence[str]
    links: Sequence[Mapping[str, str]]


def create_workload(actor: Actor, description: WorkloadDescription, *, key: str = "") -> Workload:
    """Describe a new workload; its key is made from the name where none is given.

    Raises `NotYours` for people who do not write in the team.
    """
    require_writer(actor.user, description.team)
    with writing():
        workload = Workload(key=key or _free_key(description.name), created_by=actor.user)
        _describe(workload, description)
        workload.save(force_insert=True)
    return workload


def change_workload(
    actor: Actor, workload: Workload, description: WorkloadDescription, *, based_on: str | None = None
) -> Workload:
    """Describe an existing workload anew; `based_on` is the version that the person read, None where nobody read one.

    Whoever decides on a running review reads it again; approved ones keep the description of their day. A description
    that says the same changes nothing.

    Raises `NotYours` for people who do not write in its team, or in the one it is handed to, `NotNow` where it may
    not be handed over, and `Stale` where a colleague's description would be overwritten.
    """
    require_writer(actor.user, workload.team)
    require_writer(actor.user, description.team)
    with writing():
        before = Workload.objects.select_related("team").select_for_update(of=("self",)).get(pk=workload.pk)
        changes = _changes(before, description)
        if not changes:
            return workload
        if based_on is not None and based_on != before.version:
            said = _(
                "This description was changed after you opened it. Nothing of yours is lost: compare, then choose."
            )
            raise Stale(said)
        for review in touch_running(workload, actor.user):
            record(review, EventKind.WORKLOAD_DESCRIBED, actor, changes=changes)
        if description.team != before.team:
            require_hand_over(before)
        _describe(workload, description)
        workload.described_by, workload.described_at = actor.user, timezone.now()
        workload.save()
        if description.team != before.team:
            release(actor, workload.reviews.all())
    return workload


def _changes(before: Workload, description: WorkloadDescription) -> dict[str, list[str]]:
    """What a new description changes: by name, the texts before and after."""
    after = Workload()
    _describe(after, description)
    return {
        name: [_said(name, each) for each in (before, after)]
        for name in WorkloadDescription.__dataclass_fields__
        if getattr(before, name) != getattr(after, name)
    }


def _said(name: str, workload: Workload) -> str:
    value = getattr(workload, name)
    if name == "regions":
        return ", ".join(value)
    if name == "links":
        return ", ".join(f"{link['title']} {link['url']}" for link in value)
    return str(value)


def _describe(workload: Workload, description: WorkloadDescription) -> None:
    workload.name = in_one_line(description.name)
    workload.purpose = description.purpose
    workload.owner = in_one_line(description.owner)
    workload.team = description.team
    workload.criticality = description.criticality
    workload.data_classification = description.data_classification
    workload.regions = [in_one_line(region) for region in description.regions]
    workload.links = [{**link, "title": in_one_line(link["title"])} for link in description.links]


def _free_key(name: str) -> str:
    stem = slugify(name)[:56] or "workload"
    taken = set(Workload.objects.filter(key__startswith=stem).values_list("key", flat=True))
    key, number = stem, 2
    while key in taken:
        key, number = f"{stem}-{number}", number + 1
    return key
