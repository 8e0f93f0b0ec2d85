"""Files that nobody should write, and every command that reads them: one clear error, never a traceback."""

from __future__ import annotations

import datetime
import json
import os
import re
import shutil
import struct
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from toys import EXAMPLE

from optimizer.errors import Doubt, Fault, InputError, cut
from scenarios import read_district
from scenarios.folder.links import read_travel
from scenarios.folder.tables import Faults
from scenarios.plans.file import read_plan
from scenarios.reading.documents import parse_json, read_json, read_toml
from scenarios.reading.layers import read_layer
from scenarios.reading.results import read_report, read_runs_table, read_summary, read_years
from scenarios.reading.tables import read_csv, read_parquet
from scenarios.report.data import FORMAT
from scenarios.report.pack import pack, unpack

INSIDE = re.compile(r"\w(Error|Exception)\b|Traceback|pandas|arrow|numpy|pydantic|shapely|pyogrio|GDAL|dtype|at 0x")
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


@pytest.fixture(scope="module")
def good(tmp_path_factory) -> Path:
    """A folder `d`, a plan, and what optimize leaves: `run`."""
    from docs_runner import command

    base = tmp_path_factory.mktemp("good")
    TOY.write(base / "d")
    (base / "plan.csv").write_text(PLAN)
    command(f"rezone optimize {base / 'd'} --out {base / 'run'} --iterations 50 --threads 1 --rule 'moved share=0.9'")
    return base


def blocks(**columns: Any) -> Callable[[Path], None]:
    """The blocks with some columns changed; None takes one out."""

    def spoil(folder: Path) -> None:
        frame = TOY.blocks()
        for name, value in columns.items():
            frame = frame.drop(columns=name) if value is None else frame.assign(**{name: value})
        frame.to_parquet(folder / "blocks.parquet")

    return spoil


def table(file: str, **columns: Any) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        frame = {"travel.parquet": TRAVEL, "travel.csv": TRAVEL, "schools.csv": TOY.schools()}[file].assign(**columns)
        frame.to_parquet(folder / file) if file.endswith("parquet") else frame.to_csv(folder / file, index=False)

    return spoil


def raw(file: str, data: bytes | str) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        (folder / file).write_bytes(data if isinstance(data, bytes) else data.encode())

    return spoil


def geojson(change: Callable[[dict[str, Any]], Any]) -> Callable[[Path], None]:
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


def link(file: str) -> Callable[[Path], None]:
    return lambda folder: (folder / file).symlink_to(folder / "nowhere")


def pipe(file: str) -> Callable[[Path], None]:
    return lambda folder: os.mkfifo(folder / file)


def device(file: str) -> Callable[[Path], None]:
    return lambda folder: (folder / file).symlink_to("/dev/zero")


def wkb(*shapes: bytes) -> Callable[[Path], None]:
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
FOLDERS: dict[str, tuple[Callable[[Path], None], str]] = {
    "column twice": (
        raw("travel.csv", "block_id,school_id,minutes,minutes\nr0c0,x,1,2\n"),
        "column 'minutes': the column stands twice",
    ),
    "capitals": (raw("travel.csv", "block_id,school_id,minutes,Minutes\nr0c0,x,1,2\n"), "columns differ by capitals"),
    "seats twice": (raw("schools.csv", "school_id,name,lon,lat,capacity,capacity\nx,X,1,1,1,2\n"), "stands twice"),
    "adjacency twice": (raw("adjacency.csv", "block_id,neighbour_id,block_id\nr0c0,r0c1,r0c2\n"), "stands twice"),
    "toml twice": (
        raw("district.toml", 'name = "a"\nname = "b"\ngroups = []\n'),
        "a key or table stands twice, at line 2",
    ),
    "toml deep": (raw("district.toml", 'name = "a"\ngroups = ' + "[" * 3000 + "]" * 3000), "inside each other"),
    "toml control": (raw("district.toml", 'name = "\\u001b[31m"\ngroups = []\n'), "holds control characters"),
    "toml long": (raw("district.toml", f'name = "{"n" * 300}"\ngroups = []\n'), "too long for an id or a name"),
    "toml latin": (raw("district.toml", 'name = "é"'.encode("latin-1")), "is not UTF-8 text at line 1"),
    "two of travel": (lambda f: (table("travel.csv")(f), table("travel.parquet")(f)), "both are there"),
    "two of blocks": (raw("blocks.gpkg", "x"), "blocks.parquet and blocks.gpkg are there"),
    "two layers": (two_layers, "holds 2 layers (one, two), 2 of them with block_id"),
    "id twice": (indexed, "the id stands more than once: r0c2"),
    "travel link": (link("travel.csv"), "travel.csv: is a link to"),
    "travel link of the other kind": (link("travel.parquet"), "travel.parquet: is a link to"),
    "adjacency link": (link("adjacency.csv"), "adjacency.csv: is a link to"),
    "travel in capitals": (raw("Travel.CSV", "block_id,school_id,minutes\n"), "is not read: the name is travel.csv"),
    "adjacency in capitals": (raw("ADJACENCY.csv", "x"), "is not read: the name is adjacency.csv"),
    "empty id": (blocks(block_id=[None, "r0c1", "r0c2", "r0c3"]), "the id is empty: row 1"),
    "blank id": (blocks(block_id=["  ", "r0c1", "r0c2", "r0c3"]), "the id is empty: row 1"),
    "school without a name": (table("schools.csv", name=[" ", "Y"]), "column 'name': the name is empty: x"),
    "toml without a name": (raw("district.toml", 'name = " "\ngroups = []\n'), "column 'name': the name is missing"),
    "next to nothing": (blocks(students_grade_k=[1e-300] * 4), "all of it adds up to 4e-300"),
    "no map": (lambda f: TOY.blocks().set_crs(4978, allow_override=True).to_parquet(f / "blocks.parquet"), "is no CRS"),
    "kilometres": (
        lambda f: (
            (b := TOY.blocks()).set_geometry(b.scale(0.001, 0.001, origin=(0, 0))).to_parquet(f / "blocks.parquet")
        ),
        "none lies among the blocks",
    ),
    "capitals in the other file": (table("schools.csv", school_id=["X", "Y"]), "They differ by capitals alone"),
    "travel folder": (lambda f: (f / "travel.csv").mkdir(), "travel.csv: is a folder"),
    "travel pipe": (pipe("travel.csv"), "is a pipe or a device"),
    "travel device": (device("travel.parquet"), "is a pipe or a device"),
    "adjacency pipe": (pipe("adjacency.csv"), "is a pipe or a device"),
    "blocks device": (
        lambda f: ((f / "blocks.parquet").unlink(), device("blocks.geojson")(f)),
        "is a pipe or a device",
    ),
    "toml device": (lambda f: ((f / "district.toml").unlink(), device("district.toml")(f)), "is a pipe or a device"),
    "empty travel": (raw("travel.csv", ""), "travel.csv: is empty"),
    "travel without rows": (raw("travel.csv", "block_id,school_id,minutes\n"), "travel.csv: holds no rows"),
    "adjacency without rows": (raw("adjacency.csv", "block_id,neighbour_id\n"), "adjacency.csv: holds no rows"),
    "schools without rows": (raw("schools.csv", "school_id,name,lon,lat\n"), "schools.csv: holds no schools"),
    "utf-16": (raw("schools.csv", "school_id,name,lon,lat\nx,X,1,1\n".encode("utf-16")), "is UTF-16 text"),
    "latin-1": (raw("schools.csv", "school_id,name,lon,lat\nx,Ä,1,1\n".encode("latin-1")), "is not UTF-8 text"),
    "NUL": (raw("schools.csv", b"school_id,name,lon,lat\nx,\0,1,1\n"), "holds NUL bytes"),
    "quote": (raw("schools.csv", 'school_id,name,lon,lat\nx,"X,1,1\n'), "a quotation mark in row 2 has not its other"),
    "rows too long": (raw("travel.csv", "block_id,school_id,minutes\nr0c0,x,1\nr0c1,x,1,5\n"), "line 3 has 4 cells"),
    "parquet of text": (raw("travel.parquet", "hello"), "cannot be read as parquet"),
    "blocks of text": (raw("blocks.parquet", "hello"), "cannot be read as parquet"),
    "durations": (table("travel.parquet", minutes=moments("duration")), "holds durations"),
    "dates": (table("travel.parquet", minutes=moments("date")), "holds dates"),
    "days": (table("travel.parquet", minutes=[datetime.date(2026, 1, 1)] * 8), "holds dates"),
    "yes and no": (table("travel.parquet", minutes=[True] * 8), "true and false are not numbers"),
    "lists": (table("travel.parquet", minutes=[[1.0]] * 8), "neither a number nor text"),
    "structs": (table("travel.parquet", minutes=[{"a": 1.0}] * 8), "neither a number nor text"),
    "bytes": (table("travel.parquet", minutes=[b"1"] * 8), "neither a number nor text"),
    "number ids": (table("travel.parquet", block_id=range(8)), "holds numbers: ids must be text"),
    "list ids": (table("travel.parquet", block_id=[["a"]] * 8), "ids must be text"),
    "dates as counts": (blocks(students=pd.date_range("2026-01-01", periods=4)), "holds dates"),
    "beyond doubles": (blocks(students=[1e308, 1e308, 10, 10]), "not a number that can be used: r0c0 (1e+308)"),
    "seats beyond": (table("schools.csv", capacity=["1e308", "1e308"]), "of 1,000,000,000,000 at most"),
    "id steers": (blocks(block_id=["a\x1b[31m", "b", "c", "d"]), "holds control characters: a\\x1b[31m"),
    "id with a line": (blocks(block_id=["a\nb", "b", "c", "d"]), "holds control characters: a\\nb"),
    "id turns": (blocks(block_id=["a\u202eb", "b", "c", "d"]), "holds control characters: a\\u202eb"),
    "id long": (blocks(block_id=["a" * 500, "b", "c", "d"]), "too long for an id or a name"),
    "name steers": (table("schools.csv", name=["A\x07", "B"]), "holds control characters: A\\x07"),
    "column steers": (blocks(**{"a\x1b": 1}), "the name of a column holds control characters"),
    "many columns": (many_columns, "2,107 columns are too many"),
    "geojson numbers": (
        geojson(features("school_id", 1)),
        'holds numbers: ids must be text, or leading zeros are lost: 1. Write "1" and not 1',
    ),
    "geojson floats": (geojson(features("block_id", 0.0)), 'Write "0.0" and not 0.0'),
    "geojson null": (
        geojson(lambda d: d | {"features": [*d["features"], None]}),
        "column 'features': not features: number 5",
    ),
    "geojson no feature": (geojson(lambda d: d | {"features": [{"type": "Point"}]}), "not features: number 1"),
    "geojson bare": (geojson(lambda d: d["features"][0]["geometry"]), "is a bare Polygon without columns"),
    "geojson list": (geojson(lambda d: [d]), "is JSON, and no GeoJSON"),
    "geojson text": (geojson(lambda d: "hello"), "is JSON, and no GeoJSON"),
    "geojson empty": (geojson(lambda d: d | {"features": []}), "blocks.geojson"),
    "geojson shapes": (
        geojson(lambda d: [f.update(geometry=None) for f in d["features"]] and d),
        "missing, or damaged: r0c0",
    ),
    "geojson coordinates": (
        geojson(lambda d: [f["geometry"].update(coordinates="x") for f in d["features"]] and d),
        "blocks.geojson",
    ),
    "geojson deep": (
        lambda f: ((f / "blocks.parquet").unlink(), raw("blocks.geojson", "[" * 100_000)(f)),
        "inside each other",
    ),
    "damaged shapes": (wkb(b"\x01\x03\x00"), "the geometry is missing, or damaged: r0c0"),
    "rings not closed": (wkb(UNCLOSED, UNCLOSED), "the geometry is missing, or damaged: r0c0, r0c1"),
    "lines": (curves, "the geometry is not a polygon or multipolygon: r0c0"),
    "no shapes": (
        lambda f: pd.DataFrame(TOY.blocks().drop(columns="geometry")).to_parquet(f / "blocks.parquet"),
        "no geometry",
    ),
    "shapefile of text": (
        lambda f: ((f / "blocks.parquet").unlink(), raw("blocks.gpkg", "x")(f)),
        "cannot be read as a layer",
    ),
}


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


@pytest.mark.parametrize("name", FOLDERS)
def test_every_command_says_what_is_wrong_with_a_folder(name: str, good: Path, rezone, tmp_path: Path) -> None:
    spoil, words = FOLDERS[name]
    folder, out = tmp_path / "d", tmp_path / "out"
    shutil.copytree(good / "d", folder)
    spoil(folder)
    for call in calls(folder, good, out, list(FOLDERS).index(name)):
        status, _, err = rezone(*call)
        assert (status, left_in(out)) == (2, []), (call, err)
        well_said(err)
        assert words in err, call


PLANS: dict[str, tuple[bytes, str]] = {
    "header alone": (b"block_id,school_id\n", "holds no rows"),
    "empty": (b"", "is empty"),
    "column twice": (b"block_id,school_id,school_id\nr0c0,x,y\n", "column 'school_id': the column stands twice"),
    "other names": (b"GEOID20,District\nr0c0,x\n", "its columns are called GEOID20 and District. A plan file has"),
    "no header": (b"r0c0,x\nr0c1,x\n", "has no header. A plan file has the columns block_id and school_id"),
    "one column": (b"block_id,zone\nr0c0,x\n", "column 'school_id': the column is missing"),
    "blocks missing": (b"block_id,school_id\nr0c0,x\n", "blocks are missing: r0c1, r0c2, r0c3"),
    "steering": (b"block_id,school_id\n\x1b[31m,x\n", "not a block of the district: \\x1b[31m"),
    "long": (b"block_id,school_id\n" + b"a" * 100_000 + b",x\n", "not a block of the district: aaaa"),
    "bytes": (bytes(range(256)) * 9, "plan.csv"),
    "not text": (b"\x89PNG\r\n\x1a\n" + bytes(99), "plan.csv"),
}


@pytest.mark.parametrize("name", PLANS)
def test_every_command_says_what_is_wrong_with_a_plan(name: str, good: Path, rezone, tmp_path: Path) -> None:
    data, words = PLANS[name]
    plan, out, folder = tmp_path / "plan.csv", tmp_path / "out", good / "d"
    plan.write_bytes(data)
    every = (
        ("evaluate", folder, plan),
        ("score", folder, plan, "--out", out),
        ("transition", folder, plan, "--out", out),
        ("verify", folder, "--plan", plan, "--certificate", good / "run" / "certificate.json"),
        ("report", plan, "--district", folder, "--out", out.with_suffix(".html")),
        ("export", plan, "--district", folder, "--out", out),
        ("rfp", folder, plan, "--out", out),
    )
    turn = list(PLANS).index(name)
    for call in (every[0], every[1 + turn % 6], every[1 + (turn + 2) % 6]):
        status, _, err = rezone(*call)
        assert (status, left_in(out)) == (2, []), (call, err)
        well_said(err)
        assert words in err, call


@pytest.mark.parametrize("kind", ["link", "folder", "pipe", "gone"])
def test_what_is_no_file_is_refused_wherever_one_is_named(kind: str, good: Path, rezone, tmp_path: Path) -> None:
    made, out, d, run = tmp_path / "x", tmp_path / "out", good / "d", good / "run"
    named: dict[str, Any] = {
        "link": lambda p: p.symlink_to(tmp_path / "nowhere"),
        "folder": lambda p: p.mkdir(),
        "pipe": os.mkfifo,
        "device": lambda p: p.symlink_to("/dev/zero"),
        "gone": lambda p: None,
    }
    words = {"pipe": "is a pipe or a device", "device": "is a pipe or a device", "link": "is a link to"}
    for ending, call in (
        (".csv", lambda p: ("evaluate", d, p)),
        (".toml", lambda p: ("evaluate", d, "--config", p)),
        (".toml", lambda p: ("run", p, "--out", out)),
        (".json", lambda p: ("verify", d, "--plan", good / "plan.csv", "--certificate", p)),
        (".gpkg", lambda p: ("score", d, p, "--out", out)),
        (".geojson", lambda p: ("score", d, p, "--out", out)),
        (".csv", lambda p: ("report", run, "--out", out.with_suffix(".html"), "--addresses", p)),
        (".geojson", lambda p: ("report", run, "--out", out.with_suffix(".html"), "--context", p)),
        (".csv", lambda p: ("rfp", d, good / "plan.csv", "--out", out, "--growth", p)),
        (".gpkg", lambda p: ("evaluate", d, "--rule", f"barrier file={p}")),
        (".csv", lambda p: ("report", p, "--district", d, "--out", out.with_suffix(".html"))),
        (".csv", lambda p: ("export", p, "--district", d, "--out", out)),
    ):
        path = made.with_suffix(ending)
        named[kind](path)
        status, _, err = rezone(*call(path))
        assert (status, left_in(out)) == (2, []), (ending, call(path), err)
        well_said(err)
        if ending != ".gpkg" or "--rule" not in call(path):
            assert words.get(kind, "x.") in err, (call(path), err)
        if kind == "folder":
            path.rmdir()
        elif kind != "gone":
            path.unlink()


DOCUMENTS: dict[str, bytes] = {
    "empty": b"",
    "list": b"[]",
    "table": b"{}",
    "text": b'"x"',
    "null": b"null",
    "cut": b'{"a": ',
    "deep": b"[" * 50_000,
    "twice": b'{"a": 1, "a": 2}',
    "NaN": b'{"a": NaN}',
    "digits": b"1" * 5000,
    "bytes": bytes(range(256)),
    "utf-16": '{"a": 1}'.encode("utf-16"),
    "format": json.dumps({"format": FORMAT}).encode(),
    "docs": json.dumps([{"format": FORMAT}] * 2).encode(),
    "parquet": b"PAR1" + bytes(20) + b"PAR1",
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_results_of_another_form_are_refused_by_whoever_reads_them(name, good: Path, rezone, tmp_path: Path) -> None:
    data, out, d = DOCUMENTS[name], tmp_path / "out", good / "d"
    turn = list(DOCUMENTS).index(name)
    every = (
        (
            "report.json",
            (("report", "--out", out.with_suffix(".html")), ("export", "--out", out), ("publish", "--out", out)),
        ),
        ("summary.json", (("compare", "--out", out),)),
        ("certificate.json", ()),
        ("transition.json", ()),
        (
            "results.parquet",
            (("compare", "--out", out), ("report", "--district", d, "--out", out.with_suffix(".html"))),
        ),
    )
    for file, calls in (every[turn % 5], every[(turn + 2) % 5]):
        run = tmp_path / file.partition(".")[0]
        shutil.copytree(good / "run", run)
        if file == "results.parquet":
            for other in ("report.json", "summary.json", "plan.csv"):  # which no folder of `run` has
                (run / other).unlink()
        (run / file).write_bytes(data)
        more = {
            "certificate.json": [("verify", d, "--plan", run / "plan.csv", "--certificate", run / file)],
            "transition.json": [("report", run, "--out", out.with_suffix(".html"), "--transition", run / file)],
        }
        for call in more.get(file, [(command, run, *words) for command, *words in calls]):
            status, _, err = rezone(*call)
            assert (status, left_in(out)) == (2, []), (call, err)
            well_said(err)
            assert file in err, call


@pytest.mark.parametrize(
    "spoilt", [b"[options]\nseed = 1\nseed = 2\n", b"seed", b"\xff\xfe", b"a = " + b"[" * 9000, b""]
)
def test_scenario_files_and_configs_of_another_form_are_refused(spoilt, good: Path, rezone, tmp_path: Path) -> None:
    file, out = tmp_path / "x.toml", tmp_path / "out"
    file.write_bytes(spoilt)
    for call in (("run", file, "--out", out), ("evaluate", good / "d", "--config", file)):
        status, _, err = rezone(*call)
        assert (status, left_in(out)) == (2, []), (call, err)
        well_said(err)
        assert "x.toml: " in err


def test_an_option_stands_once_and_a_call_comes_back_short(good: Path, rezone) -> None:
    for words in (("--seed", 1, "--seed", 2), ("--contiguity", "--no-contiguity"), ("--json", "--json")):
        status, _, err = rezone("evaluate", good / "d", *words)
        assert (status, err) == (2, f"error: {words[0]}: is given twice. Give it once\n")
    assert rezone("evaluate", good / "d", "--rule", "moved share=0.5", "--rule", "moved share=0.6")[0] == 0
    for value in ("x" * 100_000, "\x1b[31mred", "--" + "y" * 9999):
        for call in (("evaluate", good / "d", "--seed", value), ("evaluate", value), ("evaluate", good / "d", value)):
            status, _, err = rezone(*call)
            assert status == 2
            well_said(err)


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
    ):
        TRAVEL.assign(minutes=values).to_parquet(tmp_path / "travel.parquet")
        faults = Faults()
        found = read_travel(faults, tmp_path, ids, ["x", "y"])
        assert faults.found == []
        assert found is not None
        assert found.value.tolist() == [3.0] * 8


@pytest.mark.parametrize(
    ("times", "words"),
    [
        (0.001, "travel is shorter than the straight line for 24 of 24 pairs"),
        (1 / 1609.344, "is distance_m in miles?"),
        (1 / 0.3048, "travel is more than 2.5 times the straight line"),
        (100.0, "is distance_m in centimetres?"),
    ],
)
def test_travel_in_another_unit_is_said_with_both_figures(times, words, rezone, tmp_path: Path) -> None:
    toy = EXAMPLE.but(zones="X x x x x x x x x x x Y", groups={"white": "9 " * 12}, poverty="1 " * 12)
    folder = toy.write(tmp_path / "d")
    read = read_district(folder)
    pairs = [(b, s) for b in range(12) for s in (0, 11)]
    value = [times * 1.3 * 500 * abs(b - s) for b, s in pairs]
    names = pd.DataFrame({"block_id": [read.block_ids[0]] * 0, "school_id": [], "distance_m": []})
    names["block_id"] = [f"r0c{b}" for b, _ in pairs]
    names["school_id"] = ["x" if s == 0 else "y" for _, s in pairs]
    names["distance_m"] = value
    names.to_csv(folder / "travel.csv", index=False)
    status, out, err = rezone("check", folder)
    assert status == 0
    assert words in err
    assert err.startswith("warning: travel.csv: ")
    assert words in out
    assert ("so that the travel limit asks nothing" in err) == (times < 1)
    names["distance_m"] = [v / times for v in value]
    names.to_csv(folder / "travel.csv", index=False)
    assert "warning" not in rezone("check", folder)[2]


@pytest.mark.parametrize(("times", "words"), [(1 / 60, "more than 150 km/h"), (60.0, "less than 1 km/h"), (1.0, "")])
def test_minutes_that_nobody_travels_are_said(times: float, words: str, tmp_path: Path) -> None:
    import warnings

    folder = EXAMPLE.but(zones="X x x x x x x x Y", groups={"white": "9 " * 9}, poverty="1 " * 9).write(tmp_path / "d")
    rows = [f"r0c{b},{'x' if s == 0 else 'y'},{times * abs(b - s):.6f}" for b in range(9) for s in (0, 8)]
    (folder / "travel.csv").write_text("\n".join(["block_id,school_id,minutes", *rows, ""]))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", Doubt)
        read_district(folder)
    said = [str(one.message) for one in caught]
    assert len(said) == bool(words)
    assert not words or words in said[0]


def test_what_meets_nothing_is_said(good: Path, rezone, tmp_path: Path) -> None:
    d = tmp_path / "d"
    shutil.copytree(good / "d", d)
    TRAVEL.to_csv(d / "travel.csv", index=False)
    far = gpd.GeoDataFrame(geometry=[shapely.LineString([(1e5, 4.2e6), (1e5, 4.3e6)])], crs="EPSG:32618")
    far.to_file(tmp_path / "far.gpkg")
    for rule, words in (
        ("walk_zone distance=1", "no block lies within 1 of its school"),
        (f"barrier file={tmp_path / 'far.gpkg'}", "parts no neighbours"),
    ):
        status, _, err = rezone("evaluate", d, "--rule", rule)
        assert (status, words in err) == (0, True), err
    (tmp_path / "a.csv").write_text("address,lon,lat\nElm,5,5\n")
    call = ("report", good / "run", "--out", tmp_path / "r.html", "--addresses", tmp_path / "a.csv")
    status, _, err = rezone(*call)
    assert (status, "no address lies in a block" in err) == (2, True)
    (tmp_path / "a.csv").write_text("address,lon,lat\n")
    assert "holds no addresses" in rezone(*call)[2]


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


@FEW
@given(st.binary(max_size=400))
def test_random_bytes_are_read_or_refused(tmp_path: Path, data: bytes) -> None:
    for name, read in (
        ("a.csv", read_csv),
        ("a.toml", read_toml),
        ("a.json", read_json),
        ("a.parquet", read_parquet),
        ("b.parquet", read_layer),
        ("a.geojson", read_layer),
        ("a.gpkg", read_layer),
        ("a.zip", read_layer),
    ):
        (tmp_path / name).write_bytes(data)
        refused_or_read(lambda read=read, name=name: read(tmp_path / name))


@settings(FEW, max_examples=10)
@given(st.data())
def test_changed_bytes_are_read_or_refused(good: Path, tmp_path: Path, data) -> None:
    district = read_district(good / "d")
    for name, read in (
        ("d/blocks.parquet", read_layer),
        ("run/plan.gpkg", read_layer),
        ("d/schools.csv", read_csv),
        ("plan.csv", lambda path: read_plan(path, district)),
        ("d/district.toml", read_toml),
        ("run/summary.json", read_summary),
        ("run/report.json", lambda path: read_report(path, FORMAT)),
    ):
        raw_ = bytearray((good / name).read_bytes())
        for _ in range(data.draw(st.integers(1, 4))):
            at = data.draw(st.integers(0, len(raw_) - 1))
            raw_[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
        path = tmp_path / Path(name).name
        path.write_bytes(bytes(raw_))
        refused_or_read(lambda read=read, path=path: read(path))


def places_of(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where something stands in a document, the first and last of lists alone."""
    keys = list(value) if isinstance(value, dict) else [0, len(value) - 1] if isinstance(value, list) and value else []
    return [path, *(place for key in keys for place in places_of(value[key], (*path, key)))]


@FEW
@given(st.data())
def test_a_report_with_a_part_changed_is_drawn_or_refused(good: Path, tmp_path: Path, data) -> None:
    from scenarios.exports.runs import read_runs
    from scenarios.exports.tables import tables_of
    from scenarios.report import render

    doc = json.loads((good / "run" / "report.json").read_text(encoding="utf-8"))
    doc["map"] = unpack(doc["map"])
    place = data.draw(st.sampled_from([place for place in places_of(doc) if place and place != ("map",)]))
    inner = doc
    for key in place[:-1]:
        inner = inner[key]
    if data.draw(st.booleans()):
        inner[place[-1]] = data.draw(PLAIN.filter(lambda v: "NaN" not in json.dumps(v) and "Inf" not in json.dumps(v)))
    elif isinstance(inner, dict):
        del inner[place[-1]]
    doc["map"] = pack(doc["map"]) if doc.get("map") is not None else None
    (tmp_path / "report.json").write_text(json.dumps(doc))
    shutil.copy(good / "run" / "plan.csv", tmp_path / "plan.csv")

    def read() -> None:
        render(read_report(tmp_path / "report.json", FORMAT))
        tables_of({run.name: run.doc for run in read_runs([tmp_path])})

    refused_or_read(read)


@FEW
@given(st.dictionaries(st.sampled_from(["run", "scenario", "district", "status", "rules", "bound", "x"]), PLAIN))
def test_tables_of_results_are_read_or_refused(tmp_path: Path, row: dict[str, Any]) -> None:
    try:
        pd.DataFrame([row | {"run": "a", "scenario": "b", "district": "c", "status": "done"}, row]).to_parquet(
            tmp_path / "results.parquet"
        )
    except (pa.ArrowException, OverflowError, ValueError):
        return  # no such table can be written
    refused_or_read(lambda: read_runs_table(tmp_path))


def test_messages_are_short_whatever_they_name() -> None:
    fault = Fault("w" * 999, "p\x1b" * 500, "m" * 999, "c" * 999, tuple("i" * 999 for _ in range(99)))
    many = InputError([fault] * 50)
    well_said(str(many))
    assert many.lines[-1] == "and 41 more faults. Mend these first"
    assert len(str(Doubt("d\n" * 999))) <= 300
    assert cut("\u202e" * 9, 20) == "\\u202e\\u202…02e\\u202e" or len(cut("\u202e" * 9, 20)) == 20
    with pytest.raises(InputError, match="is not a number"):
        parse_json(b"[Infinity]", "x.json")
    with pytest.raises(InputError, match="holds no years"):
        read_years_of_nothing()


def read_years_of_nothing() -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "transition.json").write_text('{"years": [{"year": 0, "school_year": null}]}')
        read_years(Path(folder) / "transition.json")


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
