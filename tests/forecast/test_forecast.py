"""Forecasts: known ratios come back, sums agree, few children never explode, and bad input is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from toys import TOWN

from optimizer.errors import InputError
from scenarios import read_district
from scenarios.forecast.futures import Asked, Forecast, counts_of, forecast
from scenarios.forecast.history import Past
from scenarios.forecast.score import scores
from scenarios.forecast.survival import Cells, future, pooled, ratios

GRADES, YEARS = ("K", "1", "2"), range(2019, 2025)
RATIOS = {"K": 1.0, "1": 0.9, "2": 1.1}


@pytest.fixture(scope="module")
def town(tmp_path_factory) -> Path:
    """Ten children a block, nearly, in grades K, 1, 2 as the ratios make them."""
    shape = np.cumprod([RATIOS[grade] for grade in GRADES])
    blocks = TOWN.blocks()
    students = blocks["students"].to_numpy(float)
    split = students[:, None] * shape / shape.sum()
    return TOWN.but(extra={f"students_grade_{g.lower()}": split[:, k] for k, g in enumerate(GRADES)}).write(
        tmp_path_factory.mktemp("town") / "d"
    )


def _rows(grow: float = 1.0, school: dict[str, float] | None = None) -> pd.DataFrame:
    """A past with these ratios, whose lowest grade grows by a factor a year."""
    rows = []
    for unit, size in (school or {"": 1_000.0}).items():
        for year in YEARS:
            for k, grade in enumerate(GRADES):
                entered = size * grow ** (year - k - YEARS[0])
                count = entered * np.prod([RATIOS[g] for g in GRADES[1 : k + 1]])
                rows.append((year, unit, grade, repr(float(count))))
    return pd.DataFrame(rows, columns=["year", "school_id", "grade", "students"])


def _ask(folder: Path, rows: pd.DataFrame, more: str = "", head: str = 'grade = "grade"') -> Path:
    folder.mkdir(exist_ok=True, parents=True)
    rows.to_csv(folder / "past.csv", index=False)
    by = "" if "school_id" not in rows or set(rows.school_id) == {""} else 'school = "school_id"\n'
    (folder / "f.toml").write_text(f'[history]\nfile = "past.csv"\n{by}{head}\n{more}')
    return folder / "f.toml"


def _totals(found: Forecast) -> np.ndarray:
    """(futures, years) students of the district."""
    return np.array([drawn.sum(axis=(1, 2)) for _, drawn in found.each()])


@pytest.mark.parametrize("births", [False, True])
@pytest.mark.parametrize("grow", [1.0, 1.05, 0.9])
def test_known_ratios_come_back(town: Path, tmp_path: Path, births: bool, grow: float) -> None:
    more = '[births]\nfile = "births.csv"\n' if births else ""
    asked = _ask(tmp_path, _rows(grow), more)
    born = [(year - 5, 1_250 * grow ** (year - YEARS[0])) for year in range(2020, 2028)]
    pd.DataFrame(born, columns=["year", "births"]).to_csv(tmp_path / "births.csv", index=False)
    found = forecast(read_district(town), Asked(asked, years=3, futures=3))
    assert found.by.district[1:] == pytest.approx([0.9, 1.1])
    assert found.by.district[0] == pytest.approx(0.8 if births else grow)
    assert found.by.spread == pytest.approx(0, abs=1e-9)
    fading = np.arange(1, 4) if births else np.cumsum(0.8 ** np.arange(3))
    entered = found.cells.counts[:, 0].sum() * grow**fading
    for _, drawn in found.each():  # nothing varied, so that no future does
        assert drawn[:, :, 0].sum(axis=1) == pytest.approx(entered)
        assert drawn[2, :, 2].sum() == pytest.approx(entered[0] * 0.9 * 1.1)
    if births or grow == 1:
        assert [one.error for one in found.scores] == pytest.approx([0, 0, 0], abs=1e-9)
        assert all(one.inside == 1 for one in found.scores)


def test_a_constant_past_gives_constant_futures_at_every_school(town: Path, tmp_path: Path) -> None:
    district = read_district(town)
    asked = _ask(tmp_path, _rows(school={"x": 300, "y": 500, "z": 40}))
    found = forecast(district, Asked(asked, years=6, futures=4))
    now = np.bincount(district.status_quo, district.students)
    for _, drawn in found.each():
        for year in drawn.sum(axis=2):
            assert np.bincount(district.status_quo, year) == pytest.approx(now)
    assert [(one.ahead, one.tried) for one in found.scores] == [(1, 3), (2, 2), (3, 1)]
    assert all(one.school_error == pytest.approx(0, abs=1e-9) for one in found.scores)


def test_every_future_has_every_block_once_and_its_parts_add_up(town: Path, tmp_path: Path, rezone) -> None:
    rows = _rows(school={"x": 300, "y": 500, "z": 40})
    rows["students"] = np.random.default_rng(3).poisson(rows.students.astype(float))
    housing = '[[housing]]\nfile = "h.csv"\nname = "all built"\nyields = "yield"\n'
    (tmp_path / "h.csv").write_text("block_id,year,units,yield\nr3c2,2026,100,0.4\n")
    status, out, err = rezone("forecast", town, _ask(tmp_path, rows, housing), "--out", tmp_path / "o" / "f.parquet")
    assert (status, err) == (0, "")
    assert "Scored on the past" in out
    assert "r3c2" not in out
    table = pd.read_parquet(tmp_path / "o" / "f.parquet")
    district = read_district(town)
    assert len(table) == 40 * 5 * district.blocks == len(table.drop_duplicates(["future", "year", "block_id"]))
    assert set(table) == {"future", "year", "block_id", *district.columns}
    assert set(table.year) == set(range(2025, 2030))
    for columns in (["students_white", "students_black"], [f"students_grade_{g.lower()}" for g in GRADES]):
        assert table[columns].sum(axis=1).to_numpy() == pytest.approx(table.students.to_numpy(), abs=1e-9)
    assert (table.students_poverty <= table.students + 1e-9).all()
    assert (table.drop(columns=["future", "block_id"]) >= 0).all().all()
    empty = table[table.block_id == "r3c2"].set_index(["future", "year"])  # no children today: its zone's rates
    assert (empty.loc["07"].students == 0).all()
    built = empty.loc["all built 07"]
    assert built.students.tolist()[0] == 0
    assert built.students.loc[2026] > 10
    zone = district.status_quo == district.status_quo[district.block_ids.index("r3c2")]
    rate = district.poverty[zone].sum() / district.students[zone].sum()
    assert (built.students_poverty / built.students).dropna().to_numpy() == pytest.approx(rate)
    # Elsewhere the same number of a future has the same shocks, whatever is built.
    other = table[table.block_id == "r0c0"].set_index(["future", "year"]).students
    assert other.loc["07"].tolist() == pytest.approx(other.loc["all built 07"].tolist())
    about = json.loads(pq.read_schema(tmp_path / "o" / "f.parquet").metadata[b"rezone.forecast"])
    assert [score["ahead"] for score in about["scores"]] == [1, 2, 3]
    assert set(about["files"]) == {"f.toml", "past.csv", "h.csv"}


def test_the_same_seed_gives_the_same_table(town: Path, tmp_path: Path, rezone) -> None:
    rows = _rows(school={"x": 300, "y": 500, "z": 40})
    rows["students"] = np.random.default_rng(3).poisson(rows.students.astype(float))
    asked = _ask(tmp_path, rows)
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        call = ("forecast", town, asked, "--out", tmp_path / f"{name}.parquet", "--seed", seed, "--futures", 2)
        assert rezone(*call)[0] == 0
    a, b, c = (pd.read_parquet(tmp_path / f"{name}.parquet") for name in "abc")
    pd.testing.assert_frame_equal(a, b)
    assert not a.equals(c)


def test_long_and_wide_tables_school_years_and_workbooks_say_the_same(town: Path, tmp_path: Path) -> None:
    rows = _rows(school={"x": 300, "y": 500, "z": 40})
    district, found = read_district(town), []
    found.append(forecast(district, Asked(_ask(tmp_path / "long", rows))))
    wide = rows.pivot(index=["year", "school_id"], columns="grade", values="students").reset_index()
    wide["year"] = [f"{year}-{(year + 1) % 100:02}" for year in wide.year]
    columns = wide.rename(columns={"K": "KG", "1": "G1", "2": "G2"})
    named = 'grades = { K = "KG", 1 = "G1", 2 = "G2" }'
    found.append(forecast(district, Asked(_ask(tmp_path / "wide", columns, head=named))))
    coded = rows.assign(grade=rows.grade.map({"K": "KG", "1": "01", "2": "02"}))
    book = _ask(tmp_path / "book", coded)
    coded.to_excel(tmp_path / "book" / "past.xlsx", index=False)
    book.write_text(book.read_text().replace("past.csv", "past.xlsx"))
    found.append(forecast(district, Asked(book)))
    for other in found[1:]:
        assert other.past.counts == pytest.approx(found[0].past.counts)
        assert _totals(other) == pytest.approx(_totals(found[0]))


def test_blocks_without_grades_are_split_as_the_past_is_and_that_is_said(tmp_path: Path) -> None:
    district = read_district(TOWN.write(tmp_path / "d"))
    found = forecast(district, Asked(_ask(tmp_path, _rows())))
    assert "the students of each are split as those of its district are" in found.notes[-1]
    assert found.cells.counts.sum(axis=0) / district.students.sum() == pytest.approx(
        np.array([1, 0.9, 0.99]) / (1 + 0.9 + 0.99)
    )
    assert {"students_grade_k", "students_grade_1"} <= set(counts_of(found, next(found.each())[1]))


def test_other_schools_and_grades_are_left_out_where_that_is_asked(town: Path, tmp_path: Path) -> None:
    rows = _rows(school={"x": 300, "y": 500, "z": 40})
    ninth = rows[(rows.school_id == "x") & (rows.grade == "K")].assign(grade="9")
    other = rows[rows.school_id == "x"].assign(school_id="lab")
    asked = _ask(tmp_path, pd.concat([rows, ninth, other]), head='grade = "grade"\nothers = "leave out"')
    found = forecast(read_district(town), Asked(asked))
    assert found.notes == (
        "past.csv: grades 9 are left out",
        "past.csv: 1 schools are none of the district's, and are left out: lab",
    )
    with pytest.raises(InputError, match='others = "leave out" leaves out other schools'):
        forecast(read_district(town), Asked(_ask(tmp_path, pd.concat([rows, other]))))


def test_a_past_by_block_says_of_the_district_what_the_district_says(town: Path, tmp_path: Path) -> None:
    district = read_district(town)
    size = {block: float(n) for block, n in zip(district.block_ids, district.students, strict=True)}
    rows = _rows(school=size).rename(columns={"school_id": "block"})
    by_block = forecast(district, Asked(_ask(tmp_path / "a", rows, head='grade = "grade"\nblock = "block"')))
    of_all = forecast(district, Asked(_ask(tmp_path / "b", _rows())))
    assert by_block.past.by == "block"
    assert _totals(by_block) == pytest.approx(_totals(of_all))
    assert by_block.scores[0].school_error == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("named", ["", 'K = "KDG"'])
def test_pre_kindergarten_is_left_out_unless_it_is_named(tmp_path: Path, named: str) -> None:
    district = read_district(TOWN.write(tmp_path / "d"))
    kdg = _rows().replace({"grade": {"K": "KDG"}}) if named else _rows()
    early = _rows()[_rows().grade == "1"].assign(grade="PK")
    asked = _ask(tmp_path, pd.concat([kdg, early]), f"[history.grades]\n{named}\n")
    assert forecast(district, Asked(asked)).past.grades == GRADES
    asked.write_text(asked.read_text() + 'PK = "PK"\n')
    assert forecast(district, Asked(asked)).past.grades == ("PK", *GRADES)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000), st.integers(2, 40), st.integers(3, 8))
def test_futures_are_counts_and_few_children_never_explode(seed: int, units: int, years: int) -> None:
    random = np.random.default_rng(seed)
    counts = random.poisson(random.uniform(0, 3, (units, 1)), (years, units, 3)).astype(float)
    counts[:, 0] += 200
    past = Past(tuple(range(2000, 2000 + years)), counts, GRADES, "block", np.zeros(units, int))
    by = ratios(past, None, 5)
    drawn = future(Cells(counts[-1], np.arange(units), past.zone), by, [seed])
    assert np.isfinite(drawn).all()
    assert (drawn >= 0).all()
    assert (np.abs(by.of[1:] - by.district) < np.abs(by.of[1:]).max() + 1).all()
    assert by.of.max() < 10
    assert len(scores(past, None, seed, 3)) == max(0, min(3, years - 3))


def test_units_keep_their_own_ratios_as_far_as_chance_does_not_make_them() -> None:
    before, of_all = np.full((40, 1), 100.0), np.ones(1)
    alike = np.random.default_rng(1).poisson(before).astype(float)
    apart = before * np.linspace(0.5, 1.5, 40)[:, None]
    few, own_few = pooled(alike, before, of_all, np.ones(1))
    many, own_many = pooled(apart, before, of_all, np.ones(1))
    assert own_few[0] < 0.4
    assert own_many[0] > 0.8
    assert np.ptp(few) < 0.5 * np.ptp(alike / before)
    assert (few * before).sum() == pytest.approx(alike.sum())  # and all together have what they had
    assert pooled(apart, before, of_all, np.zeros(1))[0] == pytest.approx(apart / before)
    assert many[0, 0] > 0.5


def test_futures_vary_as_the_past_did() -> None:
    """A past of shocks to all grades at once, and no chance: the band holds nine of ten of what comes."""
    random, inside = np.random.default_rng(5), []
    for trial in range(100):
        counts = np.full((10, 1, 3), 1e7)
        for year in range(1, 10):
            shock = np.exp(0.03 * random.standard_normal())
            counts[year, 0] = [1e7, counts[year - 1, 0, 0] * shock, counts[year - 1, 0, 1] * shock]
        past = Past(tuple(range(10)), counts, GRADES, "district", np.zeros(1, int))
        inside.append(scores(past, None, trial, 1)[0].inside)
    assert 0.8 <= np.mean(inside) <= 0.97


def _no(column: str, value: str) -> Callable[[pd.DataFrame], pd.DataFrame]:
    def spoil(rows: pd.DataFrame) -> pd.DataFrame:
        changed = rows.astype(str)
        changed.loc[0, column] = value
        return changed

    return spoil


@pytest.mark.parametrize(
    ("spoil", "more", "said"),
    [
        (_no("students", "-5"), "", "negative counts: row 1 (-5)"),
        (_no("students", "many"), "", "are no numbers: row 1 (many) ('many')"),
        (_no("students", "*"), "", "1 cells are suppressed: row 1 (*). Say what stands for them: suppressed = 0"),
        (_no("grade", "K2"), "", "no grades: 'K2' (did you mean"),
        (_no("year", "last"), "", "are no years: row 1 ('last')"),
        (_no("school_id", "q"), "", "not a school of the district: q"),
        (lambda rows: rows[rows.year != 2021], "", "years are missing between others: 2021"),
        (lambda rows: rows[rows.year < 2021], "", "2 years say nothing of how much years differ"),
        (lambda rows: rows[rows.grade != "2"], "", "grades of the district are missing: 2. Give their history"),
        (lambda rows: rows[(rows.grade != "2") | (rows.year > 2019)], "", "has no children in a year: 2 in 2019"),
        (lambda rows: rows.drop(columns="students"), "", "the column that [history] count names is missing"),
        (lambda rows: rows[:0], "", "holds no rows"),
        (lambda rows: pd.concat([rows, rows[:2]]), "", "a year and grade stand more than once: row 55 (2019, K), row"),
        (None, '[births]\nfile = "b.csv"\n', "births are missing, or none: 2022, 2023, 2024"),
        (None, '[[housing]]\nfile = "h.csv"\nyields = "yield"\n', "not a block of the district: nowhere"),
        (None, '[[housing]]\nfile = "h.csv"\ntype = "kind"\n', "types without a yield: 'flat'. Give each a line"),
        (None, '[[housing]]\nfile = "h.csv"\n', "[[housing]] needs yields or type"),
        (None, '[[housing]]\nfile = "n.csv"\nyields = "yield"\n', "negative counts: row 1"),
        (None, '[history2]\nfile = "h.csv"\n', "history2"),
    ],
)  # fmt: skip
def test_bad_input_is_one_error(town: Path, tmp_path: Path, rezone, spoil, more: str, said: str) -> None:
    rows = _rows(school={"x": 300, "y": 500, "z": 40})
    asked = _ask(tmp_path, rows if spoil is None else spoil(rows), more)
    (tmp_path / "b.csv").write_text("year,births\n" + "".join(f"{year},90\n" for year in range(2010, 2022)))
    where = "r0c0" if "kind" in more else "nowhere"
    (tmp_path / "h.csv").write_text(f"block_id,year,units,yield,kind\n{where},2026,10,0.4,flat\n")
    (tmp_path / "n.csv").write_text("block_id,year,units,yield\nr0c0,2026,-10,0.4\n")
    status, out, err = rezone("forecast", town, asked, "--out", tmp_path / "o" / "f.parquet")
    assert (status, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1
    assert not (tmp_path / "o").exists()


def test_it_writes_into_the_district_under_its_own_name_alone(town: Path, tmp_path: Path, rezone) -> None:
    asked = _ask(tmp_path, _rows())
    for name, said in (("f.parquet", "lies in the district's folder"), ("futures.csv", "is not Parquet")):
        status, _, err = rezone("forecast", town, asked, "--out", town / name)
        assert status == 2
        assert said in err
    assert rezone("forecast", town, asked, "--out", town / "futures.parquet")[0] == 0
    assert rezone("check", town)[0] == 0
    (town / "futures.parquet").unlink()
