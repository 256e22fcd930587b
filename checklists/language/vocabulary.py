"""The words that every checklist shares."""

PILLARS: dict[str, str] = {
    "reliability": "Reliability",
    "security": "Security",
    "cost_optimization": "Cost optimization",
    "operational_excellence": "Operational excellence",
    "performance_efficiency": "Performance efficiency",
}
"""Pillar id -> title, in the order in which pages show them (the five of the Well-Architected Frameworks)."""

WEIGHTS: dict[str, int] = {"leads": 5, "full": 4, "high": 3, "medium": 2, "low": 1}
"""What each word for a pillar's weight counts in the overall score."""

DEFAULT_RULE = "default"
"""The condition of a risk rule that always holds."""
