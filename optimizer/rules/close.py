"""Schools close: their blocks go to others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from optimizer.district import District
from optimizer.errors import Fault, InputError
from optimizer.plan import Plan
from optimizer.rules.base import Breach, at_blocks
from optimizer.rules.shared.amend import Amending, amend, changed, places_of


@dataclass(frozen=True)
class Close(Amending):
    """The schools take no block and have no root. Their blocks go to schools whose travel is within the limit from the
    nearest school that is left, and do not count as moved where moves are limited.

    schools: ids, one or more.
    """

    kind: ClassVar[str] = "close"
    children: ClassVar[bool] = False
    schools: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.schools:
            raise InputError(Fault("schools", "names no school", "Give the ids of the schools to close"))

    def amend(self, district: District) -> District:
        """Raises InputError where a school is unknown or none is left."""
        gone = places_of(district, self.schools, self.kind)
        succession, root = changed(district.successor, gone, -1), changed(district.root, gone, -1)
        if not (succession >= 0).any():
            raise InputError(
                Fault(f"rule {self.kind}", "no school is left", "Leave at least one open", column="schools")
            )
        return amend(district, succession=succession, root=root)

    def excess(self, plan: Plan) -> list[Breach]:
        """One row for each block at a closed school; amount 1."""
        wrong = np.isin(plan.school, places_of(plan.district, self.schools, self.kind))
        return at_blocks(self.kind, plan, wrong)
