"""How a report stands at a moment: said in one place, for pages, programs and verifiers alike."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from reviews.models.report import Report, ReportMark

SOON = timedelta(days=30)
"""So long before its end, an approval is said to end soon."""


class MarkKind(models.TextChoices):
    """What can become of a report after its approval."""

    WITHDRAWN = "withdrawn", "Withdrawn"
    SUPERSEDED = "superseded", "Superseded"


class StandingKind(models.TextChoices):
    """What a report is worth at a moment."""

    VALID = "valid", "Valid"
    ENDS_SOON = "ends_soon", "Ends soon"
    EXPIRED = "expired", "Expired"
    WITHDRAWN = "report_withdrawn", "Report withdrawn"
    SUPERSEDED = "superseded", "Superseded"


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
        end = f"{self.valid_until:%-d %B %Y}" if self.valid_until else ""
        day = f"{self.mark.at:%-d %B %Y}" if self.mark else ""
        return {
            StandingKind.VALID: f"The approval holds until {end}." if end else "The approval holds; it has no end.",
            StandingKind.ENDS_SOON: f"The approval ends soon, on {end}.",
            StandingKind.EXPIRED: f"The approval ended on {end}.",
            StandingKind.WITHDRAWN: f"The report was withdrawn on {day}.",
            StandingKind.SUPERSEDED: f"The report was superseded by a later review on {day}.",
        }[self.kind]


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
