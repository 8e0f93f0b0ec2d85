"""Two commits, measured in turn, and whether what differs is noise.

Each commit is laid out in a temporary folder by `git archive`, which leaves the repository alone, and its kernels are
compiled there. Then pairs of runs, one of each commit, in alternating order, so that what slows the machine slows both.
"""

from __future__ import annotations

import io
import json
import math
import os
import subprocess
import sys
import tarfile
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.machine import ROOT
from benchmarks.speed.specs import SPECS

LEVEL = 0.95
SMALL = 0.02  # a difference below this is called none, however sure it is
DRAWS = 10_000


def lay_out(commit: str, folder: Path) -> Path:
    """The commit's tree, with compiled kernels."""
    unpack(commit, folder)
    new = (folder / "optimizer" / "warm.py").exists()  # commits before 2026-12 have it among the solvers
    warm = (sys.executable, "-m", "optimizer.warm" if new else "optimizer.solvers.warm")
    subprocess.run(warm, cwd=folder, env=_env(folder), check=True, capture_output=True)
    return folder


def unpack(commit: str, folder: Path) -> None:
    """Raises CalledProcessError where there is no such commit."""
    packed = subprocess.run(("git", "archive", commit), cwd=ROOT, capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as tree:
        tree.extractall(folder, filter="data")


def measured(folder: Path, names: list[str], *, tiny: bool) -> dict[str, float]:
    """One run of the specs on the packages of that folder."""
    words = [sys.executable, str(Path(__file__).with_name("specs.py")), *(["--tiny"] if tiny else []), *names]
    done = subprocess.run(words, cwd=folder, env=_env(folder), capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def _env(folder: Path) -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(folder)}


def in_pairs(old: Path, new: Path, names: list[str], pairs: int, *, tiny: bool = False) -> dict[str, list[float]]:
    """By spec, for each pair the logarithm of how many times as long the new commit takes."""
    found: dict[str, list[float]] = {name: [] for name in names}
    for k in range(pairs):
        order = (old, new) if k % 2 == 0 else (new, old)
        values = {folder: measured(folder, names, tiny=tiny) for folder in order}
        for name in names:
            ratio = math.log(values[new][name] / values[old][name])
            found[name].append(-ratio if SPECS[name].count is not None else ratio)
    return found


def sign_test(logs: list[float]) -> float:
    """The chance of so uneven a split of signs if neither were faster (two-sided, exact; ties left out)."""
    up, down = sum(x > 0 for x in logs), sum(x < 0 for x in logs)
    n = up + down
    return min(1.0, 2 * sum(math.comb(n, k) for k in range(min(up, down) + 1)) / 2**n) if n else 1.0


def interval(logs: list[float], random: np.random.Generator) -> tuple[float, float]:
    """Where the median ratio lies, by the bootstrap (percentiles)."""
    drawn = np.median(random.choice(logs, (DRAWS, len(logs))), axis=1)
    low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return math.exp(low), math.exp(high)


def verdict(logs: list[float], random: np.random.Generator) -> str:
    """One line: the change in time, its interval, and whether it is noise.

    No noise: both the sign test and the interval say so, and the change is at least 2 %.
    """
    ratio, chance, (low, high) = math.exp(median(logs)), sign_test(logs), interval(logs, random)
    sure = chance < 1 - LEVEL and (low > 1 or high < 1) and abs(ratio - 1) >= SMALL
    word = ("slower" if ratio > 1 else "faster") if sure else "noise"
    change = f"{100 * (ratio - 1):+.1f} % time"
    return f"{word}: {change}, {100 * (low - 1):+.1f} to {100 * (high - 1):+.1f} %, sign test p = {chance:.3f}"
