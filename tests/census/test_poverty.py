"""Poverty's share and its error, from each table that has it."""

import numpy as np
import pytest

from optimizer.errors import InputError
from scenarios.census.areas import Areas
from scenarios.census.poverty import Z, poverty_rate


def _areas(values: dict[str, float], margins: dict[str, float] | None = None, labels=None) -> Areas:
    columns, errors = ({k: np.array([v, 0.0]) for k, v in one.items()} for one in (values, margins or {}))
    return Areas("t.csv", "tract", ("1", "2"), columns, errors, labels or {}, {}, {})


RATIO = dict(zip((f"C17002_{k:03}" for k in range(1, 9)), (100, 5, 7, 3, 4, 6, 2, 73), strict=True))


@pytest.mark.parametrize(("below", "share"), [("100", 0.12), ("185", 0.25), ("200", 0.27)])
def test_c17002_is_summed_to_the_line_and_008_is_above_it(below, share: float) -> None:
    found = poverty_rate(_areas(RATIO), below)
    assert found.rate[0] == pytest.approx(share)
    assert np.isnan([found.rate[1], found.error[0], found.of[1]]).all()  # nobody there; no margin; nobody there
    assert found.measure == f"C17002 below {int(below) / 100:.2f}"


def test_the_error_is_that_of_a_proportion() -> None:
    cells = {"B17001_001": 200.0, "B17001_002": 50.0}
    found = poverty_rate(_areas(cells, {"B17001_001": 40.0, "B17001_002": 30.0}))
    assert found.error[0] == pytest.approx(np.sqrt(30**2 - 0.25**2 * 40**2) / 200 / Z)
    found = poverty_rate(_areas(cells, {"B17001_001": 40.0, "B17001_002": 5.0}))  # below 0 in the root: of a ratio
    assert found.error[0] == pytest.approx(np.sqrt(5**2 + 0.25**2 * 40**2) / 200 / Z)
    assert found.measure == "B17001 below 1.00, all ages"


def test_of_tables_with_ages_it_is_the_childrens() -> None:
    by_age = {f"B17020_{k:03}": float(k) for k in range(1, 18)}
    found = poverty_rate(_areas(by_age))
    assert (found.rate[0], found.of[0]) == (pytest.approx(12 / 48), 48)
    assert found.measure == "B17020 below 1.00, children under 18"
    families = {"B17010_001": 40.0, "B17010_002": 4.0}
    assert poverty_rate(_areas(families)).measure == "B17010 below 1.00, families"
    by_sex = {f"B17001_{k:03}": 1.0 for k in range(1, 60)}
    assert poverty_rate(_areas(by_sex)).of[0] == 24


def test_percent_columns_of_s1701_are_told_from_counts() -> None:
    counts = {"S1701_C01_001": 200.0, "S1701_C02_001": 20.0, "S1701_C03_001": 10.0}
    assert poverty_rate(_areas(counts)).rate[0] == 0.1
    children = counts | {"S1701_C01_002": 50.0, "S1701_C02_002": 20.0}
    assert poverty_rate(_areas(children)).measure == "S1701 below 1.00, children under 18"
    only = {"S1701_C01_001": 200.0, "S1701_C03_001": 12.0}
    found = poverty_rate(_areas(only, {"S1701_C03_001": Z}))
    assert (found.rate[0], found.error[0], found.of[0]) == (0.12, pytest.approx(0.01), 200)
    assert np.isnan(found.rate[1])
    older = {"S1701_C01_001": 200.0, "S1701_C02_001": 12.0}
    assert poverty_rate(_areas(older, labels={"S1701_C02_001": "Percent below poverty level"})).rate[0] == 0.12


def test_a_column_of_rates_is_named_and_is_percent() -> None:
    found = poverty_rate(_areas({"povrate": 12.0}, {"povrate": Z}), column="povrate")
    assert (found.measure, found.rate[0], found.error[0]) == ("povrate", 0.12, pytest.approx(0.01))
    for highest in (0.4, 140.0):
        with pytest.raises(InputError, match=rf"'povrate': has {highest:g} as the highest of its rates"):
            poverty_rate(_areas({"povrate": highest}), column="povrate")
    with pytest.raises(InputError, match=r"has no cell povrat \(did you mean 'povrate'\?\)"):
        poverty_rate(_areas({"povrate": 12.0}), column="povrat")


def test_a_table_without_that_line_is_an_error() -> None:
    with pytest.raises(InputError, match="does not tell who lives below 185 %"):
        poverty_rate(_areas({"B17001_001": 1.0, "B17001_002": 1.0}), "185")
    with pytest.raises(InputError, match="is no table of poverty"):
        poverty_rate(_areas({"B03002_001": 1.0}))
