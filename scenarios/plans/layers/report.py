"""What of a plan could not be matched, for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from scenarios.paper.wording import counted
from scenarios.plans.layers.layer import GivenPlan

SHOWN = 5  # ids that a sentence names
# Where a block goes that several zones meet.
TAKEN = {
    "area": "given to the zone with the largest part, of equal ones to the first school by id",
    "points": "given to a zone that holds its point, of several to the first school by id",
}
OVER = "zones lie over each other"
COLUMNS = ("plan", "what", "id", "students", "part", "note")


def unmatched_frame(given: Mapping[str, GivenPlan]) -> pd.DataFrame:
    """By plan, a row a school that is not known, a block that lies in no zone, by half or less in its zone, in several
    zones or partly in none, and a pair of zones that lie over each other. part: of the block's area that the row is
    about, 0 to 1."""
    rows: list[dict[str, Any]] = []
    for name, one in given.items():
        for text, near in one.unknown.items():
            note = f"nearest: {', '.join(near)}" if near else "no school has a name like it"
            rows.append({"plan": name, "what": "unknown school", "id": text, "note": note})
        rows += [{"plan": name, **row} for row in _blocks(one)]
        rows += [
            {
                "plan": name,
                "what": "zones lie over each other",
                "id": f"{a} and {b}",
                "note": f"{area:.0f} square metres",
            }
            for a, b, area in one.common
        ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _blocks(one: GivenPlan) -> list[dict[str, Any]]:
    district, nothing = one.plan.district, np.zeros(one.plan.district.blocks)
    several = nothing if one.several is None else one.several
    outside = nothing if one.outside is None else one.outside
    return [
        {
            "what": what,
            "id": district.block_ids[i],
            "students": float(district.students[i]),
            "part": float(part[i]),
            "note": note,
        }
        for what, mask, part, note in (
            ("no zone", one.no_zone, one.part, "keeps its school of today"),
            ("half or less in its zone", one.split, one.part, "given to the zone with the largest part"),
            ("in more than one zone", one.in_several, several, TAKEN[one.by]),
            ("partly in no zone", one.partly_outside, outside, TAKEN[one.by]),
        )
        for i in np.flatnonzero(mask)
    ]


def unmatched_in_words(given: GivenPlan) -> list[str]:
    """A sentence for each kind of thing that could not be matched; [] where all could."""
    district, found = given.plan.district, []
    for mask, one, many in (
        (
            given.no_zone,
            "lies in no zone of a known school and keeps its school of today",
            "lie in no zone of a known school and keep their school of today",
        ),
        (given.split, "lies in its zone by half or less", "lie in their zone by half or less"),
        (given.in_several, "lies in more than one zone", "lie in more than one zone"),
        (given.partly_outside, "lies partly in no zone", "lie partly in no zone"),
    ):
        if mask.any():
            ids = [district.block_ids[i] for i in np.flatnonzero(mask)]
            students = float(district.students[mask].sum())
            blocks = f"{counted(len(ids), 'block')} with {counted(round(students), 'student')}"
            found.append(f"{blocks} {one if len(ids) == 1 else many}: {_some(ids)}.")
    if given.common:
        pairs = _some([f"{a} and {b}" for a, b, _ in given.common])
        found.append(f"{counted(len(given.common), 'pair')} of zones lie over each other: {pairs}.")
    if given.differing:
        others = " and ".join(given.differing)
        found.append(f"Schools are those of the column {given.column}; {others} would give other schools.")
    if given.unknown:
        found.append(f"Schools of the layer that the district does not have: {_some(list(given.unknown))}.")
    return found


def _some(ids: list[str]) -> str:
    return ", ".join(ids[:SHOWN]) + ("" if len(ids) <= SHOWN else f" and {len(ids) - SHOWN:,} more")
