"""What is wrong with zones, shapes and places: found, listed with ids, drawn, and each with its mend."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from own_files import MAPPING, SAID, files, mapped
from toys import CRS, SIDE, TOWN

from optimizer.errors import InputError
from scenarios import read_district
from scenarios.importing.gis import Imported, import_gis, write_folder
from scenarios.importing.mapping import read_mapping
from scenarios.importing.problems import Problem


def _zones() -> gpd.GeoDataFrame:
    return TOWN.blocks().assign(SCHNAM=lambda t: t["school_id"].map(SAID)).dissolve("SCHNAM").reset_index()


def _imported(folder: Path, more: str = "") -> Imported:
    found = import_gis(read_mapping(mapped(folder, MAPPING + more)))
    (folder / "d").mkdir(exist_ok=True)
    write_folder(found, folder / "d")
    return found


def _problem(found: Imported, what: str) -> Problem:
    (one,) = [one for one in found.notes.problems if what in one.what]
    return one


def _strip(share: float) -> tuple[Any, gpd.GeoDataFrame]:
    """Zones of which x reaches over a share of block 003, which is y's."""
    zones, first = _zones(), TOWN.blocks().geometry[3]
    left, bottom, _, top = first.bounds
    strip = shapely.box(left, bottom, left + share * SIDE, top)
    own = zones["SCHNAM"] == SAID["x"]
    zones["geometry"] = np.where(own, zones.geometry.union(strip), zones.geometry.difference(strip))
    return strip, zones.set_geometry("geometry", crs=CRS)[["SCHNAM", "geometry"]]


@pytest.mark.parametrize(
    ("share", "what", "said", "mend"),
    [
        (0.5, "1 block is as much in one zone as in another", "003 (0x 50 %, 0y 50 %)", "[zoned]"),
        (0.3, "1 block is parted by zones", "003 (70 %)", "[zoned]"),
        (0.005, "1 block has slivers", "003", ""),
    ],
)
def test_blocks_between_two_zones_are_told(tmp_path: Path, share: float, what: str, said: str, mend: str) -> None:
    files(tmp_path, zones=_strip(share)[1])
    found = _imported(tmp_path)
    one = _problem(found, what)
    assert one.ids == (said,)
    assert mend in one.mend
    assert one.done
    assert shapely.intersects(one.shape[0], TOWN.blocks().geometry[3].centroid)
    by_hand = _imported(tmp_path, '[zoned]\n"003" = "0x"\n')
    assert by_hand.schools.ids[by_hand.school[3]] == "0x"


@pytest.mark.parametrize(("pair", "said"), [('"099" = "0x"', "are no blocks: 099"), ('"003" = "q"', "no schools: q")])
def test_blocks_are_given_by_ids_that_exist(tmp_path: Path, pair: str, said: str) -> None:
    files(tmp_path)
    with pytest.raises(InputError, match=said):
        _imported(tmp_path, f"[zoned]\n{pair}\n")


def test_zones_without_a_school_are_drawn(tmp_path: Path) -> None:
    zones = _zones().assign(SCHNAM=lambda t: t["SCHNAM"].replace(SAID["z"], "Closed in 2019"))
    files(tmp_path, zones=zones[["SCHNAM", "geometry"]])
    with pytest.raises(InputError, match=r"'Closed in 2019' \(nearest: .*\[names\]"):
        _imported(tmp_path)
    found = _imported(tmp_path, '[outside]\nzones = "leave out"\nblocks = "leave out"\n')
    one = _problem(found, "1 zone has no school")
    assert one.ids == ("Closed in 2019",)
    assert "[names]" in one.mend
    assert len(one.shape) == 1
    assert _problem(found, "blocks have no school").done


def test_a_zone_beyond_the_blocks_is_told(tmp_path: Path) -> None:
    away = shapely.box(290_000, 4_190_000, 291_000, 4_191_000)
    zones = _zones()[["SCHNAM", "geometry"]]
    own = zones["SCHNAM"] == SAID["z"]
    shapes = np.where(own, away, zones.geometry)
    files(tmp_path, zones=zones.set_geometry(shapes, crs=CRS))
    found = _imported(tmp_path, '[outside]\nblocks = "leave out"\n')
    assert _problem(found, "1 zone has most of no block").ids == ("0z",)
    assert any("schools without a zone" in line and "0z" in line for line in found.notes.lines)


def test_islands_are_told_with_the_likely_bridge_and_gone_when_joined(tmp_path: Path) -> None:
    files(tmp_path)
    units = gpd.read_file(tmp_path / "units.shp").to_crs(CRS)
    shapes = units.geometry.to_numpy().copy()
    shapes[4] = shapely.affinity.translate(shapes[4], 300, 400)  # the end of the first row goes to sea
    units.set_geometry(shapes, crs=CRS).to_file(tmp_path / "units.shp")
    ours = '[zoned]\n"004" = "0z"\n'  # which the zones do not cover any more
    found = _imported(tmp_path, ours)
    one = _problem(found, "1 islands")
    assert len(one.ids) == 1
    assert one.ids[0].startswith("004 (300 m from 003)")
    assert "[mend] joins" in one.mend
    assert len(one.shape) == 1
    joined = _imported(tmp_path, ours + '[mend]\njoins = [["004", "003"]]\n')
    assert not [one for one in joined.notes.problems if "islands" in one.what]
    assert _problem(joined, "blocks apart are neighbours").done


def test_schools_outside_their_zones_and_pieces_of_zones_are_told(tmp_path: Path) -> None:
    schools = TOWN.schools()
    schools.loc[0, ["lon", "lat"]] = schools.loc[1, ["lon", "lat"]]
    blocks = TOWN.blocks()
    own = blocks["school_id"].where(blocks.index != 19, "x")  # one block far from the others of its zone
    zones = blocks.assign(SCHNAM=own.map(SAID)).dissolve("SCHNAM").reset_index()[["SCHNAM", "geometry"]]
    made = schools[["school_id", "lon", "lat", "capacity"]].assign(
        SCH_NAME=list(SAID.values()), school_id=["0x", "0y", "0z"]
    )
    files(tmp_path, schools=made, zones=zones)
    found = _imported(tmp_path)
    one = _problem(found, "school lies outside, in another zone or in none")
    assert one.ids[0].startswith("0x (in block ")
    assert one.ids[0].endswith("of 0y)")
    assert "[names]" in one.mend
    assert "019" in _problem(found, "pieces of their zones").ids
    assert read_district(tmp_path / "d").blocks == 20
