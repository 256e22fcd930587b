"""A figure, and how it is taken."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One row: medians in `unit`, their ratio, and the ratio that it must not exceed."""

    name: str
    value: float
    floor: float
    ratio: float
    bar: float
    unit: str


def compare(
    name: str, ours: Callable[[], object], floor: Callable[[], object], *, bar: float, runs: int, warm_ups: int = 2
) -> Figure:
    """Measure two things in turn, after some warm-ups of each; milliseconds."""
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(warm_ups + runs):
        for measured, run in zip(times, (ours, floor), strict=True):
            begun = time.perf_counter()
            run()
            if turn >= warm_ups:
                measured.append((time.perf_counter() - begun) * 1000)
    value, least = (statistics.median(each) for each in times)
    return Figure(name, round(value, 3), round(least, 3), round(value / least, 2), bar, "ms")
