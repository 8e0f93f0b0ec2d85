"""What is proved, and how soon: `python benchmarks/proof.py [small] [gaps] [real] [soon] [objectives]
[--seconds 60] [--seeds 1 2]`.

Every figure is of the whole process `rezone optimize`, and every certificate is checked by `rezone verify`.

small: districts of at most 40 blocks and 4 schools: status `optimal` within 10 s (bar: all).
gaps: gap after --seconds (bars at 60 s: 300/8 3.5 %, 900/18 6.5 %, 2,000/40 2.5 %, 10,000/100 0.6 %; at 600 s: 1.5, 4,
1.5, 0.3 %), and peak memory (bar: 4 GB).
real: the same of the real districts that are there (bars: Charlottesville 0.1 % at 10 s; Durham 5.5 % at 60 s, 3 % at
600 s; Albemarle 10 % at 60 s, 5 % at 600 s), with the size of the certificate and the seconds of its check (bars: 30
MB, 30 s), and how many pairs it strikes.
objectives: the gap of each objective after --seconds, at 300/8, 2,000/40 and Albemarle.
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
from machine import DATA, SIZES, about, folders

from scenarios.folder import write_district
from scenarios.generator import generate

REZONE = Path(sys.executable).parent / "rezone"
NAMES = (
    "dissimilarity.race",
    "segregation_poverty",
    "theil_h.race",
    "outside_band",
    "cut_edges",
    "moved",
    "travel_mean",
)
SMALL = ((20, 2), (20, 3), (30, 3), (30, 4), (40, 3), (40, 4))


def run(folder: Path, seconds: float, seed: int = 1, objective: str = "disparity") -> dict[str, Any]:
    """The summary of one run, with `took` (seconds) and `memory` (GB) of the process, and of the certificate
    `verified`, `size` (MB), `checked` (seconds) and `struck` (pairs)."""
    with tempfile.TemporaryDirectory() as out:
        words = (
            "optimize",
            folder,
            "--out",
            out,
            "--time-limit",
            str(seconds),
            "--seed",
            str(seed),
            "--objective",
            objective,
        )
        began = time.monotonic()
        child = subprocess.Popen((REZONE, *words), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, used = os.wait4(child.pid, 0)
        took = time.monotonic() - began
        assert status == 0, f"rezone optimize ended with {status}"
        summary = json.loads((Path(out) / "summary.json").read_text(encoding="utf-8"))
        certificate = (Path(out) / "certificate.json").read_text(encoding="utf-8")
        proof = ("--plan", Path(out) / "plan.csv", "--certificate", Path(out) / "certificate.json")
        began = time.monotonic()
        verified = subprocess.run((REZONE, "verify", folder, *proof), capture_output=True, check=False).returncode == 0
        checked, struck = time.monotonic() - began, len(json.loads(certificate)["struck"])
    summary |= {"size": len(certificate) / 1e6, "checked": checked, "struck": struck}
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


def real(seconds: float) -> None:
    for folder in folders():
        _gap(folder.name, folder, seconds)
    if not folders():
        print("no real district is there: skipped")


def objectives(seconds: float) -> None:
    for name in NAMES:
        for blocks, schools in ((300, 8), (2000, 40)):
            for folder in generated(blocks, schools):
                _gap(f"{name} {blocks}/{schools}", folder, seconds, name)
        if (DATA / "albemarle_va").is_dir():
            _gap(f"{name} albemarle_va", DATA / "albemarle_va", seconds, name)


def _gap(name: str, folder: Path, seconds: float, objective: str = "disparity") -> None:
    found = run(folder, seconds, objective=objective)
    print(f"gaps     {name}: {found['objective_value']:.5f}, bound {found['bound']:.5f}, gap", end=" ")
    print(f"{100 * found['gap']:.2f} % in {found['took']:.0f} s, {found['memory']:.2f} GB,", end=" ")
    print(f"verified {found['verified']}: {found['size']:.1f} MB in {found['checked']:.1f} s,", end=" ")
    print(f"{found['struck']} pairs struck", flush=True)


def soon(seeds: list[int]) -> None:
    if not (DATA / "albemarle_va").is_dir():
        print("albemarle_va is not there: skipped")
        return
    values = [run(DATA / "albemarle_va", 10, seed)["disparity"] for seed in seeds]
    print(f"soon     albemarle_va, --time-limit 10, seeds {seeds}: {np.round(values, 5)}, mean {np.mean(values):.5f}")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("parts", nargs="*", default=["small", "gaps", "real", "soon", "objectives"], help="of these")
    asked.add_argument("--seconds", type=float, default=60.0)
    asked.add_argument("--seeds", type=int, nargs="*", default=[1, 2, 3])
    given = asked.parse_args()
    print(about())
    if "small" in given.parts:
        small(given.seeds)
    if "gaps" in given.parts:
        gaps(given.seconds)
    if "real" in given.parts:
        real(given.seconds)
    if "objectives" in given.parts:
        objectives(given.seconds)
    if "soon" in given.parts:
        soon(given.seeds)


if __name__ == "__main__":
    main()
