"""The checklist language: what a checklist can say, as plain typed Python values.

Knows nothing of Django or the database. `parse` turns YAML text into a `Checklist` or raises
`ChecklistErrors`, each with file, line and what is wrong.
"""

from checklists.language.errors import ChecklistError, ChecklistErrors
from checklists.language.expressions import Expression, ExpressionError
from checklists.language.model import (
    Checklist,
    Choice,
    Fact,
    FactValue,
    Guidance,
    Link,
    Question,
    RiskRule,
    Section,
    Source,
    WeightRule,
    WorkloadKind,
)
from checklists.language.parse import Parsed, parse, read, with_included
from checklists.language.vocabulary import PILLARS, WEIGHTS

__all__ = [
    "PILLARS",
    "WEIGHTS",
    "Checklist",
    "ChecklistError",
    "ChecklistErrors",
    "Choice",
    "Expression",
    "ExpressionError",
    "Fact",
    "FactValue",
    "Guidance",
    "Link",
    "Parsed",
    "Question",
    "RiskRule",
    "Section",
    "Source",
    "WeightRule",
    "WorkloadKind",
    "parse",
    "read",
    "with_included",
]
