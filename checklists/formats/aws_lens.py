"""AWS Well-Architected custom lenses: read into checklists, and looked through as they are.

What is read, refused and decided, and where the rules of the format come from: docs/formats.md. Written by
`aws_lens_export`.
"""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import ValidationError

from checklists.formats.aws_lens_export import Exported, write_aws_lens
from checklists.formats.aws_vocabulary import (
    DEFAULT,
    ID,
    MAX_BYTES,
    MAX_CHOICES,
    MAX_PILLARS,
    MAX_QUESTIONS,
    MAX_READING,
    MAX_RULES,
    NONE_SUFFIX,
    READING,
    RISKS,
    SCHEMA_VERSION,
    TEXT_LENGTH,
    TITLE_LENGTH,
    accepted,
    read_condition,
)
from checklists.formats.imported import Imported
from checklists.formats.json_source import JsonSource, Path, read_json
from checklists.language import Checklist, ChecklistError, ChecklistErrors
from checklists.language.expressions import Expression, ExpressionError, Node, written
from checklists.language.lint import LintReport, Rule, RuledQuestion, report, rule_findings

__all__ = ["FORMAT", "Exported", "lint_aws_lens", "read_aws_lens", "write_aws_lens"]

FORMAT = "aws-lens"
_RULE_LENGTH = 4000
_KEYS = {
    "lens": {"schemaVersion", "name", "description", "pillars"},
    "pillar": {"id", "name", "questions"},
    "question": {"id", "title", "description", "helpfulResource", "choices", "riskRules"},
    "choice": {"id", "title", "helpfulResource", "improvementPlan", "additionalResources"},
    "helpfulResource": {"displayText", "url"},
    "improvementPlan": {"displayText", "url"},
    "additionalResources": {"type", "content"},
    "content": {"displayText", "url"},
    "risk rule": {"condition", "risk"},
}


def read_aws_lens(data: bytes, file: str) -> Imported:
    """Read a custom lens; `file` is the name that errors give.

    Raises `ChecklistErrors` with the line of each mistake.
    """
    lens = _Lens(read_json(data, file, max_bytes=MAX_BYTES))
    values = lens.read()
    if lens.errors:
        raise ChecklistErrors(lens.errors)
    try:
        checklist = Checklist.model_validate(values)
    except ValidationError as invalid:
        said = "; ".join(f"{error['msg']} ({error['loc']})" for error in invalid.errors(include_url=False)[:5])
        raise ChecklistErrors([lens.source.error((), f"this lens does not make a checklist: {said}")]) from None
    return Imported(FORMAT, checklist, skipped=tuple(lens.skipped()), warnings=tuple(lens.warnings))


def lint_aws_lens(data: bytes, file: str) -> LintReport:
    """Look a custom lens through, also one that cannot be imported: why it cannot is among the findings.

    Raises `ChecklistErrors` where it is not JSON, or too long.
    """
    lens = _Lens(read_json(data, file, max_bytes=MAX_BYTES))
    lens.read()
    found = (finding for question in lens.ruled for finding in rule_findings(question))
    return report(lens.question_ids, found, lens.errors, lens.lines)


def _identity(name: str) -> str:
    """The id of a lens's checklist, from its name.

    AWS takes names for the same whatever their case, blanks and punctuation, and so do we. Where letters are lost or
    the name is long, a digest keeps different names apart.
    """
    plain = unicodedata.normalize("NFKD", name)
    slug = "-".join(re.findall(r"[a-z0-9]+", plain.encode("ascii", "ignore").decode().lower())).removeprefix("aws-")
    lost = any(sign.isalnum() and not sign.isascii() for sign in plain)
    if not lost and slug and len(slug) <= 60:
        return f"aws-{slug}"
    folded = "".join(sign for sign in plain.casefold() if sign.isalnum())
    digest = hashlib.sha256((folded or name).encode()).hexdigest()[:8]
    return f"aws-{slug[:51].rstrip('-') or 'lens'}-{digest}"


class _Lens:
    """One pass over a lens: the values of a checklist, and all that is wrong or odd on the way.

    `ruled` are the questions whose rules can be looked at, `lines` where each question stands, by id. The values are
    only fit for use where there are no `errors`.
    """

    def __init__(self, source: JsonSource) -> None:
        self.source = source
        self.errors: list[ChecklistError] = []
        self.warnings: list[str] = list(source.repeated_keys)
        self.question_ids: list[str] = []
        self.ruled: list[RuledQuestion] = []
        self.unknown_keys: Counter[tuple[str, str]] = Counter()
        self.question = ""
        self.choice = ""

    def read(self) -> dict[str, Any]:
        lens = self._object(self.source.value, (), "lens")
        version = self._text(lens, (), "schemaVersion", required=True)
        if version and version != SCHEMA_VERSION:
            self._complain(("schemaVersion",), f"schemaVersion is “{version[:40]}”; only {SCHEMA_VERSION} is known")
        name = self._text(lens, (), "name", TITLE_LENGTH, required=True, plain=True)
        summary = self._text(lens, (), "description", plain=True)
        if name and not summary:
            self.warnings.append("The lens has no description; its name stands in its place.")
        pillars = list(self._items(lens, (), "pillars", "pillar", MAX_PILLARS))
        self._unique("pillar", pillars)
        sections = []
        for path, pillar in pillars:
            pillar_id = self._id(pillar, path, "pillar")
            title = self._text(pillar, path, "name", TITLE_LENGTH, required=True, plain=True)
            questions = self._questions(pillar, path, pillar_id)
            sections.append({"id": pillar_id, "title": title, "questions": questions})
        self._unique("question", list(self._all_questions()))
        if pillars and not self.question_ids and not self.errors:
            self._complain(("pillars",), "the lens has no questions")
        return {
            "schema": 1,
            "id": _identity(name),
            "title": name,
            "version": "1.0",
            "kind": "any",
            "summary": summary or name,
            "pillars": [{"id": section["id"], "title": section["title"]} for section in sections],
            "weights": {str(section["id"]): "full" for section in sections},
            "sections": [section for section in sections if section["questions"]],
        }

    @property
    def lines(self) -> dict[str, int]:
        """Question id -> the line where it stands."""
        return {str(question.get("id")): self.source.line(path) for path, question in self._all_questions()}

    def skipped(self) -> Iterator[str]:
        """What was in the file and is not in the checklist."""
        for (part, key), count in self.unknown_keys.items():
            where = f"a {part}" if count == 1 else f"{count} of the parts named {part}"
            yield f"The key “{key[:40]}” of {where} is not part of the format and was left out."

    def _all_questions(self) -> Iterator[tuple[Path, dict[str, Any]]]:
        lens = self.source.value if isinstance(self.source.value, dict) else {}
        for index, pillar in _objects(lens.get("pillars")):
            for number, question in _objects(pillar.get("questions")):
                yield ("pillars", index, "questions", number), question

    def _questions(self, pillar: dict[str, Any], at: Path, pillar_id: str) -> list[dict[str, Any]]:
        questions = []
        for path, question in self._items(pillar, at, "questions", "question", MAX_QUESTIONS, least=0):
            given = question.get("id")
            self.question = given if isinstance(given, str) else ""
            self.question_ids.append(self.question)
            questions.append(self._question(question, path, pillar_id))
            self.question = ""
        return questions

    def _question(self, question: dict[str, Any], at: Path, pillar_id: str) -> dict[str, Any]:
        name = self._id(question, at, "question")
        title = self._text(question, at, "title", TITLE_LENGTH, required=True, plain=True)
        why = self._text(question, at, "description", plain=True)
        found = list(self._items(question, at, "choices", "choice", MAX_CHOICES))
        self._unique("choice", found)
        choices = []
        for path, choice in found:
            given = choice.get("id")
            self.choice = given if isinstance(given, str) else ""
            choices.append(self._choice(choice, path))
            self.choice = ""
        none = [path for path, choice in found if _is_none(choice)]
        if len(none) > 1:
            self._complain((*none[1], "id"), f"a second choice whose id ends in {NONE_SUFFIX} (none of these)")
        return {
            "id": name,
            "title": title,
            "why": why,
            "help": self._resource(question, at, "helpfulResource"),
            "pillars": [pillar_id],
            "weight": 3,
            "obligatory": True,
            "kind": "practices",
            "choices": choices,
            "risk_rules": self._rules(question, at, found),
        }

    def _choice(self, choice: dict[str, Any], at: Path) -> dict[str, Any]:
        do = self._resource(choice, at, "improvementPlan")
        none = _is_none(choice)
        if do is None and not none:
            self._warn("has no improvementPlan, which AWS asks for")
        return {
            "id": self._id(choice, at, "choice"),
            "text": self._text(choice, at, "title", TITLE_LENGTH, required=True, plain=True),
            "none_of_these": none,
            "help": self._resource(choice, at, "helpfulResource"),
            "do": do,
            "reading": self._reading(choice, at),
        }

    def _reading(self, choice: dict[str, Any], at: Path) -> list[dict[str, Any]]:
        reading: dict[str, list[dict[str, Any]]] = {about: [] for about in READING.values()}
        for path, group in self._items(choice, at, "additionalResources", "additionalResources", None, least=None):
            kind = self._text(group, path, "type", required=True)
            if kind and kind not in READING:
                self._complain((*path, "type"), f"type is “{kind[:40]}”, not {' or '.join(READING)}")
            for inner, entry in self._items(group, path, "content", "content", None, least=0):
                found = self._displayed(entry, inner)
                if found and kind in READING:
                    reading[READING[kind]].append({"about": READING[kind], **found})
        for kind, about in READING.items():
            if len(reading[about]) > MAX_READING:
                said = f"additionalResources holds {len(reading[about])} entries of type {kind}"
                self._complain((*at, "additionalResources"), f"{said}; {MAX_READING} is the most")
        return [entry for about in READING.values() for entry in reading[about]]

    def _rules(self, question: dict[str, Any], at: Path, choices: list[tuple[Path, dict[str, Any]]]) -> list[Any]:
        known = {choice["id"] for _, choice in choices if isinstance(choice.get("id"), str)}
        rules: list[dict[str, Any]] = []
        readable: list[Rule | None] = []
        found = list(self._items(question, at, "riskRules", "risk rule", MAX_RULES, rule="missing-default"))
        for path, rule in found:
            risk = self._text(rule, path, "risk", required=True)
            if risk and risk not in RISKS:
                self._complain((*path, "risk"), f"risk is “{risk[:40]}”, not {', '.join(RISKS)}")
            if risk in RISKS and any(RISKS[risk] == earlier["risk"] for earlier in rules):
                self._complain((*path, "risk"), f"a second rule for {risk}: a question has one rule for each risk")
            condition, when = self._condition(rule, path, known)
            rules.append({"risk": RISKS.get(risk, "none"), "when": when})
            readable.append(Rule(RISKS[risk], condition) if when and risk in RISKS else None)
        if rules and all(rule["when"] != DEFAULT for rule in rules):
            self._warn("has no default rule: what no rule matches counts as unanswered")
        given = question.get("riskRules")
        whole = None not in readable and (given is None or isinstance(given, list)) and len(found) == len(given or [])
        if whole and len(known) and all(isinstance(choice.get("id"), str) for _, choice in choices):
            none = frozenset(name for name in known if name.endswith(NONE_SUFFIX))
            practices = dict.fromkeys(choice["id"] for _, choice in choices if choice["id"] not in none)
            rules_read = tuple(rule for rule in readable if rule is not None)
            self.ruled.append(RuledQuestion(self.question, tuple(practices), none, rules_read))
        return rules

    def _condition(self, rule: dict[str, Any], at: Path, known: set[str]) -> tuple[Node | None, str]:
        """The condition read, and in our words: None and `default` for the default, None and empty for a mistake."""
        text = self._text(rule, at, "condition", limit=None, required=True)
        if text == DEFAULT or not text:
            return None, text
        path = (*at, "condition")
        try:
            condition = read_condition(text)
            when = written(condition.root)
            # A choice may be named as the default is.
            when = f'"{when}"' if when == DEFAULT else when
            expression = Expression.parse(when)
        except ExpressionError as problem:
            self._complain(
                path, f"the condition cannot be read: {problem.message} (at its character {problem.column})"
            )
            return None, ""
        if condition.mixed:
            self._warn(f"mixes && and || without brackets in “{text[:80]}”; && was taken first")
        for name in sorted(expression.names - known):
            said = f"the condition names {name[:128]}, which is no choice of question {self.question}"
            self._complain(path, said, rule="unknown-name")
        if len(when) > _RULE_LENGTH:
            self._complain(path, f"the condition is too long: {len(when):,} characters; {_RULE_LENGTH:,} is the most")
        return condition.root, when

    def _resource(self, holder: dict[str, Any], at: Path, key: str) -> dict[str, str] | None:
        """A text and where to read further; None where both are missing."""
        given, path = holder.get(key), (*at, key)
        return None if given is None else self._displayed(self._object(given, path, key), path)

    def _displayed(self, resource: dict[str, Any], at: Path) -> dict[str, str] | None:
        text = self._text(resource, at, "displayText")
        url = self._url(resource, at)
        if url and not text:
            self._complain((*at, "url"), "a url is given without displayText: say what it leads to", "empty-text")
        return {"text": text, "url": url} if text or url else None

    def _url(self, resource: dict[str, Any], at: Path) -> str:
        url = re.sub(r"\s", "%20", self._text(resource, at, "url"))
        if url and not re.match(r"https?://[^\s/]", url):
            self._complain((*at, "url"), f"url is “{url[:60]}”: it must start with http:// or https://")
        return url

    def _id(self, part: dict[str, Any], at: Path, what: str) -> str:
        name = self._text(part, at, "id", limit=None, required=True, rule="does-not-fit")
        if name and not ID.fullmatch(part["id"]):
            said = "3 to 128 letters from A to Z, digits and _ make an id"
            self._complain((*at, "id"), f"the {what} id “{part['id'][:60]}” is not accepted: {said}")
        return name

    def _unique(self, what: str, parts: Iterable[tuple[Path, dict[str, Any]]]) -> None:
        seen: set[str] = set()
        for path, part in parts:
            name = part.get("id")
            if isinstance(name, str) and name in seen:
                error = f"the {what} id {name[:128]} is used more than once"
                question = name if what == "question" else self.question
                choice = name if what == "choice" else ""
                self.errors.append(
                    self.source.error((*path, "id"), error, rule="duplicate-id", question=question, choice=choice)
                )
            elif isinstance(name, str):
                seen.add(name)

    def _text(
        self,
        part: dict[str, Any],
        at: Path,
        key: str,
        limit: int | None = TEXT_LENGTH,
        *,
        required: bool = False,
        plain: bool = False,
        rule: str = "empty-text",
    ) -> str:
        """A text without blanks around it; empty where it is missing. `plain`: only some characters are accepted."""
        text, path = part.get(key), (*at, key)
        if text is None and (key not in part or not required):
            if required and part is not _NOTHING:
                self._complain(at, f"{key} is missing")
            return ""
        if not isinstance(text, str):
            self._complain(path, f"{key} must be a text, not {_kind(text)}")
            return ""
        if required and not text.strip():
            self._complain(path, f"{key} is empty", rule)
        if "\x00" in text:
            self._complain(path, f"{key} holds the character NUL, which cannot be stored: remove it")
        if limit is not None and len(text) > limit:
            self._complain(path, f"{key} is {len(text):,} characters long; {limit:,} is the most")
        if plain and (odd := sorted({sign for sign in text if not accepted(sign)})):
            self._warn(f"{key} holds {' '.join(odd)[:80]}, which AWS does not accept there")
        return text.strip()

    def _items(
        self,
        part: dict[str, Any],
        at: Path,
        key: str,
        what: str,
        most: int | None,
        *,
        least: int | None = 1,
        rule: str = "does-not-fit",
    ) -> Iterator[tuple[Path, dict[str, Any]]]:
        """The objects of a list, and where each stands; `least` is None where the list may be missing."""
        given, path = part.get(key), (*at, key)
        if given is None:
            if least is not None and part is not _NOTHING:
                self._complain(at, f"{key} is missing", rule)
            return
        if not isinstance(given, list):
            self._complain(path, f"{key} must be a list, not {_kind(given)}")
            return
        if len(given) < (least or 0):
            self._complain(path, f"{key} is empty", rule)
        if most is not None and len(given) > most:
            self._complain(path, f"{key} holds {len(given):,}; {most} is the most")
        for index, item in enumerate(given):
            value = self._object(item, (*path, index), what)
            if value is not _NOTHING:
                yield (*path, index), value

    def _object(self, value: Any, at: Path, what: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            self._complain(at, f"the {what} must be an object in braces, not {_kind(value)}")
            return _NOTHING
        self.unknown_keys.update((what, key) for key in value if key not in _KEYS[what])
        return value

    def _complain(self, at: Path, message: str, rule: str = "does-not-fit") -> None:
        where = f"question {self.question[:128]}: " if self.question else ""
        error = self.source.error(at, where + message, rule=rule, question=self.question, choice=self.choice)
        self.errors.append(error)

    def _warn(self, message: str) -> None:
        where = f"Question {self.question[:128]}" if self.question else "The lens or a pillar"
        choice = f", choice {self.choice[:128]}" if self.choice else ""
        self.warnings.append(f"{where}{choice}: {message}.")


_NOTHING: dict[str, Any] = {}
"""Stands for what is not an object, so that nobody is told that its keys are missing too."""


def _is_none(choice: dict[str, Any]) -> bool:
    name = choice.get("id")
    return isinstance(name, str) and name.endswith(NONE_SUFFIX)


def _objects(value: Any) -> Iterator[tuple[int, dict[str, Any]]]:
    for index, item in enumerate(value if isinstance(value, list) else []):
        if isinstance(item, dict):
            yield index, item


def _kind(value: Any) -> str:
    names = {
        bool: "true or false",
        int: "a number",
        float: "a number",
        str: "a text",
        list: "a list",
        dict: "an object",
    }
    return "null" if value is None else names.get(type(value), "this")
