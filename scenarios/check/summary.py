"""What a district folder holds, as one record: what `check` prints, in words or as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from optimizer.arrays import Bools
from optimizer.district import District
from optimizer.errors import Fault, InputError
from optimizer.measures import Measures, measure, stark_borders
from optimizer.measures.zones import number
from optimizer.model import STUDENT_SLACK
from optimizer.plan import Plan
from scenarios.check.odd import (
    Impossible,
    OddShapes,
    Unused,
    columns_not_used,
    impossible_sizes,
    named_schools,
    odd_shapes,
)
from scenarios.folder.draws import has_draws, read_draws
from scenarios.folder.futures import has_futures, read_futures
from scenarios.folder.links import NEIGHBOURS
from scenarios.folder.plausible import odd_sizes, travel_doubts
from scenarios.importing.islands import islands, schools_outside
from scenarios.plans.file import read_plan
from scenarios.reading.files import there
from scenarios.writing.records import inlined

IMPORTED = "IMPORTED.md"  # what every import leaves
FEW = 10  # students: limits of size below it are no school's


@dataclass(frozen=True)
class Border:
    """Two neighbouring zones by the ids of their schools, and how far they lie apart, 0 to 1."""

    schools: tuple[str, str]
    poverty: float | None
    race: float | None


@dataclass(frozen=True)
class TravelKnown:
    unit: str
    from_file: bool


@dataclass(frozen=True)
class DrawsKnown:
    """How many draws there are, and of which count columns."""

    number: int
    columns: tuple[str, ...]


@dataclass(frozen=True)
class FuturesKnown:
    """How many futures there are, of which years, and of which count columns."""

    number: int
    years: tuple[int, ...]
    columns: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Summary:
    """Everything that `check` says. over_seats, under_minimum: by school, how many students. stark_borders: the most
    unlike first. unlikely_seats: schools with a limit that is no school's. plans: the folder's own, by file name.
    draws, futures: None where the folder has none. islands: blocks that no neighbours join to most others. imported:
    an import made the folder, and would make it anew."""

    district: str
    blocks: int
    blocks_without_students: int
    schools: int
    students: float
    students_by_group: dict[str, float]
    students_in_poverty: float | None
    poverty_rate: float | None
    seats: float | None
    schools_without_given_seats: int
    other_students: float
    over_seats: dict[str, float]
    impossible: Impossible = inlined()
    under_minimum: dict[str, float]
    detached_pieces: float | None
    detached_blocks: list[str]
    islands: list[str]
    schools_outside_their_zones: list[str]
    schools_without_a_zone: list[str]
    blocks_out_of_reach: list[str]
    stark_borders: list[Border]
    travel: TravelKnown
    columns_not_used: list[Unused]
    travel_doubts: list[str]
    odd_sizes: dict[str, float]
    unlikely_seats: list[str]
    shapes: OddShapes = inlined()
    measures_status_quo: Measures
    plans: tuple[str, ...]
    draws: DrawsKnown | None = None
    futures: FuturesKnown | None = None
    imported: bool = False


def read_plans(folder: Path, district: District) -> dict[str, Plan]:
    """The folder's own alternatives, by file name. Raises InputError on the first file that is no plan."""
    if there(folder / "plans") and not (folder / "plans").is_dir():
        raise InputError(Fault("plans", "is not a folder that can be read", "Make it a folder of plan files"))
    plans = [path for path in sorted((folder / "plans").glob("*")) if path.suffix.lower() == ".csv"]
    return {path.name: read_plan(path, district) for path in plans}


def known_draws(folder: Path, district: District) -> DrawsKnown | None:
    """The folder's draws, all of them checked; None where it has none. Raises InputError with what is wrong."""
    if not has_draws(folder):
        return None
    draws = read_draws(folder, district)
    return DrawsKnown(draws.held, tuple(draws.counts))


def known_futures(folder: Path, district: District) -> FuturesKnown | None:
    """The folder's futures, likewise."""
    if not has_futures(folder):
        return None
    futures = read_futures(folder, district)
    return FuturesKnown(len(futures.names), tuple(futures.years), tuple(futures.counts))


def summarise(
    district: District,
    folder: Path | None = None,
    plans: Iterable[str] = (),
    draws: DrawsKnown | None = None,
    futures: FuturesKnown | None = None,
) -> Summary:
    """folder: where the district stands; without it nothing is said about columns that are not used."""
    today = Plan.status_quo(district)
    measures = measure(today)
    zoned = district.has_zone
    seats = district.capacity - district.other_students
    groups = {group: float(district.group_counts[:, k].sum()) for k, group in enumerate(district.groups)}
    exposed = float(district.exposed.sum())
    poverty = float(district.poverty.sum()) if district.has_poverty else None
    return Summary(
        district=district.name,
        blocks=district.blocks,
        blocks_without_students=int((district.students == 0).sum()),
        schools=district.schools,
        students=float(district.students.sum()),
        students_by_group=groups,
        students_in_poverty=poverty,
        poverty_rate=poverty / exposed if poverty is not None and exposed > 0 else None,
        seats=number(float(np.nansum(district.capacity))) if np.isfinite(district.capacity).any() else None,
        schools_without_given_seats=int(np.isnan(district.capacity).sum()),
        other_students=float(district.other_students.sum()),
        over_seats=_amounts(district, today.load - seats),
        impossible=impossible_sizes(district, folder),
        under_minimum=_amounts(district, np.where(zoned, district.min_students - today.load, -np.inf)),
        detached_pieces=measures["detached_pieces"],
        detached_blocks=[district.block_ids[i] for i in np.unique(district.part_block[district.part_detached])],
        islands=[district.block_ids[i] for i in np.flatnonzero(islands(district))],
        schools_outside_their_zones=named_schools(district, schools_outside(district)),
        schools_without_a_zone=named_schools(district, ~zoned),
        blocks_out_of_reach=[district.block_ids[i] for i in np.flatnonzero(~np.isfinite(district.travel_today))],
        stark_borders=_borders(today),
        travel=TravelKnown(district.travel.unit, hasattr(district.travel, "pairs")),
        columns_not_used=[] if folder is None else columns_not_used(folder, district),
        travel_doubts=travel_doubts(district),
        odd_sizes=odd_sizes(district),
        unlikely_seats=named_schools(district, _unlikely(district)),
        shapes=odd_shapes(district, neighbours_given=folder is not None and there(folder / NEIGHBOURS)),
        measures_status_quo=measures,
        plans=tuple(plans),
        draws=draws,
        futures=futures,
        imported=folder is not None and there(folder / IMPORTED),
    )


def _amounts(district: District, over: Any) -> dict[str, float]:
    """By school, how many students beyond a limit; NaN (no limit) is not beyond."""
    return {district.school_ids[j]: float(over[j]) for j in np.flatnonzero(np.nan_to_num(over, nan=-1) > STUDENT_SLACK)}


def _borders(today: Plan) -> list[Border]:
    ids = today.district.school_ids
    return [Border((ids[row.a], ids[row.b]), row.poverty, row.race) for row in stark_borders(today)]


def _unlikely(district: District) -> Bools:
    """(schools,) whether a limit is so small that a point was likely put between its thousands: 1.200 for 1200."""
    seats, least = district.capacity, district.min_students
    broken = [(limit > 0) & (limit < FEW) & (limit != np.rint(limit)) for limit in (seats, least)]
    return broken[0] | broken[1] | ((seats > 0) & (seats < FEW) & (FEW * seats <= district.load_now))
