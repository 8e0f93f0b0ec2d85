"""An independent checker: plain loops over the raw folder, sharing no code with the program.

It reads a district folder and a plan by itself and computes, straight from FORMAT.md, every measure and every broken
limit. Slow on purpose: it is there to be read. What breaks [[rules]] it asks of `scenarios.verify`, which shares none
with the rules either.
"""

from __future__ import annotations

import math
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from scenarios import read_district
from scenarios.asking.options import Options
from scenarios.verify.case import Case

if TYPE_CHECKING:
    from checker_schools import Changed

Zones = dict[str, str]
Part = tuple[str, int]  # a block, and which of its parts
DEFAULTS = {"travel_increase": 0.5, "size_tolerance": 0.15, "max_moved": None, "contiguity": True, "strict": False}


class Folder:
    """A district folder as dictionaries by id."""

    def __init__(self, path: Path) -> None:
        self.path, head = path, tomllib.loads((path / "district.toml").read_text(encoding="utf-8"))
        self.groups: list[str] = head["groups"]
        file = next(p for p in sorted(path.glob("blocks.*")))
        frame = gpd.read_parquet(file) if file.suffix == ".parquet" else gpd.read_file(file)
        frame = frame.to_crs(head.get("crs") or frame.estimate_utm_crs())
        frame["block_id"], frame["school_id"] = frame.block_id.astype(str), frame.school_id.astype(str)
        self.blocks = sorted(frame.block_id)
        rows = {row.block_id: row for row in frame.itertuples()}
        self.zone: Zones = {b: rows[b].school_id for b in self.blocks}
        self.shape = {b: rows[b].geometry for b in self.blocks}
        table = frame.set_index("block_id")
        self.column = {str(name): {b: table[name][b] for b in self.blocks} for name in table.columns}
        self.students = {b: float(rows[b].students) for b in self.blocks}
        self.group = {g: {b: float(getattr(rows[b], f"students_{g}")) for b in self.blocks} for g in self.groups}
        self.counted = {
            b: sum(self.group[g][b] for g in self.groups) if self.groups else self.students[b] for b in self.blocks
        }
        poverty = "students_poverty" in frame.columns
        self.poor = {b: min(float(rows[b].students_poverty), self.counted[b]) for b in self.blocks} if poverty else None
        self._read_schools(path, frame.crs)
        self._read_travel(path)

    def _read_schools(self, path: Path, crs: object) -> None:
        table = pd.read_csv(path / "schools.csv", dtype=str, keep_default_na=False).set_index("school_id")
        self.schools, self.crs = sorted(table.index), crs
        points = gpd.GeoSeries(
            gpd.points_from_xy(table.lon.astype(float), table.lat.astype(float)), index=table.index, crs=4326
        ).to_crs(crs)
        self.point = {s: points[s] for s in self.schools}

        def given(column: str) -> dict[str, float | None]:
            if column not in table.columns:
                return dict.fromkeys(self.schools)
            return {s: float(table[column][s]) if table[column][s] else None for s in self.schools}

        self.capacity, self.least = given("capacity"), given("min_students")
        self.other = {s: value or 0.0 for s, value in given("other_students").items()}

    def _read_travel(self, path: Path) -> None:
        self.floor, self.table = 1000.0, None
        self.middle = {b: self.shape[b].point_on_surface() for b in self.blocks}
        for name in ("travel.csv", "travel.parquet"):
            if (path / name).exists():
                frame = pd.read_csv(path / name, dtype={"block_id": str, "school_id": str}, keep_default_na=False) \
                    if name.endswith("csv") else pd.read_parquet(path / name)  # fmt: skip
                column = "minutes" if "minutes" in frame.columns else "distance_m"
                self.floor = 5.0 if column == "minutes" else 1000.0
                self.table = {
                    (str(b), str(s)): float(v)
                    for b, s, v in zip(frame.block_id, frame.school_id, frame[column], strict=True)
                }

    def travel(self, block: str, school: str) -> float:
        if self.table is None:
            return float(self.middle[block].distance(self.point[school]))
        return self.table.get((block, school), math.inf)

    @cached_property
    def part(self) -> dict[Part, Any]:
        """The shapes of each block that are apart: those that touch along a border are one."""
        found: dict[Part, Any] = {}
        for b in self.blocks:
            shapes = list(getattr(self.shape[b], "geoms", [self.shape[b]]))
            while shapes:
                one = shapes.pop(0)
                while beside := next((s for s in shapes if touch(one, s)), None):
                    shapes.remove(beside)
                    one = one.union(beside)
                found[b, sum(1 for block, _ in found if block == b)] = one
        return found

    @cached_property
    def near(self) -> dict[Part, set[Part]]:
        """The parts next to each part."""
        names, shapes = list(self.part), list(self.part.values())
        found: dict[Part, set[Part]] = {name: set() for name in names}
        for i, j in zip(*shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=0.05), strict=True):
            if i < j and touch(shapes[i], shapes[j]):
                found[names[i]].add(names[j])
                found[names[j]].add(names[i])
        return found

    @cached_property
    def neighbours(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {b: set() for b in self.blocks}
        for (b, _), others in self.near.items():
            found[b] |= {o for o, _ in others}
        return found

    @cached_property
    def root(self) -> dict[str, str]:
        roots = {}
        for s in self.schools:
            mine = [b for b in self.blocks if self.zone[b] == s]
            holding = [b for b in mine if self.shape[b].intersects(self.point[s])]
            if mine:
                roots[s] = min(
                    holding or mine, key=lambda b: (0 if holding else self.middle[b].distance(self.point[s]), b)
                )
        return roots

    @cached_property
    def root_part(self) -> dict[str, Part]:
        """Of the root block, the part that holds the school's point, or the nearest."""
        return {
            s: min((p for p in self.part if p[0] == b), key=lambda p: (self.part[p].distance(self.point[s]), p))
            for s, b in self.root.items()
        }

    def pieces(self, plan: Zones) -> list[set[Part]]:
        """The connected pieces of all zones, part by part."""
        seen: set[Part] = set()
        found = []
        for part in self.part:
            if part in seen:
                continue
            piece, queue = {part}, [part]
            while queue:
                for other in self.near[queue.pop()]:
                    if other not in piece and plan[other[0]] == plan[part[0]]:
                        piece.add(other)
                        queue.append(other)
            seen |= piece
            found.append(piece)
        return found

    def detached(self, plan: Zones, roots: dict[str, Part] | None = None) -> list[set[Part]]:
        """The pieces without their root, which is a part."""
        roots = self.root_part if roots is None else roots
        return [p for p in self.pieces(plan) if roots.get(plan[next(iter(p))[0]]) not in p]

    def counts_as_moved(self, block: str, school: str) -> bool:
        return school != self.zone[block]

    def adrift(self) -> set[str]:
        """Blocks that are detached today with all of their parts."""
        away = {p for piece in self.detached(self.zone) for p in piece}
        return {b for b in self.blocks if all(p in away for p in self.part if p[0] == b)}


def touch(one: Any, other: Any) -> bool:
    """Whether two shapes are neighbours: they share more than 1e-6 m of border, or more than 1 m of one's border lies
    within 0.05 m of the other's."""
    a, b = one.boundary, other.boundary
    near = max(a.intersection(b.buffer(0.05)).length, b.intersection(a.buffer(0.05)).length)
    return bool(a.intersection(b).length > 1e-6 or near > 1.0)


def broken(
    folder: Folder, plan: Zones, *, rules: Sequence[Mapping[str, Any]] = (), **limits: object
) -> set[tuple[str, str, bool]]:
    """(limit, school or block, inherited) of every limit that the plan breaks. rules: [[rules]] as they are written."""
    limits = DEFAULTS | limits
    rows = {("reach", b, False) for b in _unreachable(folder, plan)}
    rows |= {("travel_increase", b, False) for b in _too_far(folder, plan, limits)}
    rows |= set(_sizes(folder, plan, float(limits["size_tolerance"]), bool(limits["strict"])))
    total = sum(folder.students.values())
    moved = sum(folder.students[b] for b in folder.blocks if plan[b] != folder.zone[b])
    if limits["max_moved"] is not None and total and moved / total > limits["max_moved"] + 1e-9:
        rows.add(("max_moved", "", False))
    if limits["contiguity"]:
        before = {p: folder.zone[p[0]] for piece in folder.detached(folder.zone) for p in piece}
        rows |= {("contiguity", s, False) for s, root in folder.root.items() if plan[root] != s}
        for piece in folder.detached(plan):
            if any(before.get(p) != plan[p[0]] for p in piece):
                rows.add(("contiguity", plan[next(iter(piece))[0]], False))
    return rows | (_further(folder, plan, rules, bool(limits["strict"])) if rules else set())


def _further(
    folder: Folder, plan: Zones, rules: Sequence[Mapping[str, Any]], strict: bool
) -> set[tuple[str, str, bool]]:
    district = read_district(folder.path)
    case = Case.of(district, Options(strict=strict), rules, "moved", "checker")
    zone = np.array([district.school_ids.index(plan[b]) for b in district.block_ids], np.int32)
    found = [row for rule in case.rules for row in rule.broken(case.ground, zone)]
    return {(row.limit, row.block or row.school or "", row.inherited) for row in found}


def _unreachable(folder: Folder, plan: Zones) -> Iterable[str]:
    zoned = set(folder.zone.values())
    for b in folder.blocks:
        known = math.isfinite(folder.travel(b, plan[b])) and math.isfinite(folder.travel(b, folder.zone[b]))
        if plan[b] != folder.zone[b] and (not known or plan[b] not in zoned):
            yield b


def _too_far(folder: Folder, plan: Zones, limits: dict[str, object]) -> Iterable[str]:
    floor = limits.get("travel_floor") or folder.floor
    for b in folder.blocks:
        now, new = folder.travel(b, folder.zone[b]), folder.travel(b, plan[b])
        if plan[b] == folder.zone[b] or not (math.isfinite(now) and math.isfinite(new)):
            continue
        if new > max((1 + limits["travel_increase"]) * now, floor) + 1e-6:
            yield b


def _sizes(folder: Folder, plan: Zones, tolerance: float, strict: bool) -> Iterable[tuple[str, str, bool]]:
    load, now = defaultdict(float), defaultdict(float)
    for b in folder.blocks:
        load[plan[b]] += folder.students[b]
        now[folder.zone[b]] += folder.students[b]
    for s in set(folder.zone.values()):
        seats, least = folder.capacity[s], folder.least[s]
        high = (1 + tolerance) * now[s] if seats is None else seats - folder.other[s]
        room = None if seats is None else high
        low = least_by_default(now[s], room, tolerance) if least is None else least
        for name, over, before in (
            ("capacity", load[s] - high, now[s] - high),
            ("min_students", low - load[s], low - now[s]),
        ):
            if over > 1e-6:
                yield name, s, not strict and before > 1e-6 and over <= before + 1e-6


def least_by_default(now: float, room: float | None, tolerance: float) -> float:
    """FORMAT.md's minimum where none is given. now: students today. room: seats less other students, if given."""
    least = (1 - tolerance) * now if room is None else min((1 - tolerance) * now, (1 - tolerance) * room)
    return max(least, 0.0)


def measures(folder: Folder, plan: Zones, ruled: Changed | None = None) -> dict[str, float | None]:
    """FORMAT.md's measures of exposure, segregation, change, travel and shape. ruled: the folder as rules have it that
    close, open, pair or seat schools."""
    it = folder if ruled is None else ruled
    by = {s: [b for b in folder.blocks if plan[b] == s] for s in sorted(it.capacity)}
    whole = {s: sum(folder.counted[b] for b in by[s]) for s in by}
    found: dict[str, float | None] = {}
    found |= _poverty(folder, by, whole)
    found |= _races(folder, by, whole)
    found |= _moves(folder, plan, it.travel if ruled is None else ruled.to_school)
    moved = sum(folder.students[b] for b in folder.blocks if it.counts_as_moved(b, plan[b]))
    found["moved_counted"] = moved / sum(folder.students.values()) if any(folder.students.values()) else 0.0
    found["detached_pieces"] = len(folder.detached(plan, it.root_part))
    found["cut_edges"] = sum(plan[b] != plan[o] for b in folder.blocks for o in folder.neighbours[b]) / 2
    full = [(sum(folder.students[b] for b in by[s]) + it.other[s]) / it.capacity[s] for s in by if it.capacity[s]]
    found["utilisation_max"] = max(full, default=None)
    return found


def _poverty(folder: Folder, by: dict[str, list[str]], whole: dict[str, float]) -> dict[str, float | None]:
    names = ["disparity", "variance", "within_band", *(f"within_band.{g}" for g in folder.groups)]
    total = sum(whole.values())
    if folder.poor is None or not total:
        return dict.fromkeys([*names, *(f"exposure_to_poverty.{g}" for g in folder.groups)])
    poor = {s: sum(folder.poor[b] for b in by[s]) for s in by}
    p = sum(poor.values()) / total
    parts = {g: {s: sum(folder.group[g][b] for b in by[s]) for s in by} for g in folder.groups}
    found: dict[str, float | None] = {}
    near = [s for s in by if whole[s] and abs(poor[s] / whole[s] - p) <= 0.15 + 1e-9]
    for g in folder.groups:
        size = sum(parts[g].values())
        found[f"within_band.{g}"] = sum(parts[g][s] for s in near) / size if size else None
        met = sum(parts[g][s] * poor[s] / whole[s] for s in by if whole[s])
        found[f"exposure_to_poverty.{g}"] = met / size if size else None
    sides = parts or {"poor": poor, "others": {s: whole[s] - poor[s] for s in by}}
    variance = 0.0
    for part in sides.values():
        size = sum(part.values())
        if size:
            met = sum(part[s] * poor[s] / whole[s] for s in by if whole[s]) / size
            variance += size / total * (met - p) ** 2
    found |= {"variance": variance, "disparity": math.sqrt(variance)}
    found["within_band"] = len(near) / sum(1 for s in by if whole[s])
    others = {s: whole[s] - poor[s] for s in by}
    return found | _indices("poverty", [poor, others], whole)


def _races(folder: Folder, by: dict[str, list[str]], whole: dict[str, float]) -> dict[str, float | None]:
    parts = {g: {s: sum(folder.group[g][b] for b in by[s]) for s in by} for g in folder.groups}
    total = sum(whole.values())
    found: dict[str, float | None] = {}
    for g in folder.groups:
        size = sum(parts[g].values())
        for h in folder.groups:
            met = sum(parts[g][s] * parts[h][s] / whole[s] for s in by if whole[s])
            found[f"exposure.{g}.{h}"] = met / size if size and sum(parts[h].values()) else None
        alone = sum(parts[g][s] ** 2 / whole[s] for s in by if whole[s]) / size if size else None
        found[f"isolation.{g}"] = alone
        defined = alone is not None and size < total
        found[f"variance_ratio.{g}"] = (alone - size / total) / (1 - size / total) if defined else None
        found |= _indices(g, [parts[g], {s: whole[s] - parts[g][s] for s in by}], whole)
    if folder.groups:
        found |= _indices("race", list(parts.values()), whole)
    return found


def _indices(name: str, parts: list[dict[str, float]], whole: dict[str, float]) -> dict[str, float | None]:
    names = [f"{index}.{name}" for index in ("dissimilarity", "theil_h", "gini")]
    parts = [part for part in parts if sum(part.values()) > 1e-12]
    schools = [s for s in whole if whole[s]]
    if len(parts) < 2:
        return dict.fromkeys(names)
    total = sum(whole.values())
    overall = [sum(part.values()) / total for part in parts]
    spread = sum(q * (1 - q) for q in overall)
    entropy = -sum(q * math.log(q) for q in overall)
    uneven = even = apart = 0.0
    for part, q in zip(parts, overall, strict=True):
        for s in schools:
            share = part[s] / whole[s]
            uneven += whole[s] * abs(share - q)
            even += whole[s] * share * math.log(share / q) if share > 0 else 0.0
            apart += sum(whole[s] * whole[o] * abs(share - part[o] / whole[o]) for o in schools)
    values = [uneven / (2 * total * spread), even / (total * entropy), apart / (2 * total**2 * spread)]
    return dict(zip(names, values, strict=True))


def _moves(folder: Folder, plan: Zones, travel: Callable[[str, str], float]) -> dict[str, float | None]:
    found: dict[str, float | None] = {}
    for name, counts in {"": folder.students, **{f".{g}": folder.group[g] for g in folder.groups}}.items():
        size = sum(counts.values())
        moved = sum(counts[b] for b in folder.blocks if plan[b] != folder.zone[b])
        found[f"moved_share{name}"] = moved / size if size else (0.0 if name == "" else None)
        known = [(travel(b, plan[b]), counts[b]) for b in folder.blocks if counts[b] > 0]
        known = [(t, n) for t, n in known if math.isfinite(t)]
        riders = sum(n for _, n in known)
        found[f"travel_mean{name}"] = sum(t * n for t, n in known) / riders if riders else None
        if name == "":
            found["travel_max"] = max((t for t, _ in known), default=None)
            found["travel_p90"] = next(
                (t for t in sorted({t for t, _ in known})
                 if sum(n for u, n in known if u <= t) >= 0.9 * riders * (1 - 1e-12)), None
            )  # fmt: skip
    return found
