"""What of a plan could not be matched, for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from scenarios.plan_layers.layer import GivenPlan

SHOWN = 5  # ids that a sentence names
COLUMNS = ("plan", "what", "id", "students", "part", "note")


def unmatched_frame(given: Mapping[str, GivenPlan]) -> pd.DataFrame:
    """By plan, a row a school that is not known, a block without a zone, and a block of which no more than half lies in
    its zone. part: of the block's area, 0 to 1."""
    rows: list[dict[str, Any]] = []
    for name, one in given.items():
        district = one.plan.district
        for text, near in one.unknown.items():
            note = f"nearest: {', '.join(near)}" if near else "no school has a name like it"
            rows.append({"plan": name, "what": "unknown school", "id": text, "note": note})
        for what, mask, note in (
            ("no zone", one.no_zone, "keeps its school of today"),
            ("half or less in its zone", one.split, "given to the zone with the largest part"),
        ):
            rows += [
                {
                    "plan": name,
                    "what": what,
                    "id": district.block_ids[i],
                    "students": float(district.students[i]),
                    "part": float(one.part[i]),
                    "note": note,
                }
                for i in np.flatnonzero(mask)
            ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def unmatched_in_words(given: GivenPlan) -> list[str]:
    """A sentence for each kind of thing that could not be matched; [] where all could."""
    district, found = given.plan.district, []
    for mask, words in (
        (given.no_zone, "lie in no zone of a known school and keep their school of today"),
        (given.split, "lie in their zone by half or less"),
    ):
        if mask.any():
            ids = [district.block_ids[i] for i in np.flatnonzero(mask)]
            students = float(district.students[mask].sum())
            found.append(f"{len(ids):,} blocks with {students:,.0f} students {words}: {_some(ids)}.")
    if given.unknown:
        found.append(f"Schools of the layer that the district does not have: {_some(list(given.unknown))}.")
    return found


def _some(ids: list[str]) -> str:
    return ", ".join(ids[:SHOWN]) + ("" if len(ids) <= SHOWN else f" and {len(ids) - SHOWN:,} more")
