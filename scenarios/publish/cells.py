"""What published tables say about children, as linear equations over the smallest areas that they tell apart.

The blocks that lie in the same zone in every published plan, today's zones included, form an **atom**: whatever is said
of zones, of moves, and of differences between plans, is said of atoms added up. So counts by atom are what is to be
protected, and a published count is one equation over them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_matrix

from optimizer.arrays import Bools, Floats, Ints
from optimizer.district import District
from optimizer.plan import Plan

STUDENTS = 0  # the column of all students
# What the loss of a count costs a reader, by kind of area: the dear ones are suppressed last.
COST = {"move": 1.0, "zone": 4.0, "zone today": 6.0, "moved": 12.0, "district": 40.0}
WHOLE = 4.0  # times that, for the number of all students
Families = Mapping[str, Mapping[str, Floats]]


@dataclass(frozen=True, eq=False)
class Cells:
    """atom: (blocks,) the atom of each block. counts: (blocks, columns) as they are; columns: students, then every part
    of every family. value: (atoms, columns) the counts by atom. family: (columns,) the family of a part, -1 for
    students. offset: (families, atoms) by how much a family's parts miss the students there, which readers are taken to
    know.

    sets: (sets, atoms) areas, each a sum of atoms, no two alike. cost: (sets,). told: (sets, columns) whether the
    tables have a cell for it. alone: (atoms,) whether the atom is a single block and no whole zone of today.
    """

    plans: tuple[Plan, ...]
    atom: Ints
    counts: Floats
    columns: tuple[str, ...]
    value: Floats
    family: Ints
    offset: Floats
    sets: csr_matrix
    cost: Floats
    told: Bools
    alone: Bools

    @property
    def district(self) -> District:
        return self.plans[0].district

    @property
    def totals(self) -> Floats:
        """(sets, columns) the true counts of the tables' cells."""
        return np.asarray(self.sets @ self.value)

    @cached_property
    def spread(self) -> Floats:
        """(blocks, columns) the share of its atom's count that a block has; all alike where the atom has none."""
        whole, blocks = self.value[self.atom], np.bincount(self.atom)[self.atom]
        return np.where(whole > 0, self.counts / np.where(whole > 0, whole, 1.0), 1.0 / blocks[:, None])

    def school_of(self, plan: Plan) -> Ints:
        """(atoms,) the school of each atom under one of the plans."""
        return plan.school[np.unique(self.atom, return_index=True)[1]]

    def small(self, threshold: float) -> Bools:
        """(atoms, columns) what must not be worked out: counts under the threshold, and those of a single block."""
        return (self.value < threshold) | self.alone[:, None]


def families_of(district: District, grades: Sequence[str] = ()) -> dict[str, dict[str, Floats]]:
    """The families of a district: its groups, and poverty with its rest; each part (blocks,) counts. grades: of count
    columns `students_grade_<g>` to protect as well."""
    found: dict[str, dict[str, Floats]] = {}
    if district.groups:
        found["race"] = dict(zip(district.groups, district.group_counts.T, strict=True))
    if district.has_poverty:
        found["poverty"] = {"poverty": district.poverty, "not_poverty": district.exposed - district.poverty}
    if grades:
        found["grade"] = {f"grade_{grade}": district.column(f"students_grade_{grade}") for grade in grades}
    return found


def cells_of(plans: Sequence[Plan], families: Families) -> Cells:
    """plans: of one district, today's first, then those published. families: ways to part the students, each part
    (blocks,) counts."""
    district = plans[0].district
    keys = np.column_stack([plan.school for plan in plans])
    atom = np.unique(keys, axis=0, return_inverse=True)[1].ravel().astype(np.int32)
    parts = [(name, part, values) for name, own in families.items() for part, values in own.items()]
    counts = np.column_stack([district.students, *(values for _, _, values in parts)])
    value = np.zeros((int(atom.max()) + 1, counts.shape[1]))
    np.add.at(value, atom, counts)
    names = list(families)
    family = np.array([-1, *(names.index(name) for name, _, _ in parts)], np.int32)
    offset = np.array([value[:, family == f].sum(axis=1) - value[:, STUDENTS] for f in range(len(names))])
    sets, cost, told = _sets(plans, atom, len(parts) + 1)
    blocks = np.bincount(atom)
    zone = np.bincount(plans[0].school, minlength=district.schools)[
        plans[0].school[np.unique(atom, return_index=True)[1]]
    ]
    return Cells(
        plans=tuple(plans),
        atom=atom,
        counts=counts,
        columns=("students", *(part for _, part, _ in parts)),
        value=value,
        family=family,
        offset=offset.reshape(len(names), len(value)),
        sets=sets,
        cost=cost,
        told=told,
        alone=(blocks == 1) & (zone > 1),
    )


def _sets(plans: Sequence[Plan], atom: Ints, columns: int) -> tuple[csr_matrix, Floats, Bools]:
    """Every zone of every plan, all students moved, moves from zone to zone, and the district."""
    first = np.unique(atom, return_index=True)[1]
    schools = [plan.school[first] for plan in plans]
    found: dict[tuple[int, ...], tuple[float, bool]] = {}

    def add(members: Bools, kind: str, parts: bool = True) -> None:
        key = tuple(np.flatnonzero(members).tolist())
        if key:
            cost, had = found.get(key, (0.0, False))
            found[key] = max(cost, COST[kind]), had or parts

    add(np.ones(len(first), bool), "district")
    for k, school in enumerate(schools):
        for j in np.unique(school):
            add(school == j, "zone today" if k == 0 else "zone")
        moved = school != schools[0]
        add(moved, "moved")
        for old, new in np.unique(np.column_stack([schools[0], school])[moved], axis=0):
            add((schools[0] == old) & (school == new), "move", parts=False)
    rows = np.repeat(np.arange(len(found)), [len(key) for key in found])
    atoms = np.array([a for key in found for a in key])
    told = np.array([[True] + [parts] * (columns - 1) for _, parts in found.values()])
    cost = np.array([cost for cost, _ in found.values()])
    shape = (len(found), len(first))
    return csr_matrix((np.ones(len(rows)), (rows, atoms)), shape=shape), cost, told
