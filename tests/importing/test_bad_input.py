"""Bad files of all kinds, for both importers: one clear error, exit status 2, nothing half written."""

from __future__ import annotations

import re
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from own_files import BY_STUDENTS, MAPPING, files, mapped, town_students
from toys import CRS

from tests.kit.published import publish

Spoil = Callable[[Path], None]
METRES = "EPSG:32147"  # Virginia South as of EPSG:2284, in metres


def _blocks(how: Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame]) -> Spoil:
    return lambda folder: how(gpd.read_file(folder / "units.shp")).to_file(folder / "units.shp")


def _relabel(file: str, into: int | str, declared: str) -> Spoil:
    """Coordinates in one CRS that call themselves another."""

    def spoil(folder: Path) -> None:
        layer = gpd.read_file(folder / file).to_crs(into).set_crs(declared, allow_override=True)
        (folder / file).unlink()
        layer.to_file(folder / file)

    return spoil


def _swapped(file: str) -> Spoil:
    def spoil(folder: Path) -> None:
        layer = gpd.read_file(folder / file).to_crs(4326)
        layer["geometry"] = shapely.transform(layer.geometry.to_numpy(), lambda xy: xy[:, ::-1])
        (folder / file).unlink()
        layer.to_file(folder / file)

    return spoil


def _first_swapped(folder: Path) -> None:
    table = pd.read_csv(folder / "schools.csv", encoding="cp1252")
    table.loc[0, ["lon", "lat"]] = table.loc[0, ["lat", "lon"]].to_numpy()
    table.to_csv(folder / "schools.csv", index=False)


def _in(crs: str, file: str) -> Spoil:
    """Longitude and latitude of a table as x and y in another CRS."""

    def spoil(folder: Path) -> None:
        table = pd.read_csv(folder / file, encoding="cp1252")
        lon, lat = ("LON", "LAT") if "LON" in table else ("lon", "lat")
        xy = gpd.GeoSeries(gpd.points_from_xy(table[lon], table[lat]), crs=4326).to_crs(crs)
        table.assign(**{lon: xy.x, lat: xy.y}).to_csv(folder / file, index=False)

    return spoil


def _two_layers(folder: Path) -> None:
    units = gpd.read_file(folder / "units.shp")
    units.to_file(folder / "units.gpkg", layer="now")
    units.to_file(folder / "units.gpkg", layer="before")


def _zipped(*more: tuple[str, bytes, int], of: str = "units") -> Spoil:
    def spoil(folder: Path) -> None:
        with zipfile.ZipFile(folder / f"{of}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(folder.glob(f"{of}.*")):
                if path.suffix != ".zip":
                    archive.write(path, path.name)
            for name, raw, mode in more:
                entry = zipfile.ZipInfo(name)
                entry.external_attr, entry.compress_type = mode << 16, zipfile.ZIP_DEFLATED
                archive.writestr(entry, raw)

    return spoil


AWAY, LINK = ("../../away.txt", b"x", 0o644), ("link.txt", b"/etc/passwd", stat.S_IFLNK | 0o777)
BOMB = ("bomb.bin", bytes(150_000_000), 0o644)
ZIP, GPKG = ('"units.shp"', '"units.zip"'), ('"units.shp"', '"units.gpkg"')
SAME = ("", "")
COUNTS = MAPPING[MAPPING.index("students =") : MAPPING.index("[zones]")]
TABLE = (COUNTS, COUNTS.replace('students = "TOTAL_CT"\n', "") + '[[blocks.tables]]\nfile = "t.csv"\nid = "U"\n')
LOST_ZEROS = (TABLE[0], TABLE[1] + 'students = "N"\n')


def _lost_zeros(folder: Path) -> None:
    (folder / "t.csv").write_text("U,N\n" + "".join(f"{k},1\n" for k in range(20)))


GIS: dict[str, tuple[Spoil, tuple[str, str], str]] = {
    "blocks, swapped": (_swapped("units.shp"), SAME, "swapped"),
    "blocks, feet for metres": (_relabel("units.shp", 2284, METRES), SAME, "feet|no places|none lies among"),
    "blocks, another CRS": (_relabel("units.shp", CRS, "EPSG:32616"), SAME, "none lies among the blocks"),
    "zones, swapped": (_swapped("zones.geojson"), SAME, "swapped"),
    "zones, feet for metres": (_relabel("zones.geojson", 2284, METRES), SAME, "feet are taken for metres"),
    "zones, metres for feet": (_relabel("zones.geojson", METRES, "EPSG:2284"), SAME, "metres are taken for feet"),
    "zones, another CRS": (_relabel("zones.geojson", CRS, "EPSG:32616"), SAME, "none lies among the blocks"),
    "schools, swapped": (lambda folder: None, ('"lon"\nlat = "lat"', '"lat"\nlat = "lon"'), "swapped"),
    "schools, feet for metres": (
        _in("EPSG:2284", "schools.csv"),
        ('id = "school_id"', f'crs = "{METRES}"\nid = "school_id"'),
        "feet are taken for metres",
    ),
    "schools, one swapped": (
        _first_swapped,
        SAME,
        "swapped.*: 0x",
    ),
    "students, swapped": (lambda folder: None, ('"LON"\nlat = "LAT"', '"LAT"\nlat = "LON"'), "swapped"),
    "students, feet for metres": (
        _in("EPSG:2284", "students.csv"),
        ('id = "SID"', f'crs = "{METRES}"\nid = "SID"'),
        "feet are taken for metres",
    ),
    "students, another CRS": (
        _in(CRS, "students.csv"),
        ('id = "SID"', 'crs = "EPSG:32616"\nid = "SID"'),
        "none lies among the blocks",
    ),
    "lost zeros": (_lost_zeros, LOST_ZEROS, "of its ids are no blocks: .*all zeros"),
    "several layers": (_two_layers, GPKG, "holds 2 layers"),
    "null geometry": (_blocks(lambda t: t.assign(geometry=[None, *t.geometry[1:]])), SAME, "no shape or no id: 000"),
    "mixed geometry": (
        lambda folder: (
            gpd.read_file(folder / "units.shp")
            .assign(geometry=lambda t: [t.geometry[0].centroid, *t.geometry[1:]])
            .to_file(folder / "units.gpkg")
        ),
        GPKG,
        "shapes that are not polygons",
    ),
    "hostile paths": (_zipped(AWAY), ZIP, "paths that lead out of it"),
    "links": (_zipped(LINK), ZIP, "holds links"),
    "a bomb": (_zipped(BOMB), ZIP, "unpacks to more"),
    "a broken zip": (lambda folder: (folder / "units.zip").write_bytes(b"PK\3\4 and no more") and None, ZIP, "damaged"),
    "no CRS": (lambda folder: (folder / "units.prj").unlink(), SAME, "does not say in which CRS"),
}


@pytest.mark.parametrize("name", GIS)
def test_gis_says_what_is_wrong_and_writes_nothing(tmp_path: Path, rezone, name: str) -> None:
    spoil, (old, new), said = GIS[name]
    files(tmp_path)
    town_students().to_csv(tmp_path / "students.csv", index=False)
    text = BY_STUDENTS if name.startswith("students") else MAPPING
    assert old in text
    spoil(tmp_path)
    code, out, err = rezone("import", "gis", mapped(tmp_path, text.replace(old, new, 1)), "--out", tmp_path / "d")
    assert (code, out) == (2, "")
    assert re.search(said, err), err
    assert not (tmp_path / "d").exists()


def test_text_in_two_encodings_is_read(tmp_path: Path, rezone) -> None:
    files(tmp_path)
    raw = (tmp_path / "schools.csv").read_bytes()
    assert b"\xc9lan" in raw
    (tmp_path / "schools.csv").write_bytes(raw.replace(b"Colvin Run", "Colvin Rún".encode()))
    code, _, err = rezone("import", "gis", mapped(tmp_path), "--out", tmp_path / "d")
    assert (code, err) == (0, "")
    text = (tmp_path / "d" / "schools.csv").read_text(encoding="utf-8")
    assert "Colvin Rún" in text
    assert "Élan" in text


EDGE, P2, ACS = "EDGE_GEOCODE_PUBLICSCH_2122.csv", "DECENNIALPL2020.P2-Data.csv", "ACSDT5Y2022.C17002-Data.csv"
SABS, TIGER = "SABS_1516_SchoolLevels_Primary", "tl_2022_51001_tabblock20"


def _text(file: str, old: str, new: str, times: int = -1) -> Spoil:
    def spoil(folder: Path) -> None:
        text = (folder / file).read_text()
        assert old in text
        (folder / file).write_text(text.replace(old, new, times))

    return spoil


def _packed(file: str, *more: tuple[str, bytes, int]) -> tuple[Spoil, tuple[str, str]]:
    return _zipped(*more, of=file.rsplit(".", 1)[0]), (f'"{file}"', f'"{file.rsplit(".", 1)[0]}.zip"')


CENSUS: dict[str, tuple[Spoil, tuple[str, str], str]] = {
    "blocks, swapped": (_swapped(f"{TIGER}.shp"), SAME, "swapped"),
    "blocks, another CRS": (_relabel(f"{TIGER}.shp", CRS, "EPSG:32616"), SAME, "none lies among the blocks"),
    "zones, swapped": (_swapped(f"{SABS}.shp"), SAME, "swapped"),
    "zones, feet for metres": (_relabel(f"{SABS}.shp", 2284, METRES), SAME, "feet are taken for metres"),
    "schools, swapped": (_text(EDGE, "LAT,LON", "LON,LAT"), SAME, "latitudes are not of the United States"),
    "another vintage": (_text(ACS, "1500000US51001", "1500000US51003"), SAME, "vintage"),
    "more than 0.5 % lost": (_text(P2, "1000000US51001", "1000000US51003", 2), SAME, "lacks the block of 2 of 150"),
    "lost zeros": (
        _text(EDGE, "\n510", "\n10"),
        ('lea = "5100001"', 'lea = "0100001"'),
        "ids have lost the zero before them.*state = '01'",
    ),
    **{
        f"{kind}, {what}": (*_packed(file, bad), said)
        for kind, file in (("blocks", f"{TIGER}.shp"), ("zones", f"{SABS}.shp"), ("people", P2), ("schools", EDGE))
        for what, bad, said in (
            ("hostile paths", AWAY, "paths that lead out"),
            ("links", LINK, "holds links"),
            ("a bomb", BOMB, "unpacks to more"),
        )
    },
}


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish(tmp_path_factory.mktemp("state"), 1, blocks=150, schools=6).mapping.parent


@pytest.mark.parametrize("name", CENSUS)
def test_census_says_what_is_wrong_and_writes_nothing(tmp_path: Path, rezone, state: Path, name: str) -> None:
    spoil, (old, new), said = CENSUS[name]
    for path in state.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    spoil(tmp_path)
    text = (tmp_path / "mapping.toml").read_text()
    assert old in text
    (tmp_path / "mapping.toml").write_text(text.replace(old, new, 1))
    code, out, err = rezone("import", "census", tmp_path / "mapping.toml", "--out", tmp_path / "d")
    assert (code, out) == (2, "")
    assert re.search(said, err), err
    assert not (tmp_path / "d").exists()
