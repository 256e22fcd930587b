"""What an author should look at in a checklist, though it can be read: rules by truth table, conditions by trial.

The states of a question's table are all subsets of its practices; the empty one stands for “none of these”, whose own
id holds there and nowhere else. A table is one bit per state in a Python integer, so that a condition is worked out
for all states at once. Each finding, with an example and what to do: docs/lint.md.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from itertools import chain, combinations
from typing import Any, Literal

from checklists.language.errors import ChecklistError, ChecklistErrors
from checklists.language.expressions import (
    And,
    Compares,
    Contains,
    Equals,
    Expression,
    ExpressionError,
    Holds,
    IsOneOf,
    Node,
    Not,
    Or,
    Quantity,
    Value,
)
from checklists.language.model import MAX_RULES, Checklist
from checklists.language.vocabulary import DEFAULT_RULE, WORKLOAD_FACTS

Severity = Literal["error", "warning", "note"]

MAX_PRACTICES = 15
"""Of a question with more practices no table is made: each one doubles it."""

_MAX_TRIALS = 20_000
_MAX_EFFORT = 2_000_000
_MAX_NAMES = 100
_LARGEST = 10**12
_STEP = Fraction(1, 10_000)
_RISKS = ("none", "medium", "high")
_PER_PLACE = frozenset({"choice-without-effect"})
_MANY = "does-not-fit"


@dataclass(frozen=True)
class Finding:
    """One thing to look at.

    `question` and `choice` are ids, empty for none; `message` is a sentence; `example` are the ids of practices that
    show it when they are ticked and no others, empty also where there is nothing to tick. `line` is where it stands
    in the file, 0 where that is not known.
    """

    rule: str
    severity: Severity
    question: str
    choice: str
    message: str
    example: tuple[str, ...] = ()
    line: int = 0

    def to_json(self) -> dict[str, Any]:
        """What `lint_checklist --json` prints of it."""
        return {
            "rule": self.rule,
            "severity": self.severity,
            "question": self.question,
            "choice": self.choice,
            "message": self.message,
            "example": list(self.example),
        }


@dataclass(frozen=True)
class LintReport:
    """All findings on a checklist, in the order of its questions; what concerns none of them first."""

    questions: int
    findings: tuple[Finding, ...]

    @property
    def has_errors(self) -> bool:
        """Whether anything is worse than a warning."""
        return any(finding.severity == "error" for finding in self.findings)

    def to_json(self) -> dict[str, Any]:
        """What `lint_checklist --json` prints."""
        return {"questions": self.questions, "findings": [finding.to_json() for finding in self.findings]}


@dataclass(frozen=True)
class Rule:
    """A risk rule: the risk that it gives, and its condition; None for the default, which always holds."""

    risk: str
    condition: Node | None


@dataclass(frozen=True)
class RuledQuestion:
    """A question whose risk rules are looked at, whatever format it comes from.

    `none` are the ids of choices that mean “none of these”.
    """

    id: str
    practices: tuple[str, ...]
    none: frozenset[str]
    rules: tuple[Rule, ...]


def lint(checklist: Checklist, lines: Mapping[str, int] | None = None) -> LintReport:
    """Look a checklist through; `lines` says at which line of its file a question stands, by id."""
    return lint_values(checklist.to_json(), (), lines)


def lint_refused(refused: ChecklistErrors, lines: Mapping[str, int] | None = None) -> LintReport:
    """Look through a checklist that cannot be used, as far as it was read; its mistakes are findings too."""
    return lint_values(refused.data, refused.errors, lines)


def lint_values(data: object, errors: Iterable[ChecklistError], lines: Mapping[str, int] | None = None) -> LintReport:
    """As `lint`, of a checklist given as JSON values of any shape, with the mistakes that were found in it before."""
    questions = [question for section in _dicts(data, "sections") for question in _dicts(section, "questions")]
    ruled = [each for question in questions if (each := _ruled(question)) is not None]
    found = chain(chain.from_iterable(map(rule_findings, ruled)), _asking_findings(data, questions))
    return report([str(question.get("id", "")) for question in questions], found, errors, lines)


def report(
    questions: list[str],
    findings: Iterable[Finding],
    errors: Iterable[ChecklistError],
    lines: Mapping[str, int] | None = None,
) -> LintReport:
    """Put findings and the mistakes of a file together; `questions` are the ids of all, in order.

    Of each rule a question has one finding, or one for each choice that changes nothing.
    """
    from_errors = [
        Finding(error.rule, "error", error.question, error.choice, _sentence(error.message), (), error.line)
        for error in errors
    ]
    once: dict[tuple[str, ...], Finding] = {}
    for finding in [*from_errors, *findings]:
        key: tuple[str, ...] = (finding.question, finding.rule)
        if finding.rule == _MANY or not finding.question:
            key += (finding.message,)
        elif finding.rule in _PER_PLACE:
            key += (finding.choice,)
        once.setdefault(key, finding)
    position = {name: index for index, name in reversed(list(enumerate(questions, start=1)))}
    placed = [_placed(finding, lines or {}) for finding in once.values()]
    return LintReport(len(questions), tuple(sorted(placed, key=lambda finding: position.get(finding.question, 0))))


def rule_findings(question: RuledQuestion) -> Iterator[Finding]:
    """What the risk rules of one question come to over all its states."""
    rules = question.rules
    if len(question.practices) > MAX_PRACTICES:
        yield Finding(
            "table-too-large",
            "note",
            question.id,
            "",
            f"Its rules were not looked at: it has {len(question.practices)} practices, and a table is made for "
            f"{MAX_PRACTICES} at most.",
        )
        if not any(rule.condition is None for rule in rules):
            yield _missing_default(question, None)
        return
    table = _Table(question)
    if not any(rule.condition is None for rule in rules):
        yield _missing_default(question, table)
    yield from _never_fires(question, table)
    yield from _unreachable(question, table)
    yield from _not_monotone(question, table)
    yield from _without_effect(question, table)


class _Table:
    """The states of a question, a bit each: where each rule's condition holds, where it fires, and what risk results.

    Bit s of a number stands for the state in which practice i is ticked when bit i of s is set.
    """

    def __init__(self, question: RuledQuestion) -> None:
        self.practices = question.practices
        self.every, self.columns = _columns(len(question.practices))
        names = dict(zip(question.practices, self.columns, strict=True)) | dict.fromkeys(question.none, 1)
        self.holds = [
            self.every if rule.condition is None else _states(rule.condition, names, self.every)
            for rule in question.rules
        ]
        self.fires: list[int] = []
        self.unmatched = self.every
        for holds in self.holds:
            self.fires.append(holds & self.unmatched)
            self.unmatched &= ~holds
        self.risk = dict.fromkeys(_RISKS, 0)
        for rule, fires in zip(question.rules, self.fires, strict=True):
            self.risk[rule.risk] |= fires

    def with_practice(self, states: int, index: int) -> int:
        """The states without a practice that are among `states` once it is added."""
        return (states >> (1 << index)) & ~self.columns[index]

    def example(self, states: int) -> tuple[str, ...]:
        """The smallest selection among some states, of something where there is a choice."""
        sizes = _by_size(len(self.practices))
        among = next((states & size for size in (*sizes[1:], sizes[0]) if states & size), 1)
        found = (among & -among).bit_length() - 1
        return tuple(practice for index, practice in enumerate(self.practices) if found >> index & 1)


@lru_cache(maxsize=MAX_PRACTICES + 1)
def _columns(practices: int) -> tuple[int, tuple[int, ...]]:
    """All states, and for each practice those in which it is ticked."""
    every = (1 << (1 << practices)) - 1
    # Blocks of 2^i ones, 2^i apart: what remains of all ones divided by 2^(2^i) + 1.
    return every, tuple((every // ((1 << (1 << i)) + 1)) << (1 << i) for i in range(practices))


@lru_cache(maxsize=MAX_PRACTICES + 1)
def _by_size(practices: int) -> tuple[int, ...]:
    """For each number of practices, from none to all, the states in which so many are ticked."""
    sizes = [1]
    for index in range(practices):
        without, ticked = [*sizes, 0], [0, *sizes]
        sizes = [less | more << (1 << index) for less, more in zip(without, ticked, strict=True)]
    return tuple(sizes)


def _states(node: Node, names: Mapping[str, int], every: int) -> int:
    if isinstance(node, And):
        states = every
        for part in node.parts:
            states &= _states(part, names, every)
        return states
    if isinstance(node, Or):
        states = 0
        for part in node.parts:
            states |= _states(part, names, every)
        return states
    if isinstance(node, Not):
        return every & ~_states(node.part, names, every)
    # A name that is none of its choices is never ticked.
    return names.get(node.name.text, 0) if isinstance(node, Holds) else 0


def _missing_default(question: RuledQuestion, table: _Table | None) -> Finding:
    if not question.rules:
        return Finding("missing-default", "error", question.id, "", "It has no risk rules, so no answer has a risk.")
    said = "None of its risk rules is the default"
    if table is None:
        return Finding("missing-default", "warning", question.id, "", f"{said}, for what no other rule matches.")
    if not table.unmatched:
        return Finding("missing-default", "warning", question.id, "", f"{said}, though they match every selection.")
    example = table.example(table.unmatched)
    message = f"{said}, and {_selected(example)} matches no rule, so it counts as unanswered."
    return Finding("missing-default", "warning", question.id, "", message, example)


def _never_fires(question: RuledQuestion, table: _Table) -> Iterator[Finding]:
    severity: Severity = "note"
    reasons: list[str] = []
    example: tuple[str, ...] = ()
    for index, rule in enumerate(question.rules):
        if table.fires[index]:
            continue
        last = index == len(question.rules) - 1
        if rule.condition is not None or not last:
            severity = "warning"
        holds = table.holds[index]
        if not holds:
            reasons.append(f"{_rule(index, rule)}, because its condition is false for every selection")
            continue
        earlier = [at for at in range(index) if table.fires[at] & holds]
        verb = "comes" if len(earlier) == 1 else "come"
        reasons.append(f"{_rule(index, rule)}, because wherever it holds {_numbers(earlier)} {verb} first")
        example = example or table.example(holds)
    if reasons:
        message = f"A risk rule can never fire: {'; '.join(reasons)}."
        yield Finding("rule-never-fires", severity, question.id, "", message, example)


def _unreachable(question: RuledQuestion, table: _Table) -> Iterator[Finding]:
    named = {rule.risk for rule in question.rules}
    missed = [risk for risk in reversed(_RISKS) if risk in named and not table.risk[risk]]
    if not missed:
        return
    would = [holds for rule, holds in zip(question.rules, table.holds, strict=True) if rule.risk in missed and holds]
    titles = " and ".join("no risk" if risk == "none" else f"{risk} risk" for risk in missed)
    message = f"{titles[0].upper()}{titles[1:]} can never be reached, whatever is selected, though a rule names it."
    severity: Severity = "error" if "high" in missed else "warning"
    yield Finding("risk-unreachable", severity, question.id, "", message, table.example(would[0]) if would else ())


def _not_monotone(question: RuledQuestion, table: _Table) -> Iterator[Finding]:
    at_least = {"medium": table.risk["medium"] | table.risk["high"], "high": table.risk["high"]}
    for below, above in (("none", "high"), ("medium", "high"), ("none", "medium")):
        for index, practice in enumerate(question.practices):
            worse = table.risk[below] & table.with_practice(at_least[above], index)
            if worse:
                example = table.example(worse)
                risen = (
                    "high" if table.with_practice(table.risk["high"], index) & _state(table, example) else "medium"
                )
                message = (
                    f"A further practice raises the risk: {_selected(example)} leaves {_risk(below)}, and adding "
                    f"{practice} makes it {_risk(risen)}."
                )
                yield Finding("not-monotone", "warning", question.id, "", message, example)
                return


def _without_effect(question: RuledQuestion, table: _Table) -> Iterator[Finding]:
    for index, practice in enumerate(question.practices):
        without = table.every & ~table.columns[index]
        if all(not (states ^ (states >> (1 << index))) & without for states in table.risk.values()):
            message = (
                f"Choice {practice} changes nothing: whatever else is selected, the risk is the same without it."
            )
            yield Finding("choice-without-effect", "warning", question.id, practice, message, (practice,))


def _state(table: _Table, selection: tuple[str, ...]) -> int:
    return 1 << sum(1 << index for index, practice in enumerate(table.practices) if practice in selection)


def _ruled(question: dict[str, Any]) -> RuledQuestion | None:
    """A question whose rules can be looked at; None where it has none, or too many or unreadable ones."""
    choices = _dicts(question, "choices")
    names = [choice.get("id") for choice in choices]
    given = _dicts(question, "risk_rules")
    if question.get("kind") != "practices" or len(given) > MAX_RULES or not all(isinstance(n, str) for n in names):
        return None
    rules: list[Rule] = []
    for rule in given:
        when, risk = rule.get("when"), rule.get("risk")
        if risk not in _RISKS or not isinstance(when, str):
            return None
        condition = None if when.strip() == DEFAULT_RULE else _root(when)
        if condition is None and when.strip() != DEFAULT_RULE:
            return None
        rules.append(Rule(str(risk), condition))
    none = frozenset(str(choice["id"]) for choice in choices if choice.get("none_of_these") is True)
    practices = tuple(dict.fromkeys(str(name) for name in names if name not in none))
    return RuledQuestion(str(question.get("id", "")), practices, none, tuple(rules))


# Whether a question can ever be asked


@dataclass(frozen=True)
class _Part:
    """A fact or a question that conditions name: what values it can have depends on which of them are asked for."""

    kind: str
    options: tuple[str, ...]
    none: frozenset[str]
    asked: Node | None
    always_known: bool = False


def _asking_findings(data: object, questions: list[dict[str, Any]]) -> Iterator[Finding]:
    parts = _parts(data, questions)
    never: set[str] = set()
    # Shared, so that a file full of hard conditions takes no longer than one of them.
    effort = _Effort(_MAX_EFFORT)
    answers = {str(question.get("id", "")) for question in questions}
    for question in questions:
        name = str(question.get("id", ""))
        if on := sorted(answers & _counts_by(question)):
            message = (
                f"Whether it counts, or how much, depends on the answer to {', '.join(on)}: a worse answer there can "
                "raise the score by taking this question out of it. Ask for a fact instead, where there is one."
            )
            yield Finding("depends-on-answer", "note", name, "", message)
        part = parts.get(name)
        if part is None or part.asked is None:
            continue
        trial = _Trial(name, parts, effort)
        if not trial.possible:
            continue
        answer = trial.run()
        if answer is None:
            message = "Whether it can ever be asked was not decided: its condition depends on too much to try it all."
            yield Finding("not-decided", "note", name, "", message)
        elif not answer:
            hidden = sorted(_names(part.asked) & never)
            because = f"depends on {', '.join(hidden)}, never asked either" if hidden else "never holds"
            never.add(name)
            message = f"It can never be asked: its condition “{_short(question['asked'])}” {because}."
            yield Finding("never-asked", "error", name, "", message)


def _counts_by(question: dict[str, Any]) -> set[str]:
    """The names by which it is decided whether a question is asked, and how heavy it is."""
    weights = [rule.get("when") for rule in _dicts(question, "weight")]
    roots = [_root(condition) for condition in [question.get("asked"), *weights]]
    return {name for root in roots if root is not None for name in _names(root)}


def _parts(data: object, questions: list[dict[str, Any]]) -> dict[str, _Part]:
    parts = {
        name: _Part("one_of", options, frozenset(), None, always_known=True)
        for name, options in WORKLOAD_FACTS.items()
    }
    for fact in _dicts(data, "facts"):
        options = tuple(str(option.get("id", "")) for option in _dicts(fact, "options"))
        kind = str(fact.get("type", "yes_no"))
        parts[str(fact.get("id", ""))] = _Part(kind, options, frozenset(), _root(fact.get("asked")))
    for question in questions:
        choices = _dicts(question, "choices")
        none = frozenset(str(choice.get("id", "")) for choice in choices if choice.get("none_of_these") is True)
        options = tuple(str(choice.get("id", "")) for choice in choices)
        kind = "practices" if question.get("kind") == "practices" else "choice"
        parts[str(question.get("id", ""))] = _Part(kind, options, none, _root(question.get("asked")))
    return parts


@dataclass
class _Effort:
    """How many tests may still be tried."""

    left: int


class _Trial:
    """Tries all that could be said of what the condition of a question depends on, until it holds.

    `possible` is false where the condition cannot be judged, as it names what is not there or leads in a circle;
    `too_much` is true where it depends on more names than are tried. Each trial takes its tests from `effort`.
    """

    def __init__(self, question: str, parts: Mapping[str, _Part], effort: _Effort) -> None:
        self.parts = parts
        self.effort = effort
        self.target = parts[question].asked
        self.order: list[str] = []
        self.tests: list[Any] = []
        self.trials = 0
        needs: dict[str, set[str]] = {}
        todo = [question]
        while todo and len(needs) <= _MAX_NAMES:
            name = todo.pop()
            if name in needs:
                continue
            condition = parts[name].asked if name in parts else None
            needs[name] = _names(condition) if condition is not None else set()
            todo += needs[name]
        self.too_much = not needs.keys() >= set(todo)
        self.possible = needs.keys() <= parts.keys()
        if self.too_much:
            return
        try:
            self.order = [name for name in TopologicalSorter(needs).static_order() if name != question]
        except CycleError:
            self.possible = False
        conditions = [parts[name].asked for name in needs if name in parts]
        self.tests = [test for condition in conditions if condition is not None for test in _tests(condition)]

    def run(self) -> bool | None:
        """Whether the condition can hold; None where there is too much to try."""
        if self.too_much:
            return None
        try:
            return self._search({}, 0)
        except _TooManyTrials:
            return None

    def _search(self, known: dict[str, Value], at: int) -> bool:
        self.trials += 1
        self.effort.left -= len(self.tests)
        if self.trials > _MAX_TRIALS or self.effort.left < 0:
            raise _TooManyTrials
        verdict = _verdict(self.target, known)
        if verdict is not None:
            return verdict
        name = self.order[at]
        # What comes before in the order is known, so whether this is asked is settled.
        asked = _verdict(self.parts[name].asked, known)
        for value in self._values(name) if asked else (None,):
            if self._search(known | {name: value}, at + 1):
                return True
        return False

    def _values(self, name: str) -> Iterator[Value]:
        """Values of which at least one behaves in every condition as any that could be stated."""
        part = self.parts[name]
        tests = [test for test in self.tests if test.name.text == name]
        if part.kind == "yes_no":
            yield from (True, False)
        elif part.kind in {"number", "duration"}:
            yield from _numbers_around(tests)
        elif part.kind in {"one_of", "choice"}:
            for option in _telling(part.options, _mentioned(tests)):
                yield frozenset({option}) if part.kind == "choice" else option
        else:
            mentioned = _mentioned(tests)
            options = part.options if part.kind != "regions" else (*mentioned, "")
            some = _telling([option for option in options if option not in part.none], mentioned)
            for size in range(1, len(some) + 1):
                yield from (frozenset(chosen) for chosen in combinations(some, size))
            yield from (frozenset({option}) for option in part.none)
        if not part.always_known:
            yield None


class _TooManyTrials(Exception):
    pass


def _verdict(node: Node | None, known: Mapping[str, Value]) -> bool | None:
    """Whether a condition holds, as far as that follows from what is known; None where it does not."""
    if node is None:
        return True
    if isinstance(node, And | Or):
        decisive = isinstance(node, Or)
        open_ = False
        for part in node.parts:
            verdict = _verdict(part, known)
            if verdict is decisive:
                return decisive
            open_ = open_ or verdict is None
        return None if open_ else not decisive
    if isinstance(node, Not):
        verdict = _verdict(node.part, known)
        return None if verdict is None else not verdict
    return Expression("", node).holds(known.get) if node.name.text in known else None


def _telling(options: Iterable[str], mentioned: Iterable[str]) -> list[str]:
    """The options that some condition mentions, and one that stands for all the others."""
    mentioned = set(mentioned)
    options = list(options)
    others = [option for option in options if option not in mentioned]
    return [option for option in options if option in mentioned] + others[:1]


def _mentioned(tests: Iterable[Node]) -> list[str]:
    found: list[str] = []
    for test in tests:
        if isinstance(test, Contains):
            found.append(test.option.text)
        elif isinstance(test, IsOneOf):
            found += [option.text for option in test.options]
        elif isinstance(test, Equals) and not isinstance(test.literal, Quantity):
            found.append(test.literal.text)
    return list(dict.fromkeys(found))


def _numbers_around(tests: Iterable[Node]) -> Iterator[Fraction]:
    """Numbers as they can be stated: at the thresholds of conditions, and next to them."""
    found = {Fraction(0), Fraction(_LARGEST)}
    for test in tests:
        quantity = test.quantity if isinstance(test, Compares) else test.literal if isinstance(test, Equals) else None
        if isinstance(quantity, Quantity):
            steps = quantity.number // _STEP
            found |= {(steps + more) * _STEP for more in (-1, 0, 1)}
    yield from sorted(number for number in found if 0 <= number <= _LARGEST)


def _names(node: Node) -> set[str]:
    return {test.name.text for test in _tests(node)}


def _tests(node: Node) -> tuple[Any, ...]:
    return Expression("", node).tests


def _root(condition: object) -> Node | None:
    if not isinstance(condition, str) or not condition.strip():
        return None
    try:
        return Expression.parse(condition).root
    except ExpressionError:
        return None


# Words


def _placed(finding: Finding, lines: Mapping[str, int]) -> Finding:
    line = finding.line or lines.get(finding.question, 0)
    return Finding(
        finding.rule, finding.severity, finding.question, finding.choice, finding.message, finding.example, line
    )


def _rule(index: int, rule: Rule) -> str:
    return f"rule {index + 1} ({_risk(rule.risk)}{', the default' if rule.condition is None else ''})"


def _numbers(indexes: list[int]) -> str:
    return f"rule{'s' if len(indexes) > 1 else ''} {_listed([str(index + 1) for index in indexes])}"


def _risk(risk: str) -> str:
    return "no risk" if risk == "none" else f"{risk} risk"


def _selected(selection: tuple[str, ...]) -> str:
    return f"selecting {_listed(list(selection))}" if selection else "selecting none of its practices"


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _sentence(message: str) -> str:
    """A mistake as a finding; its first letter stays as it is, as it may be that of an id."""
    return message if message.endswith(".") else f"{message}."


def _short(text: object) -> str:
    words = " ".join(str(text).split())
    return words if len(words) <= 80 else f"{words[:79]}…"


def _dicts(value: object, key: str) -> list[dict[str, Any]]:
    part = value.get(key) if isinstance(value, dict) else None
    return [item for item in part if isinstance(item, dict)] if isinstance(part, list) else []
