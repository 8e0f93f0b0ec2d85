"""Travel over streets at a city's size: 10,000 blocks, 100 schools, 200,000 pieces of street.

    python -m benchmarks.travel [--blocks 10000 --schools 100 --edges 200000]

Streets are the lines of a square grid over a generated district, bent a little, a twentieth left out, a fifth one-way.
Prints seconds and peak memory of the whole command; the bars are 60 s and 3 GB on two cores.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from benchmarks.machine import about
from scenarios import read_district


def streets(bounds: Any, crs: str, edges: int, random: np.random.Generator) -> gpd.GeoDataFrame:
    """A grid of about so many pieces, each a line of three vertices that meets the next at its ends."""
    side = int(np.sqrt(edges / 2))
    left, bottom, right, top = bounds
    x, y = np.meshgrid(np.linspace(left, right, side + 1), np.linspace(bottom, top, side + 1), indexing="ij")
    xy = np.stack([x, y], axis=-1)
    across, up = (xy[:-1], xy[1:]), (xy[:, :-1], xy[:, 1:])
    one, other = (np.concatenate([a.reshape(-1, 2), b.reshape(-1, 2)]) for a, b in zip(across, up, strict=True))
    middle = (one + other) / 2 + random.normal(0, 3, one.shape)
    kept = random.random(len(one)) > 0.05
    lines = shapely.linestrings(np.stack([one, middle, other], axis=1)[kept])
    way = random.choice(["", "", "", "", "F"], kept.sum())
    kind = random.choice(["residential", "residential", "tertiary", "primary"], kept.sum())
    return gpd.GeoDataFrame({"highway": kind, "oneway": way}, geometry=lines, crs=crs)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--blocks", type=int, default=10_000)
    parser.add_argument("--schools", type=int, default=100)
    parser.add_argument("--edges", type=int, default=200_000)
    asked = parser.parse_args()
    print(about())
    rezone = str(Path(sys.executable).with_name("rezone"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        size = ("--blocks", str(asked.blocks), "--schools", str(asked.schools), "--seed", "1")
        subprocess.run([rezone, "generate", str(folder / "d"), *size], check=True, stdout=subprocess.DEVNULL)
        shapes = read_district(folder / "d").geography
        if shapes is None:
            raise SystemExit("the district has no shapes")
        frame = streets(shapely.total_bounds(shapes.polygon), shapes.crs, asked.edges, np.random.default_rng(1))
        frame.to_file(folder / "streets.gpkg")
        print(f"{asked.blocks:,} blocks, {asked.schools:,} schools, {len(frame):,} lines")
        for by in ("foot", "car"):
            out = folder / f"{by}.parquet"
            words = [rezone, "travel", str(folder / "d"), "--streets", str(folder / "streets.gpkg"), "--by", by]
            began = time.perf_counter()
            child = subprocess.Popen([*words, "--out", str(out)], stdout=subprocess.DEVNULL)
            _, status, used = os.wait4(child.pid, 0)
            seconds, memory = time.perf_counter() - began, used.ru_maxrss / 1e6
            print(f"{by}: {seconds:.1f} s (bar 60), {memory:.2f} GB (bar 3), exit status {status}")


if __name__ == "__main__":
    main()
