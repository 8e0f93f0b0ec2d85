"""What a district folder holds, in plain words: the first thing that a planner asks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import shapely

from optimizer.arrays import Bools
from optimizer.district import District
from optimizer.measures import measure
from optimizer.measures.zones import number
from optimizer.model import STUDENT_SLACK
from optimizer.plan import Plan
from scenarios.plans import read_plan
from scenarios.report.borders import stark_borders

LISTED = 8  # how many ids a line of the summary names
STARKEST = 3  # pairs of neighbouring zones that it names


def read_plans(folder: Path, district: District) -> dict[str, Plan]:
    """The folder's own alternatives, by file name. Raises InputError on the first file that is no plan."""
    return {path.name: read_plan(path, district) for path in sorted((folder / "plans").glob("*.csv"))}


def summarise(district: District) -> dict[str, Any]:
    """Everything that `check` says, as plain values."""
    today = Plan.status_quo(district)
    zoned = district.has_zone
    seats = district.capacity - district.other_students
    groups = {group: float(district.group_counts[:, k].sum()) for k, group in enumerate(district.groups)}
    exposed = float(district.exposed.sum())
    poverty = float(district.poverty.sum()) if district.has_poverty else None
    return {
        "district": district.name,
        "blocks": district.blocks,
        "blocks_without_students": int((district.students == 0).sum()),
        "schools": district.schools,
        "students": float(district.students.sum()),
        "students_by_group": groups,
        "students_in_poverty": poverty,
        "poverty_rate": poverty / exposed if poverty is not None and exposed > 0 else None,
        "seats": number(float(np.nansum(district.capacity))) if np.isfinite(district.capacity).any() else None,
        "schools_without_given_seats": int(np.isnan(district.capacity).sum()),
        "other_students": float(district.other_students.sum()),
        "over_seats": _amounts(district, today.load - seats),
        "minimum_above_seats": _schools(district, zoned & (district.min_students > seats + STUDENT_SLACK)),
        "under_minimum": _amounts(district, np.where(zoned, district.min_students - today.load, -np.inf)),
        "detached_pieces": measure(today)["detached_pieces"],
        "detached_blocks": [district.block_ids[i] for i in np.flatnonzero(district.detached)],
        "schools_outside_their_zones": _schools(district, _outside(district)),
        "schools_without_a_zone": _schools(district, ~zoned),
        "blocks_out_of_reach": [district.block_ids[i] for i in np.flatnonzero(~np.isfinite(district.travel_now))],
        "stark_borders": [_border(district, row) for row in stark_borders(today)],
        "travel": {"unit": district.travel.unit, "from_file": hasattr(district.travel, "pairs")},
        "measures_status_quo": measure(today),
    }


def _amounts(district: District, over: Any) -> dict[str, float]:
    """By school, how many students beyond a limit; NaN (no limit) is not beyond."""
    return {district.school_ids[j]: float(over[j]) for j in np.flatnonzero(np.nan_to_num(over, nan=-1) > STUDENT_SLACK)}


def _border(district: District, row: dict[str, Any]) -> dict[str, Any]:
    """Two neighbouring zones by the ids of their schools, and how far they lie apart, 0 to 1."""
    return {
        "schools": [district.school_ids[row["a"]], district.school_ids[row["b"]]],
        "poverty": row["poverty"],
        "race": row["race"],
    }


def _schools(district: District, mask: Bools) -> list[str]:
    return [district.school_ids[j] for j in np.flatnonzero(mask)]


def _outside(district: District) -> Bools:
    """(schools,) whether the school's point lies in no block of its own zone."""
    outside = np.zeros(district.schools, bool)
    if district.geography is None:
        return outside
    rooted = np.flatnonzero(district.root >= 0)
    points = shapely.points(district.geography.school_xy[rooted])
    # The root is the block that holds the point wherever there is one (FORMAT.md, Contiguity).
    outside[rooted] = ~shapely.intersects(district.geography.polygon[district.root[rooted]], points)
    return outside


def in_words(summary: dict[str, Any]) -> str:
    """The summary as a colleague would write it: one line a fact, what needs attention last."""
    lines = [f"{summary['district']}", *_what_there_is(summary), *_today(summary)]
    notes = _notes(summary)
    if notes:
        lines += ["", "To know before you start:", *(f"  - {note}" for note in notes)]
    return "\n".join(lines)


def _what_there_is(s: dict[str, Any]) -> list[str]:
    empty = f" ({s['blocks_without_students']:,} of them without students)" if s["blocks_without_students"] else ""
    lines = [
        f"  blocks    {s['blocks']:,}{empty}",
        f"  schools   {s['schools']:,}",
        f"  students  {s['students']:,.0f}",
    ]
    for group, count in s["students_by_group"].items():
        share = f"  {100 * count / s['students']:5.1f} %" if s["students"] else ""
        lines.append(f"    {group:<20}{count:>10,.0f}{share}")
    rate = s["poverty_rate"]
    lines.append("  poverty   not known" if rate is None else f"  poverty   {100 * rate:.1f} % of students")
    seats = "not given" if s["seats"] is None else f"{s['seats']:,.0f}"
    some = s["schools_without_given_seats"]
    lines.append(f"  seats     {seats}" + (f" (not given for {some} of {s['schools']} schools)" if some else ""))
    unit = {"m": "metres", "min": "minutes"}[s["travel"]["unit"]]
    lines.append(f"  travel    {unit}, " + ("from the travel file" if s["travel"]["from_file"] else "straight line"))
    return lines


def _today(s: dict[str, Any]) -> list[str]:
    """Poverty exposure and racial segregation side by side, never one alone."""
    measures = s["measures_status_quo"]
    lines = ["", "Today's zones:"]
    if measures["disparity"] is not None:
        lines.append(f"  disparity of exposure to poverty   {100 * measures['disparity']:.2f} points")
    for prefix, text in (
        ("exposure_to_poverty.", "poverty that a group meets"),
        ("isolation.", "own group that it meets"),
    ):
        met = {name: measures.get(prefix + name) for name in s["students_by_group"]}
        known = [f"{name} {100 * value:.1f} %" for name, value in met.items() if value is not None]
        if known:
            lines.append(f"  {text:<34} {', '.join(known)}")
    for name, text in (
        ("dissimilarity.poverty", "dissimilarity by poverty"),
        ("dissimilarity.race", "dissimilarity by race"),
    ):
        if measures.get(name) is not None:
            lines.append(f"  {text:<34} {measures[name]:.3f}")
    if measures["travel_mean"] is not None:
        unit = s["travel"]["unit"]
        lines.append(
            f"  mean travel                        {measures['travel_mean']:,.{0 if unit == 'm' else 1}f} {unit}"
        )
    return lines


def _notes(s: dict[str, Any]) -> list[str]:
    notes = []
    if s["over_seats"]:
        notes.append(f"over their seats: {_listed(f'{k} by {v:,.0f}' for k, v in s['over_seats'].items())}")
    if s["under_minimum"]:
        notes.append(f"under their minimum: {_listed(f'{k} by {v:,.0f}' for k, v in s['under_minimum'].items())}")
    if s["minimum_above_seats"]:
        names = _listed(s["minimum_above_seats"])
        notes.append(f"a minimum above the seats, which no plan can keep: {names}")
    if s["stark_borders"]:
        notes.append(f"neighbouring zones that differ most: {_listed(map(_apart, s['stark_borders'][:STARKEST]))}")
    if s["detached_pieces"]:
        blocks = _listed(s["detached_blocks"])
        pieces = _counted(s["detached_pieces"], "detached piece")
        notes.append(f"{pieces} of zones, {_counted(len(s['detached_blocks']), 'block')}: {blocks}")
    for key, noun, text in (
        ("schools_outside_their_zones", "school", "outside its zone (its nearest block stands for it)"),
        ("schools_without_a_zone", "school", "without a zone (it takes no block)"),
        ("blocks_out_of_reach", "block", "whose travel to its own school is missing (it keeps its school)"),
    ):
        if s[key]:
            notes.append(f"{_counted(len(s[key]), noun)} {text}: {_listed(s[key])}")
    return notes


def _apart(row: dict[str, Any]) -> str:
    named = ((row["poverty"], "poverty"), (row["race"], "racial make-up"))
    parts = [f"{100 * value:.0f} points in {name}" for value, name in named if value is not None]
    return f"{' and '.join(row['schools'])} by {' and '.join(parts)}"


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _listed(items: Any) -> str:
    items = list(items)
    more = f" and {len(items) - LISTED} more" if len(items) > LISTED else ""
    return ", ".join(items[:LISTED]) + more
