"""What the rules share that change the district itself: which schools there are, their seats, who neighbours whom."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from optimizer.arrays import Bools, Floats, Ints, frozen
from optimizer.district import District
from optimizer.errors import InputError
from optimizer.model import Model
from optimizer.plan import Plan
from optimizer.rules.base import Breach
from optimizer.rules.shared.at_odds import at_odds
from optimizer.rules.shared.detour import Detour
from optimizer.rules.shared.names import index_of, unknown_schools
from optimizer.travel import StraightLine, TravelData, TravelTable

if TYPE_CHECKING:
    from optimizer.rules.base import Rule

# The order in which they are applied, whatever the order in which they are given: a new school's root may be the block
# that a closed school had for a root, and a pair adds up seats that are settled.
TURNS = ("barrier", "close", "open", "seats", "pair")


class Amending:
    """A rule that does its work in `amend`: nothing is left to narrow, and by itself it names no breach."""

    def narrow(self, model: Model) -> Model:
        return model

    def excess(self, plan: Plan) -> list[Breach]:
        return []

    def attributes(self, district: District) -> tuple[str, ...]:
        return ()


def under(district: District, rules: Sequence[Rule]) -> District:
    """The district as the rules have it: schools closed, opened or paired, seats changed, neighbours parted. The same
    district where no rule does any of that, or where they have been applied already. The order of rules means nothing.

    Raises InputError where a rule names what is not there, or where they contradict each other about a school.
    """
    amending = [rule for rule in rules if hasattr(rule, "amend")]
    if not amending:
        return district
    faults = at_odds(amending)
    if faults:
        raise InputError(faults)
    amended = _as_read(district.original)
    for rule in sorted(amending, key=_turn):
        amended = rule.amend(amended)
    return district if _alike(district, amended) else amended


def amend(district: District, **changes: Any) -> District:
    """The district with some parts changed, which still knows what it was before any rule."""
    return replace(district, **{"amended_from": district.original, **changes})


def _turn(rule: Any) -> tuple[int, str]:
    """Rules of a user's own come last, in the order given."""
    return (TURNS.index(rule.kind) if rule.kind in TURNS else len(TURNS), str(getattr(rule, "school", "")))


def _as_read(district: District) -> District:
    """The district without what a barrier has added to its travel."""
    travel = district.travel
    while isinstance(travel, Detour):
        travel = travel.base
    return district if travel is district.travel else replace(district, travel=travel)


def _alike(one: District, two: District) -> bool:
    """Whether rules have left two districts in the same state."""
    names = (one.school_ids, one.school_names) == (two.school_ids, two.school_names)
    if one.amended_from is None or not names or not _same_travel(one.travel, two.travel):
        return False
    pairs = [(one.successor, two.successor), (one.root, two.root), (one.part_adjacency.index, two.part_adjacency.index)]
    seats = [(getattr(one, name), getattr(two, name)) for name in ("capacity", "min_students", "other_students")]
    return all(np.array_equal(a, b) for a, b in pairs) and all(np.array_equal(a, b, equal_nan=True) for a, b in seats)


def _same_travel(one: TravelData, two: TravelData) -> bool:
    if isinstance(one, Detour) and isinstance(two, Detour):
        return one.extra == two.extra and one.line.equals(two.line) and _same_travel(one.base, two.base)
    if isinstance(one, StraightLine) and isinstance(two, StraightLine):
        return np.array_equal(one.school_xy, two.school_xy)
    return one is two


def places_of(district: District, ids: Sequence[str], kind: str, key: str = "schools") -> list[int]:
    """The place of each school in the district. Raises InputError naming all that are unknown."""
    faults = unknown_schools(kind, key, ids, district)
    if faults:
        raise InputError(faults)
    return [int(j) for j in index_of(ids, district.school_ids)]


def closed(district: District) -> Bools:
    """(schools,) whether a rule has closed the school: it has a zone today, and nobody's blocks stay with it."""
    return (district.successor < 0) & district.has_zone


def opened(district: District) -> Bools:
    """(schools,) whether a rule has opened the school: it takes blocks, and no block is there where nobody moves."""
    return district.open & ~np.isin(np.arange(district.schools), district.home)


def partners(district: District) -> list[tuple[int, int]]:
    """(first, other) of the schools that share a zone by a rule that pairs them."""
    others = np.flatnonzero((district.successor >= 0) & ~district.open)
    return [(int(district.successor[j]), int(j)) for j in others]


def with_school(district: District, school_id: str, name: str, xy: Floats) -> District:
    """The district with one school more, in its place among the ids: it has no zone and takes no block yet. xy: (2,)
    metres in the district's CRS."""
    at = bisect_left(district.school_ids, school_id)
    geography = district.geography
    if geography is not None:
        geography = replace(geography, school_xy=np.insert(geography.school_xy, at, xy, axis=0))
    return amend(
        district,
        school_ids=(*district.school_ids[:at], school_id, *district.school_ids[at:]),
        school_names=(*district.school_names[:at], name, *district.school_names[at:]),
        status_quo=_shifted(district.status_quo, at),
        succession=np.insert(_shifted(district.successor, at), at, -1),
        root=np.insert(district.root, at, -1),
        capacity=np.insert(district.capacity, at, np.nan),
        min_students=np.insert(district.min_students, at, np.nan),
        other_students=np.insert(district.other_students, at, 0.0),
        travel=_with_place(district.travel, at, xy),
        geography=geography,
    )


def _shifted(school: Ints, at: int) -> Ints:
    return school + (school >= at).astype(np.int32)


def _with_place(travel: TravelData, at: int, xy: Floats) -> TravelData:
    if isinstance(travel, Detour):
        place = np.insert(travel.school_xy, at, xy, axis=0)
        return replace(travel, base=_with_place(travel.base, at, xy), school_xy=place)
    if isinstance(travel, StraightLine):
        return replace(travel, school_xy=np.insert(travel.school_xy, at, xy, axis=0))
    raise TypeError(f"{type(travel).__name__} cannot take a school more")


def moved_to(travel: TravelData, j: int, xy: Floats) -> TravelData:
    """Travel with school j at another place; a table stays as it is given."""
    if isinstance(travel, TravelTable):
        return travel
    assert isinstance(travel, Detour | StraightLine)
    place = travel.school_xy.copy()
    place[j] = xy
    if isinstance(travel, Detour):
        return replace(travel, base=moved_to(travel.base, j, xy), school_xy=place)
    return replace(travel, school_xy=place)


def table_of(travel: TravelData) -> TravelTable | None:
    """The district's own travel table, if it has one."""
    if isinstance(travel, Detour):
        return table_of(travel.base)
    return travel if isinstance(travel, TravelTable) else None


def middles(district: District) -> Floats | None:
    """(blocks, 2) the blocks' representative points; None where neither shapes nor straight lines tell them."""
    travel = district.travel.base if isinstance(district.travel, Detour) else district.travel
    if isinstance(travel, StraightLine):
        return travel.block_xy
    if district.geography is None:
        return None
    import shapely  # noqa: PLC0415 - slow to import

    return np.asarray(shapely.get_coordinates(shapely.point_on_surface(district.geography.polygon)))


def school_places(district: District) -> Floats | None:
    """(schools, 2) where the schools stand; None where neither shapes nor straight lines tell it."""
    travel = district.travel.base if isinstance(district.travel, Detour) else district.travel
    if district.geography is not None:
        return district.geography.school_xy
    return travel.school_xy if isinstance(travel, StraightLine) else None


def changed(values: NDArray[Any], places: Sequence[int] | Ints, value: float) -> NDArray[Any]:
    """A copy with `value` at `places`."""
    values = values.copy()
    values[places] = value
    return frozen(values)
