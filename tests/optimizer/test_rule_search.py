"""The search under rules: its plans keep them, as the slow checker reads the raw folder."""

from __future__ import annotations

from typing import Any

import checker
import numpy as np
import pytest

from optimizer import Disparity, optimize
from optimizer.district import District
from scenarios import read_district
from scenarios.asking.options import Options, Settings, rules_of
from scenarios.folder import write_district
from scenarios.generator import generate


@pytest.fixture(scope="module")
def case(tmp_path_factory) -> tuple[checker.Folder, District]:
    folder = tmp_path_factory.mktemp("search")
    write_district(generate(80, 4, np.random.default_rng(5)), folder)
    return checker.Folder(folder), read_district(folder)


def tables(district: District) -> dict[str, list[dict[str, Any]]]:
    """By name, rules that today's zones keep or, where inherited breaches are allowed, break."""
    now = district.travel_current
    mean = float(np.average(now, weights=district.students))
    poor = np.bincount(district.status_quo, district.poverty, district.schools)
    rates = poor / np.bincount(district.status_quo, district.exposed, district.schools)
    far = float(np.quantile(now, 0.8))
    riding = float(district.students[now > far].sum() / district.students.sum())
    cut = (
        int((district.status_quo[district.adjacency.rows] != district.status_quo[district.adjacency.index]).sum()) // 2
    )
    found: dict[str, list[dict[str, Any]]] = {
        "lock": [{"kind": "lock", "schools": [district.school_ids[0]]}],
        "walk_zone": [{"kind": "walk_zone", "distance": float(np.quantile(now, 0.4))}],
        "share": [{"kind": "share", "of": "poverty", "high": float(np.median(rates))}],
        "utilisation": [{"kind": "utilisation", "low": 0.8, "high": 1.0}],
        "moved": [{"kind": "moved", "of": "poverty", "share": 0.08}],
        "by_school": [{"kind": "moved", "share": 0.15, "by_school": True}],
        "burden": [{"kind": "burden", "of": "moved", "difference": 0.02}],
        "burden of travel": [{"kind": "burden", "of": "travel", "difference": 10.0}],
        "travel_mean": [{"kind": "travel_mean", "limit": mean}],
        "riders": [{"kind": "riders", "distance": far, "share": riding}],
        "shape": [{"kind": "shape", "measure": "cut_edges", "limit": cut}],
    }
    five = ("walk_zone", "utilisation", "burden", "riders", "shape")
    return found | {"five at once": [table for name in five for table in found[name]]}


NAMES = (
    *("lock", "walk_zone", "share", "utilisation", "moved", "by_school", "burden", "burden of travel"),
    *("travel_mean", "riders", "shape", "five at once"),
)


@pytest.mark.parametrize("name", NAMES)
def test_the_search_keeps_the_rule_and_still_gains(name: str, case) -> None:
    raw, district = case
    rules = tables(district)[name]
    settled = rules_of(Settings(Options(), tuple(rules)))
    found = optimize(district, Disparity(), settled, iterations=30_000, threads=1, solver="search", proving=0.0)
    zones = {b: district.school_ids[j] for b, j in zip(district.block_ids, found.plan.school, strict=True)}
    broken = checker.broken(raw, zones, rules=rules)
    assert {row for row in broken if not row[2]} == set()
    today = checker.broken(raw, raw.zone, rules=rules)
    assert {row[:2] for row in broken} <= {row[:2] for row in today}
    assert found.valid
    assert found.objective_value < found.objective_value_status_quo
