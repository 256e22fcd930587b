"""What must hold between the parts of a checklist, beyond the shape of each.

Works on the plain values of a file, also on a file whose shape is wrong elsewhere, so that its author hears of all
mistakes at once: whatever has not the expected shape is passed over here, as that is reported by itself.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any

from checklists.language.expressions import (
    Compares,
    Contains,
    Equals,
    Expression,
    ExpressionError,
    Holds,
    IsOneOf,
    Quantity,
    Term,
    Test,
)
from checklists.language.vocabulary import DEFAULT_RULE, PILLARS, WORKLOAD_FACTS

Path = tuple[str | int, ...]
Found = tuple[Path, dict[str, Any]]
"""A part of a checklist, and where it stands."""

MEASURED = ("quota", "benchmark")
"""The kinds of question that are answered with numbers."""


_MAX_CIRCLES = 100


@dataclass(frozen=True)
class Fault:
    """Something that does not fit together.

    `path` leads to the part, as keys and indexes from the top; where the part is a condition, `column` counts
    characters within it from 1. `rule` is the name that lint gives this kind of fault.
    """

    path: Path
    message: str
    rule: str = "does-not-fit"
    column: int = 0


@dataclass(frozen=True)
class _Thing:
    """What a name in a condition stands for; `options` is None where any are taken."""

    type: str
    options: frozenset[str] | None = None


_TYPE_TITLES = {
    "yes_no": "a yes/no fact",
    "one_of": "one of some options",
    "many_of": "any of some options",
    "regions": "a list of regions",
    "number": "a number",
    "duration": "a duration",
    "question": "a question",
}


def faults(data: object) -> Iterator[Fault]:
    """All that does not fit together in a checklist given as JSON values.

    The names in the conditions of a checklist that includes others are judged when those are there.
    """
    if not isinstance(data, dict):
        return
    sections = list(_dicts(data.get("sections"), ("sections",)))
    questions = [
        found for path, section in sections for found in _dicts(section.get("questions"), (*path, "questions"))
    ]
    facts = list(_dicts(data.get("facts"), ("facts",)))
    pillars = list(_dicts(data.get("pillars"), ("pillars",)))
    yield from _repeated("section", sections)
    yield from _repeated("question", questions)
    yield from _repeated("fact", facts)
    yield from _repeated("pillar", pillars)
    pillar_ids = {pillar.get("id") for _, pillar in pillars} if "pillars" in data else set(PILLARS)
    for path, fact in facts:
        yield from _fact_faults(path, fact)
    for path, question in questions:
        yield from _question_faults(path, question, pillar_ids)
    if data.get("kind") is not None:
        yield from _weight_faults(data.get("weights"), pillar_ids)
    if not data.get("include"):
        known = _things(facts, questions)
        for path, condition in _conditions(data, facts, questions):
            yield from _condition_faults(path, condition, known)
        for path, name, what in _references(questions):
            if name not in known or (known[name].type == "question") is not (what == "question"):
                yield Fault(path, f"{name} is not the id of a {what}", "unknown-name")
        yield from _circles(facts, questions)


def _things(facts: list[Found], questions: list[Found]) -> Mapping[str, _Thing]:
    known = {name: _Thing("one_of", frozenset(options)) for name, options in WORKLOAD_FACTS.items()}
    for _, fact in facts:
        options = frozenset(str(option.get("id")) for _, option in _dicts(fact.get("options"), ()))
        kind = str(fact.get("type", "yes_no"))
        known[str(fact.get("id"))] = _Thing(kind, options if kind in {"one_of", "many_of"} else None)
    for _, question in questions:
        choices = frozenset(str(choice.get("id")) for _, choice in _dicts(question.get("choices"), ()))
        known[str(question.get("id"))] = _Thing("question", choices)
    return known


def _conditions(data: dict[str, Any], facts: list[Found], questions: list[Found]) -> Iterator[tuple[Path, str]]:
    """Every condition over facts and answers, and where it stands."""
    holders: list[tuple[Path, Any]] = [((*path, "asked"), fact.get("asked")) for path, fact in facts]
    for path, question in questions:
        holders += [((*path, key), question.get(key)) for key in ("asked", "obligatory")]
        for key in ("weight", "guidance"):
            holders += [((*at, "when"), rule.get("when")) for at, rule in _dicts(question.get(key), (*path, key))]
    weights = data.get("weights")
    for pillar, rules in weights.items() if isinstance(weights, dict) else ():
        holders += [((*at, "when"), rule.get("when")) for at, rule in _dicts(rules, ("weights", pillar))]
    yield from ((path, condition) for path, condition in holders if isinstance(condition, str) and condition)


def _references(questions: list[Found]) -> Iterator[tuple[Path, str, str]]:
    """Every id outside conditions that must lead somewhere: where, the id, and what it must be the id of."""
    for path, question in questions:
        for index, name in enumerate(_strings(question.get("see"))):
            yield (*path, "see", index), name, "question"
        check = question.get("region_check")
        for index, name in enumerate(_strings(check.get("facts")) if isinstance(check, dict) else []):
            yield (*path, "region_check", "facts", index), name, "fact"
        benchmark = question.get("benchmark")
        limit = benchmark.get("latency_limit") if isinstance(benchmark, dict) else None
        if isinstance(limit, str) and limit:
            yield (*path, "benchmark", "latency_limit"), limit, "fact"


def _fact_faults(path: Path, fact: dict[str, Any]) -> Iterator[Fault]:
    name, kind = fact.get("id"), fact.get("type", "yes_no")
    options = list(_dicts(fact.get("options"), (*path, "options")))
    yield from _repeated("option", options)
    if name in WORKLOAD_FACTS:
        yield Fault((*path, "id"), f"{name} is known of every workload from its description: leave the fact out")
    if kind in {"one_of", "many_of"} and len(options) < 2:
        yield Fault(path, f"fact {name} is {_TYPE_TITLES[kind]}: give at least two under options")
    if kind not in {"one_of", "many_of"} and options:
        yield Fault((*path, "options"), f"fact {name} is not one of some options: remove options, or set its type")


def _question_faults(path: Path, question: dict[str, Any], pillar_ids: set[Any]) -> Iterator[Fault]:
    name, kind = question.get("id"), question.get("kind")
    choices = list(_dicts(question.get("choices"), (*path, "choices")))
    yield from _repeated("choice", choices)
    for at, holder in [(path, question), *choices]:
        pillars = Counter(_strings(holder.get("pillars")))
        if twice := sorted(pillar for pillar, count in pillars.items() if count > 1):
            yield Fault(
                (*at, "pillars"), f"{', '.join(twice)} stands more than once under pillars of {holder.get('id')}"
            )
        if unknown := sorted(pillars.keys() - pillar_ids):
            yield Fault((*at, "pillars"), f"{', '.join(unknown)} is not the id of a pillar", "unknown-name")
    for measured in MEASURED:
        if (question.get(measured) is not None) is not (kind == measured):
            said = f"needs a part named {measured}" if kind == measured else f"is of kind {kind}: remove {measured}"
            yield Fault(path if kind == measured else (*path, measured), f"question {name} {said}")
    weight = list(_dicts(question.get("weight"), (*path, "weight")))
    if weight and weight[-1][1].get("when"):
        yield Fault(weight[-1][0], f"the last weight rule of question {name} must be without a condition")
    if kind == "practices":
        yield from _practices_faults(path, question, choices)
    else:
        yield from _one_faults(path, question, choices)
    yield from _region_check_faults(path, question, choices)


def _one_faults(path: Path, question: dict[str, Any], choices: list[Found]) -> Iterator[Fault]:
    name = question.get("id")
    if question.get("risk_rules"):
        yield Fault(
            (*path, "risk_rules"), f"question {name} takes one choice, and each carries its risk: remove risk_rules"
        )
    if question.get("kind") == "one" and len(choices) == 1:
        yield Fault((*path, "choices"), f"question {name} has a single choice: give at least 2")
    for at, choice in choices:
        if choice.get("risk") is None:
            yield Fault(at, f"choice {choice.get('id')} of question {name} has no risk: add none, medium or high")
        if choice.get("none_of_these") is True:
            yield Fault(
                at,
                f"choice {choice.get('id')} of question {name}: none_of_these is for questions of kind practices",
            )


def _practices_faults(path: Path, question: dict[str, Any], choices: list[Found]) -> Iterator[Fault]:
    name = question.get("id")
    for at, choice in choices:
        for key in ("risk", "earns"):
            if choice.get(key) is not None:
                yield Fault(
                    at, f"choice {choice.get('id')} of question {name} has a {key} of its own; risk_rules decide that"
                )
        if extra := set(_strings(choice.get("pillars"))) - set(_strings(question.get("pillars"))):
            listed = ", ".join(sorted(extra))
            yield Fault(
                at,
                f"choice {choice.get('id')} bears on {listed}, which question {name} does not list under pillars",
            )
    alone = [at for at, choice in choices if choice.get("none_of_these") is True]
    if len(alone) > 1:
        yield Fault(alone[1], f"question {name} has more than one choice marked none_of_these")
    rules = list(_dicts(question.get("risk_rules"), (*path, "risk_rules")))
    if not rules:
        yield Fault(path, f"question {name} needs risk_rules that end with “when: {DEFAULT_RULE}”", "missing-default")
    known = {choice.get("id") for _, choice in choices}
    for at, rule in rules:
        for test in _tests(rule.get("when")):
            if not isinstance(test, Holds):
                yield Fault(
                    (*at, "when"),
                    f"a risk rule of question {name} compares {test.name.text}; it can only name practices",
                    column=test.name.column,
                )
            elif test.name.text not in known:
                yield Fault(
                    (*at, "when"),
                    f"a risk rule of question {name} names {test.name.text}, which is none of its practices",
                    "unknown-name",
                    test.name.column,
                )


def _region_check_faults(path: Path, question: dict[str, Any], choices: list[Found]) -> Iterator[Fault]:
    check = question.get("region_check")
    if not isinstance(check, dict):
        return
    if question.get("kind") != "one":
        yield Fault(
            (*path, "region_check"), f"question {question.get('id')}: region_check is for questions of kind one"
        )
    known = {choice.get("id") for _, choice in choices}
    for index, reason in enumerate(_strings(check.get("reasons"))):
        if reason not in known:
            at = (*path, "region_check", "reasons", index)
            yield Fault(at, f"{reason} is not a choice of question {question.get('id')}", "unknown-name")


def _weight_faults(weights: object, pillar_ids: set[Any]) -> Iterator[Fault]:
    given = weights if isinstance(weights, dict) else {}
    in_order = [pillar for pillar in PILLARS if pillar in pillar_ids] + sorted(pillar_ids - set(PILLARS), key=str)
    if missing := [str(pillar) for pillar in in_order if pillar not in given]:
        yield Fault(("weights",), f"weights says nothing of {', '.join(missing)}")
    for pillar, rules in given.items():
        if pillar not in pillar_ids:
            yield Fault(("weights", pillar), f"{pillar} is not the id of a pillar", "unknown-name")
        found = list(_dicts(rules, ("weights", pillar)))
        if found and found[-1][1].get("when"):
            yield Fault(found[-1][0], f"the last weight rule of {pillar} must be without a condition")


def _condition_faults(path: Path, condition: str, known: Mapping[str, _Thing]) -> Iterator[Fault]:
    for test in _tests(condition):
        name = test.name.text
        if name not in known:
            yield Fault(
                path, f"{name} is neither a fact nor a question of this checklist", "unknown-name", test.name.column
            )
        elif said := _misfit(test, known[name]):
            message, term = said
            yield Fault(path, message, "unknown-name" if "no option" in message else "does-not-fit", term.column)


def _misfit(test: Test, thing: _Thing) -> tuple[str, Term | Quantity] | None:
    """Why a test does not suit what its name stands for, and the word at which that shows; None where it does."""
    name, type_title = test.name.text, _TYPE_TITLES.get(thing.type, thing.type)
    if isinstance(test, Holds):
        if thing.type == "yes_no":
            return None
        hint = "ask for a choice of it: CHOICE in" if thing.type == "question" else "compare it, as in"
        return f"{name} is {type_title}, neither true nor false by itself; {hint} {name}", test.name
    if isinstance(test, Compares):
        return _quantity_misfit(name, test.quantity, thing)
    if isinstance(test, Equals) and isinstance(test.literal, Quantity):
        return _quantity_misfit(name, test.literal, thing)
    terms: tuple[Any, ...]
    if isinstance(test, Contains):
        wanted, terms = {"many_of", "regions", "question"}, (test.option,)
    elif isinstance(test, IsOneOf):
        wanted, terms = {"one_of"}, test.options
    else:
        wanted, terms = {"one_of", "question"}, (test.literal,)
    if thing.type not in wanted:
        form = {Contains: "OPTION in NAME", IsOneOf: "NAME in [OPTION, …]", Equals: "NAME == OPTION"}[type(test)]
        return f"{name} is {type_title}, which “{form}” does not suit", test.name
    for term in terms:
        if thing.options is not None and term.text not in thing.options:
            listed = ", ".join(sorted(thing.options)[:8])
            return f"{term.text} is no option of {name}, which has {listed}", term
    return None


def _quantity_misfit(name: str, quantity: Quantity, thing: _Thing) -> tuple[str, Term | Quantity] | None:
    if thing.type not in {"number", "duration"}:
        return f"{name} is {_TYPE_TITLES.get(thing.type, thing.type)}, and is compared with a number", quantity
    if quantity.seconds is not (thing.type == "duration"):
        hint = "give a unit: 30min, 4h, 2d" if thing.type == "duration" else "leave the unit out"
        return f"{name} is {_TYPE_TITLES[thing.type]}: {hint}", quantity
    return None


def _circles(facts: list[Found], questions: list[Found]) -> Iterator[Fault]:
    """Facts and questions that are asked only if they are asked; each circle once, at its first member.

    Finding one takes as long as the file is, so there is an end to them.
    """
    parts = {str(part.get("id")): (path, part) for path, part in [*facts, *questions]}
    depends = {name: {test.name.text for test in _tests(part.get("asked"))} for name, (_, part) in parts.items()}
    for _ in range(_MAX_CIRCLES):
        try:
            TopologicalSorter(depends).prepare()
        except CycleError as found:
            # The error lists what comes first before what depends on it, and ends where it began.
            circle = list(reversed(found.args[1][1:]))
            first = min(circle, key=list(parts).index)
            at = circle.index(first)
            shown = " → ".join([*circle[at:], *circle[:at], first])
            path = (*parts[first][0], "asked")
            yield Fault(path, f"whether it is asked depends on itself: {shown}", "circular-condition")
            depends[first] = set()
        else:
            return


def _repeated(what: str, parts: list[Found]) -> Iterator[Fault]:
    seen: set[str] = set()
    for at, part in parts:
        name = part.get("id")
        if isinstance(name, str) and name in seen:
            yield Fault((*at, "id"), f"the {what} id {name} is used more than once", "duplicate-id")
        elif isinstance(name, str):
            seen.add(name)


def _dicts(value: object, path: Path) -> Iterator[Found]:
    for index, item in enumerate(value if isinstance(value, list) else []):
        if isinstance(item, dict):
            yield (*path, index), item


def _strings(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _tests(condition: object) -> tuple[Test, ...]:
    if not isinstance(condition, str) or not condition or condition == DEFAULT_RULE:
        return ()
    try:
        return Expression.parse(condition).tests
    except ExpressionError:
        return ()
