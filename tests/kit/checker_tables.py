"""The tables of `rfp` and the layers of `export` again: plain loops, sharing no code with the program."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from checker_outputs import TODAY, Question, Tree
from checker_report import Side


def rfp(ask: Question, plans: Mapping[str, Side], years: int = 5) -> Mapping[str, Tree]:
    """The tables, by file, where nothing grows."""
    folder = ask.folder
    grades = {n.removeprefix("students_grade_"): c for n, c in folder.column.items() if n.startswith("students_grade_")}
    found: dict[str, dict[str, Any]] = {
        name: {}
        for name in ("pupils_by_grade", "race_and_poverty", "distance", "moved_by_grade", "options", "projections")
    }
    shut = any(ask.moved(side) != ask.moved(side, counted=True) for side in plans.values())
    for name, side in plans.items():
        movers = {"moved": ask.moved(side)} | ({"moved_counted": ask.moved(side, counted=True)} if shut else {})

        def moves(counts: Tree, movers: Tree = movers) -> Tree:
            whole, row = sum(counts.values()), {}
            for kind, blocks in movers.items():
                moved = sum(counts[b] for b in blocks)
                row |= {f"students_{kind}": moved, f"share_{kind}": moved / whole if whole else None}
            return row

        for grade, counts in grades.items() if name != TODAY else ():
            found["moved_by_grade"][f"{name}-{grade}"] = {"students": sum(counts.values()), **moves(counts)}
        found["distance"][f"{name}-"] = {"students": ask.total, "travel_mean": side.measures["travel_mean"]}
        outside = 0
        for row in side.by_school():
            s, here = row["school_id"], side.by[row["school_id"]]
            full = row["utilisation"]
            outside += full is not None and not 0.9 <= full <= 1.1
            if not here:
                continue
            key, students, whole = f"{name}-{s}", {"students": row["students"]}, row["counted"]
            found["pupils_by_grade"][key] = students | {
                f"grade_{g}": sum(c[b] for b in here) for g, c in grades.items()
            }
            found["race_and_poverty"][key] = (
                students
                | {f"students_{g}": n for g, n in row["groups"].items()}
                | {f"share_{g}": n / whole if whole else None for g, n in row["groups"].items()}
                | {"students_poverty": row["poverty"], "share_poverty": row["poverty_rate"]}
            )
            mean = side.mean({b: side.far[b] for b in here}, folder.students)
            found["distance"][key] = students | {"travel_mean": mean}
            for year in range(years + 1):
                found["projections"][f"{key}-{year}"] = {
                    "projected": row["students"], "seats": row["capacity"], "share_of_seats": full,
                }  # fmt: skip
        found["options"][name] = {
            **moves(folder.students),
            "share_disparity_of_poverty": side.measures["disparity"],
            **{f"share_dissimilarity_{x}": side.measures[f"dissimilarity.{x}"] for x in ("race", "poverty")},
            **{f"share_poverty_met_by_{g}": side.measures[f"exposure_to_poverty.{g}"] for g in folder.groups},
            "travel_mean": side.measures["travel_mean"],
            "schools_outside_90_110_now": outside,
            f"schools_outside_90_110_year_{years}": outside,
        }
    return found


def zone_layer(side: Side) -> Tree:
    """The attributes of a layer of zones."""
    scores = ("disparity", "dissimilarity.race", "dissimilarity.poverty", "moved_share", "moved_counted", "travel_mean")
    more = {f"plan_{name.replace('.', '_')}": side.measures[name] for name in scores}
    return {
        row["school_id"]: {k: v for k, v in row.items() if k not in ("groups", "school_id")}
        | {f"students_{g}": n for g, n in row["groups"].items()}
        | more
        for row in side.by_school()
        if row["blocks"]
    }


def block_layer(side: Side) -> Tree:
    folder = side.folder
    counts = [name for name in folder.column if name.startswith("students")]
    return {b: {"travel": side.far[b], **{name: folder.column[name][b] for name in counts}} for b in folder.blocks}
