"""What pages show of a checklist, put together so that templates only have to write it down."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from checklists.language import (
    ANY_KIND,
    Checklist,
    Choice,
    Expression,
    Fact,
    Guidance,
    Question,
    Resource,
    Section,
    WorkloadKind,
)
from checklists.language.diff import compare
from checklists.language.words import in_words
from checklists.locale import english, localized

KIND_TITLES = {
    WorkloadKind.EDA.value: gettext_lazy("Exploratory data analysis"),
    WorkloadKind.TRAINING.value: gettext_lazy("Training and fine-tuning"),
    WorkloadKind.INFERENCING.value: gettext_lazy("Inferencing (model hosting)"),
    ANY_KIND: gettext_lazy("Any workload"),
}

RISK_TITLES = {
    "high": gettext_lazy("High risk"),
    "medium": gettext_lazy("Medium risk"),
    "none": gettext_lazy("No risk"),
    "not_applicable": gettext_lazy("Not applicable"),
}

_FACT_TYPES = {
    "yes_no": gettext_lazy("yes or no"),
    "one_of": gettext_lazy("one of"),
    "many_of": gettext_lazy("any of"),
    "number": gettext_lazy("a number"),
    "regions": gettext_lazy("names of regions"),
    "duration": gettext_lazy("a duration"),
}
_EARNS = {
    "all": gettext_lazy("earns all of the worth"),
    "half": gettext_lazy("earns half of the worth"),
    "nothing": gettext_lazy("earns nothing of the worth"),
}
_PER = {"second": gettext_lazy("second"), "minute": gettext_lazy("minute"), "hour": gettext_lazy("hour")}
_INSTRUCTIONS = {
    "one": gettext_lazy("Choose one"),
    "practices": gettext_lazy("Tick all that are in place"),
    "quota": gettext_lazy("Fill in limits and peaks, or choose instead"),
    "benchmark": gettext_lazy("Fill in measurements, or choose instead"),
}


@dataclass(frozen=True)
class WeighedWhen:
    """A weight, and the condition under which it counts; empty for always."""

    weight: str
    when: str


@dataclass(frozen=True)
class RuleLine:
    """A risk, and when it is what stays."""

    risk: str
    when: str

    @property
    def title(self) -> str:
        """The risk in words."""
        return str(RISK_TITLES[self.risk])


@dataclass(frozen=True)
class GuidanceLine:
    """Technology guidance, and the condition under which it is shown; empty for always."""

    advice: Guidance
    when: str


@dataclass(frozen=True)
class ReadingLine:
    """A text about a choice, or where to read about it."""

    title: str
    text: str
    url: str


@dataclass(frozen=True)
class ChoiceLine:
    """One choice as it is read."""

    choice: Choice
    question: Question
    pillar_titles: dict[str, str]
    selected: bool = False

    @property
    def risk_title(self) -> str:
        """The risk that it leaves by itself, in words; empty where rules say that."""
        return str(RISK_TITLES[self.choice.risk]) if self.choice.risk else ""

    @property
    def remarks(self) -> list[str]:
        """What else is to be known of it."""
        choice = self.choice
        said = [self.pillar_titles[pillar] for pillar in choice.pillars]
        if self.question.kind == "practices" and not choice.none_of_these and choice.weight > 1:
            said.append(_("counts {weight}-fold").format(weight=choice.weight))
        if choice.earns:
            said.append(str(_EARNS[choice.earns]))
        if choice.needs_note:
            said.append(_("needs a note"))
        if choice.none_of_these:
            said.append(_("excludes the others"))
        return said

    @property
    def reading(self) -> list[ReadingLine]:
        """Help, what to do where it is not in place, and where to read on."""
        choice = self.choice
        named: list[tuple[str, Resource | None]] = [(_("Help"), choice.help), (_("To do"), choice.do)]
        lines = [ReadingLine(title, each.text, each.url) for title, each in named if each and (each.text or each.url)]
        titles = {"help": _("Help"), "plan": _("To do")}
        return lines + [ReadingLine(titles[each.about], each.text, each.url) for each in choice.reading]


@dataclass(frozen=True)
class QuestionView:
    """One question as it is read like a document."""

    question: Question
    checklist: Checklist

    @property
    def instruction(self) -> str:
        """How it is answered."""
        return str(_INSTRUCTIONS[self.question.kind])

    @property
    def pillars(self) -> list[str]:
        """The titles of the pillars that it bears on."""
        return [self.checklist.pillar_titles[pillar] for pillar in self.question.pillars]

    @property
    def asked(self) -> str:
        """When it is asked; empty for always."""
        return _words(self.question.asked_when, self.checklist)

    @property
    def obligatory(self) -> str:
        """When it must be answered; empty for always, or for never (see `optional`)."""
        condition = self.question.obligatory_when
        return "" if isinstance(condition, bool) else _words(condition, self.checklist)

    @property
    def optional(self) -> bool:
        """Whether it never has to be answered."""
        return self.question.obligatory_when is False

    @property
    def other_weights(self) -> list[WeighedWhen]:
        """The weights that it has under conditions."""
        return [
            WeighedWhen(str(rule.weight), _words(rule.condition, self.checklist))
            for rule in self.question.weight
            if rule.condition is not None
        ]

    @property
    def choices(self) -> list[ChoiceLine]:
        """Its choices."""
        return [ChoiceLine(choice, self.question, self.checklist.pillar_titles) for choice in self.question.choices]

    @property
    def rules(self) -> list[RuleLine]:
        """Which risk stays for which ticks; the first that holds decides."""
        return [
            RuleLine(rule.risk, rule.when if rule.condition is not None else "") for rule in self.question.risk_rules
        ]

    @property
    def measuring(self) -> list[str]:
        """How its numbers are judged, in sentences."""
        question = self.question
        if quota := question.quota:
            return [
                _(
                    "For each service its limit and the expected peak. The headroom is limit ÷ peak; the lowest "
                    "decides: under {high} leaves high risk, under {medium} medium."
                ).format(
                    high=localized(f"{quota.high_below.normalize():f}"),
                    medium=localized(f"{quota.medium_below.normalize():f}"),
                )
            ]
        if benchmark := question.benchmark:
            said: list[str] = [
                format_html(
                    _(
                        "For each configuration its throughput ({work} per {per}), p95 latency and cost per hour. "
                        "The cheapest per {work} is the best."
                    ),
                    work=english(benchmark.work),
                    per=_PER[benchmark.per],
                )
            ]
            if benchmark.compare > 1:
                said.append(_("Fewer than {n} configurations leave medium risk.").format(n=benchmark.compare))
            if limit := self.checklist.facts_by_id.get(benchmark.latency_limit):
                sentence = _("Only those within “{limit}” count; where none is, the risk is high.")
                said.append(format_html(sentence, limit=english(limit.text)))
            return said
        return []

    @property
    def region_check(self) -> str:
        """What is checked of regions, in a sentence; empty for nothing."""
        check = self.question.region_check
        if check is None:
            return ""
        facts = _listed([self.checklist.facts_by_id[name].text for name in check.facts], _(" and "))
        reasons = [choice.text for choice in self.question.choices if choice.id in check.reasons]
        least = RISK_TITLES[check.risk]
        if not reasons:
            sentence = _("Where the regions of {facts} are not all the same, this is the least that stays: {risk}.")
            return format_html(sentence, facts=facts, risk=least)
        sentence = _(
            "Where the regions of {facts} are not all the same, this is the least that stays: {risk}; unless the "
            "answer is {answers}."
        )
        return format_html(sentence, facts=facts, risk=least, answers=_listed(reasons, _(" or ")))

    @property
    def guidance(self) -> list[GuidanceLine]:
        """Technology guidance with its conditions."""
        return [GuidanceLine(advice, _words(advice.condition, self.checklist)) for advice in self.question.guidance]

    @property
    def see(self) -> list[Question]:
        """The questions that it refers to."""
        return [self.checklist.questions_by_id[name] for name in self.question.see]

    def matches(self, words: Sequence[str]) -> bool:
        """Whether all words, in small letters, occur in it."""
        return all(word in self._all_text for word in words)

    @cached_property
    def _all_text(self) -> str:
        question = self.question
        texts = [question.id, question.label, question.title, question.text, question.why, question.good, question.do]
        texts += [*question.tags, *self.pillars, self.asked]
        texts += [text for choice in question.choices for text in (choice.id, choice.text, choice.means)]
        texts += [text for advice in question.guidance for text in (advice.title, advice.text)]
        return "\n".join(texts).lower()


@dataclass(frozen=True)
class FactView:
    """One fact as it is read."""

    fact: Fact
    checklist: Checklist

    @property
    def type(self) -> str:
        """What a value of it is, in words."""
        fact = self.fact
        if fact.options:
            return format_html(
                "{}: {}", _FACT_TYPES[fact.type], english(", ".join(option.text for option in fact.options))
            )
        return f"{_FACT_TYPES[fact.type]}{f' ({fact.unit})' if fact.unit else ''}"

    @property
    def asked(self) -> str:
        """When it is asked; empty for always."""
        return _words(self.fact.asked_when, self.checklist)


@dataclass(frozen=True)
class SectionView:
    """A section with those of its questions that are shown."""

    section: Section
    questions: list[QuestionView]


@dataclass(frozen=True)
class Document:
    """A checklist as it is read; with a search, only the questions that have all its words."""

    checklist: Checklist
    search: str = ""

    @cached_property
    def sections(self) -> list[SectionView]:
        """The sections that have something to show."""
        words = self.search.lower().split()
        sections = [
            SectionView(
                section,
                [
                    view
                    for view in (QuestionView(each, self.checklist) for each in section.questions)
                    if view.matches(words)
                ]
                if words
                else [QuestionView(each, self.checklist) for each in section.questions],
            )
            for section in self.checklist.sections
        ]
        return [section for section in sections if section.questions]

    @property
    def shown(self) -> int:
        """How many questions are shown."""
        return sum(len(section.questions) for section in self.sections)

    @property
    def total(self) -> int:
        """How many questions there are."""
        return len(self.checklist.questions)

    @property
    def facts(self) -> list[FactView]:
        """What it must know of the workload."""
        return [FactView(fact, self.checklist) for fact in self.checklist.facts]

    @property
    def weights(self) -> list[tuple[str, list[WeighedWhen]]]:
        """Pillar title -> what the pillar counts, and when."""
        return [
            (title, [WeighedWhen(rule.weight, _words(rule.condition, self.checklist)) for rule in rules])
            for pillar, title in self.checklist.pillar_titles.items()
            if (rules := self.checklist.weights.get(pillar))
        ]


def shown_difference(old: Checklist, new: Checklist) -> dict[str, object]:
    """What `checklists/difference.html` shows: all that differs between two editions."""
    difference = compare(old, new)
    titles = old.pillar_titles | new.pillar_titles
    return {
        "difference": difference,
        "weights": [(titles.get(change.field, change.field), change.pieces) for change in difference.weights],
        "added": difference.count("added"),
        "removed": difference.count("removed"),
        "changed": difference.count("changed"),
        "moved": difference.count("moved"),
    }


def _listed(texts: Iterable[str], between: str) -> SafeString:
    """Texts of the checklist inside a sentence, each in quotation marks."""
    return format_html_join(between, _("“{}”"), ((english(text),) for text in texts))


def _words(condition: Expression | None, checklist: Checklist) -> str:
    return in_words(condition, checklist) if condition is not None else ""
