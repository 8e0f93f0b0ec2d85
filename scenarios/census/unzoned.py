"""Schools without a zone, such as charters: no block is zoned to them, and their children are in no zone's count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optimizer.errors import listed
from scenarios.census.enrolments import GRADES, Enrolments


@dataclass(frozen=True)
class Unzoned:
    """ids, names, kinds: of schools without a zone. children: how many they enrol, of all (`total`) and by group;
    what is not known adds none, and `unknown` has the schools. closed: zones whose school is in no list, such as
    of one that closed since."""

    ids: tuple[str, ...]
    names: tuple[str, ...]
    kinds: tuple[str, ...]
    children: dict[str, float]
    unknown: tuple[str, ...]
    closed: tuple[str, ...]

    def lines(self) -> list[str]:
        """In words."""
        said = []
        if self.ids:
            by_group = ", ".join(f"{name} {count:,.0f}" for name, count in self.children.items() if name != "total")
            whom = [f"{name} ({kind or 'no kind said'})" for name, kind in zip(self.names, self.kinds, strict=True)]
            left = f"{self.children['total']:,.0f} children" + (f" ({by_group})" if by_group else "")
            said.append(f"{len(self.ids)} schools have no zone and take no block, {left}: {listed(whom)}")
        if self.unknown:
            said.append(f"of them the enrolment is not known: {listed(self.unknown)}")
        if self.closed:
            said.append(f"zones whose school is not in the list, closed perhaps: {listed(self.closed)}")
        return said


def unzoned(schools: Enrolments, zone_ids: Sequence[str], *, grade: str | None = None) -> Unzoned:
    """Which schools have no zone, and how many children that leaves out. grade: of schools that offer it alone, since a
    high school has none among the zones of primary schools; schools whose grades are not known are taken for such."""
    zoned, known = set(zone_ids), set(schools.ids)
    out = [k for k, name in enumerate(schools.ids) if name not in zoned and _offers(schools, k, grade)]
    counts = {"total": schools.total, **schools.groups}
    return Unzoned(
        tuple(schools.ids[k] for k in out),
        tuple(schools.names[k] for k in out),
        tuple(schools.kinds[k] if schools.kinds else "" for k in out),
        {name: float(np.nansum(value[out])) for name, value in counts.items()},
        tuple(schools.ids[k] for k in out if np.isnan(schools.total[k])),
        tuple(name for name in zone_ids if name not in known),
    )


def _offers(schools: Enrolments, k: int, grade: str | None) -> bool:
    if grade is None or len(schools.low) == 0 or "" in (schools.low[k], schools.high[k]):
        return True
    return GRADES.index(schools.low[k]) <= GRADES.index(grade) <= GRADES.index(schools.high[k])
