"""Blocks find their areas by code, or the vintages are told to differ."""

import numpy as np
import pytest

from optimizer.errors import InputError
from scenarios.census.areas import Areas
from scenarios.census.vintages import joined

BLOCKS = [f"5100301{tract}01{k:04}" for tract in ("01", "02") for k in range(1000, 1200)]


def _tracts(*ids: str) -> Areas:
    return Areas("acs2019.csv", "tract", ids, {}, {}, {}, {}, {})


def test_blocks_are_found_by_their_digits() -> None:
    rows = joined(_tracts(BLOCKS[-1][:11], BLOCKS[0][:11]), BLOCKS, np.ones(400), "blocks.shp")
    assert rows.tolist() == [1] * 200 + [0] * 200


def test_more_than_a_half_percent_without_an_area_is_an_error_that_names_both() -> None:
    with pytest.raises(InputError) as error:
        joined(_tracts(BLOCKS[0][:11]), BLOCKS, np.full(400, 3.0), "tl_2020_51003.shp")
    assert str(error.value) == (
        "acs2019.csv: lacks the tract of 200 of 400 blocks of tl_2020_51003.shp, with 600 of 1,200 people. Take the "
        "table of the blocks' vintage: ACS to 2015-19 uses codes of 2010, from 2016-20 on those of 2020"
    )


@pytest.mark.parametrize(("people", "fits"), [(0.0, True), (1.0, True), (100.0, False)])
def test_few_blocks_may_lack_an_area_where_few_live_there(people: float, fits: bool) -> None:
    blocks = [*BLOCKS, "510030199991000"]
    lives = np.array([1.0] * 400 + [people])
    table = _tracts(BLOCKS[0][:11], BLOCKS[-1][:11])
    if fits:
        assert joined(table, blocks, lives, "b")[-1] == -1
    else:
        with pytest.raises(InputError, match="1 of 401 blocks of b, with 100 of 500 people"):
            joined(table, blocks, lives, "b")


def test_codes_of_blocks_have_15_digits() -> None:
    with pytest.raises(InputError, match="b: codes of blocks have not 15 digits: 60014001001000"):
        joined(_tracts(), ["60014001001000"], np.ones(1), "b")
