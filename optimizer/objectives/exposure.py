"""Objectives of exposure: how far groups' exposures lie from the district's rate, or from each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from optimizer.arrays import Floats, frozen
from optimizer.district import District
from optimizer.errors import Fault, InputError
from optimizer.measures.record import Unit
from optimizer.model import Model
from optimizer.objectives.base import Compiled
from optimizer.objectives.curves import Exposures
from optimizer.plan import Plan


def need_poverty(district: District, name: str) -> Floats:
    """(blocks,) students in poverty. Raises InputError where they are not known."""
    if not district.has_poverty:
        mend = "Add the column students_poverty to the blocks, or take the objective travel_mean"
        raise InputError(Fault("objective", f"{name} needs counts of students in poverty", mend))
    return district.poverty


def need_group(district: District, group: str, name: str) -> Floats:
    """(blocks,) students of one group. Raises InputError where there is no such group, or nobody in it."""
    if group not in district.groups:
        mend = f"Groups of this district: {', '.join(district.groups) or 'none'}"
        raise InputError(Fault("objective", f"'{name}' names no group of the district", mend))
    students = district.group_counts[:, district.groups.index(group)]
    if not students.any():
        raise InputError(Fault("objective", f"'{name}': the group has no students", "Name another group"))
    return students


class OfExposures:
    """What objectives share that are one curve of exposures."""

    def exposures(self, district: District) -> Exposures:
        raise NotImplementedError

    def compile(self, model: Model) -> Compiled:
        return Compiled(np.zeros(len(model.pairs.index)), (self.exposures(model.district),))

    def value(self, plan: Plan) -> float:
        return self.exposures(plan.district).value(plan.school)

    def attributes(self, district: District) -> tuple[str, ...]:
        return (*(f"students_{group}" for group in district.groups), "students_poverty")


@dataclass(frozen=True)
class Disparity(OfExposures):
    """sqrt( sum_r w_r (E_r - p)^2 ), a fraction from 0 to 1 (FORMAT.md, Measures).

    Without groups, the two groups are students in poverty and the others. Raises InputError without poverty counts.
    """

    name: ClassVar[str] = "disparity"
    unit: ClassVar[Unit] = "points"

    def exposures(self, district: District) -> Exposures:
        poverty = need_poverty(district, self.name)
        return Exposures.of(self.name, _groups(district, poverty), poverty)


@dataclass(frozen=True)
class DisparityEqual(OfExposures):
    """As disparity, but each group with students weighs the same, however small it is."""

    name: ClassVar[str] = "disparity_equal"
    unit: ClassVar[Unit] = "points"

    def exposures(self, district: District) -> Exposures:
        poverty = need_poverty(district, self.name)
        groups = _groups(district, poverty)
        there = groups.any(axis=0)
        return Exposures.of(self.name, groups, poverty, weight=np.asarray(there / max(int(there.sum()), 1)))


@dataclass(frozen=True)
class Gap(OfExposures):
    """|E_a - E_b|: the difference of two groups' exposures to poverty, a fraction from 0 to 1."""

    unit: ClassVar[Unit] = "share"
    first: str
    second: str

    @property
    def name(self) -> str:
        return f"gap.{self.first}.{self.second}"

    def exposures(self, district: District) -> Exposures:
        poverty = need_poverty(district, self.name)
        a, b = (need_group(district, group, self.name) for group in (self.first, self.second))
        if self.first == self.second:
            raise InputError(Fault("objective", f"'{self.name}' names one group twice", "Name two groups"))
        one, nothing = frozen(np.ones(1)), frozen(np.zeros(1))
        difference = frozen((a / a.sum() - b / b.sum())[:, None])
        return Exposures(self.name, difference, district.exposed, frozen(poverty), one, one, nothing)

    def attributes(self, district: District) -> tuple[str, ...]:
        return (f"students_{self.first}", f"students_{self.second}", "students_poverty")


@dataclass(frozen=True)
class VarianceRatio(OfExposures):
    """(isolation - P) / (1 - P) of one group: normalised exposure, eta squared (PEERS.md, Formulas); 0 to 1."""

    unit: ClassVar[Unit] = "index"
    group: str

    @property
    def name(self) -> str:
        return f"variance_ratio.{self.group}"

    def exposures(self, district: District) -> Exposures:
        students, heads = need_group(district, self.group, self.name), district.exposed
        share = float(students.sum() / heads.sum())
        if share >= 1:
            raise InputError(Fault("objective", f"'{self.name}': the group is all students", "Name another group"))
        one, counts = frozen(np.ones(1)), frozen(students)
        total, aim = frozen(np.array([students.sum()])), frozen(np.array([share]))
        return Exposures(self.name, frozen(students[:, None]), heads, counts, one, total, aim, 1 / (1 - share))

    def attributes(self, district: District) -> tuple[str, ...]:
        return tuple(f"students_{group}" for group in district.groups)


def _groups(district: District, poverty: Floats) -> Floats:
    """(blocks, groups) the groups, or students in poverty and the others where there are none."""
    if district.groups:
        return district.group_counts
    return np.column_stack([poverty, district.exposed - poverty])
