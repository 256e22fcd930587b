"""What risks, weights and changes are called."""

from django.utils.translation import gettext_lazy as _

from checklists.scoring import Risk

RISK_TITLES = {
    Risk.HIGH: _("High risk"),
    Risk.MEDIUM: _("Medium risk"),
    Risk.NONE: _("No risk"),
    Risk.UNANSWERED: _("Unanswered"),
    Risk.NOT_APPLICABLE: _("Not applicable"),
}
RISK_WORDS = {"high": _("high"), "medium": _("medium"), "none": _("none")}
"""Risks in a single word, beside what has them."""

WEIGHT_WORDS = {
    "leads": _("leads"),
    "full": _("full"),
    "high": _("high"),
    "medium": _("medium"),
    "low": _("low"),
}
"""What a pillar counts in the overall score."""
