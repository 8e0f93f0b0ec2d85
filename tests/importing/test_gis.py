"""`import gis`: the files that people have, in their layouts and with their faults, to a folder that can be trusted."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from own_files import BY_STUDENTS, FEET, MAPPING, NAMES, SAID, files, mapped, town_students
from toys import CRS, SIDE, TOWN

from optimizer.errors import InputError
from scenarios import read_district
from scenarios.importing.gis import import_gis
from scenarios.importing.mapping import read_mapping


def test_a_town_in_other_layouts_is_the_town(tmp_path: Path, rezone) -> None:
    mapping = mapped(files(tmp_path))
    code, out, err = rezone("import", "gis", mapping, "--out", tmp_path / "d")
    assert (code, err) == (0, "")
    assert "20 blocks, 3 schools" in out
    found, truth = read_district(tmp_path / "d"), TOWN.district(tmp_path / "truth")
    assert found.groups == truth.groups
    assert found.school_ids == ("0x", "0y", "0z")
    assert found.school_names == tuple(NAMES.values())
    assert found.status_quo.tolist() == truth.status_quo.tolist()
    assert found.counts.tolist() == truth.counts.tolist()
    assert found.capacity.tolist()[:2] == [60, 100]
    assert [list(found.adjacency.row(b)) for b in range(20)] == [list(truth.adjacency.row(b)) for b in range(20)]
    assert found.attributes["neighbourhood"].tolist()[:3] == ["n0", "n1", "n2"]
    told = (tmp_path / "d" / "IMPORTED.md").read_text(encoding="utf-8")
    assert "| COLVIN RUN | 0x | but for its spelling |" in told
    total = f"{truth.students.sum():,.0f}"
    assert f"| units.shp | students | {total} | {total} |" in told
    assert "<svg" in (tmp_path / "d" / "problems.html").read_text(encoding="utf-8")
    code, *_ = rezone("check", tmp_path / "d")
    assert code == 0


def test_a_second_import_is_the_first_again(tmp_path: Path, rezone) -> None:
    mapping = mapped(files(tmp_path))
    made = []
    for _ in range(2):
        rezone("import", "gis", mapping, "--out", tmp_path / "d")
        made.append({path.name: path.read_bytes() for path in (tmp_path / "d").iterdir()})
    assert made[0] == made[1]


@pytest.mark.parametrize("ending", ["gpkg", "geojson", "fgb", "parquet"])
def test_any_kind_of_layer_gives_the_same(tmp_path: Path, ending: str) -> None:
    files(tmp_path)
    units = gpd.read_file(tmp_path / "units.shp")
    path = tmp_path / f"u.{ending}"
    units.to_parquet(path) if ending == "parquet" else units.to_file(path)
    found = import_gis(read_mapping(mapped(tmp_path, MAPPING.replace("units.shp", path.name))))
    assert found.rows.ids == [f"{k:03d}" for k in range(20)]
    assert found.rows.counts["students"].sum() == TOWN.blocks()["students"].sum()


def test_esri_json_and_workbooks_are_read(tmp_path: Path) -> None:
    files(tmp_path)
    units = gpd.read_file(tmp_path / "units.shp").to_crs(3857)
    features = [
        {"attributes": {"PU_NO": row.PU_NO}, "geometry": {"rings": [list(map(list, row.geometry.exterior.coords))]}}
        for row in units.itertuples()
    ]
    import json

    document = {"geometryType": "esriGeometryPolygon", "spatialReference": {"wkid": 102100}, "features": features}
    (tmp_path / "units.json").write_text(json.dumps(document))
    units.drop(columns="geometry").to_excel(tmp_path / "counts.xlsx", index=False, engine="xlsxwriter")
    text = MAPPING.replace("units.shp", "units.json")
    head, rest = text.split('students = "TOTAL_CT"')
    table = '[[blocks.tables]]\nfile = "counts.xlsx"\nid = "PU_NO"\nstudents = "TOTAL_CT"'
    counts, zones = rest.split("[zones]")
    found = import_gis(read_mapping(mapped(tmp_path, head + table + counts + "[zones]" + zones)))
    assert found.rows.counts["students_black"].sum() == TOWN.blocks()["students_black"].sum()
    assert found.rows.counts["students"].tolist() == TOWN.blocks()["students"].tolist()


def test_students_become_counts_and_nothing_of_a_child_is_written(tmp_path: Path, rezone) -> None:
    files(tmp_path)
    students = town_students()
    students.to_csv(tmp_path / "students.csv", index=False)
    code, out, err = rezone("import", "gis", mapped(tmp_path, BY_STUDENTS), "--out", tmp_path / "d")
    assert (code, err) == (0, "")
    found, truth = read_district(tmp_path / "d"), TOWN.district(tmp_path / "truth")
    assert found.students.tolist() == truth.students.tolist()
    assert found.group_counts.tolist() == truth.group_counts.tolist()
    assert found.poverty.tolist() == truth.poverty.tolist()
    assert {"students_grade_kg", "students_grade_01"} <= set(found.columns)
    everything = out.encode() + b"".join(path.read_bytes() for path in (tmp_path / "d").iterdir())
    for cell in (*students["SID"][:50], *students["LON"].map(str)[:50]):
        assert cell.encode() not in everything


def test_zones_by_students_follow_where_they_live(tmp_path: Path) -> None:
    files(tmp_path)
    students = town_students()
    students.to_csv(tmp_path / "students.csv", index=False)
    zones = gpd.read_file(tmp_path / "zones.geojson").to_crs(CRS)
    # Zone x reaches over a third of the block to its east, where all of its students live.
    first = TOWN.blocks().geometry[3]
    strip = shapely.box(first.bounds[0], first.bounds[1], first.bounds[0] + SIDE / 3, first.bounds[3])
    own = zones["SCHNAM"] == SAID["x"]
    zones["geometry"] = np.where(own, zones.geometry.union(strip), zones.geometry.difference(strip))
    zones.set_geometry("geometry", crs=CRS).to_crs(3857).to_file(tmp_path / "zones.geojson")
    points = gpd.GeoSeries(gpd.points_from_xy(students["LON"], students["LAT"]), crs=4326).to_crs(CRS)
    inside = points.within(first)
    moved = gpd.GeoSeries(gpd.points_from_xy(points.x[inside] * 0 + first.bounds[0] + 50, points.y[inside]), crs=CRS)
    back = moved.to_crs(4326)
    students.loc[inside, "LON"], students.loc[inside, "LAT"] = back.x.to_numpy(), back.y.to_numpy()
    students.to_csv(tmp_path / "students.csv", index=False)
    by_area = import_gis(read_mapping(mapped(tmp_path, BY_STUDENTS)))
    text = BY_STUDENTS.replace('school = "SCHNAM"', 'school = "SCHNAM"\nby = "students"')
    by_students = import_gis(read_mapping(mapped(tmp_path, text)))
    assert by_area.schools.ids[by_area.school[3]] == "0y"
    assert by_students.schools.ids[by_students.school[3]] == "0x"
    assert any("parted by zones" in one.what and "003 (" in str(one.ids) for one in by_area.notes.problems)


def test_students_outside_are_counted_and_twins_named(tmp_path: Path) -> None:
    files(tmp_path)
    students = town_students()
    more = pd.concat(
        [students, students[:2], students[:1].assign(SID="far", LON=-76.0), students[:1].assign(SID="", LON="")]
    )
    more.to_csv(tmp_path / "students.csv", index=False)
    with pytest.raises(InputError, match=r"2 rows repeat a student's id.*duplicates"):
        import_gis(read_mapping(mapped(tmp_path, BY_STUDENTS)))
    once = BY_STUDENTS + 'duplicates = "once"\n'
    with pytest.raises(InputError, match=r"2 of \d+ students are in no block \(1 of them have no coordinates\)"):
        import_gis(read_mapping(mapped(tmp_path, once)))
    found = import_gis(read_mapping(mapped(tmp_path, once + '[outside]\nstudents = "leave out"\n')))
    assert found.rows.counts["students"].sum() == len(students)
    assert any("2 of" in one.what and one.done for one in found.notes.problems)


def _units(**columns: Any) -> Any:
    return lambda units: units.assign(**columns)


def _spoilt(folder: Path, how: Any) -> None:
    units = gpd.read_file(folder / "units.shp")
    how(units).to_file(folder / "units.shp")


FAULTS: dict[str, tuple[Any, tuple[str, str], str]] = {
    "an unknown key": (None, ("keep = {", "kept = {"), "kept"),
    "a column that is not there": (None, ('"PU_NO"', '"PU_NR"'), "did you mean 'PU_NO'"),
    "no zones": (None, ('[zones]\nfile = "zones.geojson"\nschool = "SCHNAM"\n', ""), "no column and no layer"),
    "zones twice": (None, ("keep = {", 'zone = "NBHD"\nkeep = {'), "are given twice"),
    "no students": (None, ('students = "TOTAL_CT"\n', "empty = 0\n"), ""),
    "suppressed": (_units(FRL=lambda t: ["*", "<10", *t["FRL"][2:].astype(str)]), ("", ""), "2 cells are suppressed"),
    "empty": (_units(FRL=lambda t: ["", None, *t["FRL"][2:].astype(str)]), ("", ""), "2 cells are empty"),
    "words": (_units(FRL=lambda t: ["many", *t["FRL"][1:].astype(str)]), ("", ""), r"001|000 \('many'\)"),
    "rows of one id": (lambda t: pd.concat([t, t[:2]]), ("", ""), r"2 ids stand in several rows: 000, 001.*mend"),
    "no shape": (_units(geometry=lambda t: [None, *t.geometry[1:]]), ("", ""), "1 blocks have no shape or no id: 000"),
    "a zone that is no school": (None, ("SCHNAM", "SCHNAM"), ""),
    "not projected": (None, ("EPSG:32618", "EPSG:4326"), "is not projected"),
    "schools elsewhere": (None, ('lon = "lon"\nlat = "lat"', 'lon = "lat"\nlat = "lon"'), "swapped|axes|far"),
}


@pytest.mark.parametrize("name", [name for name, (_, _, said) in FAULTS.items() if said])
def test_what_is_wrong_is_one_error_and_nothing_is_written(tmp_path: Path, rezone, name: str) -> None:
    how, (old, new), said = FAULTS[name]
    files(tmp_path)
    if how is not None:
        _spoilt(tmp_path, how)
    code, out, err = rezone("import", "gis", mapped(tmp_path, MAPPING.replace(old, new)), "--out", tmp_path / "d")
    assert (code, out) == (2, "")
    assert pd.Series([err]).str.contains(said).all(), err
    assert not (tmp_path / "d").exists()


def test_what_cells_stand_for_is_said_and_noted(tmp_path: Path) -> None:
    files(tmp_path)
    _spoilt(tmp_path, _units(FRL=lambda t: ["*", "", *t["FRL"][2:].astype(str)]))
    text = MAPPING.replace('poverty = "FRL"', 'poverty = "FRL"\nempty = 0\nsuppressed = 1')
    found = import_gis(read_mapping(mapped(tmp_path, text)))
    assert found.rows.counts["students_poverty"][:2].tolist() == [1, 0]
    assert {"units.shp, FRL: 1 empty cells stand for 0", "units.shp, FRL: 1 suppressed cells stand for 1"} <= set(
        found.notes.lines
    )


def test_control_totals_show_what_was_left_out(tmp_path: Path) -> None:
    files(tmp_path)
    _spoilt(tmp_path, _units(geometry=lambda t: [None, *t.geometry[1:]]))
    found = import_gis(read_mapping(mapped(tmp_path, MAPPING + '[outside]\nblocks = "leave out"\n')))
    (total,) = [one for one in found.notes.totals if one.what == "students"]
    whole = TOWN.blocks()["students"]
    assert (total.source, total.before, total.after) == ("units.shp", whole.sum(), whole[1:].sum())
    others = {one.what: (one.source, one.before, one.after) for one in found.notes.totals}
    assert others["blocks"] == ("units.shp", 20, 19)
    assert others["schools"] == ("schools.csv", 3, 3)
    assert others["capacity"] == ("schools.csv", 160, 160)


COUNTS = MAPPING[MAPPING.index("students =") : MAPPING.index("[zones]")]
TABLE = COUNTS.replace('students = "TOTAL_CT"\n', "") + '[[blocks.tables]]\nfile = "t.csv"\nid = "U"\nstudents = "N"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("U,N,N\n000,1,2\n", "N"),
        ("U,N\n000,1,7\n", "cannot be read as a table"),
        ("U,N\n" + "".join(f"{k:03d},1\n" for k in range(19)), "1 blocks are not in it: 019"),
        ("U,N\n" + "".join(f"{k:03d},1\n" for k in range(30)), "10 of its ids are no blocks: 020"),
        ("U,N\n" + "".join(f"{k % 20:03d},1\n" for k in range(21)), "ids stand in several rows: 000"),
    ],
)
def test_a_table_that_does_not_fit_is_an_error(tmp_path: Path, text: str, said: str) -> None:
    files(tmp_path)
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        import_gis(read_mapping(mapped(tmp_path, MAPPING.replace(COUNTS, TABLE))))


def test_students_are_the_groups_where_nothing_counts_them(tmp_path: Path) -> None:
    files(tmp_path)
    found = import_gis(read_mapping(mapped(tmp_path, MAPPING.replace('students = "TOTAL_CT"\n', ""))))
    assert found.rows.counts["students"].tolist() == TOWN.blocks()["students"].tolist()
    assert "students are the sum of the groups" in found.notes.lines


def test_counts_given_twice_are_an_error(tmp_path: Path) -> None:
    files(tmp_path)
    (tmp_path / "t.csv").write_text("U,N\n" + "".join(f"{k:03d},1\n" for k in range(20)), encoding="utf-8")
    twice = MAPPING.replace(COUNTS, COUNTS + TABLE[TABLE.index("[[") :])
    with pytest.raises(InputError, match="counts are given twice: students"):
        import_gis(read_mapping(mapped(tmp_path, twice)))


@pytest.mark.parametrize(("how", "factor"), [("once", 1), ("sum", 2)])
def test_rows_of_one_block_are_joined(tmp_path: Path, how: str, factor: int) -> None:
    files(tmp_path)
    units = gpd.read_file(tmp_path / "units.shp")
    left, right = units[:1].copy(), units[:1].copy()
    box = units.geometry[0].bounds
    middle = (box[0] + box[2]) / 2
    left["geometry"] = left.geometry.intersection(shapely.box(box[0], box[1], middle, box[3]))
    right["geometry"] = right.geometry.intersection(shapely.box(middle, box[1], box[2], box[3]))
    pd.concat([left, right, units[1:]]).to_file(tmp_path / "units.shp")
    found = import_gis(read_mapping(mapped(tmp_path, MAPPING + f'[mend]\nrows = "{how}"\n')))
    assert len(found.rows.ids) == 20
    assert found.rows.counts["students"][0] == 10 * factor
    assert shapely.area(found.rows.shape[0]) == pytest.approx(SIDE**2, rel=1e-3)


def test_shapes_gaps_and_overlaps_are_named_and_mended_when_asked(tmp_path: Path) -> None:
    files(tmp_path)
    units = gpd.read_file(tmp_path / "units.shp").to_crs(CRS)
    shapes = units.geometry.to_numpy().copy()
    left, bottom, right, top = shapes[6].bounds
    shapes[6] = shapely.box(left - 0.5, bottom, right - 0.5, top)  # over its neighbour by half a metre, and a gap
    bow = shapely.Polygon([(left - 500, top), (left, top + 500), (left, top), (left - 500, top + 500)])
    shapes[0] = bow
    units.set_geometry(shapes, crs=CRS).to_crs(FEET).to_file(tmp_path / "units.shp")
    with pytest.raises(InputError, match=r"1 shapes cross themselves: 000.*repair"):
        import_gis(read_mapping(mapped(tmp_path)))
    repair = MAPPING + '[mend]\nshapes = "repair"\n'
    found = import_gis(read_mapping(mapped(tmp_path, repair)))
    whats = [one.what for one in found.notes.problems]
    assert "1 pair of blocks lies over each other" in whats
    assert "1 gap lies between blocks" in whats
    cleaned = import_gis(read_mapping(mapped(tmp_path, repair + "coverage = 1.0\n")))
    assert not any("lie over each other" in one.what or "gaps lie" in one.what for one in cleaned.notes.problems)
    assert shapely.coverage_is_valid(cleaned.rows.shape[5:8])


def test_names_are_said_by_hand_and_two_that_fit_are_both_named(tmp_path: Path) -> None:
    zones = TOWN.blocks().assign(SCHNAM=lambda t: t["school_id"].map(SAID | {"z": "Colvin"})).dissolve("SCHNAM")
    schools = TOWN.schools().assign(SCH_NAME=["Colvin ES", "Jane Addams ES", "Colvin Middle"])
    files(tmp_path, zones=zones.reset_index()[["SCHNAM", "geometry"]], schools=schools)
    with pytest.raises(InputError, match=r"'Colvin' \(fits: x, z\)"):
        import_gis(read_mapping(mapped(tmp_path)))
    by_hand = MAPPING + '[names]\n"Colvin" = "z"\n"COLVIN RUN" = "x"\n'
    found = import_gis(read_mapping(mapped(tmp_path, by_hand)))
    assert ("Colvin", "z", "the mapping") in found.notes.matches


def test_blocks_without_a_zone_are_never_given_to_the_nearest(tmp_path: Path) -> None:
    zones = TOWN.blocks().assign(SCHNAM=lambda t: t["school_id"].map(SAID))[2:].dissolve("SCHNAM")
    files(tmp_path, zones=zones.reset_index()[["SCHNAM", "geometry"]])
    with pytest.raises(InputError, match=r"2 blocks have no school, with \d+ students: 000, 001"):
        import_gis(read_mapping(mapped(tmp_path)))
    found = import_gis(read_mapping(mapped(tmp_path, MAPPING + '[outside]\nblocks = "leave out"\n')))
    assert len(found.rows.ids) == 18


def test_islands_are_joined_by_hand(tmp_path: Path, rezone) -> None:
    files(tmp_path)
    text = MAPPING + '[mend]\njoins = [["000", "019"]]\n'
    code, *_ = rezone("import", "gis", mapped(tmp_path, text), "--out", tmp_path / "d")
    assert code == 0
    district = read_district(tmp_path / "d")
    assert district.block_ids.index("019") in list(district.adjacency.row(0))
    assert len(pd.read_csv(tmp_path / "d" / "adjacency.csv")) == 31 + 1


def test_a_draft_needs_few_corrections(tmp_path: Path, rezone) -> None:
    files(tmp_path)
    town_students().to_csv(tmp_path / "students.csv", index=False)
    named = [tmp_path / name for name in ("students.csv", "schools.csv", "zones.geojson", "units.shp")]
    code, _, err = rezone("import", "gis", "--guess", *named, "--out", tmp_path / "draft.toml")
    assert (code, err) == (0, "")
    draft = tomllib.loads((tmp_path / "draft.toml").read_text(encoding="utf-8"))
    assert draft["blocks"] == {"file": "units.shp", "id": "PU_NO"}
    assert draft["zones"] == {"file": "zones.geojson", "school": "SCHNAM"}
    assert draft["schools"]["id"] == "school_id"
    assert draft["schools"]["name"] == "SCH_NAME"
    assert draft["students"]["groups"] == {"B": "black", "W": "white"}
    assert draft["students"]["poor"] == ["F"]
    assert "# likely" in (tmp_path / "draft.toml").read_text()
    code, _, err = rezone("import", "gis", tmp_path / "draft.toml", "--out", tmp_path / "d")
    assert (code, err) == (0, "")
    assert read_district(tmp_path / "d").students.tolist() == TOWN.blocks()["students"].tolist()


RAW = Path(__file__).parents[3] / "shared" / "raw"


@pytest.mark.skipif(not RAW.is_dir(), reason="no raw files of real districts here")
@pytest.mark.parametrize("form", ["esri", "geo"])
def test_baltimore_countys_planning_blocks_are_read_as_they_are(tmp_path: Path, form: str) -> None:
    raw = RAW / "baltimore_county_sw_md"
    text = f"""
name = "Baltimore County, southwest"
[blocks]
file = "{raw / f"151118.{form}_permuted.zip"}"
id = "PBID"
zone = "ES1516"
students = "K5LiveAtt"
[schools]
file = "{raw / "schoolLocations.geo.zip"}"
id = "OBJECTID"
name = "NAME"
[names]
"Catonsville ES" = "168"
"Edmondson Heights ES" = "39"
"""
    found = import_gis(read_mapping(mapped(tmp_path, text)))
    assert (len(found.rows.ids), len(found.schools.ids)) == (182, 11)
    assert found.rows.counts["students"].sum() == 5443
