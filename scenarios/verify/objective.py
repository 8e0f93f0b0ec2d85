"""The objectives that the checker knows: their value for a plan, and their parts in the proof."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.district import District
from optimizer.errors import Fault, InputError, nearest
from scenarios.verify.counts import Exposed, column, disparity
from scenarios.verify.rounding import HUGE

KNOWN = ("disparity", "travel_mean", "moved")
ZERO = 1e-12  # a value today up to this is rounding, and counts as 0

Spec = str | dict[str, float]


@dataclass(frozen=True, eq=False)
class Goal:
    """What is to be small: the sum of `weights` times the parts that KNOWN names.

    spec: as it is written. In a mixture the weights are already divided by the part's value today.
    """

    district: District
    exposed: Exposed
    spec: Spec
    weights: Mapping[str, float]

    @classmethod
    def of(cls, spec: Spec, district: District, where: str) -> Goal:
        """Raises InputError on objectives that the checker does not know, or that the district has no data for."""
        names = [spec] if isinstance(spec, str) else list(spec)
        for name in names:
            if name not in KNOWN:
                problem = f"the objective '{name}' cannot be verified{nearest(name, KNOWN)}"
                raise InputError(Fault(where, problem, f"Those that can: {', '.join(KNOWN)}", column="objective"))
        if "disparity" in names and "students_poverty" not in district.columns:
            mend = "Add students_poverty to the blocks, or verify with the district that the certificate is for"
            raise InputError(Fault(where, "disparity needs counts of students in poverty", mend, column="objective"))
        exposed = Exposed.of(district)
        if isinstance(spec, str):
            return cls(district, exposed, spec, {spec: 1.0})
        plain = cls(district, exposed, spec, {})
        today = {name: plain.part(name, district.status_quo) for name in spec}
        weights = {name: weight / (today[name] if today[name] > ZERO else 1.0) for name, weight in spec.items()}
        return cls(district, exposed, spec, weights)

    def value(self, zone: Ints) -> float:
        """The objective of a plan; inf where a mean travel is part of it and a block is sent out of reach."""
        return math.fsum(weight * self.part(name, zone) for name, weight in self.weights.items() if weight > 0)

    def part(self, name: str, zone: Ints) -> float:
        """One of KNOWN by itself."""
        if name == "disparity":
            return disparity(self.exposed, zone)
        if name == "moved":
            return math.fsum(self.shares[zone != self.district.status_quo].tolist())
        share, travel = self.shares_reached, self.district.travel.to(zone)
        return math.fsum(part * far for part, far in zip(share.tolist(), travel.tolist(), strict=True) if part > 0)

    @cached_property
    def shares(self) -> Floats:
        """(blocks,) S_i / S."""
        return _parts(column(self.district, "students"))

    @cached_property
    def shares_reached(self) -> Floats:
        """(blocks,) S_i / S over the blocks whose travel today is known, 0 for the others."""
        reached = np.isfinite(self.district.travel.to(self.district.status_quo))
        return _parts(np.where(reached, column(self.district, "students"), 0.0))

    @cached_property
    def curved(self) -> float:
        """a, the weight of disparity; 0 where exposure counts nobody, since disparity is 0 there."""
        return self.weights.get("disparity", 0.0) if math.fsum(self.exposed.whole.tolist()) > 0 else 0.0


def _parts(students: Floats) -> Floats:
    total = math.fsum(students.tolist())
    return students / total if total > 0 else np.zeros(len(students))


def read_spec(value: Any) -> Spec | None:
    """An objective as files write it: a name, or a table of names and finite weights of 0 or more. None: neither."""
    if isinstance(value, str):
        return value
    if not isinstance(value, dict) or not value:
        return None
    usable = all(type(weight) in (int, float) and 0 <= weight <= HUGE for weight in value.values())
    return {name: float(weight) for name, weight in value.items()} if usable else None
