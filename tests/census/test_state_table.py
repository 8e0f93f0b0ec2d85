"""A state's own table, in the layouts that Virginia and others publish."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tree import DATA

from optimizer.errors import InputError
from scenarios.census.joined import joined
from scenarios.census.state_table import StateTable, state_enrolments
from scenarios.importing.sources import read_source

REAL = DATA.parent / "raw" / "albemarle_va"
GROUPS = {
    "American Indian or Alaska Native": "native",
    "Asian": "asian",
    "Black, not of Hispanic origin": "black",
    "Hispanic": "hispanic",
    "Native Hawaiian or Pacific Islander": "pacific",
    "White, not of Hispanic origin": "white",
    "Non-Hispanic, two or more races": "multiracial",
}
VIRGINIA: dict[str, Any] = {
    "id": "School Number",
    "name": "School Name",
    "only": {"School Year": ("2024-2025",), "Division Number": ("2",)},
    "count": "Total Count",
    "crosswalk": {"file": "cross.csv", "from": "number", "to": "ncessch", "only": {"division": ("2",)}},
}
RACE = VIRGINIA | {"by": "Race", "groups": GROUPS}
POOR = VIRGINIA | {"poverty": "Disadvantaged", "poor": ("Y",)}
CROSS = "division,number,ncessch\n2,0160,510009000002\n2,880.0,510009000015\n104,160,510078000266\n"


def rows(folder: Path, column: str, cells: list[tuple[str, str, str, str, str]]) -> Any:
    """year, division, school, value, count."""
    head = f"School Year,Division Number,School Number,School Name,{column},FT Count,Total Count\n"
    lines = [f'{y},{d},{s},"School {s}","{value}",<,"{count}"\n' for y, d, s, value, count in cells]
    (folder / "state.csv").write_text(head + "".join(lines), encoding="utf-8")
    (folder / "cross.csv").write_text(CROSS, encoding="utf-8")
    return read_source(folder / "state.csv")


WHITE = "White, not of Hispanic origin"
BASE = [
    ("2024-2025", "2", "160", WHITE, "1,386"),
    ("2024-2025", "2", "160", "Native Hawaiian  or Pacific Islander", "2"),
    ("2024-2025", "2", "880", WHITE, "40"),
    ("2024-2025", "2", "880", "Asian", "<"),
    ("2024-2025", "104", "160", WHITE, "77"),
    ("2023-2024", "2", "160", WHITE, "99"),
]


def test_a_row_a_school_and_race(tmp_path) -> None:
    schools = state_enrolments(rows(tmp_path, "Race", BASE), StateTable(**RACE), base=tmp_path)
    assert schools.ids == ("510009000002", "510009000015")
    assert schools.names == ("School 160", "School 880")
    assert schools.groups["white"].tolist() == [1386, 40]
    assert schools.groups["pacific"].tolist() == [2, 0]  # no row: no child
    assert schools.groups["asian"][0] == 0
    assert np.isnan(schools.groups["asian"][1])  # suppressed: not known
    assert schools.missing == {"<": 2}  # and the total with it
    assert schools.total[0] == 1388


def test_what_is_suppressed_stands_for_what_the_mapping_says(tmp_path) -> None:
    source = rows(tmp_path, "Race", BASE)
    schools = state_enrolments(source, StateTable(**RACE, suppressed=5), base=tmp_path)
    assert schools.groups["asian"].tolist() == [0, 5]
    assert "state.csv, asian: 1 suppressed cells stand for 5" in schools.notes


def test_a_row_a_school_and_poverty_joins_the_races(tmp_path) -> None:
    cells = [("2024-2025", "2", "160", "N", "1,000"), ("2024-2025", "2", "160", "Y", "388")]
    cells += [("2024-2025", "2", "880", "N", "45")]
    poor = state_enrolments(rows(tmp_path, "Disadvantaged", cells), StateTable(**POOR), base=tmp_path)
    assert poor.poverty["disadvantaged"].tolist() == [388, 0]
    assert poor.total.tolist() == [1388, 45]
    races = state_enrolments(rows(tmp_path, "Race", BASE), StateTable(**RACE), base=tmp_path)
    both = joined([races, poor])
    assert both.total.tolist() == [1388, 45]
    assert set(both.poverty) == {"disadvantaged"}


def test_a_row_a_school(tmp_path) -> None:
    (tmp_path / "wide.csv").write_text("id,W,A,Poor,All\n1,3,*,2,9\n2,4,5,,9\n", encoding="utf-8")
    columns = {"groups": {"white": "W", "asian": "A"}, "poverty": "Poor", "total": "All", "measure": "frl"}
    (tmp_path / "cross.csv").write_text("n,to\n1,510009000002\n2,510009000015\n", encoding="utf-8")
    table = StateTable(id="id", crosswalk={"file": "cross.csv", "from": "n", "to": "to"}, **columns)
    schools = state_enrolments(read_source(tmp_path / "wide.csv"), table, base=tmp_path)
    assert schools.groups["white"].tolist() == [3, 4]
    assert schools.total.tolist() == [9, 9]
    assert schools.poverty["frl"][0] == 2
    assert np.isnan(schools.poverty["frl"][1])
    assert schools.missing == {"*": 1, "empty": 1}


LOST = [("2024-2025", "2", "999", WHITE, "500")]
TWICE = [("2023-2024", "2", "160", WHITE, "7")]


@pytest.mark.parametrize(
    ("cells", "changed", "words"),
    [
        ([("2024-2025", "2", "160", "Martian", "5")], {}, "values that no group is named for: Martian"),
        (TWICE, {"only": {"Division Number": ("2",)}}, "schools have several rows of one value: 160"),
        (LOST, {}, r"schools with 25\.\d% of the children are not in the crosswalk: 999"),
        ([], {"groups": GROUPS | {"Asian": "asians"}}, r"'asians' is no group \(did you mean 'asian'\?\)"),
        ([], {"by": None}, "nothing says of whom `count` is"),
        ([], {"by": None, "poverty": "Race", "poor": ("Y",)}, "no row has a value of `poor`"),
        ([], {"count": None, "groups": {}}, "no column of children is named"),
        ([], {"count": "Count"}, r"the column that count names is missing"),
        ([], {"crosswalk": VIRGINIA["crosswalk"] | {"only": {}}}, "'160' stands for two schools"),
    ],
)
def test_what_does_not_fit_is_said(tmp_path, cells, changed, words: str) -> None:
    source = rows(tmp_path, "Race", BASE + cells)
    with pytest.raises(InputError, match=words):
        state_enrolments(source, StateTable(**(RACE | changed)), base=tmp_path)


def test_schools_that_the_crosswalk_has_not_are_left_out_where_that_is_said(tmp_path) -> None:
    source = rows(tmp_path, "Race", BASE + LOST)
    schools = state_enrolments(source, StateTable(**RACE, outside="leave out"), base=tmp_path)
    assert len(schools.ids) == 2
    assert any("999" in note for note in schools.notes)


@pytest.mark.skipif(not REAL.is_dir(), reason="the real tables are not here")
def test_the_real_tables_of_virginia() -> None:
    """Control totals: district_race.csv and district_disadvantaged.csv of the same year."""
    cross = {"file": "schools/crosswalk_vdoe_nces_DERIVED.csv", "from": "school_number", "to": "ncessch"}
    more = {"crosswalk": cross | {"only": {"division_number": ("2",)}}}
    races, poor = (
        state_enrolments(read_source(REAL / "vdoe" / name), StateTable(**(table | more)), base=REAL)
        for name, table in (("fullrace_2019_2025.csv", RACE), ("disadvantaged.csv", POOR))
    )
    both = joined([races, poor])
    assert len(both.ids) == 24
    sums = {name: float(np.nansum(value)) for name, value in both.groups.items()}
    district = read_source(REAL / "vdoe" / "district_race.csv").only({"Division Number": ("2",)}).cells
    told = {
        GROUPS[" ".join(race.split())]: float(n.replace(",", ""))
        for race, n in district[["Race", "Total Count"]].to_numpy()
    }
    assert sums == told
    assert both.total.sum() == 14173
    assert np.nansum(both.poverty["disadvantaged"]) == 3899  # 3,907, less two cells of `<`
    assert both.missing["<"] >= 2
