"""What is different since the approval before: worked out when a snapshot is written, and a part of it. Pure.

The earlier review is named with the SHA-256 of its snapshot; what was compared stands in the later one, so that a
report is drawn anew from its own data alone.
"""

import json
from dataclasses import asdict
from typing import cast

from checklists.canonical import canonical_json
from reviews.comparing import AnswerChange, Asked, RiskChange, State, compare
from reviews.report.snapshot import AnswerSinceData, AskedData, RiskSinceData, SinceData


def since(earlier: State, sha256: str, now: State) -> SinceData:
    """What `now` has of changes against an earlier snapshot, whose SHA-256 is given."""
    found = compare(earlier, now)
    review = earlier["review"]
    return {
        "review": {
            "id": review["id"],
            "number": review["number"],
            "approved_at": earlier["approval"]["at"],
            "sha256": sha256,
        },
        "checklists": [*found.editions],
        "overall": {"title": "", "before": found.overall.before, "after": found.overall.after},
        "pillars": [{"title": each.title, "before": each.before, "after": each.after} for each in found.pillars],
        "appeared": [_risk(each) for each in found.appeared],
        "gone": [_risk(each) for each in found.gone],
        "stayed": [_risk(each) for each in found.stayed],
        "other_risks": [_risk(each) for each in found.other_risks],
        "answers": [_answer(each) for each in found.answers],
        "facts": [{"text": text, "before": was, "after": has} for text, was, has in found.facts],
        "new_questions": [_asked(each) for each in found.only_after],
        "gone_questions": [_asked(each) for each in found.only_before],
    }


def _asked(question: Asked) -> AskedData:
    return {"id": question.id, "name": question.name, "title": question.title}


def _risk(change: RiskChange) -> RiskSinceData:
    return cast(RiskSinceData, asdict(change))


def _answer(change: AnswerChange) -> AnswerSinceData:
    # As JSON has it: a snapshot that is read again is the same.
    return cast(AnswerSinceData, json.loads(canonical_json(asdict(change))))
