"""What each zone holds: the one place where measures add students up by school."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Bools, Floats
from optimizer.plan import Plan


@dataclass(frozen=True, eq=False)
class ZoneCounts:
    """groups: (schools, groups) students by racial group. whole: (schools,) N_j, the groups' sum, or all students where
    there are no groups. poverty: (schools,) students in poverty, or None where that is not known."""

    groups: Floats
    whole: Floats
    poverty: Floats | None

    @property
    def rate(self) -> Floats | None:
        """(schools,) poverty rate P_j / N_j, 0 to 1, NaN where a school has no students; None without poverty."""
        return None if self.poverty is None else divided(self.poverty, self.whole)

    @property
    def district_rate(self) -> float | None:
        """p, the district's poverty rate, 0 to 1; None without poverty or without students."""
        total = float(self.whole.sum())
        return None if self.poverty is None or total == 0 else float(self.poverty.sum()) / total

    @property
    def group_totals(self) -> Floats:
        """(groups,) N_r."""
        return self.groups.sum(axis=0)


def zone_counts(plan: Plan) -> ZoneCounts:
    """Students by zone under a plan."""
    district = plan.district
    groups = plan.sums(district.group_counts) if district.groups else np.zeros((district.schools, 0))
    poverty = plan.sums(district.poverty) if district.has_poverty else None
    return ZoneCounts(groups, plan.sums(district.exposed), poverty)


def divided(part: Floats, whole: Floats) -> Floats:
    """part / whole, NaN where whole is 0."""
    return np.divide(part, whole, out=np.full(np.broadcast(part, whole).shape, np.nan), where=whole > 0)


def number(value: float) -> float | None:
    """A figure for people and JSON: None where it is not defined."""
    return float(value) if np.isfinite(value) else None


def share(mask: Bools, weight: Floats) -> float | None:
    """The share of `weight` that lies where `mask` is true, None where there is no weight."""
    total = float(weight.sum())
    return float(weight[mask].sum()) / total if total > 0 else None
