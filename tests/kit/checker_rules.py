"""The checker's part about [[rules]]: plain loops, straight from docs/rules.md, sharing no code with the program.

Each function yields (limit, school or block or "", inherited) for each way in which a plan breaks one rule.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd
import shapely

if TYPE_CHECKING:
    from checker import Folder, Zones

Rule = Mapping[str, Any]
Row = tuple[str, str, bool]
SHARE, STUDENT = 1e-9, 1e-6


def broken(folder: Folder, plan: Zones, rule: Rule, *, strict: bool = False) -> Iterable[Row]:
    """Every way in which the plan breaks the rule."""
    if rule["kind"] in ("share", "utilisation"):
        return _between(folder, plan, rule, strict)
    return CHECKS[rule["kind"]](folder, plan, rule)


def _lock(folder: Folder, plan: Zones, rule: Rule) -> Iterable[Row]:
    for b in folder.blocks:
        locked = (
            b in rule.get("blocks", ())
            or folder.zone[b] in rule.get("schools", ())
            or ("column" in rule and folder.column[rule["column"]][b])
        )
        if locked and plan[b] != folder.zone[b]:
            yield "lock", b, False


def _forbid(folder: Folder, plan: Zones, rule: Rule) -> Iterable[Row]:
    return ((("forbid", b, False)) for b, s in rule["pairs"] if plan[b] == s)


def _require(folder: Folder, plan: Zones, rule: Rule) -> Iterable[Row]:
    return ((("require", b, False)) for b, s in rule["pairs"] if plan[b] != s)


def _sets(folder: Folder, column: str) -> dict[Any, list[str]]:
    found = defaultdict(list)
    for b in folder.blocks:
        value = folder.column[column][b]
        if not pd.isna(value) and str(value).strip():
            found[value].append(b)
    return found


def _keep_together(folder: Folder, plan: Zones, rule: Rule) -> Iterable[Row]:
    for members in _sets(folder, rule["column"]).values():
        if "cost" not in rule and len({plan[b] for b in members}) > 1:
            yield "keep_together", min(members), False


def _walk_zone(folder: Folder, plan: Zones, rule: Rule) -> Iterable[Row]:
    for b in folder.blocks:
        near = folder.travel(b, folder.zone[b]) <= rule["distance"] + STUDENT
        if near and plan[b] != folder.zone[b]:
            yield "walk_zone", b, False


def _recently_moved(folder: Folder, plan: Zones, rule: Rule) -> Iterable[Row]:
    for b in folder.blocks:
        value = folder.column[rule["column"]][b]
        if pd.isna(value) or plan[b] == folder.zone[b]:
            continue
        if (rule["year"] - value if "year" in rule else value) <= rule["years"]:
            yield "recently_moved", b, False


def _of(folder: Folder, of: str) -> dict[str, float]:
    """The students that a rule means by `of`."""
    if of == "all":
        return folder.students
    if of in ("poverty", "students_poverty"):
        assert folder.poor is not None
        return folder.poor
    return folder.group[of] if of in folder.groups else {b: float(v) for b, v in folder.column[of].items()}


def _at(folder: Folder, zones: Zones, rule: Rule, school: str) -> float | None:
    """The share, or the utilisation, of one school; None where it has none."""
    here = [b for b in folder.blocks if zones[b] == school]
    if rule["kind"] == "utilisation":
        seats = folder.capacity[school]
        return (sum(folder.students[b] for b in here) + folder.other[school]) / seats if seats else None
    counted = rule["of"] in ("poverty", "students_poverty", *folder.groups, *(f"students_{g}" for g in folder.groups))
    whole = sum((folder.counted if counted else folder.students)[b] for b in here)
    return sum(_of(folder, rule["of"])[b] for b in here) / whole if whole > 0 else None


def _between(folder: Folder, plan: Zones, rule: Rule, strict: bool) -> Iterable[Row]:
    name = "utilisation" if rule["kind"] == "utilisation" else f"share.{rule['of']}"
    for s in sorted(set(folder.zone.values())):
        new, now = _at(folder, plan, rule, s), _at(folder, folder.zone, rule, s)
        for end, sign in (("high", 1), ("low", -1)):
            if end not in rule or new is None or sign * (new - rule[end]) <= SHARE:
                continue
            before = -1.0 if now is None else sign * (now - rule[end])
            yield name, s, not strict and before > SHARE and sign * (new - rule[end]) <= before + SHARE


def _moved(folder: Folder, plan: Zones, rule: Rule) -> Iterable[Row]:
    of = rule.get("of", "all")
    students = _of(folder, of)
    if not rule.get("by_school"):
        whole = sum(students.values())
        moved = sum(students[b] for b in folder.blocks if plan[b] != folder.zone[b])
        if whole > 0 and moved / whole > rule["share"] + SHARE:
            yield ("max_moved" if of == "all" else f"moved.{of}"), "", False
        return
    for s in folder.schools:
        mine = [b for b in folder.blocks if folder.zone[b] == s]
        whole = sum(students[b] for b in mine)
        if whole > 0 and sum(students[b] for b in mine if plan[b] != s) / whole > rule["share"] + SHARE:
            yield f"moved.{of}", s, False


def _burden(folder: Folder, plan: Zones, rule: Rule) -> Iterable[Row]:
    sides = [folder.group[g] for g in folder.groups]
    if not sides:
        assert folder.poor is not None
        sides = [folder.poor, {b: folder.students[b] - folder.poor[b] for b in folder.blocks}]
    asked = {}
    for b in folder.blocks:
        now, new = folder.travel(b, folder.zone[b]), folder.travel(b, plan[b])
        if rule["of"] == "moved":
            asked[b] = 1.0 if plan[b] != folder.zone[b] else 0.0
        elif math.isfinite(now):
            asked[b] = new - now if math.isfinite(new) else 0.0
    means = []
    for side in sides:
        whole = sum(side[b] for b in asked)
        if whole > 0:
            means.append(sum(side[b] * asked[b] for b in asked) / whole)
    slack = SHARE if rule["of"] == "moved" else STUDENT
    if any(one - other > rule["difference"] + slack for one in means for other in means):
        yield f"burden.{rule['of']}", "", False


def _travel_mean(folder: Folder, plan: Zones, rule: Rule) -> Iterable[Row]:
    known = [b for b in folder.blocks if math.isfinite(folder.travel(b, plan[b]))]
    whole = sum(folder.students[b] for b in known)
    if (
        whole > 0
        and sum(folder.students[b] * folder.travel(b, plan[b]) for b in known) / whole > rule["limit"] + STUDENT
    ):
        yield "travel_mean", "", False


def _riders(folder: Folder, plan: Zones, rule: Rule) -> Iterable[Row]:
    far = [b for b in folder.blocks if rule["distance"] + STUDENT < folder.travel(b, plan[b]) < math.inf]
    whole = sum(folder.students.values())
    if whole > 0 and sum(folder.students[b] for b in far) / whole > rule["share"] + SHARE:
        yield "riders", "", False


def _feeder(folder: Folder, plan: Zones, rule: Rule) -> Iterable[Row]:
    sets = _sets(folder, rule["column"])
    for s in folder.schools if "low" in rule else ():
        whole = sum(folder.students[b] for b in folder.blocks if plan[b] == s)
        most = max(sum(folder.students[b] for b in members if plan[b] == s) for members in sets.values())
        if whole > 0 and most / whole < rule["low"] - SHARE:
            yield "feeder", s, False


def _shape(folder: Folder, plan: Zones, rule: Rule) -> Iterable[Row]:
    if "limit" not in rule:
        return
    if rule["measure"] == "cut_edges":
        cut = sum(1 for b in folder.blocks for o in folder.neighbours[b] if b < o and plan[b] != plan[o])
        if cut > rule["limit"] + STUDENT:
            yield "shape", "", False
        return
    for s in folder.schools:
        zone = shapely.union_all([folder.shape[b] for b in folder.blocks if plan[b] == s])
        if not zone.is_empty and 4 * math.pi * zone.area / zone.length**2 < rule["limit"] - SHARE:
            yield "shape", s, False


CHECKS: dict[str, Callable[[Folder, Zones, Rule], Iterable[Row]]] = {
    "lock": _lock,
    "forbid": _forbid,
    "require": _require,
    "keep_together": _keep_together,
    "walk_zone": _walk_zone,
    "recently_moved": _recently_moved,
    "moved": _moved,
    "burden": _burden,
    "travel_mean": _travel_mean,
    "riders": _riders,
    "feeder": _feeder,
    "shape": _shape,
}
