"""The district that a run carries: that of its folder, whatever rules do to schools, and refused where it is none."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from changed_schools import NEW, SIX

from optimizer import District, InputError
from optimizer.measures import measure
from scenarios.exports import read_runs
from scenarios.folder import read_district
from scenarios.folder.carried import AGAIN, SCHEMA, read_carried

RULES: dict[str, list[dict[str, Any]]] = {
    "none": [],
    "opened": [NEW],
    "closed": [{"kind": "close", "schools": ["y"]}],
    "paired": [{"kind": "pair", "schools": ["x", "y"]}, {"kind": "seats", "school": "z", "capacity": 99}],
}
PARTS = ("block_ids", "school_ids", "school_names", "groups", "columns", "name")
ARRAYS = ("counts", "status_quo", "root", "capacity", "min_students", "other_students", "successor", "travel_today")


def made(rezone: Any, folder: Path, rules: list[dict[str, Any]]) -> tuple[Path, Path]:
    """A district's folder, and a run of it under the rules."""
    SIX.write(folder / "d")
    lines = [line for rule in rules for line in ("[[rules]]", *(f"{k} = {json.dumps(v)}" for k, v in rule.items()))]
    (folder / "asked.toml").write_text("\n".join(["[options]", *lines]))
    call = ("optimize", folder / "d", "--out", folder / "run", "--config", folder / "asked.toml")
    status, _, err = rezone(*call, "--iterations", 300, "--size-tolerance", 0.9, "--travel-increase", 9)
    assert status == 0, err
    return folder / "d", folder / "run"


def same(one: District, two: District) -> None:
    assert [getattr(one, name) for name in PARTS] == [getattr(two, name) for name in PARTS]
    for name in ARRAYS:
        assert np.array_equal(getattr(one, name), getattr(two, name), equal_nan=True), name
    assert np.array_equal(one.adjacency.index, two.adjacency.index)
    assert one.geography is not None
    assert two.geography is not None
    assert shapely.equals_exact(one.geography.polygon, two.geography.polygon, 0).all()
    assert np.array_equal(one.geography.school_xy, two.geography.school_xy)
    assert one.geography.crs == two.geography.crs


@pytest.mark.parametrize("rules", RULES)
def test_a_run_read_by_itself_is_the_run_read_with_its_districts_folder(rezone, tmp_path: Path, rules: str) -> None:
    folder, run = made(rezone, tmp_path, RULES[rules])
    (alone,), (given,) = read_runs([run]), read_runs([run], read_district(folder))
    same(alone.plan.district, given.plan.district)
    same(alone.plan.district.today, given.plan.district.today)
    assert measure(alone.plan) == measure(given.plan)


def test_a_folder_without_one_and_one_of_another_district_are_refused(rezone, tmp_path: Path) -> None:
    _, run = made(rezone, tmp_path, [])
    path = run / "district.parquet"
    table = pq.read_table(path)
    shutil.copytree(run, tmp_path / "unlisted")
    (tmp_path / "unlisted/summary.json").unlink()
    moved = pa.array(np.roll(table["school"].to_numpy(), 1), pa.int32())
    pq.write_table(table.set_column(1, SCHEMA.field("school"), moved), tmp_path / "unlisted/district.parquet")
    with pytest.raises(InputError, match=r"district\.parquet: is not the district of report\.json"):
        read_runs([tmp_path / "unlisted"])
    shutil.copy(tmp_path / "unlisted/district.parquet", path)
    with pytest.raises(InputError, match="is not the file that rezone optimize wrote there"):
        read_runs([run])
    path.unlink()
    for command in ("export", "publish"):
        status, _, err = rezone(command, run, "--out", tmp_path / "out")
        assert (status, "holds no district: an older version wrote it" in err) == (2, True), err
        status, _, err = rezone(command, run, "--out", tmp_path / "out", "--district", tmp_path / "d")
        assert status == 0, err
        shutil.rmtree(tmp_path / "out")


def changes() -> dict[str, Any]:
    """What no file of a run holds, by what is wrong: of a table another one."""

    def column(name: str, value: Any) -> Any:
        def change(table: Any) -> Any:
            values = [value, *table[name].to_pylist()[1:]]
            at = table.schema.get_field_index(name)
            return table.set_column(at, SCHEMA.field(name), pa.array(values, SCHEMA.field(name).type))

        return change

    def noted(**notes: Any) -> Any:
        def change(table: Any) -> Any:
            found = json.loads(table.schema.metadata[b"rezone"]) | notes
            return table.replace_schema_metadata({b"rezone": json.dumps(found).encode()})

        return change

    return {
        "no notes": lambda table: table.replace_schema_metadata({}),
        "older": noted(format=0),
        "no CRS": noted(crs="here"),
        "degrees": noted(crs="EPSG:4326"),
        "no schools": noted(schools=[]),
        "columns": noted(columns=["students"]),
        "no rows": lambda table: table.slice(0, 0),
        "no column": lambda table: table.drop_columns(["school"]),
        "order of ids": column("block_id", "zzz"),
        "school": column("school", 99),
        "counts": column("counts", [-1.0] * 4),
        "fewer counts": column("counts", [1.0]),
        "neighbour": column("neighbours", [999]),
        "null": column("travel", None),
        "null within": column("neighbours", [None]),
        "negative travel": column("travel", [-1.0]),
        "more travel": column("travel", [1.0, 2.0, 3.0]),
        "shape": column("geometry", b"none"),
        "point": column("geometry", shapely.to_wkb(shapely.Point(0, 0))),
    }


def test_what_no_run_has_written_is_refused(rezone, tmp_path: Path) -> None:
    _, run = made(rezone, tmp_path, [])
    table = pq.read_table(run / "district.parquet")
    for name, change in changes().items():
        path = tmp_path / "changed.parquet"
        pq.write_table(change(table), path)
        with pytest.raises(InputError) as found:
            read_carried(path)
        assert AGAIN in str(found.value), name
