"""Lines that zones do not cross, from a file to the district and back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import checker
import checker_schools
import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from toys import CRS, LEFT, SIDE, TOP, TOWN
from typer.testing import CliRunner

from optimizer import Contiguity, District, InputError, Plan, Size, Travel, breaches, measure
from optimizer.rules import Barrier, Close, under
from scenarios import read_district
from scenarios.asking.options import rules_of
from scenarios.asking.settling import settle
from scenarios.cli.main import app
from scenarios.exports import read_runs
from scenarios.scenario_file import read_study

DEFAULTS = (Travel(), Size(), Contiguity())


def at(row: float, column: float) -> tuple[float, float]:
    """Metres of a place in the grid: (1, 2) is the upper left corner of r1c2."""
    return LEFT + SIDE * column, TOP - SIDE * row


# A river between the second and the third row that turns down through r2c3 and r3c3, left of their middles.
RIVER = shapely.LineString([at(2.0, -0.2), at(2.0, 3.4), at(4.2, 3.4)])


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> tuple[checker.Folder, District]:
    folder = TOWN.write(tmp_path_factory.mktemp("town") / "town")
    return checker.Folder(folder), read_district(folder)


def layer(path: Path, shapes: Any, crs: str = CRS) -> Path:
    frame = gpd.GeoDataFrame(geometry=[shapes] if isinstance(shapes, shapely.Geometry) else shapes, crs=CRS)
    frame.to_crs(crs).to_file(path)
    return path


def links(district: District) -> set[tuple[str, str]]:
    ids = district.block_ids
    return {
        (ids[i], ids[j]) for i, j in zip(district.adjacency.rows, district.adjacency.index, strict=True) if i < j
    }  # fmt: skip


def test_blocks_on_either_side_are_no_neighbours(town: tuple[checker.Folder, District]) -> None:
    changed = under(town[1], [Barrier(file="river", line=RIVER, crs=CRS)])
    gone = links(town[1]) - links(changed)
    assert gone == {(f"r1c{c}", f"r2c{c}") for c in range(3)} | {("r2c2", "r2c3"), ("r3c2", "r3c3")}
    assert changed.detached.sum() > town[1].detached.sum()  # r2c0 is cut off from x's school
    assert under(changed, [Barrier(file="river", line=RIVER, crs=CRS)]) is changed
    stays = Plan.status_quo(changed)
    assert not [row for row in breaches(stays, DEFAULTS) if row.limit == "contiguity"]
    assert measure(stays) == measure(Plan.status_quo(town[1]))  # pieces and cut edges as the district is read


def test_a_border_that_runs_along_it_is_cut_where_no_straight_line_meets_it(tmp_path: Path) -> None:
    folder = TOWN.write(tmp_path / "town")
    district = read_district(folder)
    beside = shapely.LineString([at(1, 1.0), at(1, 1.4)])  # part of the border: the way over the rest is free
    assert links(under(district, [Barrier(file="f", line=beside, crs=CRS)])) == links(district)
    whole = shapely.LineString([(x + 0.5, y + 0.5) for x, y in (at(1, 1.0), at(1, 2.0))])
    gone = links(district) - links(under(district, [Barrier(file="f", line=whole, crs=CRS)]))
    assert gone == {("r0c1", "r1c1")}


@pytest.mark.parametrize("crossing", [shapely.Point(at(2, 1.5)), shapely.LineString([at(1.8, 1.95), at(2.2, 1.95)])])
def test_it_may_be_crossed_at_named_places(crossing: Any, town: tuple[checker.Folder, District]) -> None:
    barrier = Barrier(file="river", line=RIVER, crs=CRS, crossings="bridges", crossing=crossing)
    kept = links(under(town[1], [barrier])) - links(under(town[1], [Barrier(file="river", line=RIVER, crs=CRS)]))
    near = {("r1c1", "r2c1")} if crossing.geom_type == "Point" else {("r1c1", "r2c1"), ("r1c2", "r2c2")}
    assert kept == near


def test_pairs_of_blocks_stay_neighbours(town: tuple[checker.Folder, District]) -> None:
    barrier = Barrier(file="river", line=RIVER, crs=CRS, crossings=(("r2c0", "r1c0"),))
    kept = links(under(town[1], [barrier])) - links(under(town[1], [Barrier(file="river", line=RIVER, crs=CRS)]))
    assert kept == {("r1c0", "r2c0")}


@settings(max_examples=30, deadline=None)
@given(some=st.lists(st.tuples(st.integers(0, 19), st.integers(0, 2)), max_size=8))
def test_plans_are_judged_as_the_checker_does(
    town: tuple[checker.Folder, District], some: list[tuple[int, int]]
) -> None:
    raw, district = town
    table = {"kind": "barrier", "line": RIVER, "crossings": [["r1c0", "r2c0"]]}
    rules = (Barrier(file="river", line=RIVER, crs=CRS, crossings=(("r1c0", "r2c0"),)),)
    changed = under(district, rules)
    school = changed.status_quo.copy()
    for block, to in some:
        school[block] = to
    zones = {block: changed.school_ids[j] for block, j in zip(changed.block_ids, school, strict=True)}
    rows = breaches(Plan(changed, school), (*DEFAULTS, *rules))
    found = {(r.limit, (r.school if r.limit == "contiguity" else r.block or r.school) or "", r.inherited) for r in rows}
    assert found == checker_schools.broken(checker_schools.Changed(raw, [table]), zones)


def test_it_may_count_as_travel_instead(town: tuple[checker.Folder, District]) -> None:
    rules = [Barrier(file="river", line=RIVER, crs=CRS, travel=700.0)]
    changed = under(town[1], rules)
    assert links(changed) == links(town[1])
    assert changed.original.travel is not town[1].travel  # today's travel crosses the river too
    for j in range(3):
        there = np.full(20, j)
        middle, school = town[1].travel.block_xy, town[1].travel.school_xy[j]  # type: ignore[attr-defined]
        across = np.array([shapely.LineString([xy, school]).intersects(RIVER) for xy in middle])
        assert np.allclose(changed.travel.to(there), town[1].travel.to(there) + 700.0 * across)
        assert np.allclose(changed.original.travel.to(there), changed.travel.to(there))
    near = changed.travel.within(np.full(20, 1500.0), np.ones(3, bool))
    assert (changed.travel.of(near) <= 1500.0).all()
    everything = changed.travel.within(np.full(20, 1e9), np.ones(3, bool))
    assert len(near.index) == (changed.travel.of(everything) <= 1500.0).sum()
    assert np.array_equal(under(changed, rules).travel_current, changed.travel_current)
    assert np.array_equal(under(under(changed, rules).original, rules).travel_current, changed.travel_current)
    farther = under(changed, [Barrier(file="river", line=RIVER, crs=CRS, travel=900.0)])
    assert farther.travel.to(np.full(20, 0)).max() == pytest.approx(changed.travel.to(np.full(20, 0)).max() + 200)
    closed = under(changed, [Close(("y",))])
    assert np.array_equal(closed.travel.to(closed.status_quo), town[1].travel_current)


def test_files_are_read_where_the_rule_stands(tmp_path: Path, town: tuple[checker.Folder, District]) -> None:
    (tmp_path / "study").mkdir()
    layer(tmp_path / "river.gpkg", RIVER, "EPSG:4326")
    layer(tmp_path / "study" / "bridges.geojson", shapely.Point(at(2, 1.5)))
    config = tmp_path / "study" / "limits.toml"
    config.write_text(
        '[[rules]]\nkind = "barrier"\nfile = "../river.gpkg"\ncrossings = "bridges.geojson"\n', encoding="utf-8"
    )
    chosen = settle({}, config, {})
    assert dict(chosen.rules[0]).keys() == {"kind", "file", "crossings", "sha256"}
    barrier = Barrier(file="river", line=RIVER, crs=CRS, crossings="b", crossing=shapely.Point(at(2, 1.5)))
    assert links(under(town[1], rules_of(chosen))) == links(under(town[1], [barrier]))
    json.dumps(chosen.rules)
    shown = settle({}, None, rules=[f"barrier file={tmp_path / 'river.gpkg'} crossings=r1c0:r2c0"])
    assert ("r1c0", "r2c0") in links(under(town[1], rules_of(shown)))


def test_scenarios_find_the_file_and_tell_contents_apart(tmp_path: Path) -> None:
    TOWN.write(tmp_path / "town")
    study = tmp_path / "study.toml"
    study.write_text(
        'district = "town"\n[[scenario]]\nname = "river"\nrules = [{ kind = "barrier", file = "river.gpkg" }]\n',
        encoding="utf-8",
    )
    with pytest.raises(InputError) as error:
        read_study(study)
    assert "column 'file': 'river.gpkg' is not there. Give the path of a layer of lines" in str(error.value)
    layer(tmp_path / "river.gpkg", RIVER)
    (before,) = [dict(run.rules[0]) for run in read_study(study)]
    layer(tmp_path / "river.gpkg", shapely.LineString([at(1, 0), at(1, 2)]))
    (after,) = [dict(run.rules[0]) for run in read_study(study)]
    assert before["file"] == after["file"] == "river.gpkg"
    assert before["sha256"] != after["sha256"]


@pytest.mark.parametrize(
    ("shapes", "text"),
    [
        ("not a layer", "column 'file': river.gpkg cannot be read as a layer: it is something else"),
        (
            shapely.Point(at(1, 1)),
            "column 'file': river.gpkg holds shapes that are not lines: row 1. Give a layer of lines",
        ),
        ([], "column 'file': river.gpkg holds no lines. Give a layer of lines"),
    ],
)
def test_a_file_that_is_no_layer_of_lines_is_named(shapes: Any, text: str, tmp_path: Path) -> None:
    if isinstance(shapes, str):
        (tmp_path / "river.gpkg").write_text(shapes, encoding="utf-8")
    else:
        layer(tmp_path / "river.gpkg", shapes)
    with pytest.raises(InputError) as error:
        settle({}, None, rules=[f"barrier file={tmp_path / 'river.gpkg'}"])
    assert text in str(error.value)


def test_another_file_than_the_rule_was_written_for_is_named(tmp_path: Path) -> None:
    path = layer(tmp_path / "river.gpkg", RIVER)
    with pytest.raises(InputError) as error:
        settle({}, None, rules=[f"barrier file={path} sha256=0f"])
    assert "is not the file that sha256 tells of. Use the file that the rule was written for" in str(error.value)


@pytest.mark.parametrize(
    ("crossings", "text"),
    [
        ((("r1c0", "r2cO"),), "rule barrier, column 'crossings': the district has no such block: r2cO (did you mean"),
        (
            (("r1c0", "r3c0"),),
            "rule barrier, column 'crossings': the blocks are no neighbours: r1c0 and r3c0. Name pairs",
        ),
    ],
)
def test_crossings_must_be_there(crossings: Any, text: str, town: tuple[checker.Folder, District]) -> None:
    with pytest.raises(InputError) as error:
        under(town[1], [Barrier(file="river", line=RIVER, crs=CRS, crossings=crossings)])
    assert text in str(error.value)


def test_the_command_measures_a_plan_beyond_a_barrier(tmp_path: Path) -> None:
    folder = TOWN.write(tmp_path / "town")
    path = layer(tmp_path / "river.gpkg", RIVER)
    frame = TOWN.blocks()[["block_id", "school_id"]]
    frame.loc[frame.block_id == "r2c1", "school_id"] = "x"
    frame.loc[frame.block_id == "r2c0", "school_id"] = "x"
    frame.to_csv(tmp_path / "plan.csv", index=False)
    words = ["evaluate", str(folder), str(tmp_path / "plan.csv"), "--json", "--size-tolerance", "1"]
    free = json.loads(CliRunner().invoke(app, words).output)
    barred = json.loads(CliRunner().invoke(app, [*words, "--rule", f"barrier file={path}"]).output)
    assert "contiguity" not in {row["limit"] for row in free["broken_limits"]}
    assert [row["block"] for row in barred["broken_limits"] if row["limit"] == "contiguity"] == ["r2c1"]
    assert free["measures"] == barred["measures"]
    assert free["measures_status_quo"] == barred["measures_status_quo"]


def test_a_run_read_again_with_its_district_has_the_travel_of_its_barrier(
    town: tuple[checker.Folder, District], tmp_path: Path, rezone, monkeypatch
) -> None:
    monkeypatch.chdir(tmp_path)
    TOWN.write(tmp_path / "town")
    layer(tmp_path / "river.gpkg", RIVER)
    rule = "barrier file=river.gpkg travel=700"
    call = ("optimize", "town", "--out", "run", "--iterations", 2000, "--threads", 1, "--travel-increase", 3)
    status, _, err = rezone(*call, "--rule", rule)
    assert status == 0, err
    said = json.loads((tmp_path / "run/summary.json").read_text())["measures"]
    plain = Plan(town[1], read_runs([tmp_path / "run"], None)[0].plan.school)
    assert measure(plain)["travel_mean"] < said["travel_mean"] - 1  # the barrier counts
    for district in (read_district(tmp_path / "town"), None):
        (found,) = read_runs([tmp_path / "run"], district)
        assert measure(found.plan)["travel_mean"] == pytest.approx(said["travel_mean"], abs=1e-9)
    (tmp_path / "river.gpkg").unlink()
    status, _, err = rezone("export", "run", "--district", "town", "--out", "exported")
    assert (status, "'river.gpkg' is not there" in err) == (2, True), err
    assert rezone("export", "run", "--out", "exported")[0] == 0


def test_of_two_lines_alike_that_cost_differently_the_last_one_counts(town: tuple[checker.Folder, District]) -> None:
    district = town[1]
    cheap, dear = (Barrier(file="river", travel=cost, line=RIVER, crs=CRS) for cost in (100.0, 900.0))
    once = under(under(district, [cheap]), [dear])
    assert once.travel_today == pytest.approx(under(district, [dear]).travel_today)
    assert (once.travel_today > under(district, [cheap]).travel_today).any()
