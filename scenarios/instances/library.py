"""The districts: made from a seed, never stored, and known again by a hash of what they hold."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from optimizer import District
from optimizer.errors import Fault, InputError, nearest
from scenarios.folder import read_district, write_district
from scenarios.generator import Character, generate

# No school is too full today, so that every solver is asked the same: nothing is to be mended first.
USUAL = Character(crowded=0.0)
TIGHT = Character(crowded=0.0, room=(1.0, 1.03))
RAGGED = Character(crowded=0.0, ragged=1.0)
CLUSTERED = Character(crowded=0.0, clustering=2.0)
BARRIER = Character(crowded=0.0, bridges=(1, 1))
PIECES = Character(crowded=0.0, detached=1 / 30)
ALL = Character(crowded=0.0, room=(1.0, 1.03), ragged=0.8, clustering=1.6, bridges=(1, 1), detached=1 / 40)

OFF_GRID = 0.0123  # metres: corners lie on a grid of 0.01, so no place is rounded from halfway


@dataclass(frozen=True)
class Instance:
    """kind: what makes it hard. seed: of the generator."""

    kind: str
    blocks: int
    schools: int
    character: Character
    seed: int = 1

    @property
    def name(self) -> str:
        return f"{self.kind}-{self.blocks:04}"

    def write(self, folder: Path) -> None:
        """The district folder."""
        made = generate(
            self.blocks, self.schools, np.random.default_rng(self.seed), name=self.name, character=self.character
        )
        write_district(made, folder)

    def district(self) -> District:
        """The district as every program meets it: written to a folder, and read."""
        return _district(self)


@cache
def _district(instance: Instance) -> District:
    with tempfile.TemporaryDirectory() as folder:
        instance.write(Path(folder))
        return read_district(folder)


INSTANCES: tuple[Instance, ...] = tuple(
    Instance(kind, blocks, schools, character)
    for kind, character, sizes in (
        ("usual", USUAL, ((40, 3), (120, 5), (300, 8), (900, 18), (2000, 40))),
        ("tight", TIGHT, ((120, 5), (300, 8), (900, 18))),
        ("ragged", RAGGED, ((120, 5), (300, 8), (900, 18))),
        ("clustered", CLUSTERED, ((120, 5), (300, 8), (900, 18))),
        ("barrier", BARRIER, ((120, 5), (300, 8))),
        ("pieces", PIECES, ((120, 5), (300, 8))),
        ("all", ALL, ((300, 8), (900, 18))),
    )
    for blocks, schools in sizes
)


def instance_called(name: str) -> Instance:
    """Raises InputError naming the nearest where there is none of that name."""
    for instance in INSTANCES:
        if instance.name == name:
            return instance
    names = [instance.name for instance in INSTANCES]
    mend = f"Instances are: {', '.join(names)}"
    raise InputError(Fault("instance", f"there is no instance '{name}'{nearest(name, names)}", mend))


def fingerprint(district: District) -> str:
    """The SHA-256 of what decides a plan's value and validity. Places are taken to 0.1 m, so that the last digits of a
    library's geometry do not matter."""
    places = [np.round(xy + OFF_GRID, 1) for xy in (district.travel.block_xy, district.travel.school_xy)]  # type: ignore[attr-defined]
    parts = [district.counts, district.capacity, district.min_students, district.other_students, *places]
    whole = [district.status_quo, district.root, district.adjacency.start, district.adjacency.index]
    found = hashlib.sha256("\n".join((*district.block_ids, *district.school_ids, *district.columns)).encode())
    for part in parts:
        found.update(np.ascontiguousarray(part, "<f8").tobytes())
    for part in whole:
        found.update(np.ascontiguousarray(part, "<i8").tobytes())
    return found.hexdigest()
