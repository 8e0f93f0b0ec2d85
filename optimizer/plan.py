"""An assignment of blocks to schools, and cheap questions about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from optimizer.arrays import Bools, Floats, Ints, frozen
from optimizer.district import District
from optimizer.errors import Fault, InputError


@dataclass(frozen=True, eq=False)
class Plan:
    """school: (blocks,) the index of each block's school, in the district's order of blocks."""

    district: District
    school: Ints

    def __post_init__(self) -> None:
        school = np.asarray(self.school)
        if school.shape != (self.district.blocks,):
            problem = f"{school.shape} entries where the district has {self.district.blocks} blocks"
            raise InputError(Fault("plan", problem, "Give one school index for each block"))
        if school.size and not (school.min() >= 0 and school.max() < self.district.schools):
            mend = f"Indices run from 0 to {self.district.schools - 1}"
            raise InputError(Fault("plan", "school index out of range", mend))
        object.__setattr__(self, "school", frozen(school.astype(np.int32)))

    def __repr__(self) -> str:
        moved, blocks = int(self.moved.sum()), self.district.blocks
        return f"<Plan of {self.district.name!r}: {moved:,} of {blocks:,} blocks moved>"

    @classmethod
    def status_quo(cls, district: District) -> Plan:
        """Today's zones as a plan under the district's rules: where a search begins, and what it is to be judged by."""
        return cls(district, district.status_quo)

    @classmethod
    def today(cls, district: District) -> Plan:
        """Today's zones as they really are, whatever rules close, open, pair or seat: what every measure, table and
        sentence holds a plan against (`District.today`)."""
        return cls(district.today, district.status_quo)

    @classmethod
    def of_ids(cls, district: District, schools: Mapping[str, str]) -> Plan:
        """From block id -> school id, every block once. Raises KeyError on ids that the district has not."""
        index = {school: j for j, school in enumerate(district.school_ids)}
        return cls(district, np.array([index[schools[block]] for block in district.block_ids], np.int32))

    def over(self, district: District) -> Plan:
        """The same plan of a district that has these blocks and schools, and may have more schools: one that rules have
        amended."""
        if district is self.district:
            return self
        place = {school: j for j, school in enumerate(district.school_ids)}
        return Plan(district, np.array([place[school] for school in self.district.school_ids])[self.school])

    def sums(self, values: Floats) -> Floats:
        """(schools,) or (schools, k): `values` (blocks,) or (blocks, k) added up by zone."""
        if values.ndim == 1:
            return np.bincount(self.school, values, self.district.schools).astype(np.float64)
        return np.column_stack([self.sums(values[:, k]) for k in range(values.shape[1])])

    @cached_property
    def tally(self) -> Floats:
        """(schools, 2 + groups) what measures add up by zone (`District.tallied_of`)."""
        return frozen(self.sums(self.district.tallied_of(self.district.counts)))

    @cached_property
    def load(self) -> Floats:
        """(schools,) students of each zone."""
        return self.tally[..., 0]

    def redrawn(self, counts: Floats, tally: Floats) -> Plan:
        """The same plan with other counts (`District.redrawn`). tally: of these, which somebody has added up already:
        (schools, 2 + groups), or (draws, schools, 2 + groups)."""
        other = Plan(self.district.redrawn(counts), self.school)
        vars(other).update(tally=frozen(tally), travel=self.travel, moved=self.moved)
        return other

    @cached_property
    def moved(self) -> Bools:
        """(blocks,) whether the block changes school."""
        return self.school != self.district.status_quo

    @property
    def counted_moved(self) -> Bools:
        """(blocks,) whether limits on moves count the block: it changes school, its own is not closed, and it does not
        stay in the zone that its school shares with others."""
        home = self.district.home
        return self.moved & (home >= 0) & (self.school != home)

    @property
    def moved_share(self) -> float:
        """Share of students whose block changes school, 0 to 1; 0 in a district without students."""
        return self._share(self.moved)

    @property
    def moved_counted(self) -> float:
        """The share whom limits on moves count, 0 to 1: students of closed schools, who have to go, are left out."""
        return self._share(self.counted_moved)

    @cached_property
    def travel_change(self) -> Floats:
        """(blocks,) how much farther than to today's real school; NaN where either travel is not known."""
        now, new = self.district.travel_today, self.travel
        known = np.isfinite(now) & np.isfinite(new)
        return frozen(np.subtract(new, now, out=np.full(len(now), np.nan), where=known))

    def _share(self, blocks: Bools) -> float:
        total = float(self.district.students.sum())
        return float(self.district.students[blocks].sum()) / total if total > 0 else 0.0

    @cached_property
    def travel(self) -> Floats:
        """(blocks,) travel to the plan's school, inf where out of reach."""
        return frozen(self.district.travel.to(self.school))

    @cached_property
    def away(self) -> tuple[Bools, Ints]:
        """Which parts lie in a piece without their zone's root, and every part's piece label; see District.away."""
        return self.district.away(self.school)


@dataclass(frozen=True)
class NamedPlan:
    """A plan by its ids, of no district yet: what another is held against. zones: (block, school), by block."""

    zones: tuple[tuple[str, str], ...]

    def __repr__(self) -> str:
        return f"<NamedPlan of {len(self.zones):,} blocks>"

    @classmethod
    def of(cls, plan: Plan | Mapping[str, str] | NamedPlan) -> NamedPlan:
        """From a plan, or from block id -> school id. Raises InputError on anything else."""
        if isinstance(plan, NamedPlan):
            return plan
        if isinstance(plan, Plan):
            schools = plan.district.school_ids
            return cls(tuple(sorted(zip(plan.district.block_ids, (schools[j] for j in plan.school), strict=True))))
        if not isinstance(plan, Mapping) or not all(isinstance(name, str) for pair in plan.items() for name in pair):
            mend = "Give a plan file, or a table of each block's id and its school's"
            raise InputError(Fault("plan", f"{str(plan)[:40]!r} is no plan", mend))
        return cls(tuple(sorted(plan.items())))

    def faults(self, district: District, where: str) -> list[Fault]:
        """What keeps it from being a plan of the district: blocks that only one of them has, and unknown schools."""
        here, own, schools = set(district.block_ids), dict(self.zones), set(district.school_ids)
        lost, new = [block for block in own if block not in here], [block for block in here if block not in own]
        mend = "Give a plan of this district, with each of its blocks"
        if lost or new:
            problem = f"is of another district: {len(lost):,} of its {len(own):,} blocks are not here, and it lacks"
            problem += f" {len(new):,} of the {len(here):,} that are"
            return [Fault(where, problem, mend, column="plan", ids=tuple(sorted(lost or new)))]
        unknown = sorted({school for school in own.values() if school not in schools})
        problem = "sends blocks to schools that are not here"
        return [Fault(where, problem, mend, column="plan", ids=tuple(unknown))] if unknown else []

    def on(self, district: District) -> Ints:
        """(blocks,) the index of each block's school. Raises KeyError where it does not fit."""
        own, place = dict(self.zones), {school: j for j, school in enumerate(district.school_ids)}
        return np.array([place[own[block]] for block in district.block_ids], np.int32)
