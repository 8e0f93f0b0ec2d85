"""Plans for GIS and office programs: the same figures everywhere, text as text, where they come from inside."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from toys import TOWN
from typer.testing import CliRunner

from optimizer import InputError, optimize
from optimizer.measures import school_rows
from scenarios.answer.summary import summarise_run
from scenarios.asking.options import rules_of
from scenarios.asking.settling import settle
from scenarios.cli.main import app
from scenarios.exports import read_runs, write_export
from scenarios.exports.layers import layer_name
from scenarios.exports.runs import _names
from scenarios.folder import read_district
from scenarios.report.output import Answer

HOSTILE = '=1+1"<b>'


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> Path:
    """A finished run of the toy town, with a school whose name is hostile; its district beside it."""
    folder = tmp_path_factory.mktemp("run")
    schools = TOWN.schools()
    schools.loc[0, "name"] = HOSTILE
    TOWN.write(folder / "d", schools=schools)
    district = read_district(folder / "d")
    settings = settle({"iterations": 2000}, None, {})
    result = optimize(district, None, rules_of(settings), iterations=2000, threads=1)
    (folder / "best").mkdir()
    Answer(result, summarise_run(result, settings, 1.0)).write(folder / "best", {})
    return folder


def export(run: Path, out: Path, *formats: str, given: bool = True) -> list[Path]:
    out.mkdir()
    runs = read_runs([run / "best"], read_district(run / "d") if given else None)
    return write_export(out, runs, formats)


def test_layers_hold_zones_blocks_scores_and_provenance(run: Path, tmp_path: Path) -> None:
    export(run, tmp_path / "o", "gpkg")
    path = tmp_path / "o" / "plans.gpkg"
    zones, blocks = gpd.read_file(path, layer="zones_best"), gpd.read_file(path, layer="blocks_best")
    plan = read_runs([run / "best"], read_district(run / "d"))[0].plan
    for row, true in zip(zones.itertuples(), school_rows(plan), strict=True):
        assert row.students == true.students
        assert row.students_white == true.groups["white"]
        own = blocks.geometry[(blocks.school_id == row.school_id).to_numpy()]
        assert shapely.equals(shapely.normalize(row.geometry), shapely.normalize(shapely.union_all(own.to_numpy())))
    assert zones.name[0] == HOSTILE
    summary = json.loads((run / "best" / "summary.json").read_text(encoding="utf-8"))
    assert zones.plan_disparity[0] == pytest.approx(summary["disparity"])
    with sqlite3.connect(path) as base:
        scores = dict(base.execute("select measure, value from scores where plan = 'best'"))
        provenance = dict(base.execute("select key, value from provenance"))
    base.close()
    assert scores["dissimilarity.race"] == pytest.approx(summary["measures"]["dissimilarity.race"])
    assert "seed 0" in provenance["plan best"]
    assert "not to be published" in provenance["warning"]


def test_geojson_and_shapefile_say_the_same(run: Path, tmp_path: Path) -> None:
    export(run, tmp_path / "o", "geojson", "shapefile")
    text = (tmp_path / "o" / "plans-zones_best.geojson").read_text(encoding="utf-8")
    data = json.loads(text)
    assert data["rezone"]["district"] == "toy"
    with zipfile.ZipFile(tmp_path / "o" / "plans-zones_best.shp.zip") as archive:
        assert {"provenance.txt", "scores.csv", "columns.csv", "zones_best.prj"} <= set(archive.namelist())
        short = archive.read("columns.csv").decode()
    frame = gpd.read_file(tmp_path / "o" / "plans-zones_best.shp.zip!zones_best.shp")
    column = next(line.split(",")[0] for line in short.splitlines() if line.endswith(",students"))
    told = [feature["properties"]["students"] for feature in data["features"]]
    assert frame[column].tolist() == told
    assert all(len(name) <= 10 for name in frame.columns)
    assert frame.crs == "EPSG:32618"
    inside = shapely.points([feature["geometry"]["coordinates"][0][0] for feature in data["features"][:1]])
    assert (np.abs(shapely.get_coordinates(inside)) < 181).all()


def test_with_the_districts_folder_or_without_the_same_is_exported(run: Path, tmp_path: Path) -> None:
    export(run, tmp_path / "a", "geojson")
    export(run, tmp_path / "b", "geojson", given=False)
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


def test_the_workbook_keeps_text_as_text(run: Path, tmp_path: Path) -> None:
    export(run, tmp_path / "o", "xlsx")
    with zipfile.ZipFile(tmp_path / "o" / "plans.xlsx") as book:
        sheets = [book.read(name).decode() for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
        names = book.read("xl/workbook.xml").decode()
    assert not any("<f>" in sheet for sheet in sheets)
    for name in ("measures", "schools", "groups", "moves", "blocks", "about"):
        assert f'name="{name}"' in names


def test_the_command_names_its_files_and_refuses_unknown_formats(run: Path, tmp_path: Path) -> None:
    found = CliRunner().invoke(app, ["export", str(run / "best"), "--out", str(tmp_path / "o"), "--format", "geojson"])
    assert found.exit_code == 0
    assert "plans-zones_best.geojson" in found.stdout
    with pytest.raises(InputError, match=r"'geojsn' is not a format \(did you mean 'geojson'\?\)"):
        CliRunner().invoke(
            app,
            ["export", str(run / "best"), "--out", str(tmp_path / "p"), "--format", "geojsn"],
            catch_exceptions=False,
        )


def test_runs_of_two_districts_are_refused(run: Path, tmp_path: Path) -> None:
    other = TOWN.but(poverty="1 1 2 6 7  1 2 4 7 8  3 4 5 6 7  2 3 0 5 5").district(tmp_path / "d")
    with pytest.raises(InputError, match=r"--district: 'toy' is not the district of the run\. Name the folder"):
        read_runs([run / "best"], other)


def test_the_plans_of_a_study_are_exported_by_their_scenarios(rezone, run: Path, tmp_path: Path) -> None:
    study = f'district = "{run / "d"}"\n[options]\niterations = 300\nsolver = "search"\n'
    study += '[[scenario]]\nname = "at most 20 %"\nmax_moved = 0.2\n'
    study += '[[scenario]]\nname = "today"\nbaseline = "status_quo"\n'
    (tmp_path / "s.toml").write_text(study)
    assert rezone("run", tmp_path / "s.toml", "--out", tmp_path / "s", "--jobs", 1)[0] == 0
    call = ("export", tmp_path / "s", "--format", "geojson", "--out", tmp_path / "o")
    status, _, err = rezone(*call)
    assert (status, "which does not hold its district" in err) == (2, True)
    status, _, err = rezone(*call, "--district", run / "d", "--scenario", "tody")
    assert (status, "'tody' is not there (did you mean 'today'?)" in err) == (2, True)
    status, _, err = rezone(*call, "--district", run / "d", "--scenario", "at most 20 %")
    assert status == 0, err
    names = {path.name for path in (tmp_path / "o").iterdir()}
    assert "plans-zones_at_most_20.geojson" in names
    assert not any("today" in name for name in names)
    own = next((tmp_path / "s" / "plans").glob("*.csv"))
    blocks = gpd.read_file(tmp_path / "o" / "plans-blocks_at_most_20.geojson").set_index("block_id")["school_id"]
    for file in (tmp_path / "s" / "plans").glob("*.csv"):
        plan = pd.read_csv(file).set_index("block_id")["school_id"]
        own = file if (plan == blocks[plan.index]).all() else own
    assert (pd.read_csv(own).set_index("block_id")["school_id"] == blocks.sort_index()).all()


def test_long_names_are_names_that_files_can_have() -> None:
    names = _names(["x" * 300, "x" * 300, "y"])
    assert [len(layer_name(name)) for name in names] == [100, 100, 1]
    assert len({layer_name(name) for name in names}) == 3
