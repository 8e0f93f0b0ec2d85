"""Of a child nothing is told but counts: no name, address, id or place, in no file, on no screen, in no error."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from own_files import BY_STUDENTS, files, mapped, town_students

SECRET = re.compile(rb"zq\w*\d", re.IGNORECASE)
DEGREES = re.compile(rb"-7\d\.\d{3,}|3\d\.\d{3,}")


def _students() -> pd.DataFrame:
    """The town's students with secrets in columns of all kinds; of coordinates their figures are the secret."""
    table = town_students()
    planted = {name: [f"Zq{name}{k}" for k in range(len(table))] for name in ("NAME", "STREET", "PHONE", "NOTE")}
    return table.assign(SID=[f"zqid{k}" for k in range(len(table))], **planted)


Spoil = Callable[[pd.DataFrame, Path], None]


def _as(**how: object) -> Spoil:
    return lambda table, path: table.to_csv(path, index=False, **how)  # type: ignore[call-overload]


def _raw(change: Callable[[bytes], bytes]) -> Spoil:
    return lambda table, path: path.write_bytes(change(table.to_csv(index=False).encode())) and None


def _layer(table: pd.DataFrame, path: Path) -> None:
    points = gpd.points_from_xy(table["LON"], table["LAT"], crs=4326)
    gpd.GeoDataFrame(table, geometry=points).to_file(path, driver="GeoJSON")


def _broken(table: pd.DataFrame, path: Path) -> None:
    _layer(table, path)
    path.write_bytes(path.read_bytes()[:-200])


PLAIN = _as()
PATHS: dict[str, tuple[Spoil, tuple[str, str], str]] = {
    "a name for a group": (PLAIN, ('group = "RACE"', 'group = "NAME"'), r"no group is named for: \d+ values that are"),
    "a name for poverty": (PLAIN, ('poverty = "LUNCH"', 'poverty = "NAME"'), "has a value of `poor`"),
    "a name for a grade": (PLAIN, ('grade = "GRADE"', 'grade = "NAME"'), "holds what are no grades"),
    "a name for lon": (PLAIN, ('lon = "LON"', 'lon = "NAME"'), "no row has coordinates"),
    "only a name": (PLAIN, ('id = "SID"', 'only = { NAME = ["Zq"] }'), "no row is one of Zq"),
    "no such column": (PLAIN, ('id = "SID"', 'id = "zqid"'), "column 'zqid': the column that .* is missing"),
    "no header": (_as(header=False), ("", ""), "has no row with names of columns"),
    "no header, and a name twice": (
        lambda table, path: table.assign(NAME=table["STREET"]).to_csv(path, index=False, header=False),
        ("", ""),
        "has no row with names of columns",
    ),
    "ids that stand twice": (lambda table, path: pd.concat([table, table]).to_csv(path), ("", ""), "repeat a student"),
    "swapped": (PLAIN, ('lon = "LON"\nlat = "LAT"', 'lon = "LAT"\nlat = "LON"'), "lon and lat are swapped"),
    "far away": (
        lambda table, path: table.assign(LAT=table["LAT"] - 9).to_csv(path, index=False),
        ("", ""),
        "none lies among the blocks",
    ),
    "another crs": (PLAIN, ('id = "SID"', 'crs = "EPSG:2284"'), "look like degrees"),
    "some outside": (
        lambda table, path: table.assign(LAT=table["LAT"].where(table.index > 5, 37.0)).to_csv(path, index=False),
        ("", ""),
        "6 of .* students are in no block",
    ),
    "a quote left open": (_raw(lambda raw: raw.replace(b",Zq", b',"Zq', 1)), ("", ""), "cannot be read as a table"),
    "a cell too many": (_raw(lambda raw: raw + b"zqid1,zq2,3,4,5,6,7,8,9,zq10,11,12\n"), ("", ""), "as a table"),
    "utf-16": (_raw(lambda raw: raw.decode().encode("utf-16")), ("", ""), "is UTF-16 text"),
    "nul": (_raw(lambda raw: b"\0" + raw), ("", ""), "cannot be read as a table"),
    "broken JSON": (_broken, ('"students.csv"', '"students.geojson"'), "cannot be read as JSON"),
    "a layer, a name for a group": (
        _layer,
        ('"students.csv"\nlon = "LON"\nlat = "LAT"\nid = "SID"\ngroup = "RACE"', '"students.geojson"\ngroup = "NAME"'),
        "no group is named for",
    ),
}


def _need_nothing_told(told: bytes) -> None:
    assert SECRET.search(told) is None
    assert DEGREES.search(told) is None


@pytest.mark.parametrize("name", PATHS)
def test_an_error_tells_nothing_of_a_child(tmp_path: Path, rezone, name: str) -> None:
    spoil, (old, new), said = PATHS[name]
    files(tmp_path)
    spoil(_students(), tmp_path / ("students.geojson" if "geojson" in new else "students.csv"))
    assert old in BY_STUDENTS
    code, out, err = rezone(
        "import", "gis", mapped(tmp_path, BY_STUDENTS.replace(old, new, 1)), "--out", tmp_path / "d"
    )
    assert (code, out) == (2, "")
    assert re.search(said, err), err
    _need_nothing_told(err.replace("'zqid'", "").encode())
    assert not (tmp_path / "d").exists()


def test_a_folder_tells_nothing_of_a_child(tmp_path: Path, rezone) -> None:
    files(tmp_path)
    table = _students()
    outside = table.assign(LAT=table["LAT"].where(table.index > 0, 37.0))
    pd.concat([outside, table[:3]]).to_csv(tmp_path / "students.csv", index=False)
    text = BY_STUDENTS + 'duplicates = "once"\n[outside]\nstudents = "leave out"\n'
    code, out, err = rezone("import", "gis", mapped(tmp_path, text), "--out", tmp_path / "d")
    assert (code, err) == (0, "")
    for path in (tmp_path / "d").iterdir():
        assert SECRET.search(path.read_bytes()) is None
    _need_nothing_told(out.encode())


def test_a_draft_tells_nothing_of_a_child(tmp_path: Path, rezone) -> None:
    files(tmp_path)
    table = _students()
    table.assign(RACE=table["NAME"], LUNCH=table["STREET"])[:40].to_csv(tmp_path / "students.csv", index=False)
    named = [tmp_path / name for name in ("students.csv", "schools.csv", "zones.geojson", "units.shp")]
    code, out, err = rezone("import", "gis", "--guess", *named, "--out", tmp_path / "draft.toml")
    assert (code, err) == (0, "")
    draft = (tmp_path / "draft.toml").read_bytes()
    assert b"[students]" in draft
    assert b'file = "schools.csv"' in draft
    _need_nothing_told(draft + out.encode())
