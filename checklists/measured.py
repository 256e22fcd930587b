"""Answers made of numbers: quotas against peaks, and benchmarks. Pure; exact arithmetic.

The rules are those of docs/scoring.md: headroom is limit ÷ peak; the cost of a unit of work is the cost of an hour
divided by what is done in it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from checklists.language import BenchmarkTable, Question, QuotaTable, read_number
from checklists.language.tongue import noop, phrase

Row = dict[str, str]
"""One row of a table as it is stored: the columns below, all of them texts, numbers without signs or separators."""

TEXT_COLUMNS = {"quota": ("service", "unit"), "benchmark": ("configuration",)}
NUMBER_COLUMNS = {"quota": ("limit", "peak"), "benchmark": ("throughput", "p95_ms", "cost_per_hour")}
COLUMNS = {
    "quota": ("service", "limit", "peak", "unit"),
    "benchmark": ("configuration", "throughput", "p95_ms", "cost_per_hour"),
}
COLUMN_TITLES = {
    "service": noop("Service"),
    "limit": noop("Limit"),
    "peak": noop("Expected peak"),
    "unit": noop("Unit"),
    "configuration": noop("Configuration"),
    "throughput": noop("Throughput"),
    "p95_ms": noop("p95 latency, ms"),
    "cost_per_hour": noop("Cost per hour"),
}
MAX_ROWS = 50
_TEXT_LENGTH = 120
_LARGEST = 10**15
_MOST = f"{_LARGEST:,}"
_SECONDS = {"second": 3600, "minute": 60, "hour": 1}

RiskWord = Literal["none", "medium", "high"]


class RowError(ValueError):
    """Rows that cannot be taken; the text says in which row and column, and what to do."""


@dataclass(frozen=True)
class Measured:
    """One row with what is computed of it.

    `ratio` is the headroom of a quota, or the cost of a unit of work; `best` marks the configuration to take.
    """

    row: Row
    ratio: Fraction
    risk: RiskWord
    best: bool = False

    @property
    def shown(self) -> str:
        """The ratio as people read it, with three digits that count."""
        return _three_digits(self.ratio)


def clean_rows(kind: str, rows: Iterable[Mapping[str, str]]) -> list[Row]:
    """Rows as they are stored, without the empty ones; kind is `quota` or `benchmark`. Raises `RowError`."""
    cleaned: list[Row] = []
    for number, row in enumerate(rows, start=1):
        given = {column: str(row.get(column, "")).strip() for column in COLUMNS[kind]}
        if not any(given.values()):
            continue
        for column, text in given.items():
            title = phrase(COLUMN_TITLES[column])
            if not text:
                raise RowError(
                    phrase("Row {row} has no “{title}”: fill it in, or clear the row.", row=number, title=title)
                )
            if column in NUMBER_COLUMNS[kind]:
                given[column] = _number(number, title, text, zero=column in {"peak", "cost_per_hour", "p95_ms"})
            elif len(text) > _TEXT_LENGTH or "\x00" in text:
                raise RowError(
                    phrase(
                        "Row {row}, {title}: up to {most} characters, without NUL.",
                        row=number,
                        title=title,
                        most=_TEXT_LENGTH,
                    )
                )
        cleaned.append(given)
    if len(cleaned) > MAX_ROWS:
        raise RowError(phrase("The table has {number} rows; {most} is the most.", number=len(cleaned), most=MAX_ROWS))
    return cleaned


def measured(question: Question, rows: Sequence[Row], latency_limit: Fraction | None = None) -> list[Measured]:
    """Each row of the answer to a measured question with what it comes to; `latency_limit` in milliseconds."""
    if question.quota is not None:
        return [_quota(question.quota, row) for row in rows]
    if question.benchmark is not None:
        return _benchmark(question.benchmark, rows, latency_limit)
    return []


def risk_of_rows(question: Question, rows: Sequence[Row], latency_limit: Fraction | None = None) -> RiskWord:
    """The risk that a table with at least one row leaves."""
    found = measured(question, rows, latency_limit)
    if question.quota is not None:
        return max((each.risk for each in found), key=("none", "medium", "high").index)
    if not any(each.best for each in found):
        return "high"
    few = question.benchmark is not None and len(found) < question.benchmark.compare
    return "medium" if few else "none"


def _quota(table: QuotaTable, row: Row) -> Measured:
    limit, peak = Fraction(row["limit"]), Fraction(row["peak"])
    # A peak of nothing leaves all the room there is.
    headroom = limit / peak if peak else Fraction(_LARGEST)
    if headroom < Fraction(table.high_below):
        return Measured(row, headroom, "high")
    return Measured(row, headroom, "medium" if headroom < Fraction(table.medium_below) else "none")


def _benchmark(table: BenchmarkTable, rows: Sequence[Row], latency_limit: Fraction | None) -> list[Measured]:
    costs = [Fraction(row["cost_per_hour"]) / (Fraction(row["throughput"]) * _SECONDS[table.per]) for row in rows]
    quick = [latency_limit is None or Fraction(row["p95_ms"]) <= latency_limit for row in rows]
    within = [(cost, index) for index, cost in enumerate(costs) if quick[index]]
    best = min(within)[1] if within else None
    return [
        Measured(row, cost, "none" if quick[index] else "high", best=index == best)
        for index, (row, cost) in enumerate(zip(rows, costs, strict=True))
    ]


def _number(row: int, title: str, text: str, *, zero: bool) -> str:
    try:
        # Rounded before it is judged: what is stored as 0 is divided by as 0.
        number = round(read_number(text), 6)
    except ValueError as problem:
        raise RowError(phrase("Row {row}, {title}: {problem}", row=row, title=title, problem=problem)) from None
    if number < 0 or number > _LARGEST or (number == 0 and not zero):
        if zero:
            said = phrase(
                "Row {row}, {title}: must be 0 or more and at most {most}.", row=row, title=title, most=_MOST
            )
        else:
            said = phrase(
                "Row {row}, {title}: must be more than 0, to six decimals, and at most {most}.",
                row=row,
                title=title,
                most=_MOST,
            )
        raise RowError(said)
    return _decimal(number)


def _decimal(number: Fraction) -> str:
    """A number with up to six decimals, without an exponent and without zeros at the end."""
    whole, rest = divmod(round(number * 10**6), 10**6)
    return f"{whole}.{rest:06d}".rstrip("0").rstrip(".")


def _three_digits(number: Fraction) -> str:
    if number >= 100:
        return phrase("over 100") if number >= 10**6 else f"{round(number):,}"
    if number == 0:
        return "0"
    places = 2
    while number * 10 ** (places - 2) < 1 and places < 12:
        places += 1
    return f"{float(number):.{places}f}"
