"""Checklists written in our own language, as people would write them."""

import re
from typing import Any

import yaml

from checklists.language import Checklist

_ORDER = ("schema", "id", "title", "version", "kind", "summary", "source", "include", "pillars", "weights", "facts")
_WIDTH = 110
# YAML 1.1 takes these for line breaks, and reads them back as such unless they are escaped.
_OTHER_BREAKS = re.compile("[\r\x85\u2028\u2029\ufeff]")


def write_yaml(checklist: Checklist) -> str:
    """The checklist as YAML, in the order of docs/checklists.md and without what goes without saying.

    `checklists.language.parse` reads it back to an equal checklist.
    """
    values = checklist.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    values["schema"] = checklist.schema_version
    values["weights"] = {pillar: _short(rules, "weight") for pillar, rules in values.get("weights", {}).items()}
    for section in values["sections"]:
        for question in section["questions"]:
            question["weight"] = _short(question["weight"], "weight")
    ordered = {key: values[key] for key in (*_ORDER, "sections") if key in values}
    if not ordered["weights"]:
        del ordered["weights"]
    return yaml.dump(ordered, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH)


def _short(rules: list[dict[str, Any]], key: str) -> Any:
    """`weight: 3` for a single rule without a condition."""
    return rules[0][key] if len(rules) == 1 and set(rules[0]) == {key} else rules


class _Dumper(yaml.SafeDumper):
    """Long texts in blocks, short lists on one line, and no anchors, which the reader refuses."""

    def ignore_aliases(self, data: Any) -> bool:
        """Equal values are written out each time."""
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Lists stand further in than the key that they belong to."""
        super().increase_indent(flow, False)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else ">" if len(text) > _WIDTH - 30 else None
    if _OTHER_BREAKS.search(text):
        style = '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _list(dumper: yaml.SafeDumper, items: list[Any]) -> yaml.SequenceNode:
    ids = all(isinstance(item, str) for item in items) and sum(len(item) + 2 for item in items) < _WIDTH - 30
    return dumper.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=ids)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(list, _list)
