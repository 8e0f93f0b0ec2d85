"""Opening and comparing many result rows: `python benchmarks/compare_rows.py [--rows 100000]` (bar: 3 s).

Once as 200 districts, as a national study leaves them, and once as a single district, the worst for ranks and dominated
plans. The tables are drawn at random under the names that `rezone run` writes; the process is warm.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from machine import about

from optimizer import measure
from optimizer.baselines import status_quo
from scenarios import compare, read_results
from scenarios.generator import generate


def table(rows: int, districts: int, random: np.random.Generator) -> pd.DataFrame:
    """Figures around a real district's: plans that move more are less uneven, and farther or nearer by chance."""
    today = measure(status_quo(generate(60, 4, np.random.default_rng(1))))
    of, each = np.arange(rows) % districts, np.arange(rows) // districts
    spread = random.normal(1, 0.1, (rows, len(today)))
    base = np.array([np.nan if value is None else value for value in today.values()])
    now = {name: base[k] * spread[:, k] for k, name in enumerate(today)}
    now["moved_share"] = random.uniform(0, 0.4, rows)
    now["disparity"] = base[0] * (1.1 - now["moved_share"] + random.normal(0, 0.05, rows))
    columns = {
        "run": [f"{i:016x}" for i in range(rows)],
        "scenario": [f"setting {k // 10}" for k in each],
        "district": [f"district {k:03d}" for k in of],
        "option.max_moved": (each // 10 % 7) / 10,
        "option.seed": each % 10,
        "option.time_limit": 5.0,
        "status": "done",
        "outcome": "valid",
        "reason": "",
        **now,
        **{f"status_quo.{name}": np.full(rows, value) for name, value in zip(today, base, strict=True)},
        **{name: random.random(rows) for name in ("bound", "gap", "seconds")},
    }
    return pd.DataFrame(columns)


def timed(rows: int, districts: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        table(rows, districts, np.random.default_rng(1)).to_parquet(Path(folder) / "results.parquet")
        began, worked = time.perf_counter(), time.process_time()
        results = read_results(folder)
        read = time.perf_counter()
        compared = compare(results)
        done, worked = time.perf_counter(), time.process_time() - worked
    free = int((~compared.table["dominated"]).sum())
    print(
        f"{len(results):,} rows, {districts} districts: read in {read - began:.2f} s, compared in {done - read:.2f} s, "
        f"together {done - began:.2f} s (bar 3; processor {worked:.2f} s); {free:,} plans dominated by none"
    )


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--rows", type=int, default=100_000)
    rows = asked.parse_args().rows
    print(about())
    compare(table(100, 2, np.random.default_rng(0)))
    for districts in (200, 1):
        timed(rows, districts)


if __name__ == "__main__":
    main()
