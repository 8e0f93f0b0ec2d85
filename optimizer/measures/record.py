"""What is measured, as records: one declaration a measure. `measure`, tables, pages and what may be published
read these; nothing else knows what a measure is counted in, or which end of it is better."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Annotated, Literal

from annotated_types import Ge, Le

from optimizer.arrays import Floats
from optimizer.plan import Plan

# points: a fraction told in percentage points; share: a fraction told as a percentage; index: from 0 to 1; square: of
# what is told in points; travel: metres or minutes, as the district has it; count: whole things.
Unit = Literal["points", "share", "index", "square", "travel", "count"]
Values = Mapping[str, float | Floats | None]
# What rows of figures hold, None where it is not known, and what it can be where rows are read from a file.
Count = Annotated[float, Ge(-1e-6), Le(1e15)] | None
Share = Annotated[float, Ge(-1e-6), Le(1 + 1e-6)] | None


class Place(IntEnum):
    """How far to the front a figure stands. A table shows all that stand up to its own place."""

    JUDGED = 1  # what plans are judged by: dominance, weightings, yardsticks
    LISTED = 2  # lists with a line a plan
    COMPARED = 3  # tables that set plans side by side
    CARD = 4  # a plan's card, and drawings
    FULL = 5  # the whole of a scorecard, and the terminal's table
    REST = 6  # JSON, sheets and results alone


@dataclass(frozen=True)
class Measure:
    """One measure, or one family of them.

    name: as FORMAT.md has it, without what follows a point. value: from a plan to values by key: "" is the name itself,
    "black" name.black, "black.white" name.black.white; None where it is not defined, never NaN. many: it takes plans
    that are redrawn many times at once (`Plan.redrawn`), and gives (draws,) values of them; then NaN is not defined,
    also of one plan, and values are numpy's. better: which end is
    the better one, None where neither is. text: its name for people, where the catalogues have none. places: by key, of
    what stands further to the front than REST. children: whether counts of students enter, so that it may give a small
    one away.
    """

    name: str
    value: Callable[[Plan], Values]
    unit: Unit
    better: Literal["less", "more"] | None = "less"
    text: str = ""
    places: Mapping[str, Place] = field(default_factory=lambda: {"": Place.CARD})
    children: bool = True
    many: bool = False


def one(value: Callable[[Plan], float | Floats | None]) -> Callable[[Plan], Values]:
    """Of a measure that is one number."""
    return lambda plan: {"": value(plan)}


def with_groups(whole: Callable[[Plan], Floats], value: Callable[[Plan, Floats], Floats]) -> Callable[[Plan], Values]:
    """Of a measure of all students, and of those of each group, (blocks,)."""

    def values(plan: Plan) -> Values:
        groups = by_group(plan, plan.district.group_counts)
        return {"": whole(plan)} | {group: value(plan, students) for group, students in groups.items()}

    return values


def by_group(plan: Plan, values: Floats) -> dict[str, Floats]:
    """By the name of a group its part of values (..., groups)."""
    return {group: values[..., k] for k, group in enumerate(plan.district.groups)}


def by_name(records: Iterable[Measure]) -> dict[str, Measure]:
    return {record.name: record for record in records}
