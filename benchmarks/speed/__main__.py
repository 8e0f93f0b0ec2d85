"""How fast the parts are: `python -m benchmarks.speed [run|plot|compare OLD NEW]`.

run      measure all specs at 2,000/40 and add a dated row for each to benchmarks/speed/rows.csv
plot     draw all rows over time to benchmarks/speed/speed.svg
compare  two commits, some pairs of runs each, and whether what differs is noise
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.speed.compare import in_pairs, lay_out, verdict
from benchmarks.speed.rows import PLOT, add, plot, read
from benchmarks.speed.specs import SPECS, run


def main() -> None:
    given = _arguments()
    names = getattr(given, "specs", None) or list(SPECS)
    if given.what == "compare":
        with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
            old, new = lay_out(given.old, Path(one)), lay_out(given.new, Path(other))
            found = in_pairs(old, new, names, given.pairs)
        for name, logs in found.items():
            print(f"{name:12} {verdict(logs, np.random.default_rng(1))}")
    elif given.what == "plot":
        plot(read())
        print(PLOT)
    else:
        values = run(names, tiny=False)
        add(values)
        for name, value in values.items():
            print(f"{name:12} {value:.6g} {SPECS[name].unit}")


def _arguments() -> argparse.Namespace:
    asked = argparse.ArgumentParser(
        prog="python -m benchmarks.speed", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parts = asked.add_subparsers(dest="what", required=True)
    running, comparing = parts.add_parser("run"), parts.add_parser("compare")
    parts.add_parser("plot")
    for part in (running, comparing):
        words = f"Of {', '.join(SPECS)}; once for each that is wanted. Default: all."
        part.add_argument("--spec", action="append", dest="specs", choices=list(SPECS), metavar="SPEC", help=words)
    comparing.add_argument("old", metavar="OLD")
    comparing.add_argument("new", metavar="NEW")
    comparing.add_argument("--pairs", type=int, default=10, help="6 is the fewest that a sign test can tell apart.")
    return asked.parse_args()


if __name__ == "__main__":
    main()
