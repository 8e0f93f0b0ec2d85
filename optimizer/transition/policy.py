"""Who may stay at today's school, and for how long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from optimizer.arrays import Floats, frozen
from optimizer.errors import Fault, InputError, nearest

PhaseIn = Literal["entrants", "all-at-once"]

# An assumption, not a measurement: of the children who enter a school of K to 5, two in five have an older brother or
# sister in it. Districts know their own rate.
SIBLING_RATE = 0.4


@dataclass(frozen=True, kw_only=True)
class Policy:
    """How a plan is phased in, for students whose block changes school.

    phase_in: `entrants`: whoever is enrolled before the plan's first year stays to the top grade, new entrants go to
    the new school; `all-at-once`: everybody goes there in the first year, but for grandfathered grades. grandfather:
    grades of the first year that stay for their remaining years. siblings: share, 0 to 1, of the students with an older
    sibling who stays in his or her own right that stay, or enter, with that sibling; they then stay to the top grade.
    sibling_rate: share of entrants, 0 to 1, with an older sibling in the school's grades.
    """

    phase_in: PhaseIn = "entrants"
    grandfather: tuple[str, ...] = ()
    siblings: float = 0.0
    sibling_rate: float = SIBLING_RATE

    def __post_init__(self) -> None:
        if self.phase_in not in ("entrants", "all-at-once"):
            hint = nearest(str(self.phase_in), ("entrants", "all-at-once"))
            raise InputError(Fault("phase_in", f"'{self.phase_in}' is no way{hint}", "Give entrants or all-at-once"))
        for name in ("siblings", "sibling_rate"):
            if not 0 <= getattr(self, name) <= 1:
                raise InputError(Fault(name, f"{getattr(self, name)} is not a share", "Give a number from 0 to 1"))

    def staying(self, grades: Sequence[str]) -> Floats:
        """(years, grades) a[t, g]: the share of grade g, of blocks that change school, at today's school in year t.

        Year 0 is today, all 1; the last year is the first that is all 0. The cohort c = t - g is in the lowest grade in
        year c, and stays in its own right (1) if it was enrolled in year 0 (c <= 0) and the policy lets it. Others
        choose once, in year s = max(1, c) and grade s - c: a share siblings * sibling_rate * k / (grades - 1) stays,
        where k counts the higher grades that are there in their own right in year s.
        """
        own = self._own(grades)
        top, rows = len(grades), [[1.0] * len(grades)]
        while any(rows[-1]):
            t = len(rows)
            rows.append([1.0 if t - g in own else self._followers(t - g, own, top) for g in range(top)])
        return frozen(np.array(rows))

    def _own(self, grades: Sequence[str]) -> frozenset[int]:
        """The cohorts that stay in their own right."""
        faults = []
        for name in self.grandfather:
            if name not in grades:
                mend = f"Grades are: {', '.join(grades)}"
                faults.append(Fault("grandfather", f"'{name}' is not a grade here{nearest(name, grades)}", mend))
            elif name == grades[0]:
                problem = f"grade {name} enters school in the first year: it has no school to stay at"
                faults.append(Fault("grandfather", problem, f"Name grades from {', '.join(grades[1:]) or 'none'}"))
        if faults:
            raise InputError(faults)
        if self.phase_in == "entrants":
            return frozenset(range(1 - len(grades), 1))
        return frozenset(1 - list(grades).index(name) for name in self.grandfather)

    def _followers(self, cohort: int, own: frozenset[int], top: int) -> float:
        year = max(1, cohort)
        older = sum(year - g in own for g in range(year - cohort + 1, top))
        return self.siblings * self.sibling_rate * older / (top - 1) if older else 0.0
