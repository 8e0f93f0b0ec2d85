"""What was read is what is hashed: the same content has the same hash in any file, and any other content another."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from toys import EXAMPLE, TOWN

from optimizer import Disparity, Size, Travel, optimize
from scenarios import certify, read_plan, write_plan
from scenarios.asking.rule_files import located, read_files
from scenarios.folder import read_district, read_inputs, write_district
from scenarios.plans.file import plan_csv, plan_hash, rows_hash
from scenarios.verify import verify


def written(tmp_path: Path, ending: str) -> Path:
    """The town in one format."""
    out = tmp_path / ending
    out.mkdir()
    write_district(read_district(TOWN.write(tmp_path / f"raw_{ending}")), out, blocks=ending)
    return out


def test_the_same_content_has_the_same_hash_in_any_format_and_order_of_rows(tmp_path: Path) -> None:
    one, two = written(tmp_path, "parquet"), written(tmp_path, "gpkg")
    assert read_district(one).inputs == read_district(two).inputs == read_inputs(one)[1]
    blocks = gpd.read_parquet(one / "blocks.parquet")
    turned = blocks.iloc[::-1][list(blocks.columns[::-1])].set_geometry("geometry")
    many = shapely.multipolygons([[shape] for shape in turned.geometry])
    turned.set_geometry(many, crs=blocks.crs).astype({"students": np.float32}).to_parquet(one / "blocks.parquet")
    schools = (one / "schools.csv").read_text().splitlines()
    (one / "schools.csv").write_text("\r\n".join([schools[0], *schools[:0:-1], ""]), newline="")
    assert read_district(one).inputs == read_district(two).inputs


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (lambda frame: frame.assign(students_white=frame["students_white"] + 0.001), "blocks"),
        (lambda frame: frame.set_geometry(frame.geometry.translate(0.001)), "blocks"),
        (lambda frame: frame.assign(further="x"), "blocks"),
        (lambda frame: frame.assign(school_id=frame["school_id"].to_numpy()[[1, 0, *range(2, len(frame))]]), None),
    ],
)
def test_other_content_has_another_hash(change, part: str, tmp_path: Path) -> None:
    folder = TOWN.write(tmp_path / "d")
    before, path = read_district(folder).inputs, folder / "blocks.parquet"
    frame = gpd.read_parquet(path)
    changed = change(frame)
    changed.to_parquet(path)
    after = read_district(folder).inputs
    differ = {name for name in before if before[name] != after[name]}
    assert differ == ({part} if part else set() if changed["school_id"].equals(frame["school_id"]) else {"blocks"})


def test_hashes_are_the_same_in_every_process(tmp_path: Path) -> None:
    folder = EXAMPLE.write(tmp_path / "d")
    code = "import sys; from scenarios.folder import read_inputs; print(read_inputs(sys.argv[1])[1])"
    found = {
        subprocess.run([sys.executable, "-c", code, folder], capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    }
    assert found == {f"{read_inputs(folder)[1]}\n"}


def layer(path: Path) -> closing[sqlite3.Connection]:
    """A GeoPackage as a database, with the functions that its own triggers call."""
    base = sqlite3.connect(path)
    for name in ("ST_IsEmpty", "ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):
        base.create_function(name, 1, lambda shape: 0)
    return closing(base)


def opened(path: Path) -> None:
    """What a GIS program does that opens a layer, and closes it: bytes change, rows do not."""
    with layer(path) as base:
        base.execute("PRAGMA journal_mode = WAL")
        base.execute("UPDATE blocks SET students = students + 1")
        base.execute("UPDATE blocks SET students = students - 1")
        base.commit()
        base.execute("PRAGMA journal_mode = DELETE")


def test_a_layer_that_was_opened_and_closed_still_verifies(tmp_path: Path) -> None:
    folder, plan = written(tmp_path, "gpkg"), tmp_path / "plan.csv"
    district = read_district(folder)
    result = optimize(district, Disparity(), [Travel(), Size()], iterations=300, proving=0.2)
    write_plan(plan, result.plan)
    opened(folder / "blocks.gpkg")  # between reading and certifying
    certify(result, folder, plan, tmp_path / "certificate.json")
    before = (folder / "blocks.gpkg").read_bytes()
    opened(folder / "blocks.gpkg")
    assert (folder / "blocks.gpkg").read_bytes() != before
    assert verify(folder, plan, tmp_path / "certificate.json").verified
    with layer(folder / "blocks.gpkg") as base:
        base.execute("UPDATE blocks SET students = students + 0.2")
        base.commit()
    with pytest.raises(ValueError, match=r"its files have changed: blocks\. Verify with"):
        verify(folder, plan, tmp_path / "certificate.json")


def test_edits_that_lie_beside_a_layer_are_read_and_hashed(tmp_path: Path) -> None:
    folder = written(tmp_path, "gpkg")
    before = read_district(folder)
    with layer(folder / "blocks.gpkg") as base:
        base.execute("PRAGMA journal_mode = WAL")
        base.execute("UPDATE blocks SET students_poverty = 0")
        base.commit()
        assert (folder / "blocks.gpkg-wal").stat().st_size
        after = read_district(folder)
    assert after.poverty.sum() == 0 < before.poverty.sum()
    assert before.inputs["blocks"] != after.inputs["blocks"]


def test_a_plan_is_known_by_its_rows(tmp_path: Path) -> None:
    district = read_district(TOWN.write(tmp_path / "d"))
    write_plan(tmp_path / "plan.csv", read_plan(_today(tmp_path, district), district))
    head, *rows = (tmp_path / "plan.csv").read_text(encoding="utf-8").splitlines()
    other = "\r\n".join(['"block_id","school_id"', *(f'"{r}"'.replace(",", '","') for r in rows[::-1]), ""])
    (tmp_path / "other.csv").write_text("\ufeff" + other, encoding="utf-8", newline="")
    plan = read_plan(tmp_path / "other.csv", district)
    assert plan_csv(plan).splitlines()[0] == head
    assert plan_hash(plan) == rows_hash(tmp_path / "plan.csv") == rows_hash(tmp_path / "other.csv")


def _today(tmp_path: Path, district) -> Path:
    path = tmp_path / "today.csv"
    rows = [f"{b},{district.school_ids[j]}" for b, j in zip(district.block_ids, district.status_quo, strict=True)]
    path.write_text("\n".join(["block_id,school_id", *rows, ""]), encoding="utf-8")
    return path


def test_a_rule_knows_its_layer_by_what_it_holds(tmp_path: Path) -> None:
    x, y = 500_000, 4_200_000
    parts = [shapely.LineString([(x, y), (x + 1, y + 1)]), shapely.LineString([(x + 1, y + 1), (x + 2, y)])]
    line = gpd.GeoDataFrame({"name": ["a", "b"]}, geometry=parts, crs=32618)
    line.to_file(tmp_path / "line.gpkg", driver="GPKG")
    line.iloc[::-1].to_parquet(tmp_path / "line.parquet")
    rule = located({"kind": "barrier", "file": "line.gpkg"}, tmp_path)
    assert rule["sha256"] == located({"kind": "barrier", "file": "line.parquet"}, tmp_path)["sha256"]
    shutil.copy(tmp_path / "line.gpkg", tmp_path / "copy.gpkg")
    with layer(tmp_path / "line.gpkg") as base:
        base.execute("UPDATE line SET name = 'c'")
        base.commit()
    assert (tmp_path / "line.gpkg").read_bytes() != (tmp_path / "copy.gpkg").read_bytes()
    assert read_files(rule)["line"].length == pytest.approx(2 * 2**0.5)
    line.iloc[:1].to_file(tmp_path / "line.gpkg", driver="GPKG")
    with pytest.raises(ValueError, match="is not the file that sha256 tells of"):
        read_files(rule)
