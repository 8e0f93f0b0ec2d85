"""From a plan to numbers: pure functions, one file a family, each with the records of what it measures. `measure` gives
all of them by FORMAT.md's names; a new one is a function and its record."""

from __future__ import annotations

import math

from optimizer.arrays import Floats
from optimizer.errors import Fault, InputError
from optimizer.measures import change, exposure, schools, segregation, shape, travel
from optimizer.measures.exposure import disparity, exposure_to_poverty, gaps, racial_exposure, variance, within_band
from optimizer.measures.groups import Burden, GroupRow, burdens, group_rows
from optimizer.measures.moves import Move, moves
from optimizer.measures.record import Count, Measure, Place, Share, Unit, by_name
from optimizer.measures.schools import Band, SchoolRow, school_rows, utilisation
from optimizer.measures.stark import STARK, Stark, stark_borders
from optimizer.measures.zones import number
from optimizer.plan import Plan

Measures = dict[str, float | None]

# By name, in the order in which they are told.
MEASURES: dict[str, Measure] = by_name(
    (
        *exposure.MEASURES,
        *segregation.MEASURES,
        exposure.NEAR,
        *change.MEASURES,
        *travel.MEASURES,
        *schools.MEASURES,
        *shape.MEASURES,
    )
)


def measure(plan: Plan) -> Measures:
    """Every measure of a plan, by name (FORMAT.md, Measures). None where it is not defined, never NaN. Raises
    InputError where one, of somebody's own, is not a finite number."""
    return {key: value for record in MEASURES.values() for key, value in measure_by(record, plan).items()}


def measure_by(record: Measure, plan: Plan) -> Measures:
    """The same of one record alone."""
    values = record.value(plan)
    return {f"{record.name}.{key}" if key else record.name: _told(record, plan, values[key]) for key in values}


def _told(record: Measure, plan: Plan, value: float | Floats | None) -> float | None:
    if value is None or record.many:
        return None if value is None else number(value)
    if not math.isfinite(value):
        problem = f"'{record.name}' of {plan.district.name} is {value}"
        raise InputError(Fault("measures", problem, "Give None where it is not defined", column=record.name))
    return float(value)


def record_of(name: str) -> Measure | None:
    """The record of a measure, or of its family; None where there is none."""
    return MEASURES.get(name.partition(".")[0])


def counts_children(name: str) -> bool:
    """Whether counts of students enter a measure; of what no record names they may."""
    record = record_of(name)
    return record is None or record.children


def up_to(place: Place) -> tuple[str, ...]:
    """The measures that stand up to a place, in the order of their records, which tables have too."""
    return tuple(
        f"{name}.{key}" if key else name
        for name, record in MEASURES.items()
        for key, own in record.places.items()
        if own <= place
    )


__all__ = [
    "MEASURES",
    "STARK",
    "Band",
    "Burden",
    "Count",
    "GroupRow",
    "Measure",
    "Measures",
    "Move",
    "Place",
    "SchoolRow",
    "Share",
    "Stark",
    "Unit",
    "burdens",
    "counts_children",
    "disparity",
    "exposure_to_poverty",
    "gaps",
    "group_rows",
    "measure",
    "measure_by",
    "moves",
    "racial_exposure",
    "record_of",
    "school_rows",
    "stark_borders",
    "up_to",
    "utilisation",
    "variance",
    "within_band",
]
