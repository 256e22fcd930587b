"""What must hold between the parts of a checklist, beyond the shape of each.

Works on the plain values of a file, also on a file whose shape is wrong elsewhere, so that its author hears of all
mistakes at once: whatever has not the expected shape is passed over here, as that is reported by itself.
"""

from collections.abc import Iterator
from typing import Any

from checklists.language.expressions import Expression, ExpressionError
from checklists.language.vocabulary import DEFAULT_RULE, PILLARS

Path = tuple[str | int, ...]
Fault = tuple[Path, str]
"""Where, as keys and indexes from the top; and a sentence."""


def faults(data: object) -> Iterator[Fault]:
    """All that does not fit together in a checklist given as JSON values."""
    if not isinstance(data, dict):
        return
    sections = list(_dicts(data.get("sections"), ("sections",)))
    questions = [
        found for path, section in sections for found in _dicts(section.get("questions"), (*path, "questions"))
    ]
    facts = list(_dicts(data.get("facts"), ("facts",)))
    yield from _repeated("section", sections)
    yield from _repeated("question", questions)
    yield from _repeated("fact", facts)
    for path, question in questions:
        yield from _question_faults(path, question)
    if data.get("kind") is not None:
        yield from _weight_faults(data.get("weights"), {fact.get("id") for _, fact in facts})


def _question_faults(path: Path, question: dict[str, Any]) -> Iterator[Fault]:
    choices = list(_dicts(question.get("choices"), (*path, "choices")))
    yield from _repeated("choice", choices)
    for at, holder in [(path, question), *choices]:
        pillars = _strings(holder.get("pillars"))
        if twice := sorted({pillar for pillar in pillars if pillars.count(pillar) > 1}):
            yield (*at, "pillars"), f"{', '.join(twice)} stands more than once under pillars of {holder.get('id')}"
    if question.get("kind") == "one":
        yield from _one_faults(path, question, choices)
    elif question.get("kind") == "practices":
        yield from _practices_faults(path, question, choices)


def _one_faults(path: Path, question: dict[str, Any], choices: list[tuple[Path, dict[str, Any]]]) -> Iterator[Fault]:
    name = question.get("id")
    if question.get("risk_rules"):
        yield (*path, "risk_rules"), f"question {name} takes one choice, and each carries its risk: remove risk_rules"
    for at, choice in choices:
        if choice.get("risk") is None:
            yield at, f"choice {choice.get('id')} of question {name} has no risk: add none, medium or high"
        if choice.get("none_of_these") is True:
            yield (
                at,
                f"choice {choice.get('id')} of question {name}: none_of_these is for questions of kind practices",
            )


def _practices_faults(
    path: Path, question: dict[str, Any], choices: list[tuple[Path, dict[str, Any]]]
) -> Iterator[Fault]:
    name = question.get("id")
    for at, choice in choices:
        if choice.get("risk") is not None:
            yield at, f"choice {choice.get('id')} of question {name} has a risk of its own; risk_rules decide that"
        if extra := set(_strings(choice.get("pillars"))) - set(_strings(question.get("pillars"))):
            listed = ", ".join(sorted(extra))
            yield (
                at,
                f"choice {choice.get('id')} bears on {listed}, which question {name} does not list under pillars",
            )
    alone = [at for at, choice in choices if choice.get("none_of_these") is True]
    if len(alone) > 1:
        yield alone[1], f"question {name} has more than one choice marked none_of_these"
    rules = list(_dicts(question.get("risk_rules"), (*path, "risk_rules")))
    if not rules or rules[-1][1].get("when") != DEFAULT_RULE:
        at = (*path, "risk_rules") if rules else path
        yield at, f"question {name} needs risk_rules that end with “when: {DEFAULT_RULE}”"
    known = {choice.get("id") for at, choice in choices if at not in alone}
    for at, rule in rules:
        if unknown := _names(rule.get("when")) - known - {DEFAULT_RULE}:
            listed = ", ".join(sorted(unknown))
            yield (*at, "when"), f"a risk rule of question {name} names {listed}, which is none of its practices"


def _weight_faults(weights: object, facts: set[object]) -> Iterator[Fault]:
    given = weights if isinstance(weights, dict) else {}
    if missing := [pillar for pillar in PILLARS if pillar not in given]:
        yield ("weights",), f"weights says nothing of {', '.join(missing)}"
    for pillar, rules in given.items():
        found = list(_dicts(rules, ("weights", pillar)))
        if found and found[-1][1].get("when"):
            yield found[-1][0], f"the last weight rule of {pillar} must be without a condition"
        for at, rule in found:
            if unknown := _names(rule.get("when")) - facts:
                listed = ", ".join(sorted(unknown))
                yield at, f"a weight rule of {pillar} names {listed}, which is none of the facts"


def _repeated(what: str, parts: list[tuple[Path, dict[str, Any]]]) -> Iterator[Fault]:
    seen: set[str] = set()
    for at, part in parts:
        name = part.get("id")
        if isinstance(name, str) and name in seen:
            yield (*at, "id"), f"the {what} id {name} is used more than once"
        elif isinstance(name, str):
            seen.add(name)


def _dicts(value: object, path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    for index, item in enumerate(value if isinstance(value, list) else []):
        if isinstance(item, dict):
            yield (*path, index), item


def _strings(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _names(condition: object) -> frozenset[str]:
    try:
        return Expression.parse(condition).names if isinstance(condition, str) and condition else frozenset()
    except ExpressionError:
        return frozenset()
