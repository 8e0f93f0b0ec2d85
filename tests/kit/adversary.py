"""Someone who reads a public bundle and tries to work out the counts that it leaves out, by linear programming.

Knows the files, the district's shapes, seats and travel, that counts are not negative, that groups add up to students
and poverty to no more, and that plans keep the seats where no breach is told. Shares no code with what suppresses. The
unknowns are the counts of every single block.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import linprog

from optimizer.district import District

TODAY = "status quo"


def read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype={"school_id": str, "block_id": str, "from": str, "to": str})


@dataclass
class Adversary:
    """bundle: the folder. public: the district, of which only blocks, schools, seats and travel are looked at."""

    bundle: Path
    public: District
    equal: list[tuple[np.ndarray, float]] = field(default_factory=list)
    most: list[tuple[np.ndarray, float]] = field(default_factory=list)
    plans: dict[str, np.ndarray] = field(default_factory=dict)
    within_seats: set[tuple[str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.groups = list(self.public.groups)
        self.columns = [*self.groups, "poverty"]
        self.size = self.public.blocks * len(self.columns)
        files = sorted(self.bundle.glob("plan*.csv"))
        names = json.loads((self.bundle / "manifest.json").read_text())["plans"]
        index = {school: j for j, school in enumerate(self.public.school_ids)}
        row = {block: i for i, block in enumerate(self.public.block_ids)}
        self.plans[TODAY] = np.asarray(self.public.status_quo)
        for name in names:
            file = files[0] if len(names) == 1 else self.bundle / f"plan-{name}.csv"
            table = read(file)
            school = np.empty(self.public.blocks, int)
            school[[row[b] for b in table.block_id]] = [index[s] for s in table.school_id]
            self.plans[name] = school
        told = json.loads((self.bundle / "report.json").read_text(encoding="utf-8"))
        broken = {
            (name, row["school"])
            for name, doc in zip(names, told if isinstance(told, list) else [told], strict=True)
            for row in doc["summary"]["broken_limits"]
            if row["limit"] == "capacity"
        }
        self.within_seats = {(name, school) for name in names for school in self.public.school_ids} - broken
        self._poor()
        self._schools(read(self.bundle / "tables/schools.csv"))
        self._moves(read(self.bundle / "tables/moves.csv"))
        self._groups(read(self.bundle / "tables/groups.csv"))
        self._measures(read(self.bundle / "tables/measures.csv"))

    def sum(self, blocks: np.ndarray, columns: list[str]) -> np.ndarray:
        """The row that adds up the counts; blocks: (blocks,) mask or weights."""
        row = np.zeros((self.public.blocks, len(self.columns)))
        for column in columns:
            row[:, self.columns.index(column)] = blocks
        return row.ravel()

    def part(self, blocks: np.ndarray, name: str) -> np.ndarray:
        """As `sum`, for a name of the tables."""
        if name in ("students", "all", "counted"):
            return self.sum(blocks, self.groups)
        if name == "not_poverty":
            return self.sum(blocks, self.groups) - self.sum(blocks, ["poverty"])
        return self.sum(blocks, [name])

    def between(self, row: np.ndarray, low: float, high: float) -> None:
        self.most += [(row, high + 1e-6), (-row, -low + 1e-6)]

    def _poor(self) -> None:
        for b in range(self.public.blocks):
            one = np.arange(self.public.blocks) == b
            self.most.append((-self.part(one, "not_poverty"), 0.0))

    def _schools(self, table: pd.DataFrame) -> None:
        for row in table.itertuples():
            zone = self.plans[row.plan] == self.public.school_ids.index(row.school_id)
            cells = {"students": row.students, "poverty": row.poverty, "counted": row.counted}
            cells |= {group: getattr(row, f"students_{group}") for group in self.groups}
            for name, value in cells.items():
                if not np.isnan(value):
                    self.equal.append((self.part(zone, name), value))
            if not np.isnan(row.poverty_rate):
                self._mean(self.sum(zone, ["poverty"]), self.sum(zone, self.groups), row.poverty_rate, 0.0005)
            if not np.isnan(row.capacity):
                if not np.isnan(row.other_students) and (row.plan, row.school_id) in self.within_seats:
                    self.most.append((self.sum(zone, self.groups), row.capacity - row.other_students + 1e-6))
                if not np.isnan(row.utilisation) and not np.isnan(row.other_students):
                    full, off = row.utilisation * row.capacity - row.other_students, 0.0005 * row.capacity
                    self.between(self.sum(zone, self.groups), full - off, full + off)

    def _mean(self, part: np.ndarray, whole: np.ndarray, value: float, off: float) -> None:
        self.most += [(part - (value + off) * whole, 1e-6), ((value - off) * whole - part, 1e-6)]

    def _moves(self, table: pd.DataFrame) -> None:
        for row in table.itertuples(index=False):
            old, new = (self.public.school_ids.index(school) for school in (row[1], row[2]))
            moved = (self.plans[TODAY] == old) & (self.plans[row.plan] == new)
            if not np.isnan(row.students):
                self.equal.append((self.sum(moved, self.groups), row.students))

    def _groups(self, table: pd.DataFrame) -> None:
        for row in table.itertuples():
            if not np.isnan(row.students):
                self.equal.append((self.part(np.ones(self.public.blocks), row.group), row.students))

    def _measures(self, table: pd.DataFrame) -> None:
        """Moves and travel by group, which are linear."""
        everyone = np.ones(self.public.blocks)
        for row in table.dropna().itertuples():
            kind, _, of = row.measure.partition(".")
            school = self.plans[row.plan]
            if kind == "moved_share":
                value = (school != self.plans[TODAY]).astype(float)
            elif kind == "moved_counted":  # a plan that sends nobody to a school of today says which are closed
                left = np.isin(self.plans[TODAY], school)
                value = ((school != self.plans[TODAY]) & left).astype(float)
            elif kind == "travel_mean":
                value = np.asarray(self.public.travel.to(school.astype(np.int32)))
            else:
                continue
            name = of or "students"
            self._mean(self.part(everyone * value, name), self.part(everyone, name), row.value, row.off_by)

    def range(self, row: np.ndarray) -> tuple[float, float]:
        """The least and the most that a sum of counts can be."""
        ends = []
        for sign in (1.0, -1.0):
            found = linprog(
                sign * row,
                A_ub=np.array([r for r, _ in self.most]),
                b_ub=[v for _, v in self.most],
                A_eq=np.array([r for r, _ in self.equal]),
                b_eq=[v for _, v in self.equal],
                bounds=(0, None),
                method="highs",
            )
            assert found.status in (0, 3), found.message
            ends.append(sign * found.fun if found.status == 0 else -sign * np.inf)
        return ends[0], ends[1]
