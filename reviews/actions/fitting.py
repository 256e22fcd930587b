"""What of an answer has a place in a question: of another edition, or of another review."""

from collections.abc import Mapping
from typing import Any

from checklists.language import Question

PLACES = ("selected", "left_out", "rows")
"""What of an answer depends on the question; its note and its reason fit everywhere."""


def fitted(content: Mapping[str, Any], question: Question) -> dict[str, Any]:
    """`PLACES` of the content as the question takes them: the choices that it has, in its order.

    Of several choices none is taken by a question that takes one: nobody has said which.
    """
    selected = [choice.id for choice in question.choices if choice.id in content["selected"]]
    if question.kind != "practices":
        rows = list(content["rows"]) if question.measured else []
        return {"selected": selected if len(selected) == 1 else [], "left_out": [], "rows": rows}
    practices = [practice.id for practice in question.practices]
    return {
        "selected": [name for name in practices if name in selected] or selected,
        "left_out": [name for name in practices if name in content["left_out"]],
        "rows": [],
    }
