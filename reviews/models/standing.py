"""How a report stands at a moment: said in one place, for pages, programs and verifiers alike."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from reviews.models.report import Report, ReportMark

SOON = timedelta(days=30)
"""So long before its end, an approval is said to end soon."""


class MarkKind(models.TextChoices):
    """What can become of a report after its approval."""

    WITHDRAWN = "withdrawn", _("Withdrawn")
    SUPERSEDED = "superseded", _("Superseded")


class StandingKind(models.TextChoices):
    """What a report is worth at a moment."""

    VALID = "valid", _("Valid")
    ENDS_SOON = "ends_soon", _("Ends soon")
    EXPIRED = "expired", _("Expired")
    WITHDRAWN = "report_withdrawn", _("Report withdrawn")
    SUPERSEDED = "superseded", _("Superseded")


@dataclass(frozen=True)
class ReportStanding:
    """How a report stands; `mark` says why where it was withdrawn or superseded.

    `valid_until` is the end of the approval, None where it has none.
    """

    kind: StandingKind
    valid_until: datetime | None
    mark: "ReportMark | None" = None

    @property
    def stands(self) -> bool:
        """Whether the approval still counts."""
        return self.kind in {StandingKind.VALID, StandingKind.ENDS_SOON}

    @property
    def title(self) -> str:
        """One or two words."""
        return str(self.kind.label)

    @property
    def sentence(self) -> str:
        """What to know, without names: people outside may read it too."""
        if self.kind is StandingKind.VALID and self.valid_until is None:
            return gettext("The approval holds; it has no end.")
        said = {
            StandingKind.VALID: _("The approval holds until {day}."),
            StandingKind.ENDS_SOON: _("The approval ends soon, on {day}."),
            StandingKind.EXPIRED: _("The approval ended on {day}."),
            StandingKind.WITHDRAWN: _("The report was withdrawn on {day}."),
            StandingKind.SUPERSEDED: _("The report was superseded by a later review on {day}."),
        }[self.kind]
        at = self.mark.at if self.mark else self.valid_until
        return str(said).format(day=date_format(timezone.localtime(at), "DATE_FORMAT"))


def standing(report: "Report", now: datetime) -> ReportStanding:
    """How a report stands at a moment: a withdrawal says more than a successor, and that more than the end.

    Reads `snapshot` and `marks`; lists fetch both beforehand (`with_standing`).
    """
    end = report.snapshot.valid_until
    marks = {mark.kind: mark for mark in report.marks.all()}
    for kind, said in ((MarkKind.WITHDRAWN, StandingKind.WITHDRAWN), (MarkKind.SUPERSEDED, StandingKind.SUPERSEDED)):
        if kind in marks:
            return ReportStanding(said, end, marks[kind])
    if end is None or now < end - SOON:
        return ReportStanding(StandingKind.VALID, end)
    return ReportStanding(StandingKind.ENDS_SOON if now < end else StandingKind.EXPIRED, end)
