"""`import census`, from files in the publishers' layouts to a folder that every command reads."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.synthetic_state import nearest, told
from optimizer.errors import InputError
from scenarios.census.census import Census, import_census, write_census
from scenarios.census.mapping import read_census_mapping
from scenarios.folder import read_district
from scenarios.folder.draws import read_draws
from scenarios.generator.people import GROUPS
from scenarios.importing.told import imported_md
from tests.kit.published import State, publish
from tests.kit.tree import DATA

RAW = DATA.parent / "raw" / "albemarle_va"


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> State:
    return publish(tmp_path_factory.mktemp("state"), 1, blocks=150, schools=6)


@pytest.fixture(scope="module")
def found(state: State) -> Census:
    return import_census(read_census_mapping(state.mapping))


def _edited(state: State, tmp_path: Path, old: str, new: str, *, file: str = "mapping.toml") -> Path:
    """The mapping of a copy of the state in which one text is another."""
    for path in state.mapping.parent.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    text = (tmp_path / file).read_text()
    assert old in text
    (tmp_path / file).write_text(text.replace(old, new))
    return tmp_path / "mapping.toml"


def _error(mapping: Path) -> str:
    with pytest.raises(InputError) as caught:
        import_census(read_census_mapping(mapping))
    return str(caught.value)


def test_the_folder_adds_up_to_every_schools_own_count(state: State, found: Census, tmp_path: Path) -> None:
    write_census(found, tmp_path)
    district = read_district(tmp_path)
    truth = state.truth
    assert district.blocks == truth.blocks
    assert district.schools == len(set(truth.status_quo.tolist()))
    for name in [*(f"students_{group}" for group in GROUPS), "students_poverty"]:
        mine = np.bincount(district.status_quo, district.counts[:, district.column_index(name)])
        theirs = np.bincount(truth.status_quo, truth.counts[:, truth.column_index(name)], truth.schools)
        assert np.allclose(mine, theirs[np.unique(truth.status_quo)])


def test_every_draw_of_the_folder_adds_up_too(state: State, found: Census, tmp_path: Path) -> None:
    district = write_census(found, tmp_path)
    draws = read_draws(tmp_path, district, 100)
    assert draws.number == 100
    for name, drawn in draws.counts.items():
        own = np.bincount(district.status_quo, district.counts[:, district.column_index(name)])
        for one in drawn[:5]:
            assert np.allclose(np.bincount(district.status_quo, one), own)


def test_control_totals_and_estimates_are_told(found: Census, state: State) -> None:
    text = imported_md(found)
    totals = {total.what: total for total in found.notes.totals}
    for total in totals.values():
        assert total.before == pytest.approx(total.after)
    assert totals["children in poverty"].before == state.truth.poverty.sum()
    assert totals["blocks"].before == state.truth.blocks
    assert totals["C17002_001"].source == "ACSDT5Y2022.C17002-Data.csv"
    assert totals["children of all schools of the agency"].before == state.truth.students.sum()
    assert "What is estimated" in text
    assert "every count of a block is an estimate" in text


def test_the_same_files_give_the_same_folder(state: State, found: Census, tmp_path: Path) -> None:
    again = import_census(read_census_mapping(state.mapping))
    assert (again.draws[0] == found.draws[0]).all()
    assert (again.found.children == found.found.children).all()


def test_capture_is_who_is_enrolled_by_who_lives_there(found: Census, tmp_path: Path) -> None:
    write_census(found, tmp_path)
    table = pd.read_csv(tmp_path / "capture.csv", dtype={"school_id": str})
    some = table[table["living"] > 0]
    assert np.allclose(some["capture"], some["enrolled"] / some["living"])


@pytest.mark.parametrize(
    ("old", "new", "file", "said"),
    [
        ('grade = "03"', "", "mapping.toml", "[zones] needs either"),
        ('poverty = "frl"', 'poverty = "disadvantaged"', "mapping.toml", "says nothing of 'disadvantaged'"),
        ('lea = "5100001"', 'lea = "5100002"', "mapping.toml", "5100002"),
        ('black = ["black"]', 'black = ["blak"]', "mapping.toml", "blak"),
        ('black = ["black"]', 'black = ["black", "white"]', "mapping.toml", "several: white"),
        ('table = "C17002"', 'table = "B17001"', "mapping.toml", "B17001"),
        ("1500000US51001", "1500000US51003", "ACSDT5Y2022.C17002-Data.csv", "vintage"),
        ("1000000US51001", "1000000US51003", "DECENNIALPL2020.P2-Data.csv", "vintage"),
        ("draws = 100", "draws = -1", "mapping.toml", "draws"),
    ],
)
def test_what_does_not_fit_is_one_clear_error(
    state: State, tmp_path: Path, old: str, new: str, file: str, said: str
) -> None:
    assert said in _error(_edited(state, tmp_path, old, new, file=file))


def test_a_school_that_says_nothing_of_poverty_has_its_areas_share(state: State, tmp_path: Path) -> None:
    path = state.mapping.parent / "ccd_sch_033_2122.csv"
    lines = path.read_text().splitlines()
    name = next(line for line in lines[1:]).split(",")[10]
    kept = "\n".join(line for line in lines if f",{name}," not in line)
    mapping = _edited(state, tmp_path, path.read_text(), kept, file=path.name)
    found = import_census(read_census_mapping(mapping))
    assert any(name in problem.ids and "frl" in problem.what for problem in found.notes.problems)
    assert np.isfinite(found.found.poor).all()


def test_what_is_put_in_for_suppressed_cells_is_whole_children_and_every_draw_adds_up(
    state: State, tmp_path: Path
) -> None:
    path = state.mapping.parent / "ccd_SCH_052_2122.csv"
    lines = path.read_text().splitlines()
    name = lines[1].split(",")[10]
    hidden = [
        ",".join([*line.split(",")[:-3], "-9", *line.split(",")[-2:]])
        if f",{name}," in line and any(f",{race}," in line for race in ("White", "Hispanic/Latino", "Asian"))
        else line
        for line in lines
    ]
    found = import_census(
        read_census_mapping(_edited(state, tmp_path, "\n".join(lines), "\n".join(hidden), file=path.name))
    )
    enrolled = found.known.enrolled
    assert any(name in said for problem in found.notes.problems for said in problem.ids)
    assert (enrolled == np.rint(enrolled)).all()
    total = sum(int(line.split(",")[-3]) for line in lines if f",{name}," in line and "Education Unit" in line)
    assert enrolled[found.schools.ids.index(name)].sum() == total
    for children in found.draws[0]:
        own = np.bincount(found.known.zone, children.sum(axis=1))
        assert (own == enrolled.sum(axis=1)).all()


def test_counts_of_an_older_census_carry_no_noise(state: State) -> None:
    mapping = read_census_mapping(state.mapping)
    people = mapping.people.model_copy(update={"noise": None})
    new = mapping.model_copy(update={"people": people})
    assert new.noise == 3.0
    old = new.model_copy(update={"blocks": mapping.blocks.model_copy(update={"id": "GEOID10"})})
    assert old.noise == 0.0


ALBEMARLE = """name = "Albemarle"
draws = 5
[blocks]
file = "RAW/tiger/tl_2020_51003_tabblock20.zip"
[people]
files = ["RAW/decennial/DECENNIALPL2020.P2_data_with_overlays_2022-02-19T130008.csv"]
[[poverty]]
files = ["RAW/acs/acs_blkgr_cville.csv"]
rate = "perc_snaphse"
[schools]
files = ["RAW/schools/edge_geocode_albemarle.csv"]
lea = "5100090"
poverty = "frl"
[zones]
file = "RAW/sabs/SABS 1516 CVille Region.zip"
grade = "03"
"""


@pytest.mark.skipif(not RAW.is_dir(), reason="shared/raw is not here")
def test_albemarles_table_of_2010_does_not_fit_its_blocks_of_2020(tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_text(ALBEMARLE.replace("RAW", str(RAW)))
    said = _error(tmp_path / "m.toml")
    assert "693 of 2,046 blocks" in said
    assert "61,005 of 112,395 people" in said


def test_a_county_whose_blocks_do_not_add_up_to_its_own_row_is_told(state: State, tmp_path: Path) -> None:
    path = state.mapping.parent / "DECENNIALPL2020.P2-Data.csv"
    row = next(line for line in path.read_text().splitlines() if line.startswith("0500000US51001"))
    total = row.split(",")[2]
    mapping = _edited(state, tmp_path, row, row.replace(total, str(int(total) + 100), 1), file=path.name)
    found = import_census(read_census_mapping(mapping))
    assert any("county 51001" in problem.what for problem in found.notes.problems)


def test_the_draws_hold_the_truth_about_as_often_as_they_say(tmp_path: Path) -> None:
    """Of 6 states with 90 % intervals; benchmarks.synthetic_state does a hundred."""
    inside = []
    for seed in range(6):
        (tmp_path / str(seed)).mkdir()
        state = publish(tmp_path / str(seed), seed, blocks=120, schools=5)
        found = import_census(read_census_mapping(state.mapping))
        inside.append(told(state, found, nearest(state.truth), ())[1])
    share = np.nanmean(np.concatenate(inside))
    assert 0.75 <= share <= 0.99
