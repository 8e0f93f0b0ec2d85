"""What rules share that hold a number at each school between a floor and a cap."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from optimizer.arrays import Floats
from optimizer.district import District
from optimizer.errors import Fault, InputError
from optimizer.model import SHARE_SLACK
from optimizer.rules.base import Breach


@dataclass(frozen=True, kw_only=True)
class Between:
    """low <= a share at each school <= high, at least one of the two. Where today's zones break a limit, what they have
    is the limit there, unless `strict`, which `--strict` sets."""

    low: float | None = None
    high: float | None = None
    strict: bool = field(default=False, metadata={"key": False})  # no key of the rule: said once for all

    def __post_init__(self) -> None:
        if self.low is None and self.high is None:
            raise InputError(Fault("low, high", "none is given", "Give low, high, or both"))
        if self.low is not None and self.high is not None and self.low > self.high:
            raise InputError(Fault("low", f"{self.low:g} is above high, {self.high:g}", "Give low <= high"))

    @property
    def sides(self) -> list[tuple[float, float]]:
        """The limits that are given, each with its side: 1.0 for the cap, -1.0 for the floor."""
        return [(limit, side) for limit, side in ((self.high, 1.0), (self.low, -1.0)) if limit is not None]

    def held(self, limit: float, side: float, now: Floats) -> Floats:
        """(schools,) the limit that no plan may go beyond, where `now` (schools,) is the share today, NaN for none."""
        broken = side * (np.nan_to_num(now, nan=limit) - limit) > SHARE_SLACK
        return np.where(broken & (not self.strict), now, limit)

    def beyond(self, name: str, district: District, new: Floats, now: Floats) -> list[Breach]:
        """One row for each school and limit: amount is the share beyond it. new, now: (schools,), NaN for none."""
        rows = []
        for j in np.flatnonzero(np.isfinite(new)):
            for limit, side in self.sides:
                over, before = float(side * (new[j] - limit)), float(side * (now[j] - limit))
                if not over > SHARE_SLACK:
                    continue
                before = before if before > SHARE_SLACK else 0.0  # 0 too where the school has no share today
                inherited = not self.strict and before > 0 and over <= before + SHARE_SLACK
                rows.append(Breach(name, over, limit, district.school_ids[j], None, before, inherited, unit="share"))
        return rows
