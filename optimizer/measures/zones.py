"""What each zone holds, by kind of student."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Bools, Floats
from optimizer.plan import Plan


@dataclass(frozen=True, eq=False)
class ZoneCounts:
    """groups: (schools, groups) students by racial group. whole: (schools,) N_j, the groups' sum, or all students where
    there are no groups. poverty: (schools,) students in poverty, or None where that is not known. Of a redrawn plan all
    of it, and what is made of it, has a first axis, of draws."""

    groups: Floats
    whole: Floats
    poverty: Floats | None

    @property
    def rate(self) -> Floats | None:
        """(schools,) poverty rate P_j / N_j, 0 to 1, NaN where a school has no students; None without poverty."""
        return None if self.poverty is None else divided(self.poverty, self.whole)

    @property
    def district_rate(self) -> Floats | None:
        """p, the district's poverty rate, 0 to 1, NaN without students; None without poverty."""
        return None if self.poverty is None else divided(self.poverty.sum(axis=-1), self.whole.sum(axis=-1))

    @property
    def group_totals(self) -> Floats:
        """(groups,) N_r."""
        return self.groups.sum(axis=-2)


def zone_counts(plan: Plan) -> ZoneCounts:
    """Students by zone under a plan."""
    district, tally = plan.district, plan.tally
    last = 2 + len(district.groups)
    return ZoneCounts(tally[..., 2:last], tally[..., 1], tally[..., last] if district.has_poverty else None)


def divided(part: Floats, whole: Floats) -> Floats:
    """part / whole, NaN where whole is 0."""
    return np.divide(part, whole, out=np.full(np.broadcast(part, whole).shape, np.nan), where=whole > 0)


def number(value: float | Floats) -> float | None:
    """A figure for people and JSON: None where it is not defined."""
    return float(value) if np.isfinite(value) else None


def share(mask: Bools, weight: Floats) -> Floats:
    """() the share of `weight`, (blocks,), that lies where `mask` is true, NaN where there is no weight."""
    return divided(weight[..., mask].sum(axis=-1), weight.sum(axis=-1))
