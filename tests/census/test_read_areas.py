"""One small table, in every form that the census publishes it in, is read as the same table."""

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from optimizer.errors import InputError
from scenarios.census.areas import Areas
from scenarios.census.read_areas import read_areas

ONE, TWO, COUNTY = "060014001001", "060014001002", "06001"
CELLS = ("C17002_001", "C17002_002")
HEAD = '"GEO_ID","NAME","C17002_001E","C17002_001M","C17002_002E","C17002_002M"'
LABELS = ',"Estimate!!Total:","Margin of Error!!Total:","Estimate!!Total:!!Under .50","Margin of Error!!Under .50"'
ROWS = {f"1500000US{ONE}": "100,10,20,5", f"1500000US{TWO}": "1200,30,0,4", f"0500000US{COUNTY}": "1300,40,20,6"}


def _rows(head: str, form: str) -> str:
    return head + "\n" + "".join(form.format(id=key, n=cells) + "\n" for key, cells in ROWS.items())


def _annotated() -> str:
    head = "GEO_ID,NAME,C17002_001E,C17002_001EA,C17002_001M,C17002_001MA,C17002_002E,C17002_002EA,C17002_002M,"
    rows = [f"{key},x," + ",".join(f"{n},null" for n in cells.split(",")) + "," for key, cells in ROWS.items()]
    return "\n".join([head + "C17002_002MA,", "Geography,Geographic Area Name" + ",x" * 8 + ",", *rows])


FORMS = {
    "data.csv": _rows(HEAD + '\n"id","Geographic Area Name"' + LABELS, '"{id}","x; y",{n}'),
    "later-Data.csv": _annotated(),
    "key_last.csv": _rows(
        ",".join(HEAD.split(",")[2:] + HEAD.split(",")[:2]) + "\n" + LABELS[1:] + ',"id","Geographic Area Name"',
        "{n},{id},x",
    ),
    "bom.txt": "\ufeff" + _rows(HEAD, "{id},x,{n}"),
    "notes_first.csv": "Table C17002, people\n\n" + _rows(HEAD, "{id},x,{n}"),
    "ACS_14_5YR_C17002_with_ann.csv": _rows(
        "GEO.id,GEO.id2,GEO.display-label,HD01_VD01,HD02_VD01,HD01_VD02,HD02_VD02\nId,Id2,Geography,a,b,c,d\n,,,1,2,3,4",
        "{id},6,x,{n}",
    ),
    "acsdt5y2022-c17002.dat": _rows("GEO_ID|C17002_E001|C17002_M001|C17002_E002|C17002_M002", "{id}|{n}").replace(
        ",", "|"
    ),
    "reporter.csv": _rows('geoid,name,C17002001,"C17002001, Error",C17002002,"C17002002, Error"', "{id},x,{n}").replace(
        "0000US", "000US"
    ),
    "tidy.csv": _rows("GEOID,NAME,C17002_001E,C17002_001M,C17002_002E,C17002_002M", "{id},x,{n}")
    .replace("1500000US", "")
    .replace("0500000US", ""),
}


def _read(tmp_path: Path, name: str, text: str | bytes, level="block group", **how) -> Areas:
    (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_areas([tmp_path / name], level, **how)


@pytest.mark.parametrize("name", FORMS)
def test_all_forms_of_one_table_are_one(tmp_path: Path, name: str) -> None:
    found = _read(tmp_path, name, FORMS[name])
    assert found.ids == (ONE, TWO)
    assert [found.values.pop(cell).tolist() for cell in CELLS] == [[100, 1200], [20, 0]]
    assert [found.margins.pop(cell).tolist() for cell in CELLS] == [[10, 30], [5, 4]]
    assert (found.values, found.margins) == ({}, {})
    assert found.above == {COUNTY: {CELLS[0]: 1300.0, CELLS[1]: 20.0}}  # its level is kept apart, for control totals
    assert found.missing == {}


def test_labels_are_the_publishers(tmp_path: Path) -> None:
    assert _read(tmp_path, "data.csv", FORMS["data.csv"]).labels[CELLS[1]] == "Estimate!!Total:!!Under .50"


def test_a_zip_or_folder_holds_labels_and_the_name_of_the_table(tmp_path: Path) -> None:
    data = FORMS["ACS_14_5YR_C17002_with_ann.csv"].replace("Id,Id2,Geography,a,b,c,d\n", "")
    files = {"with_ann.csv": data, "metadata.csv": "GEO.id,Id\nHD01_VD01,All of them\n", "notes.txt": "C17002\nRATIO\n"}
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    with zipfile.ZipFile(tmp_path / "aff.zip", "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    found = read_areas([tmp_path / "aff.zip"], "block group")
    assert (found.cell(CELLS[0]).sum(), found.ids) == (1300, (ONE, TWO))
    assert found.labels == {CELLS[0]: "All of them"}
    with pytest.raises(InputError, match=r'does not say which table it is\. Say it: table = "C17002"'):
        read_areas([tmp_path / "with_ann.csv"], "block group")
    assert read_areas([tmp_path / "with_ann.csv"], "block group", "C17002").cell(CELLS[0]).sum() == 1300


def test_the_census_apis_answer_is_joined_by_its_codes(tmp_path: Path) -> None:
    answer = [["P0120001", "state", "county", "tract", "block"], ["7", "51", "013", "100100", "1001"]]
    found = _read(tmp_path, "answer.txt", json.dumps(answer), "block")
    assert (found.ids, found.cell("P12_001").tolist()) == (("510131001001001",), [7.0])
    by_group = [["NAME", "P2_001N", "state", "county", "tract", "block group"], ["x", "7", "51", "013", "100100", "1"]]
    assert _read(tmp_path, "a.json", json.dumps(by_group)).ids == ("510131001001",)
    with pytest.raises(InputError, match="no array of arrays of one length"):
        _read(tmp_path, "a.json", '[["P2_001N", "state"], ["7"]]')


def test_a_row_for_each_cell_is_read_as_a_row_for_each_area(tmp_path: Path) -> None:
    text = f"GEOID,NAME,variable,estimate,moe\n{ONE},x,C17002_001,5,1\n{ONE},x,poor,2,NA\n{TWO},y,C17002_001,6,3\n"
    found = _read(tmp_path, "t.csv", text)
    assert (found.ids, found.cell("C17002_001").tolist(), found.cell("poor")[0]) == ((ONE, TWO), [5, 6], 2)
    assert found.margins["C17002_001"].tolist() == [1, 3]
    with pytest.raises(InputError, match="cells of areas stand twice, and differ"):
        _read(tmp_path, "t.csv", text + f"{ONE},x,C17002_001,7,1\n")


def test_tables_of_several_files_are_joined_by_id(tmp_path: Path) -> None:
    (tmp_path / "p2.csv").write_text(f"GEOID,P2_001N\n{ONE},5\n{TWO},6\n")
    (tmp_path / "p4.csv").write_text(f"GEOID,P4_001N\n{TWO},4\n")
    (tmp_path / "p2_more.csv").write_text(f"GEOID,P2_001N\n{TWO},6\n060014001003,7\n")
    found = read_areas(sorted(tmp_path.glob("*.csv")), "block group")
    assert found.cell("P2_001").tolist() == [5, 6, 7]
    assert np.array_equal(found.cell("P4_001"), [np.nan, 4, np.nan], equal_nan=True)
    assert found.missing == {"no row": 2}
    assert list(read_areas([tmp_path], "block group", "P4").values) == ["P4_001"]
    with pytest.raises(InputError, match="has no cells of P5"):
        read_areas([tmp_path], "block group", "P5")


MARKS = (
    "-",
    "N",
    "(X)",
    "null",
    "",
    "-666666666",
    "-999999999",
    "2,500-",
    "250,000+",
    "*",
    "<5",
    "\u2020",
    "\u2013",
    "NA",
)


@pytest.mark.parametrize("mark", MARKS)
def test_what_is_suppressed_is_missing_and_not_0(tmp_path: Path, mark: str) -> None:
    found = _read(tmp_path, "t.csv", f'GEOID,C17002_001E,C17002_002E\n{ONE},"{mark}",1\n{TWO},0,"1,234"\n')
    assert np.array_equal(found.cell(CELLS[0]), [np.nan, 0], equal_nan=True)
    assert found.cell(CELLS[1]).tolist() == [1, 1234]
    assert found.missing == {mark or "empty": 1}


@pytest.mark.parametrize(("mark", "margin"), [("*****", 0), ("-555555555", 0), ("**", None), ("-222222222", None)])
def test_a_controlled_estimate_has_no_margin_and_other_marks_an_unknown_one(tmp_path, mark, margin) -> None:
    found = _read(tmp_path, "t.csv", f"GEOID,C17002_001E,C17002_001M\n{ONE},5,{mark}\n{TWO},6,1\n")
    assert np.array_equal(found.margins[CELLS[0]], [np.nan if margin is None else margin, 1], equal_nan=True)
    assert found.missing == ({f"{mark} in a margin": 1} if margin is None else {})


def test_an_annotation_stands_in_place_of_its_number(tmp_path: Path) -> None:
    head = "GEO_ID,C17002_001E,C17002_001EA,C17002_001M,C17002_001MA"
    found = _read(tmp_path, "t.csv", f"{head}\n1500000US{ONE},0,-,3,**\n1500000US{TWO},6,(r12),0,*****\n")
    assert np.array_equal(found.cell(CELLS[0]), [np.nan, 6], equal_nan=True)
    assert np.array_equal(found.margins[CELLS[0]], [np.nan, 0], equal_nan=True)


def test_corrected_counts_are_counts_and_other_text_is_an_error(tmp_path: Path) -> None:
    assert _read(tmp_path, "t.csv", f"GEOID,P2_001N\n{ONE},123(r4567)\n").cell("P2_001").tolist() == [123]
    with pytest.raises(InputError, match=r"t\.csv, column 'P2_001': holds what is neither a number nor a mark: lots"):
        _read(tmp_path, "t.csv", f"GEOID,P2_001N\n{ONE},lots\n")


def test_latin_1_and_codes_as_formulas_are_read(tmp_path: Path) -> None:
    found = _read(tmp_path, "t.csv", f'GEOID,NAME,P2_001N\n="{ONE}",Doña Ana,3\n'.encode("latin-1"))
    assert (found.ids, list(found.values)) == ((ONE,), ["P2_001"])


def test_shares_that_people_compute_keep_their_names(tmp_path: Path) -> None:
    text = f"GEOID,NAME,povrateE,povrateM,pop,town\n{ONE},x,3.5,1.5,10,a\n{TWO},y,NA,NA,11,b\n"
    found = _read(tmp_path, "t.csv", text)
    assert found.cell("povrate")[0] == 3.5
    assert found.margins["povrate"][0] == 1.5
    assert (found.cell("pop").tolist(), "town" in found.values) == ([10, 11], False)


def test_a_level_that_is_not_there_is_an_error_that_says_which_are(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="has no rows by tract: it has 2 of block group, 1 of county"):
        _read(tmp_path, "t.csv", FORMS["data.csv"], "tract")


def test_zeros_that_a_spreadsheet_took_are_mended_where_the_state_is_said(tmp_path: Path) -> None:
    text = f"GEOID,P2_001N\n{ONE[1:]},5\n{TWO[1:]}.0,6\n"
    with pytest.raises(InputError, match=r'has no rows by block group.*say the state: state = "06"'):
        _read(tmp_path, "t.csv", text)
    assert _read(tmp_path, "t.csv", text, state="06").ids == (ONE, TWO)
    with pytest.raises(InputError, match="has no rows by block group"):
        _read(tmp_path, "t.csv", text, state="04")
    with pytest.raises(InputError, match="'6' is no code of a state"):
        _read(tmp_path, "t.csv", text, state="6")


@pytest.mark.parametrize("code", ["1500000US60014001001", "5.1003E+11", "0600140010", "06001-4001", ""])
def test_ids_of_another_length_are_errors_that_name_them(tmp_path: Path, code: str) -> None:
    with pytest.raises(InputError) as error:
        _read(tmp_path, "t.csv", f"GEOID,P2_001N\n{ONE},1\n{code},5\n", state="04")
    assert f"ids have not the digits of any level: {code}" in str(error.value)


def test_an_area_twice_is_an_error_unless_its_rows_are_the_same(tmp_path: Path) -> None:
    text = f"GEOID,P2_001N\n{ONE},1\n{TWO},2\n{ONE},1\n"
    assert _read(tmp_path, "t.csv", text).cell("P2_001").tolist() == [1, 2]
    with pytest.raises(InputError, match=f"areas stand twice, and differ: {TWO}"):
        _read(tmp_path, "t.csv", text + f"{TWO},3\n")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b\n1,2\n", "has no column with codes of areas"),
        (f"GEOID,NAME\n{ONE},x\n", "has no columns of counts"),
        (f"GEOID,P2_001N,P0020001\n{ONE},1,2\n", "columns are one cell: P2_001N, P0020001"),
    ],
)
def test_what_is_no_table_of_areas_is_an_error(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        _read(tmp_path, "t.csv", text)
