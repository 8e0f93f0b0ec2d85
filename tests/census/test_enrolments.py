"""Each form in which NCES publishes schools, made small, with the faults that real files have."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from tree import DATA

from optimizer.errors import InputError
from scenarios.census import tables
from scenarios.census.enrolments import Enrolments
from scenarios.census.lists import BY_GRADE, BY_RACE, TOTAL, read_enrolments
from scenarios.reading import archives

RAW = DATA.parent / "raw"
ONE, TWO = "010000500870", "010000500871"


def written(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def numbers(schools: Enrolments) -> dict[str, list[float | None]]:
    """Every count by its name, None where it is not known."""
    counts = {"total": schools.total} | schools.groups | schools.grades | schools.poverty
    return {name: [None if np.isnan(one) else float(one) for one in value] for name, value in counts.items()}


def noted(schools: Enrolments, words: str) -> str:
    found = [note for note in schools.notes if words in note]
    assert len(found) == 1, schools.notes
    return found[0]


# --- CCD, long

HEAD = "SCHOOL_YEAR,ST,SCH_NAME,LEAID,NCESSCH,GRADE,RACE_ETHNICITY,SEX,STUDENT_COUNT,TOTAL_INDICATOR,DMS_FLAG"
NO = "No Category Codes"


def membership(*schools: tuple[str, dict[tuple[str, str], int | str]], total: int | str = 10, more: str = "") -> str:
    """The long file of membership, with all its totals: by race and grade, Set A and each sum of it. A count is split
    by sex."""
    lines = [HEAD]
    for school, cells in schools:
        start = f'2021-2022,AL,"Doña Ana, {school[-1]}",{school[:7]},{school}'
        for (race, grade), count in cells.items():
            parts = [count, 0] if isinstance(count, int) else [count, count]
            for sex, part in zip(("Male", "Female"), parts, strict=True):
                lines += [f"{start},{grade},{race},{sex},{part},{BY_GRADE},Reported"]
                lines += [f"{start},{NO},{race},{sex},{part},{BY_RACE},Reported"]
                lines += [f"{start},{NO},{race},{NO},{part},Subtotal 3 - By Race/Ethnicity,Reported"]
            lines += [f"{start},{grade},{NO},{NO},{count},Subtotal 4 - By Grade,Reported"]
        lines += [f"{start},{NO},{NO},{NO},{total},{kind},Reported" for kind in ("Education Unit Total", TOTAL)]
    return "\n".join([*lines, more])


CELLS: dict[tuple[str, str], int | str] = {("White", "Grade 1"): 4, ("Hispanic/Latino", "Kindergarten"): 6}


def test_of_membership_each_child_is_counted_once(tmp_path) -> None:
    path = written(tmp_path, "memb.csv", membership((ONE, CELLS), (TWO, CELLS)).encode("cp1252"))
    schools = read_enrolments([path])
    assert schools.ids == (ONE, TWO)
    assert schools.names == ("Doña Ana, 0", "Doña Ana, 1")
    assert schools.year == "2021-22"
    found = numbers(schools)
    assert found["total"] == [10, 10]
    assert found["white"] == [4, 4]
    assert found["hispanic"] == [6, 6]
    assert found["01"] == [4, 4]
    assert found["black"] == [0, 0]  # no row, and the others add up to the total
    assert not schools.notes


def test_of_membership_what_is_missing_is_never_nought(tmp_path) -> None:
    cells = CELLS | {("Asian", "Grade 2"): "-1", ("Not Specified", "Grade 2"): ""}
    schools = read_enrolments([written(tmp_path, "memb.csv", membership((ONE, cells), total=12))])
    found = numbers(schools)
    assert found["asian"] == [None]
    assert found["unknown"] == [None]
    assert found["02"] == [None]
    assert found["white"] == [4]
    assert schools.missing["-1"] == 2


def test_races_are_held_to_the_total_of_the_unit(tmp_path) -> None:
    cells = CELLS | {(race, "Grade 3"): 0 for race in tables_races()}
    schools = read_enrolments([written(tmp_path, "memb.csv", membership((ONE, cells), total=13))])
    assert ONE in noted(schools, "do not add up")


def tables_races() -> list[str]:
    from scenarios.census.lists import RACES

    return [race for race in RACES if race not in ("White", "Hispanic/Latino")]


def test_a_national_file_is_read_in_parts_and_one_agency_of_it_kept(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(tables, "BLOCK", 1000)
    path = written(tmp_path, "memb.csv", membership((ONE, CELLS), ("550852000373", CELLS), (TWO, CELLS)))
    schools = read_enrolments([path], lea="0100005")
    assert schools.ids == (ONE, TWO)
    assert numbers(schools)["hispanic"] == [6, 6]
    with pytest.raises(InputError, match="holds no school of agency 0100006"):
        read_enrolments([path], lea="0100006")
    with pytest.raises(InputError, match=r"'100005' is no code of NCES. Give its 7 digits as text"):
        read_enrolments([path], lea="100005")


def test_rows_that_count_children_several_times_alone_are_refused(tmp_path) -> None:
    text = membership((ONE, CELLS)).replace(BY_RACE, "Subtotal 7")
    with pytest.raises(InputError, match=r"no row is 'Derived - Subtotal by Race.*Take the file whole"):
        read_enrolments([written(tmp_path, "memb.csv", text)])


LUNCH = "SCHOOL_YEAR,SCH_NAME,NCESSCH,DATA_GROUP,LUNCH_PROGRAM,STUDENT_COUNT,TOTAL_INDICATOR,DMS_FLAG\n"
TABLE = "Free and Reduced-price Lunch Table"


def lunch(school: str, total: object, free: object, reduced: object, direct: object) -> str:
    rows = [
        ("Direct Certification", "Not Applicable", direct),
        (TABLE, NO, total),
        (TABLE, "Free lunch qualified", free),
        (TABLE, "Reduced-price lunch qualified", reduced),
    ]
    return "".join(f"2021-2022,A,{school},{group},{kind},{n},Total,Reported\n" for group, kind, n in rows)


def test_lunch_is_measured_apart_from_direct_certification(tmp_path) -> None:
    path = written(
        tmp_path, "l.csv", LUNCH + lunch(ONE, 174, 170, 4, "") + lunch(TWO, "", 5, 6, 99) + lunch("", 1, 1, 0, 1)
    )
    schools = read_enrolments([path])
    found = numbers(schools)
    assert found["frl"] == [174, 11]  # of the second school the parts alone are known
    assert found["direct certification"] == [None, 99]
    assert "1 without an id of 12 digits" in noted(schools, "left out")


# --- CCD, wide

WIDE = "SURVYEAR,LEAID,NCESSCH,SCH_NAME,PK,KG,G01,TOTAL,MEMBER,AM,AS,HI,BL,WH,HP,TR"


@pytest.mark.parametrize("mark", [",", "\t", "|", ";"])
def test_wide_membership_has_codes_that_are_no_numbers(tmp_path, mark: str) -> None:
    rows = f"{WIDE}\n2015,0100005,{ONE},A,-2,3,7,11,10,0,-1,2,3,-9,0,1\n".replace(",", mark)
    schools = read_enrolments([written(tmp_path, "memb.txt", rows)])
    found = numbers(schools)
    assert found["total"] == [10]  # MEMBER, not TOTAL, which holds grown-ups
    assert found["asian"] == [None]
    assert found["white"] == [None]
    assert found["PK"] == [None]
    assert schools.missing == {"-1": 1, "-9": 1, "-2": 1}
    assert schools.year == "2015-16"


def test_wide_membership_without_totals_is_added_up(tmp_path) -> None:
    """2014-15: cells of a race, a grade and a sex alone; those of grades that a school has not are -2."""
    head = "NCESSCH\tWHPKM\tWHPKF\tWH01M\tWH01F\tBL01M\tBL01F\tMEMBER"
    schools = read_enrolments(
        [written(tmp_path, "m.txt", f"{head}\n{ONE}\t-2\t-2\t3\t4\t-1\t2\t9\n{TWO}\t1\t0\t3\t4\t1\t2\t9\n")]
    )
    found = numbers(schools)
    assert found["white"] == [7, 8]
    assert found["black"] == [None, 3]


def test_names_of_columns_carry_the_year(tmp_path) -> None:
    head = (
        "NCESSCH,SCHNAM09,TYPE09,STATUS09,LATCOD09,LONCOD09,GSLO09,GSHI09,CHARTR09,MAGNET09,FRELCH09,REDLCH09,TOTFRL09,"
    )
    head += "KG09,G0109,G0909,MEMBER09,AM09,ASIAN09,HISP09,BLACK09,WHITE09,PACIFIC09,TR09"
    row = f"{ONE},A,4,2,34.5,-86.2,KG,09,1,2,3,1,4,2,3,5,10,0,1,2,3,4,0,0"
    schools = read_enrolments([written(tmp_path, "sc092a.csv", f"{head}\n{row}\n")])
    found = numbers(schools)
    assert (found["01"], found["09"], found["frl"], found["white"]) == ([3], [5], [4], [4])
    assert schools.year == "2009-10"
    assert schools.kinds == ("charter, alternative, closed",)
    assert (schools.low, schools.high) == (("KG",), ("09",))


def test_directory_characteristics_and_coordinates_join_membership(tmp_path) -> None:
    files = [
        written(tmp_path, "052.csv", membership((ONE, CELLS), (TWO, CELLS))),
        written(tmp_path, "033.csv", LUNCH + lunch(ONE, 12, 12, 0, 3) + lunch(TWO, 4, 3, 1, 2)),
        written(
            tmp_path,
            "029.csv",
            "SCHOOL_YEAR,NCESSCH,SCH_NAME,SY_STATUS,SY_STATUS_TEXT,UPDATED_STATUS_TEXT,SCH_TYPE_TEXT,SCH_TYPE,CHARTER_TEXT,"
            "GSLO,GSHI,LEVEL\n"
            f"2021-2022,{ONE},A,1,Open,Open,Regular School,1,Yes,KG,05,Elementary\n"
            f"2021-2022,{TWO},B,1,Open,Closed,Special Education School,2,No,PK,UG,Other\n",
        ),
        written(
            tmp_path,
            "129.csv",
            "NCESSCH,MAGNET_TEXT,NSLP_STATUS,NSLP_STATUS_TEXT\n"
            f"{ONE},No,NSLPCEP,Yes under Community Eligibility Provision (CEP)\n"
            f"{TWO},Yes,NSLPWOPRO,Yes participating without using any Provision or the CEO\n",
        ),
        written(
            tmp_path,
            "geo.txt",
            f"NCESSCH|NAME|CNTY|LOCALE|LAT|LON\n{ONE}|A|01095|32|34.26|-86.2\n99|x|N|N|1|2\n".encode(),
        ),
    ]
    schools = read_enrolments(files, lea="0100005")
    assert schools.kinds == ("charter", "special, closed, magnet")
    assert (schools.low, schools.high) == (("KG", "PK"), ("05", ""))
    assert schools.lat is not None
    assert schools.lon is not None
    assert schools.lat[0] == 34.26
    assert schools.lon[0] == -86.2
    assert np.isnan(schools.lat[1])
    assert ONE in noted(schools, "frl above their enrolment")
    assert TWO not in noted(schools, "frl above")
    assert ONE in noted(schools, "feed all children")
    assert TWO not in noted(schools, "feed all")


def test_what_files_disagree_on_is_said_and_the_first_counts(tmp_path) -> None:
    files = [
        written(tmp_path, "a.csv", f"NCESSCH,SURVYEAR,MEMBER,WH\n{ONE},2021,10,10\n"),
        written(tmp_path, "b.csv", f"NCESSCH,SURVYEAR,MEMBER\n{ONE},2022,11\n{TWO},2022,5\n"),
    ]
    schools = read_enrolments(files)
    assert numbers(schools)["total"] == [10, 5]
    assert "b.csv: total of 1 schools is another" in noted(schools, "than in a file before it")
    assert "2021-22, 2022-23" in noted(schools, "several years")


# --- EDGE

EDGE = "X,Y,NCESSCH,SURVYEAR,SCH_NAME,GSLO,GSHI,TOTFRL,FRELCH,REDLCH,PK,KG,G01,TOTAL,MEMBER,AM,HI,BL,WH,HP,TR"
EDGE += ",LATCOD,LONCOD,UG,AE,SCHOOL_TYPE_TEXT,SY_STATUS_TEXT,AS,CHARTER_TEXT,MAGNET_TEXT\n"


def test_an_empty_cell_of_edge_is_nought_only_where_the_others_add_up(tmp_path) -> None:
    start, end = "2020-2021,A,PK,01", "34.1,-86.2,,,Regular school"
    rows = f"1,2,{ONE},{start},8,8,0,,4,6,10,10,,1,2,3,,,{end},Currently operational ,4,No,Yes\n"
    rows += f"1,2,{TWO},{start},,,,,4,6,10,10,,1,2,,,,{end},Closed,4,N,N\n"
    schools = read_enrolments([written(tmp_path, "psc.csv", b"\xef\xbb\xbf" + (EDGE + rows).encode())])
    found = numbers(schools)
    assert found["asian"] == [4, 4]  # after AE, not beside the others
    assert found["native"] == [0, None]
    assert found["white"] == [3, None]
    assert found["PK"] == [0, 0]
    assert found["frl"] == [8, None]
    assert schools.missing == {"empty": 7}
    assert schools.kinds == ("magnet", "closed")


def test_coordinates_of_2015_16_and_of_a_shapefile_in_a_zip_in_a_zip(tmp_path) -> None:
    old = read_enrolments(
        [written(tmp_path, "g.csv", f"NCESSCH,NAME,LAT1516,LON1516,CNTY15\n{ONE},A,34.26,-86.2,01095\n")]
    )
    assert old.year == "2015-16"
    assert old.lat is not None
    assert old.lat[0] == 34.26
    rows = {"NCESSCH": [ONE], "LEAID": ["0100005"], "NAME": ["Doña"], "LAT": [34.26], "LON": [-86.2]}
    frame = gpd.GeoDataFrame(rows, geometry=[shapely.Point(-86.2, 34.26)], crs=4326)
    folder = tmp_path / "shape"
    folder.mkdir()
    frame.to_file(folder / "EDGE.shp")
    inner = zipped(
        tmp_path / "Shapefile_SCH.zip", {f"Shapefile_SCH/{one.name}": one.read_bytes() for one in folder.iterdir()}
    )
    outer = zipped(
        tmp_path / "EDGE.zip", {"EDGE/Shapefile_SCH.zip": inner.read_bytes(), "__MACOSX/._x.csv": b"NCESSCH"}
    )
    new = read_enrolments([outer])
    assert new.ids == (ONE,)
    assert new.names == ("Doña",)
    assert new.lon is not None
    assert new.lon[0] == -86.2


def test_coordinates_in_a_workbook_whose_ids_are_numbers(tmp_path) -> None:
    table = pd.DataFrame({"NCESSCH": [int(ONE)], "LAT": [34.26], "LON": [-86.2]})
    path = tmp_path / "EDGE_GEOCODE.xlsx"
    with pd.ExcelWriter(path, engine="xlsxwriter") as book:
        table.to_excel(book, index=False)
    schools = read_enrolments([zipped(tmp_path / "EDGE.zip", {"a/EDGE.xlsx": path.read_bytes()})], state="01")
    assert schools.ids == (ONE,)
    with pytest.raises(InputError, match="ids have lost the zero"):
        read_enrolments([path])


def test_swapped_coordinates_are_refused(tmp_path) -> None:
    path = written(tmp_path, "g.csv", f"NCESSCH,LAT,LON\n{ONE},-86.2,34.26\n")
    with pytest.raises(InputError, match=f"latitudes are not of the United States: {ONE}"):
        read_enrolments([path])


# --- exports

ELSI = """ELSI Export

National Center for Education Statistics - http://nces.ed.gov/ccd/elsi/

This is a Public School based table with the following filters applied: State(s) (All Years): All

School Name,White Students [Public School] 2018-19,White Students [Public School] 2019-20,\
Hispanic Students [Public School] 2019-20,Asian or Asian/Pacific Islander Students [Public School] 2019-20,\
Total Students All Grades (Excludes AE) [Public School] 2019-20,Direct Certification [Public School] 2019-20,\
Free and Reduced Lunch Students [Public School] 2019-20,Lowest Grade Offered [Public School] 2019-20,\
Highest Grade Offered [Public School] 2019-20,Charter School [Public School] 2019-20,\
National School Lunch Program [Public School] 2019-20,School ID - NCES Assigned [Public School] Latest available year
ALPHA,99,7,="0",3,10,\u2013,†,Prekindergarten,5th Grade,1-Yes,Yes under Provision 2,="010000500870"
BETA,99,7,‡,3,10,4,5,Kindergarten,12th Grade,2-No,No,010000500871

Data Source: U.S. Department of Education National Center for Education Statistics CCD "Public School" 2019-20 v.1a
"""
ELSI += "\n† indicates that the data are not applicable.\n\u2013 indicates that the data are missing.\n"


def test_an_export_of_elsi(tmp_path) -> None:
    schools = read_enrolments([written(tmp_path, "ELSI_csv_export.csv", ELSI)])
    found = numbers(schools)
    assert schools.ids == (ONE, TWO)
    assert found["white"] == [7, 7]  # of the later year
    assert found["hispanic"] == [0, None]
    assert found["frl"] == [None, 5]
    assert found["direct certification"] == [None, 4]
    assert schools.missing == {"‡": 1, "†": 1, "\u2013": 1}
    assert (schools.low, schools.high, schools.year) == (("PK", "KG"), ("05", "12"), "2019-20")
    assert schools.kinds == ("charter", "")
    assert "2018-19" not in schools.year
    assert "other years than 2019-20" in noted(schools, "left out")
    assert ONE in noted(schools, "feed all children")


SEARCH = """<html><head><meta charset=windows-1252></head><body><table>
<tr><td colspan=4>Public school search</td></tr><tr><td>* Indicates data from the 2020-21 school year</td></tr>
<tr><th>NCES School ID</th><th>School Name</th><th>Low Grade*</th><th>High Grade*</th><th>Charter</th><th>Magnet*</th>
<th>Students*</th><th>Free Lunch*</th><th>Reduced Lunch*</th></tr>
<tr><td>010000500870</td><td>Do\xf1a&nbsp;Ana</td><td>KG</td><td>5</td><td>No</td><td>Yes</td><td>648.00000</td><td>0.00000
</td><td>\x96</td></tr>
<tr><td>010000500871</td><td>B<td>6<td>8<td>Yes<td>No<td>1,200<td>\x86<td>\x87</tr></table></body></html>"""


def test_the_school_searchs_workbook_is_a_page(tmp_path) -> None:
    schools = read_enrolments([written(tmp_path, "ncesdata_1.xls", SEARCH.encode("latin-1"))])
    found = numbers(schools)
    assert schools.names == ("Doña Ana", "B")
    assert found["total"] == [648, 1200]
    assert found["free"] == [0, None]
    assert found["reduced"] == [None, None]
    assert schools.missing == {"\u2013": 1, "†": 1, "‡": 1}
    assert (schools.low, schools.high, schools.kinds) == (("KG", "06"), ("05", "08"), ("magnet", "charter"))


# --- ids and containers


def test_lost_zeros_are_mended_where_the_state_is_given_alone(tmp_path) -> None:
    path = written(tmp_path, "a.csv", f"NCESSCH,MEMBER\n'{ONE[1:]},10\n{TWO[1:]}.0,5\n550852000373,7\n")
    assert read_enrolments([path], state="01").ids == (ONE, TWO)
    assert read_enrolments([path], lea="0100005", state="01").ids == (ONE, TWO)
    with pytest.raises(InputError, match=r"ids have lost the zero before them.*state = '01'"):
        read_enrolments([path])


def test_ids_that_a_spreadsheet_rounded_are_refused(tmp_path) -> None:
    with pytest.raises(InputError, match=r"ids are rounded numbers: 5.50852E\+11"):
        read_enrolments([written(tmp_path, "a.csv", "NCESSCH,MEMBER\n5.50852E+11,10\n")])


def test_a_school_that_stands_twice_is_refused(tmp_path) -> None:
    with pytest.raises(InputError, match=f"schools stand twice: {ONE}"):
        read_enrolments([written(tmp_path, "a.csv", f"NCESSCH,MEMBER\n{ONE},10\n{ONE},11\n")])


def test_a_national_file_adds_no_schools_of_which_nothing_is_counted(tmp_path) -> None:
    counts = written(tmp_path, "a.csv", f"NCESSCH,MEMBER\n{ONE},10\n")
    places = written(tmp_path, "b.csv", f"NCESSCH,LAT,LON\n{ONE},34,-86\n{TWO},34,-86\n")
    schools = read_enrolments([places, counts])
    assert schools.ids == (ONE,)
    assert "1 schools of which nothing is counted" in noted(schools, "left out")
    assert read_enrolments([places, counts], lea="0100005").ids == (ONE, TWO)


def test_several_lists_in_one_zip(tmp_path) -> None:
    members = {
        "ccd/052.csv": membership((ONE, CELLS)).encode(),
        "ccd/033.csv": (LUNCH + lunch(ONE, 3, 2, 1, 2)).encode(),
        "ccd/readme.txt": b"What is in it",
    }
    schools = read_enrolments([zipped(tmp_path / "ccd.zip", members)])
    assert numbers(schools)["white"] == [4]
    assert numbers(schools)["frl"] == [3]


def test_what_is_no_list_or_harmful_is_refused(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(archives, "FREE", 100_000)
    evil = zipped(tmp_path / "evil.zip", {"../../evil.csv": f"NCESSCH,GSLO\n{ONE},KG\n".encode()})
    bomb = zipped(tmp_path / "bomb.zip", {"a.csv": b"NCESSCH\n" + b"0" * 3_000_000})
    deep = b"NCESSCH\n"
    for _ in range(5):
        store = io.BytesIO()
        with zipfile.ZipFile(store, "w") as archive:
            archive.writestr("a.zip", deep)
        deep = store.getvalue()
    cases = {
        evil: "holds paths that lead out of it",
        bomb: "unpacks to more than can be read",
        written(tmp_path, "deep.zip", deep): "unpacks to more than can be read",
        zipped(tmp_path / "empty.zip", {}): "holds no table",
        zipped(tmp_path / "other.zip", {"a.txt": b"hello"}): "no table in it has a column of ids",
        written(tmp_path, "old.xls", b"\xd0\xcf\x11\xe0" + b"\0" * 100): "is a workbook of Excel before 2007",
        written(tmp_path, "utf16.csv", f"NCESSCH\n{ONE}".encode("utf-16")): "is UTF-16 text",
        written(tmp_path, "more.csv", f"NCESSCH,MEMBER\n{ONE},10\n{TWO},1,2,3\n"): "cannot be read as a table",
        written(
            tmp_path, "words.csv", f"NCESSCH,MEMBER\n{ONE},ten\n"
        ): "holds what is neither a number nor a mark: ten",
        written(
            tmp_path, "cut.zip", zipped(tmp_path / "z.zip", {"a.csv": b"NCESSCH" * 500}).read_bytes()[:60]
        ): "unpacked",
    }
    for path, words in cases.items():
        with pytest.raises(InputError, match=words):
            read_enrolments([path])


# --- as they are published

real = pytest.mark.skipif(not RAW.is_dir(), reason="the real files are not here")


@real
def test_real_edge_elsi_and_lunch() -> None:
    edge = read_enrolments([RAW / "layouts/edge/Public_School_Characteristics_2020-21_2rows.csv"])
    assert edge.ids == (ONE, "780003000034")
    assert sum(value[0] for value in edge.groups.values()) == edge.total[0] == 908
    assert edge.missing == {}
    assert edge.year == "2020-21"
    elsi = read_enrolments([RAW / "layouts/elsi/ELSI_csv_export_6380590633188091911646_5rows.csv"])
    assert elsi.total.tolist() == [482, 1478, 0, 338, 178]
    assert elsi.missing == {"†": 46, "\u2013": 8}
    assert "multiracial" in noted(elsi, "do not add up")
    assert "320006000670" in noted(elsi, "feed all children")
    madison = read_enrolments([RAW / "layouts/ccd/ccd_sch_033_2122_l_madison_sample.csv"])
    assert madison.poverty["frl"].tolist() == [174]
    assert np.isnan(madison.poverty["direct certification"][0])
    assert "Spring Harbor Middle" in noted(madison, "without an id")


@real
def test_real_coordinates_leave_private_schools_out() -> None:
    schools = read_enrolments([RAW / "albemarle_va/schools/edge_geocode_albemarle.csv"])
    assert len(schools.ids) == 28
    assert "12 without an id" in noted(schools, "left out")
    with pytest.raises(InputError, match="no table in it has a column of ids"):  # of agencies
        read_enrolments([RAW / "layouts/edge/EDGE_GEOCODE_PUBLICLEA_2425_VA.xlsx"])
