"""Files of another form than one's own that are read as they mean, and cells that are named by what they are."""

from __future__ import annotations

import datetime
import json
import shutil
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from hostile import TOY, TRAVEL, blocks, well_said

from scenarios import read_district
from scenarios.folder.links import read_travel
from scenarios.folder.tables import Faults
from scenarios.reading.layers import read_layer


def test_files_that_others_write_are_read_as_they_mean(tmp_path: Path) -> None:
    folder = TOY.write(tmp_path / "d")
    expected = read_district(folder)
    frame = TOY.blocks()

    def same(what: str) -> None:
        found = read_district(folder)
        assert found.block_ids == expected.block_ids, what
        assert np.array_equal(found.counts, expected.counts), what
        assert np.array_equal(found.status_quo, expected.status_quo), what

    for name, made in {
        "categories": frame.assign(
            block_id=frame["block_id"].astype("category"), school_id=pd.Categorical(list("xxyy"))
        ),
        "nullable": frame.assign(students=frame["students"].astype("Int64")),
        "decimals": frame.assign(students=[Decimal(str(v)) for v in frame["students"]]),
        "numbers as text": frame.assign(students=frame["students"].astype(str)),
        "index": frame.set_index("block_id"),
        "three dimensions": frame.set_geometry(shapely.force_3d(frame.geometry.to_numpy(), 7.0), crs=frame.crs),
        "other geometry": frame.rename_geometry("shape"),
    }.items():
        made.to_parquet(folder / "blocks.parquet")
        same(name)
    table_ = pq.read_table(folder / "blocks.parquet")
    at = table_.schema.get_field_index("block_id")
    pq.write_table(
        table_.set_column(at, "block_id", table_.column(at).cast(pa.large_string())), folder / "blocks.parquet"
    )
    same("large text")
    geo = pq.read_table(folder / "blocks.parquet").schema.metadata[b"geo"]
    for notes in (b"{", b"\xff", b"", b"[]"):
        read = pq.read_table(folder / "blocks.parquet").replace_schema_metadata({b"geo": geo, b"pandas": notes})
        pq.write_table(read, folder / "blocks.parquet")
        same("notes of pandas")
    (folder / "blocks.parquet").unlink()
    frame.to_crs(4326).to_file(folder / "blocks.geojson", COORDINATE_PRECISION=15)
    text = (folder / "blocks.geojson").read_bytes()
    for name, data in {"mark": b"\xef\xbb\xbf" + text, "plain": text}.items():
        (folder / "blocks.geojson").write_bytes(data)
        same(name)
    one = json.loads(text)["features"][0]
    one["properties"]["school_id"] = "y"
    (folder / "blocks.geojson").write_text(json.dumps(one))
    assert len(read_layer(folder / "blocks.geojson")) == 1


def test_a_table_of_travel_takes_what_is_surely_a_number(tmp_path: Path) -> None:
    ids = [f"r0c{k}" for k in range(4)]
    for values in (
        pd.Series([3.0] * 8).astype("Float64"),
        pd.Series([3] * 8).astype("int8"),
        [Decimal("3.0")] * 8,
        pd.Categorical([3.0] * 8),
        ["3.0"] * 8,
        None,
    ):
        TRAVEL.assign(minutes=3.0 if values is None else values).to_parquet(tmp_path / "travel.parquet")
        if values is None:
            damaged = pq.read_table(tmp_path / "travel.parquet").replace_schema_metadata({b"pandas": b"{"})
            pq.write_table(damaged, tmp_path / "travel.parquet")
        faults = Faults()
        found = read_travel(faults, tmp_path, ids, ["x", "y"])
        assert faults.found == []
        assert found is not None
        assert found.value.tolist() == [3.0] * 8


def test_cells_of_odd_types_are_named_by_what_they_are(good: Path, rezone, tmp_path: Path) -> None:
    folder = tmp_path / "d"
    shutil.copytree(good / "d", folder)
    odd = {"list": [["a"]] * 4, "date": pd.date_range("2026-01-01", periods=4), "table": [{"a": 1}] * 4}
    odd |= {
        "duration": pd.to_timedelta([1, 2, 3, 4], "min"),
        "bytes": [b"x"] * 4,
        "day": [datetime.date(2026, 1, 1)] * 4,
    }
    blocks(**odd)(folder)
    assert rezone("check", folder)[0] == 0
    for column, words in {"list": "a list", "date": "a date", "duration": "a duration", "day": "a date"}.items():
        status, _, err = rezone("evaluate", folder, "--rule", f"keep_together column={column}")
        assert (status, f"r0c0 ({words})" in err) == (2, True), err
        well_said(err)
