"""All of it as CSV, one workbook, layers and a checklist."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from optimizer.arrays import Floats
from optimizer.district import District
from optimizer.plan import Plan
from scenarios.exports.layers import Columns, layer_name, write_layers, zone_frame
from scenarios.paper.sheets import safe_csv, write_workbook
from scenarios.publish.agree import plans_of
from scenarios.publish.cells import cells_of, families_of
from scenarios.publish.facts import STEPS
from scenarios.publish.frames import Steps, agreed_frames
from scenarios.publish.suppress import THRESHOLD, suppress
from scenarios.rfp.checklist import COUNTED, Given, Line, checklist, frame, in_words
from scenarios.rfp.tables import Plans, count_tables, grades_of, place_tables
from scenarios.version import rezone_version
from scenarios.writing.files import write_text

TODAY = "status quo"
COUNT: Steps = ()
PROJECTED: Steps = (1.0, 2.0, 5.0, 10.0)
FORMATS = ("gpkg", "geojson", "shapefile")
FIXED = ("plan", "school_id", "name", "year", "seats", "grade")  # columns that no count of children enters


@dataclass(frozen=True, eq=False)
class Asked:
    """growth: (schools, years), and whether it was given. streets: (street or address, its block). public: leave out
    counts under the threshold, and what would give them away."""

    growth: Floats
    growth_given: bool = False
    neighbourhood: str | None = None
    streets: Sequence[tuple[str, int]] = ()
    public: bool = False
    threshold: float = THRESHOLD


def write_rfp(out: Path, plans: Mapping[str, Plan], asked: Asked) -> list[Line]:
    """The tables as CSV and rfp.xlsx, layers, and checklist.txt, in the folder `out`, which is there. plans: by name,
    without today's zones. Returns the checklist."""
    district = next(iter(plans.values())).district
    whole: Plans = {TODAY: Plan.today(district), **plans}
    tables = _public(whole, asked) if asked.public else count_tables(whole, asked.growth)
    zones = tables["race and poverty"]
    tables |= dict(place_tables(whole, asked.neighbourhood, asked.streets))
    given = Given(
        options=len(plans),
        years=asked.growth.shape[1],
        growth=asked.growth_given,
        public=asked.public,
        shapes=district.geography is not None,
        threshold=asked.threshold,
        lacks=tuple(
            name for name, known in zip(COUNTED, (district.groups, district.has_poverty), strict=True) if not known
        ),
        seats=bool(np.isfinite(district.capacity).any()),
    )
    lines = checklist(tables, given)
    about = _about(district, lines)
    for name, table in tables.items():
        write_text(out / f"{name.replace(' ', '_')}.csv", safe_csv(table))
    write_workbook(out / "rfp.xlsx", {"checklist": frame(lines), **tables}, about=about)
    if given.shapes:
        layers = {layer_name(name): zone_frame(plan, _rows(zones, name, district), {}) for name, plan in whole.items()}
        write_layers(out, "plans", layers, {"options": tables["options"]}, about, FORMATS)
    write_text(out / "checklist.txt", in_words(lines) + "\n")
    return lines


def _public(plans: Plans, asked: Asked) -> dict[str, pd.DataFrame]:
    """The tables as far as they tell nothing of small counts, grades included."""
    district = next(iter(plans.values())).district
    cells = cells_of(list(plans.values()), families_of(district, grades_of(district)))
    found = suppress(cells, [None] * (len(plans) - 1), asked.threshold)
    tables = [count_tables(dict(zip(plans, own, strict=True)), asked.growth) for own in plans_of(found)]
    unit = district.travel.unit

    def steps(column: str) -> Steps | None:
        if column in FIXED:
            return None
        if column == "projected":
            return PROJECTED if np.any(asked.growth) else COUNT
        return STEPS[unit] if column.startswith("travel") else STEPS["share"] if column.startswith("share") else COUNT

    public = agreed_frames(tables, steps)
    hidden = {district.school_ids[j] for j in np.flatnonzero(found.seats_hidden)}
    rows = public["projections"]["school_id"].isin(hidden)
    public["projections"].loc[rows, ["seats", "share_of_seats", "flag"]] = None
    return public


def _rows(zones: pd.DataFrame, plan: str, district: District) -> dict[int, Columns]:
    """A plan's rows of the table by school's number, as layers take them."""
    own = zones[zones["plan"] == plan].drop(columns="plan")
    index = {school: j for j, school in enumerate(district.school_ids)}
    return {index[row["school_id"]]: {str(k): v for k, v in row.items()} for row in own.to_dict("records")}


def _about(district: District, lines: Sequence[Line]) -> dict[str, str]:
    return {
        "district": district.name,
        "program": f"rezone {rezone_version()}",
        "privacy": lines[-1].where,
        "units": f"shares are fractions from 0 to 1; travel in {district.travel.unit}",
        "projections": "each block grows as its zone of today does; without rates, every year is as today",
    }
