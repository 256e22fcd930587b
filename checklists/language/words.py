"""Conditions as people say them: “Is it shared?” is yes, and the criticality is high or critical."""

from collections.abc import Sequence

from checklists.language.expressions import (
    And,
    Compares,
    Contains,
    Expression,
    Holds,
    IsOneOf,
    Node,
    Not,
    Or,
    Quantity,
    Test,
)
from checklists.language.model import Checklist
from checklists.language.vocabulary import WORKLOAD_FACTS

_COMPARED = {"<": "less than", "<=": "at most", ">": "more than", ">=": "at least"}


def in_words(condition: Expression, checklist: Checklist) -> str:
    """A condition over the facts and answers of a checklist as a phrase; names that it does not have stay as ids."""
    return _phrase(condition.root, checklist, 0)


def workload_fact_title(name: str) -> str:
    """What a fact that every workload has is called: data_classification -> data classification."""
    return "kind of workload" if name == "workload_kind" else name.replace("_", " ")


def _phrase(node: Node, checklist: Checklist, binding: int) -> str:
    """`binding` is how strongly the surroundings bind: 0 not at all, 1 as “and”, 2 as “not”."""
    if isinstance(node, Or):
        text, own = ", or ".join(_phrase(part, checklist, 1) for part in node.parts), 0
    elif isinstance(node, And):
        text, own = ", and ".join(_phrase(part, checklist, 2) for part in node.parts), 1
    elif isinstance(node, Not):
        inner = node.part
        if isinstance(inner, Holds):
            return f"{_subject(inner.name.text, checklist)} is not answered with yes"
        return f"not ({_phrase(inner, checklist, 0)})"
    else:
        return _test_phrase(node, checklist)
    return f"({text})" if own < binding else text


def _test_phrase(test: Test, checklist: Checklist) -> str:
    name = test.name.text
    subject = _subject(name, checklist)
    if isinstance(test, Holds):
        return f"{subject} is yes"
    if isinstance(test, Compares):
        return f"{subject} is {_COMPARED[test.operator]} {_quantity(test.quantity, name, checklist)}"
    if isinstance(test, IsOneOf):
        options = _listed([_option(name, option.text, checklist) for option in test.options])
        return f"{subject} is {'other than ' if test.negated else ''}{options}"
    if isinstance(test, Contains):
        return _has(name, test.option.text, test.negated, checklist)
    if isinstance(test.literal, Quantity):
        return f"{subject} is {'other than ' if test.negated else ''}{_quantity(test.literal, name, checklist)}"
    if name in checklist.questions_by_id:
        return _has(name, test.literal.text, test.negated, checklist)
    return f"{subject} is {'other than ' if test.negated else ''}{_option(name, test.literal.text, checklist)}"


def _has(name: str, option: str, negated: bool, checklist: Checklist) -> str:
    subject, shown = _subject(name, checklist), _option(name, option, checklist)
    if name in checklist.questions_by_id:
        return f"{subject} is answered without {shown}" if negated else f"{subject} is answered with {shown}"
    return f"{subject} is stated without {shown}" if negated else f"{subject} has {shown}"


def _subject(name: str, checklist: Checklist) -> str:
    if name in WORKLOAD_FACTS:
        return f"the {workload_fact_title(name)}"
    if fact := checklist.facts_by_id.get(name):
        return f"“{fact.text}”"
    question = checklist.questions_by_id.get(name)
    return question.name if question else name


def _option(name: str, option: str, checklist: Checklist) -> str:
    if fact := checklist.facts_by_id.get(name):
        titles = {each.id: f"“{each.text}”" for each in fact.options}
    elif question := checklist.questions_by_id.get(name):
        titles = {each.id: f"“{each.text}”" for each in question.choices}
    else:
        titles = {}
    return titles.get(option, option)


def _quantity(quantity: Quantity, name: str, checklist: Checklist) -> str:
    fact = checklist.facts_by_id.get(name)
    return f"{quantity.text} {fact.unit if fact else ''}".strip()


def _listed(items: Sequence[str]) -> str:
    *most, last = items
    return f"{', '.join(most)} or {last}" if most else last
