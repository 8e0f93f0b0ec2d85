"""Files as the census and those who use it publish them: their control totals, which raw/*/NOTES.md state."""

from dataclasses import replace

import numpy as np
import pytest
from tree import RAW

from optimizer.errors import InputError
from scenarios.census.children import children
from scenarios.census.poverty import poverty_rate
from scenarios.census.read_areas import read_areas
from scenarios.census.tiger import block_columns, geodesic_areas, need_whole
from scenarios.census.vintages import joined
from scenarios.importing.sources import read_source

pytestmark = pytest.mark.skipif(not RAW.is_dir(), reason="no raw files of real places here")
LAYOUTS, ALBEMARLE = RAW / "layouts", RAW / "albemarle_va"
P2 = ALBEMARLE / "decennial"


def test_utahs_ratios_of_income_to_poverty() -> None:
    found = read_areas([LAYOUTS / "acs_data_census_gov" / "ACSDT5Y2020.C17002"], "block group")
    assert (len(found.ids), found.cell("C17002_001").sum(), found.labels["C17002_001"]) == (
        1547,
        2_392_339,
        "Estimate!!Total:",
    )
    poverty = poverty_rate(found)
    assert np.nansum(poverty.rate * poverty.of) == pytest.approx(202_692)
    assert np.isnan(poverty.rate).sum() == 17  # of block groups where nobody's status is known
    reduced = poverty_rate(found, "185")
    assert np.nansum(reduced.rate * reduced.of) / np.nansum(reduced.of) == pytest.approx(0.213, abs=5e-4)
    over = (found.margins["C17002_002"] > found.cell("C17002_002")).mean()
    assert over == pytest.approx(0.79, abs=0.01)


def test_other_tables_of_data_census_gov() -> None:
    folder = LAYOUTS / "acs_data_census_gov"
    assert read_areas([folder / "ACSDT5Y2020.B03002"], "block group").cell("B03002_001").sum() == 2_428_719
    both = read_areas([folder / "ACSDT5Y2020.B03002", folder / "DECENNIALPL2020.P5"], "block group")
    assert {"B03002_001", "P5_001"} <= both.values.keys()
    king = read_areas([LAYOUTS / "decennial_data_census_gov"], "county")
    assert (king.ids, king.cell("P1_001").tolist()) == (("53033",), [2_269_675])
    income = read_areas([RAW / "durham_nc" / "ACS2023_income_data.csv"], "tract")
    assert (len(income.ids), income.missing["250,000+"]) == (68, 2)


def test_american_factfinder() -> None:
    found = read_areas([LAYOUTS / "acs_aff_2014" / "ACS_14_5YR_C17002_with_ann.csv"], "county")
    assert len(found.ids) == 3142
    poverty = poverty_rate(found)
    for county, people, poor in (("51003", 94_466, 9_162), ("51540", 41_829, 11_517)):
        k = found.ids.index(county)
        assert (poverty.of[k], poverty.rate[k] * people) == (people, pytest.approx(poor))
    folder = read_areas([LAYOUTS / "acs_aff_2014"], "block group", "P004")
    assert (len(folder.ids), len(folder.values)) == (59, 73)


def test_rhode_islands_segments() -> None:
    folder = LAYOUTS / "pl94171_ri2018_prototype"
    found = read_areas([folder], "block")
    assert (len(found.ids), found.cell("P1_001").sum()) == (569, 29_225)
    notes: list[str] = []
    groups = {group: count.sum() for group, count in children(found, found, notes).items()}
    assert notes == []
    assert sum(groups.values()) == 6_512
    assert (groups["hispanic"], groups["white"], groups["black"], groups["asian"]) == (4_160, 374, 999, 255)
    some_other_race = found.cell("P2_010").sum() - found.cell("P4_010").sum()
    assert groups["multiracial"] - some_other_race == 521
    assert read_areas([folder], "tract").cell("P1_001").sum() == 29_225


def test_albemarles_blocks_and_the_table_of_another_vintage() -> None:
    found = read_areas([P2], "block")
    people = found.cell("P2_001")
    assert (len(found.ids), people.sum()) == (2046, 112_395)
    groups = {group: count.sum() for group, count in children(found, None).items()}
    assert (groups["hispanic"], groups["white"], groups["black"], groups["asian"]) == (8_453, 80_335, 9_793, 8_186)
    older = read_areas([ALBEMARLE / "acs" / "acs_blkgr_cville.csv"], "block group")
    with pytest.raises(InputError, match="693 of 2,046 blocks of tl_2020_51003, with 61,005 of 112,395 people"):
        joined(older, found.ids, people, "tl_2020_51003")
    newer = read_areas([ALBEMARLE / "charlottesville" / "regional_atlas_block_groups.csv"], "block group")
    assert (joined(newer, found.ids, people, "tl_2020_51003") >= 0).all()
    tracts = read_areas([ALBEMARLE / "acs" / "acs_tract_cville.csv"], "tract")
    assert 0 < np.nanmedian(poverty_rate(tracts, column="povrate").rate) < 0.3


def test_arlingtons_answer_of_the_api() -> None:
    found = read_areas([RAW / "arlington_va" / "census_api_resp.json"], "block")
    assert (len(found.ids), found.cell("P12_001").sum()) == (2188, 207_627)


@pytest.mark.parametrize(
    ("file", "vintage", "rows"),
    [
        ("albemarle_va/tiger/tl_2020_51003_tabblock20.zip", "2020", 2046),
        ("arlington_va/tl_2010_51013_tabblock10.zip", "2010", 2188),
        ("cambridge_ma/DEMOGRAPHICS_Blocks2010.zip", "2010", 1201),
    ],
)
def test_layers_of_blocks(file: str, vintage: str, rows: int) -> None:
    from scenarios.reading.layers import read_layer

    layer = read_layer(RAW / file)
    found = block_columns([str(name) for name in layer.columns])
    assert (found.vintage, len(layer)) == (vintage, rows)
    areas = geodesic_areas(layer.geometry.to_numpy(), layer.crs)
    published = layer[found.land].to_numpy(float) + layer[found.water].to_numpy(float)
    assert np.median(areas / published) == pytest.approx(1, rel=1e-3)
    source = read_source(RAW / file)
    need_whole(source, found.id)
    again = np.append(np.arange(rows), 0)  # a whole block twice is more than its whole
    twice = replace(source, cells=source.cells.iloc[again].reset_index(drop=True), shape=source.shape[again])
    with pytest.raises(InputError, match="not as large as the block"):
        need_whole(twice, found.id)
