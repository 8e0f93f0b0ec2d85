"""Every figure of report.json again, from the raw folder and plan.csv alone: plain loops, straight from FORMAT.md and
the layout in scenarios/report/data.py, sharing no code with the program.

`wrong(report, ...)` names each number that is not what it should be, and each that nothing here computes and that
`ELSEWHERE` does not name: a figure that is added to the report is added here, or the tests fail.
"""

from __future__ import annotations

import base64
import gzip
import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import checker
from checker import Folder, Zones
from checker_schools import Changed
from checker_summary import maps, summary

# Numbers that no folder and plan can tell, by pattern, each with why.
ELSEWHERE = {
    r"format|summary\.(seed|iterations|seconds)": "about the file and the run that wrote it",
    r"(summary\.)?format": "how the file is written",
    r"summary\.((solver_|least_excess_)?bound)": "what a proof says of all plans: its checker works it out",
    r"summary\.(baselines|race_neutral)\..*": "of plans that the folder does not hold",
    r"summary\.rules\..*": "the question, word for word",
    r"maps\.(left|top|metres_per_unit|width|height|scale_bar\..*|schools\..*|colour\..*)": "a drawing",
    r"maps\.poverty_breaks\..*": "where a drawing's classes part; the classes follow from them",
    r"map\.(frame\..*|arcs\..*|rings\..*|schools\.[^.]+\.(x|y|colour))": "a drawing",
    r"uncertainty\..*": "of counts that are redrawn",
}
STARK, LISTED = 0.25, 12
Tree = Mapping[str, Any]


def wrong(
    report: Tree, folder: Folder, plan: Zones, *, rules: Sequence[Tree] = (), limits: Tree | None = None
) -> list[str]:
    """What is wrong with the numbers of a report, by place; [] where all are right. rules: those that close, open, pair
    or seat schools. limits: those that were asked, the others being FORMAT.md's defaults."""
    meant = expected(folder, plan, Changed(folder, rules), report, limits or {})
    return faults(keyed(opened_up(report)), keyed(meant), ELSEWHERE, allowance)


def faults(given: Any, wanted: Any, elsewhere: Iterable[str], allow: Callable[[str], float]) -> list[str]:
    """Every number of one tree that is not the other's, by place, but for those whose place matches `elsewhere`."""
    found, meant, lines = dict(leaves(given)), dict(leaves(wanted)), []
    for place in sorted(found.keys() | meant.keys()):
        if any(re.fullmatch(pattern, place) for pattern in elsewhere):
            continue
        if place not in meant:
            lines.append(f"{place} is {found[place]!r}, which nothing recomputes")
        elif place not in found:
            lines.append(f"{place} is not there; it should be {meant[place]!r}")
        elif abs(found[place] - meant[place]) > allow(place) + 1e-9 * abs(meant[place]):
            lines.append(f"{place} is {found[place]!r}; it should be {meant[place]!r}")
    return lines


def allowance(place: str) -> float:
    """The map rounds: travel to metres or tenths of a minute, counts to tenths, shares to four places."""
    if not place.startswith("map."):
        return 1e-7 if "travel" in place else 1e-9
    return 0.5 + 1e-6 if ".travel." in place else 1e-9 if place.endswith(".poverty") else 0.05 + 1e-6


def opened_up(report: Tree) -> Tree:
    packed = report["map"]
    return {**report, "map": packed and json.loads(gzip.decompress(base64.b64decode(packed)))}


def keyed(tree: Any) -> Any:
    """Lists of rows by what names them, so that their order, which says nothing, is no difference."""
    if isinstance(tree, dict):
        return {str(key): keyed(value) for key, value in tree.items()}
    if not isinstance(tree, list):
        return tree
    names = (("group",), ("school_id",), ("from", "to"), ("a", "b"), ("limit", "school", "block"), ("school",))
    for keys in names:
        if tree and all(isinstance(row, dict) and keys[0] in row for row in tree):
            return {"-".join(str(row.get(key, "")) for key in keys): keyed(row) for row in tree}
    return {str(k): keyed(row) for k, row in enumerate(tree)}


def leaves(tree: Any, place: str = "") -> Iterator[tuple[str, float]]:
    """Every number, with its place; truth values are none."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from leaves(value, f"{place}.{key}" if place else key)
    elif isinstance(tree, int | float) and not isinstance(tree, bool):
        yield place, float(tree)


class Side:
    """A plan, or today's zones, as a report tells of it. it: the seats and schools that hold: those of the rules under
    a plan, the folder's own today. ruled: where schools stand, those that open too."""

    def __init__(self, folder: Folder, plan: Zones, it: Changed, ruled: Changed, names: list[str]) -> None:
        self.folder, self.plan, self.it, self.names = folder, plan, it, names
        self.measures = checker.measures(folder, plan, it)
        self.by = {s: [b for b in folder.blocks if plan[b] == s] for s in names}
        self.groups: dict[str, Mapping[str, float]] = {"all": folder.counted, **folder.group}
        if folder.poor is not None:
            poor = folder.poor
            self.groups |= {"poverty": poor, "not_poverty": {b: folder.counted[b] - poor[b] for b in folder.blocks}}
        self.far = {b: ruled.to_school(b, plan[b]) for b in folder.blocks}
        self.now = {b: ruled.to_school(b, folder.zone[b]) for b in folder.blocks}

    def rate(self, school: str) -> float | None:
        """P_j / N_j."""
        whole = sum(self.folder.counted[b] for b in self.by[school])
        poor = self.folder.poor
        return sum(poor[b] for b in self.by[school]) / whole if poor is not None and whole else None

    def band(self, school: str) -> str | None:
        """within, high or low of 0.15 around the district's rate."""
        rate, poor, total = self.rate(school), self.folder.poor, sum(self.folder.counted.values())
        if rate is None or poor is None:
            return None
        off = rate - sum(poor.values()) / total
        return "within" if abs(off) <= 0.15 + 1e-9 else "high" if off > 0 else "low"

    @staticmethod
    def mean(values: Mapping[str, float], weight: Mapping[str, float]) -> float | None:
        """Over the blocks with a known value."""
        known = [(value, weight[b]) for b, value in values.items() if math.isfinite(value) and weight[b] > 0]
        total = sum(n for _, n in known)
        return sum(value * n for value, n in known) / total if total else None

    def by_group(self) -> list[Tree]:
        return [self._group(name, counts) for name, counts in self.groups.items()]

    def _group(self, name: str, counts: Mapping[str, float]) -> Tree:
        whole = sum(counts.values())

        def part(blocks: Iterable[str]) -> float | None:
            return sum(counts[b] for b in blocks) / whole if whole else None

        rates, at = {s: self.rate(s) for s in self.names}, self.plan
        met = [counts[b] * rates[at[b]] for b in self.folder.blocks if rates[at[b]] is not None]  # type: ignore[operator]
        row = {
            "group": name,
            "students": whole,
            "moved_share": part(b for b in at if at[b] != self.folder.zone[b]),
            "moved_counted": part(b for b in at if self.it.counts_as_moved(b, at[b])),
            "travel_mean": self.mean(self.far, counts),
            "exposure_to_poverty": sum(met) / whole if whole and self.folder.poor is not None else None,
        }
        known = self.folder.poor is not None
        for place in ("within", "high", "low"):
            row[f"{place}_band"] = part(b for b in at if self.band(at[b]) == place) if known else None
        return row

    def by_school(self) -> list[Tree]:
        folder, it, rows = self.folder, self.it, []
        for s in self.names:
            here, seats, other = self.by[s], it.capacity.get(s), it.other.get(s, 0.0)
            students = sum(folder.students[b] for b in here)
            rows.append(
                {
                    "school_id": s,
                    "blocks": len(here),
                    "students": students,
                    "other_students": other,
                    "capacity": seats,
                    "min_students": it.least.get(s),
                    "utilisation": (students + other) / seats if seats else None,
                    "counted": sum(folder.counted[b] for b in here),
                    "poverty": None if folder.poor is None else sum(folder.poor[b] for b in here),
                    "poverty_rate": self.rate(s),
                    "groups": {g: sum(folder.group[g][b] for b in here) for g in folder.groups},
                }
            )
        return rows

    def burden(self) -> list[Tree]:
        known = [b for b in self.far if math.isfinite(self.far[b]) and math.isfinite(self.now[b])]
        change = {b: self.far[b] - self.now[b] for b in known}
        moved = {b: d for b, d in change.items() if self.plan[b] != self.folder.zone[b]}
        rows = []
        for name, counts in self.groups.items():
            whole = sum(counts.values())
            longer = sum(counts[b] for b, d in change.items() if d > 1e-6)
            farther = longer / whole if whole else None
            rows.append({"group": name, "farther": farther, "moved_travel_change": self.mean(moved, counts)})
        return rows

    def moves(self) -> list[Tree]:
        rows: dict[tuple[int, int], list[float]] = {}
        for b in self.folder.blocks:
            old, new = self.folder.zone[b], self.plan[b]
            if old != new:
                row = rows.setdefault((self.names.index(old), self.names.index(new)), [0, 0.0])
                row[0], row[1] = row[0] + 1, row[1] + self.folder.students[b]
        return [{"from": a, "to": b, "blocks": n, "students": s} for (a, b), (n, s) in rows.items()]

    def stark(self) -> list[Tree]:
        """Neighbouring zones that differ by STARK or more, the LISTED that differ most."""
        near = [(b, o) for b, others in self.folder.neighbours.items() for o in others]
        pairs = sorted({tuple(sorted((self.plan[b], self.plan[o]))) for b, o in near})
        rows = []
        for one, two in pairs:
            whole = {s: sum(self.folder.counted[b] for b in self.by[s]) for s in (one, two)}
            if one == two or not all(whole.values()):
                continue
            rates = self.rate(one), self.rate(two)
            poverty = None if None in rates else abs(rates[0] - rates[1])  # type: ignore[operator]
            race = None
            if len(self.folder.groups) > 1:
                share = {
                    s: [sum(self.folder.group[g][b] for b in self.by[s]) / whole[s] for g in self.folder.groups]
                    for s in whole
                }
                race = sum(abs(a - b) for a, b in zip(share[one], share[two], strict=True)) / 2
            if max(poverty or 0.0, race or 0.0) >= STARK:
                at = {"a": self.names.index(one), "b": self.names.index(two)}
                rows.append({**at, "poverty": poverty, "race": race})
        return sorted(rows, key=lambda row: -max(row["poverty"] or 0.0, row["race"] or 0.0))[:LISTED]

    def entry(self, minutes: bool) -> Tree:
        """The plan on the page's map."""
        zones = [
            {"students": r["students"], "poverty": r["poverty_rate"],
             "groups": [r["groups"][g] / r["counted"] if r["counted"] else None for g in self.folder.groups]}
            for r in self.by_school()
        ]  # fmt: skip
        places = [self.names.index(self.plan[b]) for b in self.folder.blocks]
        far = [self.far[b] if math.isfinite(self.far[b]) else None for b in self.folder.blocks]
        rounded = [value if value is None else round(value, 1 if minutes else 0) for value in far]
        return {"school": places, "travel": rounded, "zones": zones}


def expected(folder: Folder, plan: Zones, ruled: Changed, report: Tree, limits: Tree) -> Tree:
    """The document, as far as folder and plan tell it."""
    names = sorted(ruled.capacity)
    today, then = Side(folder, folder.zone, Changed(folder, []), ruled, names), Side(folder, plan, ruled, ruled, names)
    sides = {"status_quo": today, "plan": then}

    def each(what: Callable[[Side], Any]) -> Tree:
        return {which: what(side) for which, side in sides.items()}

    minutes = folder.floor == 5.0
    return {
        "summary": summary(today, then, report["summary"], {"travel_floor": folder.floor, **limits}),
        "blocks": len(folder.blocks),
        "students": sum(folder.students.values()),
        "by_group": each(Side.by_group),
        "by_school": each(Side.by_school),
        "burden": then.burden(),
        "moves": then.moves(),
        "stark": each(Side.stark),
        "maps": maps(report["maps"], sides),
        "map": {
            "plans": [today.entry(minutes), then.entry(minutes)],
            "schools": [{"seats": ruled.capacity[s]} for s in names],
            "blocks": {
                "students": [folder.students[b] for b in folder.blocks],
                "counted": [folder.counted[b] for b in folder.blocks],
                "poverty": [folder.poor[b] for b in folder.blocks] if folder.poor is not None else None,
                "groups": [[folder.group[g][b] for b in folder.blocks] for g in folder.groups],
            },
        },
    }
