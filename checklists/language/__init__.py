"""The checklist language: what a checklist can say, as plain typed Python values.

Knows nothing of Django or the database. `parse` turns YAML text into a `Checklist` or raises
`ChecklistErrors`, each with file, line and what is wrong.
"""

from checklists.language.errors import ChecklistError, ChecklistErrors
from checklists.language.expressions import Expression, ExpressionError
from checklists.language.facts import FactValue, as_texts, fitting, read_fact, read_number, said, typed
from checklists.language.join import JoinError, joined
from checklists.language.model import (
    ANY_KIND,
    BenchmarkTable,
    Checklist,
    Choice,
    Fact,
    FactOption,
    FurtherReading,
    Guidance,
    Link,
    Pillar,
    Question,
    QuestionWeight,
    QuotaTable,
    RegionCheck,
    Resource,
    RiskRule,
    Section,
    Source,
    WeightRule,
    WorkloadKind,
)
from checklists.language.parse import Parsed, parse, read, with_included
from checklists.language.vocabulary import PILLARS, WEIGHTS, WORKLOAD_FACTS

__all__ = [
    "ANY_KIND",
    "PILLARS",
    "WEIGHTS",
    "WORKLOAD_FACTS",
    "BenchmarkTable",
    "Checklist",
    "ChecklistError",
    "ChecklistErrors",
    "Choice",
    "Expression",
    "ExpressionError",
    "Fact",
    "FactOption",
    "FactValue",
    "FurtherReading",
    "Guidance",
    "JoinError",
    "Link",
    "Parsed",
    "Pillar",
    "Question",
    "QuestionWeight",
    "QuotaTable",
    "RegionCheck",
    "Resource",
    "RiskRule",
    "Section",
    "Source",
    "WeightRule",
    "WorkloadKind",
    "as_texts",
    "fitting",
    "joined",
    "parse",
    "read",
    "read_fact",
    "read_number",
    "said",
    "typed",
    "with_included",
]
