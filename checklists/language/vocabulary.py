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

WORKLOAD_FACTS: dict[str, tuple[str, ...]] = {
    "criticality": ("low", "medium", "high", "critical"),
    "data_classification": ("public", "internal", "confidential", "restricted"),
    "workload_kind": ("eda", "training", "inferencing"),
}
"""Facts that every workload has from its description, so that no checklist asks for them: name -> the options of
which it is one. Conditions may use them without declaring them."""
