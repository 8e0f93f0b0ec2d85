"""Disparity of exposure to poverty: the default objective."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from optimizer.district import District
from optimizer.errors import Fault, InputError
from optimizer.model import Model
from optimizer.objectives.base import Compiled, Exposures
from optimizer.plan import Plan


@dataclass(frozen=True)
class Disparity:
    """sqrt( sum_r w_r (E_r - p)^2 ), a fraction from 0 to 1 (FORMAT.md, Measures).

    Without groups, the two groups are students in poverty and the others. Raises InputError without poverty counts.
    """

    name: ClassVar[str] = "disparity"

    def exposures(self, district: District) -> Exposures:
        if not district.has_poverty:
            mend = "Add the column students_poverty to the blocks, or take the objective travel_mean"
            raise InputError(Fault("objective", "disparity needs counts of students in poverty", mend))
        poverty = district.poverty
        if district.groups:
            return Exposures.of(district.group_counts, poverty)
        return Exposures.of(np.column_stack([poverty, district.exposed - poverty]), poverty)

    def compile(self, model: Model) -> Compiled:
        return Compiled(np.zeros(len(model.pairs.index)), self.exposures(model.district))

    def value(self, plan: Plan) -> float:
        return self.exposures(plan.district).value(plan)

    def attributes(self, district: District) -> tuple[str, ...]:
        return (*(f"students_{group}" for group in district.groups), "students_poverty")
