"""A synthetic state whose truth is known, in files as agencies publish them, and the mapping that imports them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from optimizer.district import District
from scenarios.generator import agencies, generate


@dataclass(frozen=True, eq=False)
class State:
    """truth: the district as it is; ids: of its blocks, as the census has them, in its order; mapping: the file."""

    truth: District
    ids: list[str]
    mapping: Path


def publish(folder: Path, seed: int, *, blocks: int = 300, schools: int = 12) -> State:
    """The state in files."""
    random = np.random.default_rng(seed)
    truth = generate(blocks, schools, random)
    return State(truth, agencies.publish(folder, truth, random), _mapping(folder))


def _mapping(folder: Path) -> Path:
    path = folder / "mapping.toml"
    path.write_text(
        f"""name = "A state"
draws = 100

[groups]
white = ["white"]
black = ["black"]
hispanic = ["hispanic"]
asian = ["asian", "native", "pacific", "multiracial", "unknown"]

[blocks]
file = "tl_2022_51001_tabblock20.shp"
[people]
files = ["DECENNIALPL2020.P2-Data.csv", "DECENNIALPL2020.P4-Data.csv"]
noise = 0
[[poverty]]
files = ["ACSDT5Y2022.C17002-Data.csv"]
level = "block group"
table = "C17002"
below = "185"
[schools]
files = ["EDGE_GEOCODE_PUBLICSCH_2122.csv", "ccd_SCH_052_2122.csv", "ccd_sch_033_2122.csv"]
lea = "{agencies.LEA}"
poverty = "frl"
[zones]
file = "SABS_1516_SchoolLevels_Primary.shp"
grade = "03"
"""
    )
    return path
