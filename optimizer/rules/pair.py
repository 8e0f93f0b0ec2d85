"""Schools share one zone: paired by grade span, or merged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from optimizer.arrays import Ints
from optimizer.district import District
from optimizer.errors import Fault, InputError
from optimizer.plan import Plan
from optimizer.rules.base import Breach, at_blocks
from optimizer.rules.shared.amend import Amending, amend, changed, places_of


@dataclass(frozen=True)
class Pair(Amending):
    """The schools have one zone, which plans list under the first of them; every student of it attends all of them, a
    few grades at each, or the one school that they have become.

    schools: ids, two or more. Blocks zoned to any of them stay where they go to the first. Its seats are those of all,
    where all give them; so are its smallest size and its other students. Another block may join only where travel to
    every one of them is within the limit (rule Travel). The zone's root is the first's.
    """

    kind: ClassVar[str] = "pair"
    children: ClassVar[bool] = False
    schools: tuple[str, ...]

    def __post_init__(self) -> None:
        if len(self.schools) < 2 or len(set(self.schools)) < len(self.schools):
            raise InputError(Fault("schools", "does not name two different schools", "Give two or more, each once"))

    def amend(self, district: District) -> District:
        """Raises InputError where a school is unknown, or takes no block, or where the first is out of reach of blocks
        that the rule sends there."""
        together = np.array(places_of(district, self.schools, self.kind))
        first, rest = int(together[0]), together[1:]
        if not district.open[together].all():
            ids = tuple(district.school_ids[j] for j in together[~district.open[together]])
            mend = "Open it by a rule open first, or leave it out of the pair"
            raise InputError(
                Fault(f"rule {self.kind}", "the school has no zone to share", mend, column="schools", ids=ids)
            )
        faults = _out_of_reach(district, first, rest)
        if faults:
            raise InputError(faults)
        seats = {
            name: changed(changed(values, [first], float(values[together].sum())), rest, nothing)
            for name, values, nothing in (
                ("capacity", district.capacity, np.nan),
                ("min_students", district.min_students, np.nan),
                ("other_students", district.other_students, 0.0),
            )
        }
        succession, root = changed(district.successor, rest, first), changed(district.root, rest, -1)
        return amend(district, succession=succession, root=root, **seats)

    def excess(self, plan: Plan) -> list[Breach]:
        """One row for each block listed under another school of the pair than the first; amount 1."""
        wrong = np.isin(plan.school, places_of(plan.district, self.schools[1:], self.kind))
        return at_blocks(self.kind, plan, wrong)


def _out_of_reach(district: District, first: int, rest: Ints) -> list[Fault]:
    """A fault where students of the other schools would go to the first, to which their travel is not known: what is
    missing in a travel table is out of reach. Where today's travel is not known either, nothing is lost."""
    joins = np.isin(district.home, rest) & (district.students > 0) & np.isfinite(district.travel_today)
    lost = joins & ~np.isfinite(district.travel.to(np.full(district.blocks, first, np.int32)))
    if not lost.any():
        return []
    name = district.school_ids[first]
    problem = f"the travel of blocks to the first school, {name}, is not known, so that it is out of their reach"
    mend = "Give their travel to it, or name another school of the pair first"
    ids = tuple(district.block_ids[i] for i in np.flatnonzero(lost))
    return [Fault(f"rule {Pair.kind}", problem, mend, column="schools", ids=ids)]
