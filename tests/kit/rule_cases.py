"""Random folders, random rules for them, each kind broken once, and whether a Model admits a plan: what tests of
rules share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from questions import random_district

from optimizer.arrays import Csr
from optimizer.district import District
from optimizer.graph import away_from_root
from optimizer.model import STUDENT_SLACK, Model
from optimizer.plan import Plan
from optimizer.rules import RULES
from optimizer.rules.shared.amend import TURNS

KINDS = tuple(kind for kind in RULES if kind not in TURNS)  # those that change no district

B = "r0c1"
HERE: dict[str, str | None] = {"r0c0": "x", B: "y", "r0c2": "y", "r0c3": "y"}  # B moves from X to Y
WEST = {**HERE, B: "x"}
# On `test_rule_kinds.ROW`: rule, plan (None: today), what holds, the limit's value, by how much, and the same today.
BROKEN: dict[str, list[tuple[str, dict[str, str | None] | None, str, tuple[str, str, str]]]] = {
    "lock": [(f"lock blocks={B}", HERE, "no", ("0 blocks", "1 block", "0 blocks"))],
    "forbid": [(f"forbid pairs={B}:y", HERE, "no", ("0 blocks", "1 block", "0 blocks"))],
    "require": [("require pairs=r0c2:x", HERE, "no", ("0 blocks", "1 block", "1 block"))],
    "keep_together": [
        ("keep_together column=estate", HERE, "no", ("1 school", "1 school", "0 schools")),
        (f"keep_together blocks=r0c0,{B}", HERE, "no", ("1 school", "1 school", "0 schools")),
    ],
    "walk_zone": [("walk_zone distance=500", HERE, "no", ("0 blocks", "1 block", "0 blocks"))],
    "recently_moved": [("recently_moved column=ago years=2", HERE, "no", ("0 blocks", "1 block", "0 blocks"))],
    "share": [
        ("share of=poverty high=0.45", HERE, "as far as today", ("45.0%", "5.0 points", "15.0 points")),
        ("share of=poverty high=0.45", None, "as far as today", ("45.0%", "15.0 points", "15.0 points")),
        ("share of=black low=0.25", HERE, "no", ("25.0%", "5.0 points", "0.0 points")),
        ("share of=students_el high=0.233", HERE, "as far as today", ("23.3%", "0.03 points", "1.7 points")),
    ],
    "utilisation": [("utilisation low=0.6", HERE, "no", ("60.0%", "10.0 points", "0.0 points"))],
    "moved": [
        ("moved share=0.2", HERE, "no", ("20.0%", "5.0 points", "0.0 points")),
        ("moved share=0 of=poverty", HERE, "no", ("0.0%", "18.8 points", "0.0 points")),
        ("moved share=0.2 by_school=true", HERE, "no", ("20.0%", "30.0 points", "0.0 points")),
    ],
    "changed": [("changed plan={plan} share=0.2", HERE, "no", ("20.0%", "55.0 points", "30.0 points"))],
    "burden": [
        ("burden of=moved difference=0.05", HERE, "no", ("5.0%", "5.0 points", "0.0 points")),
        ("burden of=travel difference=20", HERE, "no", ("20 m", "30 m", "0 m")),
    ],
    "travel_mean": [("travel_mean limit=300", HERE, "no", ("300 m", "75 m", "0 m"))],
    "at_most": [
        ("at_most of=travel_mean limit=300", HERE, "no", ("300 m", "75 m", "0 m")),
        ("at_most of=moved limit=0.2", HERE, "no", ("20.0%", "5.0 points", "0.0 points")),
        ("at_most of=cut_edges limit=0", HERE, "no", ("0 cut edges", "1 cut edge", "1 cut edge")),
    ],
    "riders": [("riders distance=600 share=0.1", HERE, "no", ("10.0%", "15.0 points", "0.0 points"))],
    "close": [("close schools=y", WEST, "no", ("0 blocks", "1 block", "1 block"))],
    "pair": [("pair schools=x,y", HERE, "no", ("0 blocks", "1 block", "0 blocks"))],
    "seats": [("seats school=y capacity=29", HERE, "no", ("29 students", "1 student", "0 students"))],
    "open": [("open school=z {place} capacity=5", {**WEST, B: "z"}, "no", ("5 students", "5 students", "0 students"))],
    "barrier": [("barrier file={river}", HERE, "no", ("0 blocks", "1 block", "0 blocks"))],
    "feeder": [("feeder column=middle low=0.9", HERE, "no", ("90.0%", "23.3 points", "0.0 points"))],
    "shape": [
        ("shape measure=cut_edges limit=0", HERE, "no", ("0 cut edges", "1 cut edge", "1 cut edge")),
        ("shape measure=polsby_popper limit=0.7", HERE, "no", ("0.700", "0.111", "0.002")),
    ],
}


def admits(model: Model, school: Any) -> bool:
    """Whether a plan keeps everything in the model that no plan may break."""
    if any(int(j) not in model.pairs.row(i) for i, j in enumerate(school)):
        return False
    at = model.pairs.find(school)
    sums = [(row, row.value(model.district, school)) for row in model.sums]
    return (
        all(np.all(v <= row.hard_high + STUDENT_SLACK) and np.all(v >= row.hard_low - STUDENT_SLACK) for row, v in sums)
        and all(float(row.cost[at].sum()) <= row.limit + 1e-12 * max(1.0, abs(row.limit)) for row in model.budgets)
        and _together(model, school)
        and _shaped(model, school)
        and _goes_on(model, school)
        and all(c.worth.value(model, Plan(model.district, school)) <= c.limit for c in model.ceilings)
        and _holds(model, school)
    )


def soft_excess(model: Model, school: Any) -> float:
    """What lies beyond the sums' limits, inherited or not."""
    return sum(row.excess(model.district, school) for row in model.sums)


def _together(model: Model, school: Any) -> bool:
    unit = model.together
    return unit is None or all(len(set(school[unit == number])) == 1 for number in set(unit[unit >= 0].tolist()))


def _shaped(model: Model, school: Any) -> bool:
    adjacency: Csr = model.district.adjacency
    inside = school[adjacency.rows] == school[adjacency.index]
    for border in model.borders:
        if border.weight[~inside].sum() / 2 > border.limit:
            return False
    for row in model.compact:
        for j in set(school.tolist()):
            here = school == j
            inner = row.shared[inside & here[adjacency.rows]].sum()
            if 4 * np.pi * row.area[here].sum() / (row.around[here].sum() - inner) ** 2 < row.low:
                return False
    return True


def _goes_on(model: Model, school: Any) -> bool:
    return all(
        row.part[school == j].sum(axis=0).max() >= row.low * row.whole[school == j].sum()
        for row in model.largest
        for j in set(school.tolist())
    )


def _holds(model: Model, school: Any) -> bool:
    if model.contiguity is None:
        return True
    away = away_from_root(model.district.adjacency, school, model.contiguity.root)[0]
    return not (away & ~(model.contiguity.detached & (school == model.district.home))).any()


def random_folder(random: np.random.Generator, folder: Path, schools: int | None = None) -> Path:
    """As `random_district` writes it, with further columns for rules to name."""
    random_district(random, folder, schools)
    blocks = gpd.read_parquet(folder / "blocks.parquet")
    n, names = len(blocks), np.array(["oak", "elm", None, ""], object)
    more = {
        "estate": names[random.integers(0, 4, n)],
        "middle": np.array([1.0, 2.0, 3.0, np.nan])[random.integers(0, 4, n)],
        "ago": np.where(random.random(n) < 0.4, np.nan, random.integers(0, 9, n)),
        "changed": np.where(random.random(n) < 0.4, np.nan, random.integers(2018, 2026, n)),
        "held": random.random(n) < 0.2,
        "students_el": np.floor(blocks.students * random.random(n)),
    }
    blocks.assign(**more).to_parquet(folder / "blocks.parquet")
    return folder


def random_plan(random: np.random.Generator, district: District) -> Plan:
    """Today's zones with some blocks moved anywhere."""
    moved = random.random(district.blocks) < random.choice([0.0, 0.1, 0.3, 0.8])
    return Plan(district, np.where(moved, random.integers(0, district.schools, district.blocks), district.status_quo))


def any_zones(random: np.random.Generator, district: District) -> dict[str, str]:
    """A random plan by its ids."""
    names = [district.school_ids[j] for j in random_plan(random, district).school]
    return dict(zip(district.block_ids, names, strict=True))


def random_rule(random: np.random.Generator, kind: str, district: District, folder: Path = Path()) -> dict[str, Any]:
    """A [[rules]] table that some plans keep and others break, of what `random_folder` has; limits are often met
    exactly. folder: for the layers of a barrier."""
    if kind == "barrier":
        return {"kind": kind, **_barrier(random, district, folder)}
    if kind == "open":
        return {"kind": kind, "school": "xx", **place(random, district), "capacity": float(random.uniform(5, 40))}
    blocks = [str(b) for b in random.permutation(district.block_ids)[:3]]
    schools = [str(s) for s in random.permutation(district.school_ids)[:3]]
    share = float(random.choice([0.0, 0.1, 0.25, 1 / 3, 0.5, 0.75, 1.0]))
    of = str(random.choice(["poverty", "students_el", *district.groups]))
    travel = np.append(district.travel_today[np.isfinite(district.travel_today)], 10.0)
    far = float(random.choice(travel))
    ends: tuple[dict[str, float], ...] = ({"high": share}, {"low": share}, {"low": share / 2, "high": share})
    band = ends[int(random.integers(3))]
    choices: dict[str, list[dict[str, Any]]] = {
        "lock": [{"blocks": blocks}, {"schools": schools[:1]}, {"column": "held"}],
        "forbid": [{"pairs": [list(pair) for pair in zip(blocks, schools, strict=False)]}],
        "require": [{"pairs": [[blocks[0], schools[0]]]}],
        "keep_together": [{"column": "estate"}, {"blocks": blocks[:2]}, {"column": "estate", "cost": 0.1}],
        "walk_zone": [{"distance": far}],
        "recently_moved": [{"column": "ago", "years": 3}, {"column": "changed", "years": 2, "year": 2026}],
        "share": [{"of": of} | band],
        "utilisation": [{"high": 0.9}, {"low": 0.7}, {"low": 0.8, "high": 1.1}],
        "moved": [{"share": share, "of": of}, {"share": share}, {"share": share, "of": of, "by_school": True}],
        "changed": [{"share": share, "plan": any_zones(random, district)} | ({"of": of} if share > 0.3 else {})],
        "burden": [{"of": "moved", "difference": share / 4}, {"of": "travel", "difference": far / 20}],
        "travel_mean": [{"limit": float(np.average(travel) * random.uniform(0.8, 1.5))}],
        "at_most": [
            {"of": "travel_mean", "limit": float(np.average(travel) * random.uniform(0.8, 1.5))},
            {"of": "disparity", "limit": float(random.uniform(0.02, 0.2))},
            {"of": "segregation_poverty", "limit": float(random.uniform(0.1, 0.6))},
            {"of": "outside_band", "limit": 1 / 3},
            {"of": "cut_edges", "limit": float(random.integers(5, 14))},
        ],
        "riders": [{"distance": far, "share": share}],
        "close": [{"schools": schools[:1]}],
        "seats": [{"school": schools[0], "capacity": float(random.uniform(5, 40)), "min_students": 1.0}],
        "pair": [{"schools": schools[:2]}],
        "feeder": [{"column": "middle", "low": low} for low in (share, 0.7)] + [{"column": "estate", "cost": 0.2}],
        "shape": [
            {"measure": "cut_edges", "limit": int(random.integers(5, 14))},
            {"measure": "polsby_popper", "limit": float(random.uniform(0.2, 0.5))},
            {"measure": "cut_edges", "cost": 0.1},
        ],
    }
    return {"kind": kind, **choices[kind][int(random.integers(len(choices[kind])))]}


def place(random: np.random.Generator, district: District) -> dict[str, float]:
    """Somewhere in a block."""
    assert district.geography is not None
    back = pyproj.Transformer.from_crs(district.geography.crs, 4326, always_xy=True)
    at = district.geography.polygon[random.integers(district.blocks)].centroid
    lon, lat = back.transform(at.x, at.y)
    return {"lon": lon, "lat": lat}


def _barrier(random: np.random.Generator, district: District, folder: Path) -> dict[str, Any]:
    rule: dict[str, Any] = {"file": _river(random, district, folder / "river.geojson")}
    if random.random() < 0.5:
        rule["crossings"] = _river(random, district, folder / "bridge.geojson")
    near = float(random.uniform(1, 8) if district.travel.unit == "min" else random.uniform(300, 1500))
    return rule | ({"travel": near / 3} if random.random() < 0.4 else {})


def _river(random: np.random.Generator, district: District, path: Path) -> str:
    """A straight line across the district, somewhere, as a layer. Returns its name."""
    assert district.geography is not None
    left, low, right, high = gpd.GeoSeries(district.geography.polygon).total_bounds
    ends = random.uniform([left, low], [right, high], (2, 2)) + random.normal(size=(2, 2))
    line = gpd.GeoDataFrame(geometry=[shapely.LineString(ends)], crs=district.geography.crs)
    line.to_crs(4326).to_file(path)
    return path.name
