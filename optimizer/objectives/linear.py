"""Objectives that are a plain sum over blocks: mean travel, students moved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.district import District
from optimizer.errors import Fault, InputError
from optimizer.measures.record import Unit
from optimizer.model import Model
from optimizer.objectives.base import Compiled
from optimizer.plan import Plan


def shares(district: District) -> Floats:
    """(blocks,) each block's share of the students who are within reach: the same whom the measure counts."""
    students = np.where(np.isfinite(district.travel_current), district.students, 0.0)
    total = float(students.sum())
    return students / total if total > 0 else students


def unreached(model: Model) -> Ints:
    """Blocks with a share whose travel to a school that they may have is not known: a pair joins them to it."""
    unknown = (shares(model.district)[model.pairs.rows] > 0) & ~np.isfinite(model.district.travel.of(model.pairs))
    return np.unique(model.pairs.rows[unknown]).astype(np.int32)


@dataclass(frozen=True)
class TravelMean:
    """Students' mean travel, metres or minutes; blocks within reach of no school are left out."""

    name: ClassVar[str] = "travel_mean"
    unit: ClassVar[Unit] = "travel"

    def compile(self, model: Model) -> Compiled:
        """Raises InputError where a pair sends blocks where their travel is not known: there is no mean of it."""
        if lost := tuple(model.district.block_ids[i] for i in unreached(model)):
            problem = "the travel of blocks to the first school of their pair is not known"
            mend = "Give their travel to it, name another school of the pair first, or take another objective"
            raise InputError(Fault(f"objective {self.name}", problem, mend, ids=lost))
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
