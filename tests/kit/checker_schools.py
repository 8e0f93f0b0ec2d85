"""The plain check of plans where rules close, open, pair or seat schools, or draw a barrier: loops over the raw folder,
straight from FORMAT.md, sharing no code with the program."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import geopandas as gpd
import shapely
from checker import Folder, Part, Zones, least_by_default

Row = tuple[str, str, bool]


class Changed:
    """A folder as rules have it. home: of each block, None where its school is closed. of: the first of a pair."""

    def __init__(self, folder: Folder, rules: Sequence[Mapping[str, Any]]) -> None:
        self.folder, self.rules = folder, rules
        self.capacity, self.least = dict(folder.capacity), dict(folder.least)
        self.other, self.point, self.root = dict(folder.other), dict(folder.point), dict(folder.root)
        self.open, self.new = set(folder.zone.values()), set()
        self.pairs: dict[str, list[str]] = {}
        self.near = {part: set(near) for part, near in folder.near.items()}
        for kind in ("barrier", "close", "open", "seats", "pair"):
            for rule in sorted((r for r in rules if r["kind"] == kind), key=lambda r: r.get("school", "")):
                getattr(self, "opening" if kind == "open" else kind)(rule)
        self.first = {s: first for first, rest in self.pairs.items() for s in rest}
        homes = {b: self.first.get(s, s) for b, s in folder.zone.items()}
        self.home = {b: s if s in self.open else None for b, s in homes.items()}
        self.shut = set(folder.zone.values()) - self.open - set(self.first)

    def barrier(self, rule: Mapping[str, Any]) -> None:
        line, kept = rule["line"], {frozenset(pair) for pair in rule.get("crossings", [])}
        for part, near in self.near.items():
            for other in sorted(near):
                one, two = (self.folder.part[p] for p in (part, other))
                way = shapely.LineString([one.point_on_surface(), two.point_on_surface()])
                along = one.boundary.intersection(two.boundary).difference(line.buffer(1.0)).length <= 1e-6
                if (way.intersects(line) or along) and frozenset((part[0], other[0])) not in kept:
                    near.discard(other)

    @property
    def root_part(self) -> dict[str, Part]:
        return {
            s: min(
                (p for p in self.folder.part if p[0] == b),
                key=lambda p: (self.folder.part[p].distance(self.point[s]), p),
            )
            for s, b in self.root.items()
        }

    def close(self, rule: Mapping[str, Any]) -> None:
        for s in rule["schools"]:
            self.open.discard(s)
            self.root.pop(s, None)

    def opening(self, rule: Mapping[str, Any]) -> None:
        s = rule["school"]
        if "lon" in rule:
            place = gpd.GeoSeries(gpd.points_from_xy([rule["lon"]], [rule["lat"]]), crs=4326)
            self.point[s] = place.to_crs(self.folder.crs)[0]
        for table, key, empty in ((self.capacity, "capacity", None), (self.least, "min_students", None)):
            table[s] = rule.get(key, table.get(s, empty))
        self.other.setdefault(s, 0.0)
        free = [b for b in self.folder.blocks if b not in self.root.values()]
        holding = [b for b in free if self.folder.shape[b].intersects(self.point[s])]
        self.root[s] = holding[0] if holding else min(
            free, key=lambda b: (self.folder.middle[b].distance(self.point[s]), b)
        )  # fmt: skip
        self.open.add(s)
        self.new.add(s)

    def seats(self, rule: Mapping[str, Any]) -> None:
        s = rule["school"]
        self.capacity[s], self.least[s] = (
            rule.get("capacity", self.capacity[s]),
            rule.get("min_students", self.least[s]),
        )

    def pair(self, rule: Mapping[str, Any]) -> None:
        first, *rest = rule["schools"]
        for table in (self.capacity, self.least):
            values = [table[s] for s in rule["schools"]]
            table[first] = None if None in values else sum(values)
        self.other[first] = sum(self.other[s] for s in rule["schools"])
        self.pairs[first] = rest
        for s in rest:  # their seats, and their pupils from outside, are the shared zone's now
            self.capacity[s] = self.least[s] = None
            self.other[s] = 0.0
            self.open.discard(s)
            self.root.pop(s, None)

    def to_school(self, block: str, school: str) -> float:
        if self.folder.table is None:
            return float(self.folder.middle[block].distance(self.point[school]))
        return self.folder.table.get((block, school), math.inf)

    def travel(self, block: str, school: str) -> float:
        """To a school that takes blocks: of a pair the farthest."""
        return max(self.to_school(block, s) for s in (school, *self.pairs.get(school, [])))

    def now(self, block: str) -> float:
        if self.home[block] is None:
            return min(self.to_school(block, s) for s in self.open)
        return self.to_school(block, self.folder.zone[block])

    def counts_as_moved(self, block: str, school: str) -> bool:
        """Whether limits on moves count the block: a closed school's has to go, a pair's stays in the shared zone."""
        return school != self.folder.zone[block] and self.home[block] not in (None, school)

    def load(self, zones: Mapping[str, str | None]) -> dict[str, float]:
        found: dict[str, float] = defaultdict(float)
        for b, s in zones.items():
            if s is not None:
                found[s] += self.folder.students[b]
        return found

    def pieces(self, zones: Mapping[str, str | None]) -> list[tuple[str, set[Part]]]:
        """(school, parts of blocks) of every connected piece."""
        left, found = {p for p in self.near if zones[p[0]] is not None}, []
        while left:
            start = min(left)
            piece, queue = {start}, [start]
            while queue:
                for other in self.near[queue.pop()] - piece:
                    if zones[other[0]] == zones[start[0]]:
                        piece.add(other)
                        queue.append(other)
            left -= piece
            found.append((str(zones[start[0]]), piece))
        return found


def broken(
    it: Changed,
    plan: Zones,
    *,
    increase: float = 0.5,
    tolerance: float = 0.15,
    strict: bool = False,
    max_moved: float | None = None,
) -> set[Row]:
    """(limit, block or school, inherited) of every limit that the plan breaks; of contiguity, the school."""
    folder = it.folder
    rows = set(_moves(it, plan, increase)) | set(_sizes(it, plan, tolerance, strict)) | set(_whole(it, plan))
    moved = sum(folder.students[b] for b in folder.blocks if it.counts_as_moved(b, plan[b]))
    total = sum(folder.students.values())
    if max_moved is not None and total and moved / total > max_moved + 1e-9:
        rows.add(("max_moved", "", False))
    return rows


def _moves(it: Changed, plan: Zones, increase: float) -> Iterable[Row]:
    for b, s in plan.items():
        if s in it.shut:
            yield "close", b, False
        elif s in it.first:
            yield "pair", b, False
        elif s != it.home[b]:
            if s not in it.open or not math.isfinite(it.travel(b, s)) or not math.isfinite(it.now(b)):
                yield "reach", b, False
            elif it.travel(b, s) > max((1 + increase) * it.now(b), it.folder.floor) + 1e-6:
                yield "travel_increase", b, False


def _sizes(it: Changed, plan: Zones, tolerance: float, strict: bool) -> Iterable[Row]:
    load, now = it.load(plan), it.load(it.home)
    for s in it.open:
        seats, least = it.capacity[s], it.least[s]
        none = math.inf if s in it.new else (1 + tolerance) * now[s]
        high = none if seats is None else seats - it.other[s]
        room = None if seats is None else high
        low = least_by_default(now[s], room, tolerance) if least is None else least
        for name, over, before in (
            ("capacity", load[s] - high, now[s] - high),
            ("min_students", low - load[s], low - now[s]),
        ):
            if over > 1e-6:
                yield name, s, not strict and s not in it.new and before > 1e-6 and over <= before + 1e-6


def _whole(it: Changed, plan: Zones) -> Iterable[Row]:
    roots = it.root_part
    allowed = {(p, s) for s, piece in it.pieces(it.home) if roots.get(s) not in piece for p in piece}
    for s, root in it.root.items():
        if plan[root] != s:
            yield "contiguity", s, False
    for s, piece in it.pieces(plan):
        if roots.get(s) not in piece and any((p, s) not in allowed for p in piece):
            yield "contiguity", s, False
