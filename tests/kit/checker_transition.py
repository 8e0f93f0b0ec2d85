"""The years of a transition again, from the raw folder and a plan: plain loops, sharing no code with the program."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence

from checker import Folder, Zones
from checker_outputs import SIZES, Question, Tree
from checker_report import Side
from checker_schools import Changed
from checker_summary import amounts


def parcels(ask: Question, zones: Zones, away: Mapping[str, Mapping[str, float]]) -> tuple[Folder, Zones]:
    """The folder with each block that changes cut in two: who is at today's school still, and who is at the plan's.
    away: by count column and block, the share at the plan's school."""
    folder = ask.folder
    moved = [b for b in folder.blocks if zones[b] != folder.zone[b]]
    cut, there = copy.copy(folder), {b: folder.zone[b] for b in folder.blocks} | {f"{b} there": zones[b] for b in moved}
    of = {b: b for b in folder.blocks} | {f"{b} there": b for b in moved}

    def split(counts: Mapping[str, float], column: str) -> dict[str, float]:
        share = {b: away[column][b] if b in moved else 0.0 for b in folder.blocks}
        return {p: counts[b] * (share[b] if p != b else 1 - share[b]) for p, b in of.items()}

    cut.blocks = list(of)
    cut.zone = {p: folder.zone[b] for p, b in of.items()}
    cut.shape, cut.middle = ({p: table[b] for p, b in of.items()} for table in (folder.shape, folder.middle))
    cut.students = split(folder.students, "")
    cut.group = {g: split(folder.group[g], "") for g in folder.groups}
    cut.counted = split(folder.counted, "")
    cut.poor = None if folder.poor is None else split(folder.poor, "")
    cut.part, cut.near, cut.neighbours = {}, {}, {p: set() for p in of}
    cut.root, cut.root_part = {}, {}  # a year has no zones of its own
    return cut, there


def transition(ask: Question, zones: Zones, grades: Sequence[str]) -> list[Tree]:
    """The years where new entrants go first. grades: the count columns' names, the lowest first."""
    folder, top = ask.folder, len(grades)
    counts = {g: folder.column[f"students_grade_{g}"] for g in grades}
    share = {}
    for b in folder.blocks:
        whole = sum(counts[g][b] for g in grades)
        share[b] = [counts[g][b] / whole if whole else 1 / top for g in grades]
    moved = [b for b in folder.blocks if zones[b] != folder.zone[b]]
    years = []
    for t in range(top + 1):
        shut = {b for b in folder.blocks if t and ask.ruled.home[b] != folder.zone[b]}
        away = {b: 1.0 if b in shut else sum(share[b][:t]) for b in folder.blocks}
        # Who was enrolled before has to go at once where the school closes: all but the entrants leave a school.
        changed = {b: folder.students[b] * sum(share[b][1:]) for b in moved if b in shut and t == 1}
        at_new = {b: folder.students[b] * away[b] for b in moved}
        years.append(_year(ask, zones, t, away, at_new, changed))
        if all(n >= folder.students[b] - 1e-9 for b, n in at_new.items()):
            return years
    return years


def _year(ask: Question, zones: Zones, t: int, away: Tree, at_new: Tree, changed: Tree) -> Tree:
    cut, there = parcels(ask, zones, {"": away})
    ruled = Changed(cut, ask.rules)
    it = ruled if t else Changed(cut, [])
    side = Side(cut, there, it, ruled, ask.names)
    broken = [row for row in amounts(it, there, ask.limits) if row["limit"] in SIZES]
    moving, gone = ask.students(at_new), sum(at_new.values())

    def come(counts: Tree, to: Zones, school: str) -> float:
        return sum(n for b, n in counts.items() if to[b] == school)

    def over(limit: str, school: str) -> float:
        return sum(row["amount"] for row in broken if row["limit"] == limit and row["school"] == school)

    schools = []
    for row in side.by_school():
        s = row["school_id"]
        schools.append(
            {key: value for key, value in row.items() if key != "blocks"}
            | {"moved_in": come(at_new, zones, s), "moved_out": come(at_new, ask.folder.zone, s)}
            | {"changed_in": come(changed, zones, s), "changed_out": come(changed, ask.folder.zone, s)}
            | {"over_capacity": over("capacity", s), "under_minimum": over("min_students", s)}
        )
    shape = ("cut_edges", "detached_pieces")
    return {
        "year": t,
        "students": ask.total,
        "at_plan_school": 1 - (moving - gone) / ask.total,
        "moving_at_plan_school": gone / moving if moving else None,
        "moved_students": gone,
        "changed_school": sum(changed.values()),
        "measures": {name: value for name, value in side.measures.items() if name not in shape},
        "broken_limits": broken,
        "schools": schools,
    }


def transition_rows(years: Sequence[Tree]) -> tuple[Tree, Tree]:
    """transition.csv and years.csv."""
    schools, rows = {}, {}
    for year in years:
        for row in year["schools"]:
            plain = {key: row[key] for key in row if key not in ("groups", "school_id", "min_students")}
            groups = {f"students_{g}": n for g, n in row["groups"].items()}
            schools[f"{year['year']}-{row['school_id']}"] = plain | groups
        kept = ("students", "at_plan_school", "moving_at_plan_school", "moved_students", "changed_school")
        names = ("utilisation_max", "disparity", "dissimilarity.poverty", "dissimilarity.race", "travel_mean")
        of = [name for name in year["measures"] if name in names or name.startswith("exposure")]
        over = {"schools_over_capacity": sum(bool(row["over_capacity"] > 0) for row in year["schools"])}
        rows[str(year["year"])] = {k: year[k] for k in kept} | over | {m: year["measures"][m] for m in of}
    return schools, rows
