"""What holds under any set of rules: only schools that can be reached and that have a zone take blocks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from optimizer.district import District
from optimizer.model import Model
from optimizer.plan import Plan
from optimizer.rules.base import Breach, at_blocks
from optimizer.rules.shared.amend import partners


@dataclass(frozen=True)
class Reach:
    """A block changes school only where travel to the new school, and to its own, is known, and the new school has a
    zone today, or is opened by a rule; travel to every school of a pair must be known. `Model.build` starts from these
    pairs, so that nothing is left to narrow."""

    kind: ClassVar[str] = "reach"
    children: ClassVar[bool] = False

    def narrow(self, model: Model) -> Model:
        return model

    def excess(self, plan: Plan) -> list[Breach]:
        """One row for each block sent where it cannot go; amount 1."""
        district = plan.district
        unknown = ~np.isfinite(plan.travel) | ~np.isfinite(district.travel_current)
        for first, other in partners(district):
            joins = plan.school == first
            unknown |= joins & ~np.isfinite(district.travel.to(np.where(joins, other, plan.school)))
        # A closed school, and the second of a pair, are for their own rules to name.
        never = (district.successor < 0) & ~district.has_zone
        wrong = (plan.school != district.home) & np.where(district.open[plan.school], unknown, never[plan.school])
        return at_blocks("reach", plan, wrong)

    def attributes(self, district: District) -> tuple[str, ...]:
        return ()
