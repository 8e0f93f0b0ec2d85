"""Objectives that are a plain sum over blocks: mean travel, students moved, students changed against a second plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.district import District
from optimizer.errors import InputError
from optimizer.measures.record import Unit
from optimizer.model import Model
from optimizer.objectives.base import Compiled
from optimizer.plan import NamedPlan, Plan


def shares(district: District) -> Floats:
    """(blocks,) each block's share of the students who are within reach: the same whom the measure counts."""
    students = np.where(np.isfinite(district.travel_current), district.students, 0.0)
    total = float(students.sum())
    return students / total if total > 0 else students


@dataclass(frozen=True)
class TravelMean:
    """Students' mean travel, metres or minutes; blocks within reach of no school are left out."""

    name: ClassVar[str] = "travel_mean"
    unit: ClassVar[Unit] = "travel"

    def compile(self, model: Model) -> Compiled:
        travel = model.district.travel.of(model.pairs)
        return Compiled(shares(model.district)[model.pairs.rows] * np.where(np.isfinite(travel), travel, 0.0))

    def value(self, plan: Plan) -> float:
        share = shares(plan.district)
        return float((share * np.where(share > 0, plan.travel, 0.0)).sum())

    def attributes(self, district: District) -> tuple[str, ...]:
        return ("students",)


@dataclass(frozen=True)
class StudentsMoved:
    """Share of students whose block changes school, 0 to 1."""

    name: ClassVar[str] = "moved"
    unit: ClassVar[Unit] = "share"

    def compile(self, model: Model) -> Compiled:
        students = model.district.students
        total = float(students.sum()) or 1.0
        stays = model.pairs.index == model.district.status_quo[model.pairs.rows]
        return Compiled(np.where(stays, 0.0, students[model.pairs.rows] / total))

    def value(self, plan: Plan) -> float:
        return plan.moved_share

    def attributes(self, district: District) -> tuple[str, ...]:
        return ("students",)


@dataclass(frozen=True)
class StudentsChanged:
    """Share of students whose school differs from that of `plan`, 0 to 1: blocks of closed and paired schools too."""

    name: ClassVar[str] = "changed"
    unit: ClassVar[Unit] = "share"
    plan: NamedPlan

    def __init__(self, plan: Plan | Mapping[str, str] | NamedPlan) -> None:
        object.__setattr__(self, "plan", NamedPlan.of(plan))

    def compile(self, model: Model) -> Compiled:
        rows, students = model.pairs.rows, model.district.students
        total = float(students.sum()) or 1.0
        return Compiled(np.where(model.pairs.index == self._zones(model.district)[rows], 0.0, students[rows] / total))

    def value(self, plan: Plan) -> float:
        students = plan.district.students
        total = float(students.sum()) or 1.0
        return float(students[plan.school != self._zones(plan.district)].sum()) / total

    def attributes(self, district: District) -> tuple[str, ...]:
        return ("students",)

    def _zones(self, district: District) -> Ints:
        """(blocks,) Raises InputError where the plan is of another district."""
        if faults := self.plan.faults(district, self.name):
            raise InputError(faults)
        return self.plan.on(district)
