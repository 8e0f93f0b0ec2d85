"""The national study: `python benchmarks/national/study.py OUT [--districts 200] [--jobs 2]`.

Writes synthetic districts of heavy-tailed sizes to OUT/districts, sweeps 12 settings over them with `rezone run`, and
prints one table, also left as OUT/table.csv. Repeat it to go on after a stop. 2,400 runs of 2 s: 40 minutes on two
cores, and some minutes for the districts.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
from districts import MOST, write_districts
from table import in_words, summary

STUDY = Path(__file__).with_name("study.toml")
REZONE = Path(sys.executable).parent / "rezone"


def study_file(out: Path, time_limit: float | None) -> Path:
    """A copy of study.toml beside the districts, with another time limit where one is given."""
    text = STUDY.read_text(encoding="utf-8")
    if time_limit is not None:
        text = re.sub(r"^time_limit = \S+", f"time_limit = {time_limit:g}", text, flags=re.MULTILINE)
    file = out / "study.toml"
    file.write_text(text, encoding="utf-8")
    return file


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("out", type=Path)
    asked.add_argument("--districts", type=int, default=200)
    asked.add_argument("--seed", type=int, default=1, help="Of the districts.")
    asked.add_argument("--most", type=int, default=MOST, help="Schools of the largest district.")
    asked.add_argument("--time-limit", type=float, help="Seconds a run, in place of 2.")
    asked.add_argument("--jobs", type=int, default=2)
    asked.add_argument("--cluster", help="The address of a Dask scheduler.")
    asked.add_argument("--prepare", action="store_true", help="Write the districts and the scenario file, and end.")
    given = asked.parse_args()
    write_districts(given.out / "districts", given.districts, given.seed, given.most)
    file = study_file(given.out, given.time_limit)
    if given.prepare:
        return
    where = ["--cluster", given.cluster] if given.cluster else ["--jobs", str(given.jobs)]
    words = [REZONE, "run", file, "--out", given.out / "results", *where]
    subprocess.run(words, check=True)
    table = summary(pd.read_parquet(given.out / "results" / "results.parquet"))
    table.to_csv(given.out / "table.csv", index=False)
    print(in_words(table))


if __name__ == "__main__":
    main()
