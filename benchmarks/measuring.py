"""A figure, and how it is taken."""

import os
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
    name: str,
    ours: Callable[[], object],
    floor: Callable[[], object],
    *,
    bar: float,
    runs: int,
    warm_ups: int = 2,
    timed: Callable[[Callable[[], object]], float] | None = None,
) -> Figure:
    """Measure two things in turn, after some warm-ups of each; milliseconds. `timed` says how one run is taken."""
    take = timed or taken_here
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(warm_ups + runs):
        for measured, run in zip(times, (ours, floor), strict=True):
            took = take(run)
            if turn >= warm_ups:
                measured.append(took)
    value, least = (statistics.median(each) for each in times)
    return Figure(name, round(value, 3), round(least, 3), round(value / least, 2), bar, "ms")


def taken_here(run: Callable[[], object]) -> float:
    """How many milliseconds a run takes."""
    begun = time.perf_counter()
    run()
    return (time.perf_counter() - begun) * 1000


def taken_apart(run: Callable[[], object]) -> float:
    """The same in a process of its own: the gigabytes that one run leaves behind would be a present to the next."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        status = 1
        try:
            os.write(writing, str(taken_here(run)).encode())
            status = 0
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading) as told:
        took = told.read()
    os.waitpid(child, 0)
    return float(took)
