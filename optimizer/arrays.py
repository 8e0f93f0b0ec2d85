"""Array types and the sparse shapes that District and Model are made of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Offsets = NDArray[np.int64]
Bools = NDArray[np.bool_]


def frozen(array: NDArray[Any]) -> NDArray[Any]:
    """A contiguous, read-only copy-or-view of `array`: District, Plan and Model never change under a reader."""
    array = np.ascontiguousarray(array)
    if array.flags.writeable:
        array = array.copy() if array.base is not None else array
        array.flags.writeable = False
    return array


@dataclass(frozen=True, eq=False)
class Csr:
    """For each block a sorted row of small integers: its neighbours, or the schools that it may go to.

    start: (blocks + 1,) offsets. index: (entries,) the integers, ascending within a row, without repeats.
    """

    start: Offsets
    index: Ints

    def __post_init__(self) -> None:
        object.__setattr__(self, "start", frozen(self.start.astype(np.int64, copy=False)))
        object.__setattr__(self, "index", frozen(self.index.astype(np.int32, copy=False)))

    @classmethod
    def of_pairs(cls, rows: NDArray[Any], values: NDArray[Any], size: int) -> Csr:
        """From unordered (row, value) pairs; repeats are dropped."""
        if len(rows) == 0:
            return cls(np.zeros(size + 1, np.int64), np.zeros(0, np.int32))
        width = int(values.max()) + 1
        key = np.unique(rows.astype(np.int64) * width + values)
        start = np.searchsorted(key, np.arange(size + 1, dtype=np.int64) * width)
        return cls(start, (key % width).astype(np.int32))

    @property
    def rows(self) -> Ints:
        """(entries,) the row of each entry."""
        return np.repeat(np.arange(len(self.start) - 1, dtype=np.int32), np.diff(self.start))

    @cached_property
    def one_sided(self) -> Offsets:
        """The entries whose pair does not stand the other way round, where rows and integers are of one kind. Kept:
        whoever judges a plan asks it again."""
        rows, index, size = self.rows.astype(np.int64), self.index, len(self.start) - 1
        there, back = rows * size + index, index * np.int64(size) + rows
        return np.flatnonzero(there[np.minimum(np.searchsorted(there, back), len(there) - 1)] != back)

    @cached_property
    def pairs(self) -> tuple[Ints, Ints]:
        """(pairs,) both of each pair, which is there once, where rows and integers are of one kind. Kept, as above."""
        rows = self.rows
        once = rows < self.index
        once[self.one_sided] = True
        return frozen(rows[once]), frozen(self.index[once])

    def row(self, i: int) -> Ints:
        """The entries of row i."""
        return self.index[self.start[i] : self.start[i + 1]]

    def keep(self, mask: Bools) -> Csr:
        """The entries where `mask` (entries,) is true."""
        kept = np.concatenate([[0], np.cumsum(mask)])
        return Csr(kept[self.start], self.index[mask])

    def find(self, values: NDArray[Any]) -> Offsets:
        """(rows,) the position in `index` of `values[i]` in row i, or -1 where the row does not hold it."""
        return self.places(np.arange(len(self.start) - 1), values)

    def places(self, rows: NDArray[Any], values: NDArray[Any]) -> Offsets:
        """(n,) the position in `index` of `values[k]` in row `rows[k]`, or -1 where the row does not hold it."""
        width = int(max(self.index.max(initial=0), values.max(initial=0))) + 1
        key = self.rows.astype(np.int64) * width + self.index
        wanted = rows.astype(np.int64) * width + values
        at = np.searchsorted(key, wanted)
        hit = (
            (at < len(key)) & (key[np.minimum(at, max(len(key) - 1, 0))] == wanted)
            if len(key)
            else np.zeros(len(wanted), bool)
        )
        return np.where(hit, at, -1)
