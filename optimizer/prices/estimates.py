"""What prices are made of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from optimizer.arrays import Bools, Floats, Ints
from optimizer.model import Model
from optimizer.plan import Plan
from optimizer.result import Result


@dataclass(frozen=True, eq=False)
class Prices:
    """Of a result with a certificate, around one of the plans that it is about; figures are in the objective's unit.

    raised: (pairs,) of `model`: no valid plan that has the block at that school is below the bound and this. staying,
    going: (blocks,) the same of plans that have the block where the plan has it, and of those that have not; inf where
    there is none. rival: (blocks,) the other school that costs least, -1 where there is none. seat_estimate: (schools,)
    what a seat more at the school would take off the bound. moved_estimate: what a percentage point more of students
    moved would. travel_estimate: what a metre or a minute more of allowance for all would, on average over the next
    FARTHER. None where there is no such limit. loose_bound: the bound that these three are taken off: the result's, or
    one that holds no pair for struck, which with a seat more might be some plan's.
    """

    result: Result
    plan: Plan
    model: Model
    raised: Floats
    staying: Floats
    going: Floats
    rival: Ints
    seat_estimate: Floats
    moved_estimate: float | None
    travel_estimate: float | None
    loose_bound: float

    @property
    def margin_estimate(self) -> Floats:
        """(blocks,) how much worse plans get without the block where the plan has it: near 0 where it is contested,
        below 0 where the prices would rather have it go; inf where it has no other school."""
        there = np.isfinite(self.going)
        return np.subtract(self.going, self.staying, out=np.full(len(there), np.inf), where=there)

    @cached_property
    def settled(self) -> Bools:
        """(blocks,) proved: every plan better than the result's has the block where the plan has it."""
        bound = self.result.bound or 0.0
        return np.asarray(bound + self.going > self.result.objective_value)
