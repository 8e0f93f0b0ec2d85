"""The objectives that the checker knows: their value for a plan, and their parts in the proof."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.errors import Fault, InputError, nearest
from scenarios.verify.counts import Exposed
from scenarios.verify.curve import OF_GROUPS, PLAIN, Curve, curve_of, is_exposure
from scenarios.verify.evenness import CUT, OUTSIDE, POVERTY, RACE, THEIL, UNEXPOSED, missing_data
from scenarios.verify.ground import Ground
from scenarios.verify.rounding import HUGE
from scenarios.verify.soft import HAIR, Fee, Soft

LINEAR = ("travel_mean", "moved", "changed")
KNOWN = (*PLAIN, *(f"{name}{'.<group>' * count}" for name, count in OF_GROUPS.items()), *UNEXPOSED, *LINEAR)
ZERO = 1e-12  # a value today up to this is rounding, and counts as 0

Spec = str | dict[str, float]


@dataclass(frozen=True, eq=False)
class Goal:
    """What is to be small: the sum of `weights` times the parts that KNOWN names.

    spec: as it is written. In a mixture the weights are already divided by the part's value today. curves: by name, the
    parts that are exposures. near: (blocks,) the plan that `changed` is against, None where there is none. old: whether
    a proof counts as 0 what formats before 5 had no bound for.
    """

    ground: Ground
    spec: Spec
    weights: Mapping[str, float]
    curves: Mapping[str, Curve]
    near: Ints | None = None
    old: bool = False

    @classmethod
    def of(cls, spec: Spec, ground: Ground, where: str, near: Ints | None = None) -> Goal:
        """Raises InputError on objectives that the checker does not know, or that the district has no data for."""
        names = [spec] if isinstance(spec, str) else list(spec)
        for name in names:
            if name not in (*UNEXPOSED, *LINEAR) and not is_exposure(name):
                problem = f"the objective '{name}' cannot be verified{nearest(name, KNOWN)}"
                raise InputError(Fault(where, problem, f"Those that can: {', '.join(KNOWN)}", column="objective"))
        if near is None and "changed" in names:
            mend = "Take the certificate as the program wrote it, with the rule `changed` that holds the plan"
            raise InputError(Fault(where, "no rule says what 'changed' is against", mend, column="objective"))
        curves = {name: _curve(name, ground, where) for name in names if is_exposure(name)}
        for name in names:
            missing = missing_data(name, ground) if name in UNEXPOSED else None
            if missing:
                raise _no_data(missing, where)
        if isinstance(spec, str):
            return cls(ground, spec, {spec: 1.0}, curves, near)
        plain = cls(ground, spec, {}, curves, near)
        today = {name: plain.today(name) for name in spec}
        weights = {name: weight / (today[name] if today[name] > ZERO else 1.0) for name, weight in spec.items()}
        return cls(ground, spec, weights, curves, near)

    def value(self, zone: Ints) -> float:
        """The objective of a plan; inf where a mean travel is part of it and a block is sent out of reach."""
        return math.fsum(weight * self.part(name, zone) for name, weight in self.weights.items() if weight > 0)

    def today(self, name: str) -> float:
        """One of KNOWN for today's zones, whatever rules close: mean travel of those whose travel today is known."""
        if name != "travel_mean":
            return self.part(name, self.ground.today)
        now = self.ground.travel_today
        share = _parts(np.where(np.isfinite(now), self.ground.students, 0.0))
        return math.fsum(part * far for part, far in zip(share.tolist(), now.tolist(), strict=True) if part > 0)

    def part(self, name: str, zone: Ints) -> float:
        """One of KNOWN by itself."""
        if name in self.curves:
            return self.curves[name].value(zone)
        if name in UNEXPOSED:
            return UNEXPOSED[name](self.ground, zone)
        if name == "moved":
            return math.fsum(self.shares[zone != self.ground.today].tolist())
        if name == "changed":
            return math.fsum(self.shares[zone != self.near].tolist())
        share, travel = self.shares_reached, self.ground.travel(zone)
        return math.fsum(part * far for part, far in zip(share.tolist(), travel.tolist(), strict=True) if part > 0)

    @cached_property
    def shares(self) -> Floats:
        """(blocks,) S_i / S."""
        return _parts(self.ground.students)

    @cached_property
    def shares_reached(self) -> Floats:
        """(blocks,) S_i / S over the blocks within reach, 0 for the others."""
        return _parts(np.where(np.isfinite(self.ground.travel_current), self.ground.students, 0.0))

    @cached_property
    def bent(self) -> tuple[float, Curve] | None:
        """The curved part that the proof bounds, with its weight: the first of exposures that weighs something."""
        name = self._first
        return None if name is None else (self.weights[name], self.curves[name])

    @property
    def kinds(self) -> int:
        """How many numbers a direction has."""
        return 0 if self.bent is None else len(self.bent[1].weight)

    @cached_property
    def rated(self) -> tuple[Floats, Floats]:
        """(blocks,) P_i and N_i of the rates that the intervals are about; of poverty where nothing is curved."""
        if self.bent is not None:
            return self.bent[1].poor, self.bent[1].heads
        exposed = Exposed.of(self.ground.district)
        return exposed.poor, exposed.whole

    @property
    def curved(self) -> bool:
        """Whether the proof has a direction: not where exposure counts nobody, since the part is 0 there."""
        return self.bent is not None and not self.bent[1].empty

    @cached_property
    def soft(self) -> Soft:
        """The sums of a zone that may be anything, at a price."""
        return Soft.of({} if self.old else self._weighing, self.ground.district)

    def fee(self, schools: int) -> Fee:
        """What lies outside the band costs, where so many schools may have students."""
        known = OUTSIDE in self._weighing and OUTSIDE not in self.relaxed
        return Fee.of(self.weights[OUTSIDE], self.ground.district, schools) if known else Fee()

    @property
    def half_border(self) -> float:
        """Half of what two neighbours in different zones cost; 0 where the proof makes no use of it."""
        return 0.0 if self.old else self._weighing.get(CUT, 0.0) / 2 * (1 - HAIR)

    def grain(self, schools: int) -> float:
        """All values of the objective are multiples of it, or above as many times it as they are above a bound; 0
        where nothing is known. schools: how many may have students."""
        (name, weight), *rest = [*self._weighing.items(), ("", 0.0)]
        alone = len(rest) <= 1
        if not alone or self.old or name not in (CUT, OUTSIDE):
            return 0.0
        return weight if name == CUT else weight / schools

    @property
    def relaxed(self) -> list[str]:
        """The parts that the proof counts as 0."""
        known: set[str | None] = {self._first}
        if not self.old:
            known |= {POVERTY, RACE, THEIL, CUT, *([OUTSIDE] if self._of_poverty else [])}
        return [name for name in self._weighing if name not in known and name not in LINEAR]

    @property
    def _weighing(self) -> dict[str, float]:
        return {name: weight for name, weight in self.weights.items() if weight > 0}

    @property
    def _of_poverty(self) -> bool:
        """Whether the intervals are about the rates that the band is about."""
        exposed = Exposed.of(self.ground.district)
        poor, whole = self.rated
        return np.array_equal(poor, exposed.poor) and np.array_equal(whole, exposed.whole)

    @property
    def _first(self) -> str | None:
        return next((name for name in self.weights if name in self.curves and self.weights[name] > 0), None)

    def cost(self, j: int, block: Ints, travel: Floats) -> Floats:
        """(of the blocks,) what each costs at school j. travel: theirs to j."""
        cost = self.weights.get("travel_mean", 0.0) * self.shares_reached[block] * travel
        elsewhere = self.ground.today[block] != j
        cost = cost + self.weights.get("moved", 0.0) * self.shares[block] * elsewhere
        if self.near is not None:
            cost = cost + self.weights.get("changed", 0.0) * self.shares[block] * (self.near[block] != j)
        return np.asarray(cost)


def _curve(name: str, ground: Ground, where: str) -> Curve:
    try:
        return curve_of(name, ground.district)
    except ValueError as error:
        raise _no_data(str(error), where) from None


def _no_data(problem: str, where: str) -> InputError:
    mend = "Verify with the district that the certificate is for, and its counts"
    return InputError(Fault(where, problem, mend, column="objective"))


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
