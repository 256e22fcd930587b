"""`python -m benchmarks`: measures, prints a table, and writes benchmarks/results/latest.json.

Each figure is the median of many runs beside the median of its floor: the least work that could do the same, run in
turn with it, so that both see the same machine. A ratio above its bar fails the command.
"""

import json
import os
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

_WIDTH = 48  # characters, of the longest name
RESULTS = Path(__file__).parent / "results" / "latest.json"


def main() -> int:
    """Measure on a database of its own; returns 1 where a bar is exceeded."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "aiplatform.settings"
    with tempfile.TemporaryDirectory(prefix="reviews-bench-") as folder:
        os.environ["DATA_DIR"] = folder
        import django

        django.setup()
        from benchmarks.figures import measure

        print(f"{'':{_WIDTH}}  {'value':>10} {'floor':>10} {'ratio':>7} {'bar':>6}")
        figures = []
        for figure in measure():
            figures.append(figure)
            late = "  above its bar" if figure.ratio > figure.bar else ""
            print(
                f"{figure.name:{_WIDTH}}  {figure.value:>7.2f} {figure.unit} {figure.floor:>7.2f} {figure.unit} "
                f"{figure.ratio:>7.2f} {figure.bar:>6.2f}{late}",
                flush=True,
            )
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps([asdict(figure) for figure in figures], indent=2) + "\n")
    return int(any(figure.ratio > figure.bar for figure in figures))


if __name__ == "__main__":
    sys.exit(main())
