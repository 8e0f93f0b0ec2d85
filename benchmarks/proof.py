"""What is proved, and how soon: `python benchmarks/proof.py [small] [gaps] [soon] [--seconds 60] [--seeds 1 2 3]`.

Every figure is of the whole process `rezone optimize`, and every certificate is checked by `rezone verify`.

small: districts of at most 40 blocks and 4 schools: status `optimal` within 10 s (bar: all).
gaps: gap after --seconds (bars at 60 s: 300/8 3.5 %, 900/18 6.5 %, 2,000/40 2.5 %, 10,000/100 0.6 %, Albemarle 17 %; at
600 s: 1.5, 4, 1.5, 0.3, 8 %), and peak memory (bar: 4 GB).
soon: disparity of Albemarle with --time-limit 10, mean of the seeds (bar: .0585).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from machine import DATA, SIZES, about

from scenarios.folder import write_district
from scenarios.generator import generate

REZONE = Path(sys.executable).parent / "rezone"
SMALL = ((20, 2), (20, 3), (30, 3), (30, 4), (40, 3), (40, 4))


def run(folder: Path, seconds: float, seed: int = 1) -> dict[str, Any]:
    """The summary of one run, with `took` (seconds) and `memory` (GB) of the process, and `verified`."""
    with tempfile.TemporaryDirectory() as out:
        words = ("optimize", folder, "--out", out, "--time-limit", str(seconds), "--seed", str(seed))
        began = time.monotonic()
        child = subprocess.Popen((REZONE, *words), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, used = os.wait4(child.pid, 0)
        took = time.monotonic() - began
        assert status == 0, f"rezone optimize ended with {status}"
        summary = json.loads((Path(out) / "summary.json").read_text(encoding="utf-8"))
        proof = ("--plan", Path(out) / "plan.csv", "--certificate", Path(out) / "certificate.json")
        verified = subprocess.run((REZONE, "verify", folder, *proof), capture_output=True, check=False).returncode == 0
    return summary | {"took": took, "memory": used.ru_maxrss / 1e6, "verified": verified}


def generated(blocks: int, schools: int, seed: int = 1) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        write_district(generate(blocks, schools, np.random.default_rng(seed)), Path(folder))
        yield Path(folder)


def small(seeds: list[int]) -> None:
    for blocks, schools in SMALL:
        for seed in seeds:
            for folder in generated(blocks, schools, seed):
                found = run(folder, 10)
                print(f"small    {blocks}/{schools}, district {seed}: {found['status']} by {found['proof']}", end=" ")
                print(f"in {found['took']:.1f} s, gap {found['gap']:.4f}, verified {found['verified']}", flush=True)


def gaps(seconds: float) -> None:
    for blocks, schools in SIZES:
        for folder in generated(blocks, schools):
            _gap(f"{blocks}/{schools}", folder, seconds)
    if (DATA / "albemarle_va").is_dir():
        _gap("albemarle_va", DATA / "albemarle_va", seconds)


def _gap(name: str, folder: Path, seconds: float) -> None:
    found = run(folder, seconds)
    print(f"gaps     {name}: {found['objective_value']:.5f}, bound {found['bound']:.5f}, gap", end=" ")
    print(f"{100 * found['gap']:.2f} % in {found['took']:.0f} s, {found['memory']:.2f} GB,", end=" ")
    print(f"verified {found['verified']}", flush=True)


def soon(seeds: list[int]) -> None:
    if not (DATA / "albemarle_va").is_dir():
        print("albemarle_va is not there: skipped")
        return
    values = [run(DATA / "albemarle_va", 10, seed)["disparity"] for seed in seeds]
    print(f"soon     albemarle_va, --time-limit 10, seeds {seeds}: {np.round(values, 5)}, mean {np.mean(values):.5f}")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("parts", nargs="*", default=["small", "gaps", "soon"], help="small, gaps, soon; all")
    asked.add_argument("--seconds", type=float, default=60.0)
    asked.add_argument("--seeds", type=int, nargs="*", default=[1, 2, 3])
    given = asked.parse_args()
    print(about())
    if "small" in given.parts:
        small(given.seeds)
    if "gaps" in given.parts:
        gaps(given.seconds)
    if "soon" in given.parts:
        soon(given.seeds)


if __name__ == "__main__":
    main()
