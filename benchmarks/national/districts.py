"""Synthetic districts of the sizes of a country's: many small ones, a few that are very large."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scenarios.folder import write_district
from scenarios.generator import generate

SCHOOLS, SPREAD = 12.0, 0.9  # median schools of a district, and the standard deviation of their logarithm
BLOCKS, UNEVEN = 40.0, 0.4  # the same for blocks a school
LEAST, MOST = 3, 250  # schools


def sizes(count: int, random: np.random.Generator, most: int = MOST) -> NDArray[np.int64]:
    """(count, 2) blocks and schools: both log-normal, so that the tail is heavy."""
    schools = np.clip(np.round(random.lognormal(np.log(SCHOOLS), SPREAD, count)), LEAST, most)
    blocks = np.round(schools * np.clip(random.lognormal(np.log(BLOCKS), UNEVEN, count), 10, 150))
    return np.column_stack([blocks, schools]).astype(np.int64)


def write_districts(folder: Path, count: int, seed: int, most: int = MOST) -> None:
    """`count` district folders, those that are there already left as they are; district k is the same at any count."""
    for k, child in enumerate(np.random.SeedSequence(seed).spawn(count)):
        random = np.random.default_rng(child)
        ((blocks, schools),) = sizes(1, random, most)
        place = folder / f"d{k + 1:03d}"
        if (place / "district.toml").exists():
            continue
        place.mkdir(parents=True, exist_ok=True)
        write_district(generate(int(blocks), int(schools), random, name=f"Synthetic district {k + 1}"), place)
