"""Files that nobody should write: how a good folder is spoilt, and how what is said of it must read."""

from __future__ import annotations

import json
import os
import re
import shutil
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from toys import EXAMPLE

from optimizer.errors import InputError

INSIDE = re.compile(r"\w(Error|Exception)\b|Traceback|pandas|arrow|numpy|pydantic|shapely|pyogrio|GDAL|dtype|at 0x")
Spoil = Callable[[Path], Any]
TOY = EXAMPLE.but(head="[limits]\nsize_tolerance = 0.5\n")
TRAVEL = pd.DataFrame(
    {"block_id": [f"r0c{k}" for k in range(4) for _ in "xy"], "school_id": list("xy") * 4, "minutes": [3.0] * 8}
)
PLAN = "block_id,school_id\nr0c0,x\nr0c1,x\nr0c2,y\nr0c3,y\n"


def well_said(err: str) -> None:
    """What is said is short, plain, and no program's own words."""
    lines = err.splitlines()
    assert 1 <= len(lines) <= 10, err
    assert max(map(len, lines)) <= 300, err
    assert err.replace("\n", "").isprintable(), err
    assert INSIDE.search(err) is None, err


def left_in(out: Path) -> list[Path]:
    """What a command has written: to the folder, or the page beside it."""
    return [path for path in (*out.rglob("*"), out.with_suffix(".html")) if path.exists()]


def blocks(**columns: Any) -> Spoil:
    """The blocks with some columns changed; None takes one out."""

    def spoil(folder: Path) -> None:
        frame = TOY.blocks()
        for name, value in columns.items():
            frame = frame.drop(columns=name) if value is None else frame.assign(**{name: value})
        frame.to_parquet(folder / "blocks.parquet")

    return spoil


def table(file: str, **columns: Any) -> Spoil:
    def spoil(folder: Path) -> None:
        frame = {"travel.parquet": TRAVEL, "travel.csv": TRAVEL, "schools.csv": TOY.schools()}[file].assign(**columns)
        frame.to_parquet(folder / file) if file.endswith("parquet") else frame.to_csv(folder / file, index=False)

    return spoil


def raw(file: str, data: bytes | str) -> Spoil:
    def spoil(folder: Path) -> None:
        (folder / file).write_bytes(data if isinstance(data, bytes) else data.encode())

    return spoil


def geojson(change: Callable[[dict[str, Any]], Any]) -> Spoil:
    def spoil(folder: Path) -> None:
        data = json.loads(TOY.blocks().to_crs(4326).to_json(drop_id=True))
        (folder / "blocks.parquet").unlink()
        (folder / "blocks.geojson").write_text(json.dumps(change(data)))

    return spoil


def features(key: str, value: Any) -> Callable[[dict[str, Any]], Any]:
    def change(data: dict[str, Any]) -> Any:
        for feature in data["features"]:
            feature["properties"][key] = value
        return data

    return change


def feature(number: int, key: str, value: Any) -> Callable[[dict[str, Any]], Any]:
    def change(data: dict[str, Any]) -> Any:
        data["features"][number]["properties"][key] = value
        return data

    return change


def link(file: str) -> Spoil:
    return lambda folder: (folder / file).symlink_to(folder / "nowhere")


def pipe(file: str) -> Spoil:
    return lambda folder: os.mkfifo(folder / file)


def device(file: str) -> Spoil:
    return lambda folder: (folder / file).symlink_to("/dev/zero")


def wkb(*shapes: bytes) -> Spoil:
    """Blocks with these bytes in the place of their shapes."""

    def spoil(folder: Path) -> None:
        TOY.blocks().to_parquet(folder / "blocks.parquet")
        read = pq.read_table(folder / "blocks.parquet")
        kept = read.column("geometry").to_pylist()[len(shapes) :]
        new = pa.array([*shapes, *kept], pa.binary())
        at = read.schema.get_field_index("geometry")
        pq.write_table(read.set_column(at, "geometry", new), folder / "blocks.parquet")

    return spoil


UNCLOSED = struct.pack("<BIII", 1, 3, 1, 4) + struct.pack("<8d", 3e5, 4.2e6, 3.1e5, 4.2e6, 3.1e5, 4.1e6, 3.2e5, 4.1e6)


def two_layers(folder: Path) -> None:
    (folder / "blocks.parquet").unlink()
    for name in ("one", "two"):
        TOY.blocks().to_file(folder / "blocks.gpkg", layer=name)


def curves(folder: Path) -> None:
    frame = TOY.blocks()
    frame.loc[0, "geometry"] = shapely.LineString([(3e5, 4.2e6), (3.1e5, 4.2e6)])
    (folder / "blocks.parquet").unlink()
    frame.to_file(folder / "blocks.gpkg")


def indexed(folder: Path) -> None:
    frame = TOY.blocks().drop(columns="block_id")
    frame.index = pd.Index([f"r0c{k}" for k in range(3)] + ["r0c2"], name="block_id")
    frame.to_parquet(folder / "blocks.parquet")


def many_columns(folder: Path) -> None:
    more = pd.DataFrame(np.ones((4, 2100)), columns=[f"c{k}" for k in range(2100)])
    pd.concat([TOY.blocks(), more], axis=1).to_parquet(folder / "blocks.parquet")


def moments(kind: str) -> Any:
    return pd.to_timedelta([5.0] * 8, "min") if kind == "duration" else pd.date_range("2026-01-01", periods=8)


# What is spoilt, how, and what is said of it.
def calls(folder: Path, good: Path, out: Path, turn: int) -> list[tuple[Any, ...]]:
    """`check`, and two of the other commands that read a district, each in its turn."""
    others: list[tuple[Any, ...]] = [
        ("evaluate", folder, good / "plan.csv", "--json"),
        ("optimize", folder, "--out", out, "--iterations", 10),
        ("bound", folder),
        ("explain", folder),
        ("score", folder, good / "plan.csv", "--out", out),
        ("transition", folder, good / "plan.csv", "--out", out),
        ("verify", folder, "--plan", good / "plan.csv", "--certificate", good / "run" / "certificate.json"),
        ("report", folder, "--out", out.with_suffix(".html")),
        ("export", good / "run", "--district", folder, "--out", out),
        ("frontier", folder, "--out", out),
        ("sensitivity", folder, "--out", out),
        ("rfp", folder, good / "plan.csv", "--out", out),
    ]
    return [("check", folder), *(others[(turn + k) % len(others)] for k in (0, 5))]


def all_refuse(spoil: Spoil, words: str, turn: int, good: Path, rezone: Any, base: Path) -> None:
    """Every command that reads a folder spoilt so says these words, ends with 2, and leaves nothing."""
    folder, out = base / "d", base / "out"
    shutil.copytree(good / "d", folder)
    spoil(folder)
    for call in calls(folder, good, out, turn):
        status, _, err = rezone(*call)
        assert (status, left_in(out)) == (2, []), (call, err)
        well_said(err)
        assert words in err, (call, err)


# Parts of anything, put together at random, and files with a few bytes changed.
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
FEW = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def refused_or_read(read: Callable[[], Any]) -> None:
    """Whatever comes, it is read or said to be wrong, well."""
    try:
        read()
    except InputError as error:
        well_said(str(error))
