"""Counts that might be true: the draws of the district's folder, or a model's."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from optimizer.arrays import Floats
from optimizer.district import District
from scenarios.folder.draws import DRAWS, Draws, has_draws, read_draws

MODEL = (
    "each group's count in a block redrawn Poisson, poverty redrawn binomial at the block's rate, blocks independent; "
    "errors that blocks share are not in it"
)
AT_ONCE = 2_000_000  # counts that are held in memory at once


@dataclass(frozen=True, eq=False)
class Redraws:
    """The same counts for whatever plan is measured on them. given: the folder's draws, so many of them; None: a model
    draws, from `seed`."""

    number: int
    seed: int = 0
    given: Draws | None = None

    @property
    def model(self) -> str:
        """How they were drawn, in words."""
        if self.given is None:
            return f"{self.number} draws: {MODEL}"
        first = "" if self.given.held == self.number else f"the first of {self.given.held:,} "
        columns = ", ".join(self.given.counts)
        return f"{self.number} draws: {first}in {DRAWS}, of {columns}; all other counts as they are in the folder"

    def parts(self, district: District) -> Iterator[Floats]:
        """(draws, blocks, columns) counts of the district, some draws at a time."""
        step = max(1, AT_ONCE // max(1, district.counts.size))
        random = np.random.default_rng(self.seed)
        for start in range(0, self.number, step):
            some = slice(start, min(self.number, start + step))
            if self.given is not None:
                yield self.given.of(district, some)
            else:
                yield np.stack([_modelled(district, random) for _ in range(some.start, some.stop)])


class OneByOne:
    """The same draws singly, in any order: on the way to one, it is remembered where each begins."""

    def __init__(self, district: District, seed: int, folder: Path | None) -> None:
        self.district, self.folder = district, folder
        self.given: Draws | None = None
        self.random, self.lock = np.random.default_rng(seed), threading.Lock()
        self.begins = [self.random.bit_generator.state]

    def counts(self, number: int) -> Floats:
        """(blocks, columns) of one draw, from 0. Raises InputError where there are not so many."""
        with self.lock:
            if self.folder is not None and has_draws(self.folder):
                return self._given(self.folder, number)
            first = min(number, len(self.begins) - 1)
            self.random.bit_generator.state = self.begins[first]
            for k in range(first, number + 1):
                found = _modelled(self.district, self.random)
                if k + 1 == len(self.begins):
                    self.begins.append(self.random.bit_generator.state)
            return found

    def _given(self, folder: Path, number: int) -> Floats:
        if self.given is None or number >= self.given.number:
            most = number + 1 if self.given is None else min(2 * number, self.given.held)
            self.given = read_draws(folder, self.district, max(number + 1, most))
        return np.asarray(self.given.of(self.district, slice(number, number + 1))[0])


def redraws_of(folder: Path, district: District, number: int, seed: int) -> Redraws:
    """The first draws of the folder, where it has any; else the model's. Raises InputError where they are wrong, or too
    few."""
    return Redraws(number, seed, read_draws(folder, district, number) if has_draws(folder) else None)


def seconds_of(district: District, number: int | None, plans: int) -> float:
    """About how long measuring so many plans on so many draws takes; 0 where none are asked for."""
    return (number or 0) * district.blocks * (plans + 2) * 5e-7


def _modelled(district: District, random: np.random.Generator) -> Floats:
    """(blocks, columns) counts drawn anew: groups Poisson at their counts, poverty binomial at the block's own rate.

    Students change by as much as the groups do; further count columns stay.
    """
    counts = district.counts.copy()
    groups = [district.column_index(f"students_{group}") for group in district.groups]
    students = district.column_index("students")
    columns = groups or [students]
    drawn = random.poisson(counts[:, columns]).astype(float)
    if groups:
        counts[:, students] = np.maximum(counts[:, students] + drawn.sum(axis=1) - counts[:, groups].sum(axis=1), 0.0)
    counts[:, columns] = drawn
    if district.has_poverty:
        whole = drawn.sum(axis=1)
        counts[:, district.column_index("students_poverty")] = random.binomial(whole.astype(np.int64), _rates(district))
    return counts


def _rates(district: District) -> Floats:
    exposed = district.exposed
    rate = np.divide(district.poverty, exposed, out=np.zeros(district.blocks), where=exposed > 0)
    return np.clip(rate, 0.0, 1.0)
