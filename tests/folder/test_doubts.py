"""What is read and is likely to be a mistake is said in one line."""

from __future__ import annotations

import json
import shutil
import warnings
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hostile import TOY, TRAVEL
from toys import EXAMPLE

from optimizer.errors import Doubt
from scenarios import read_district


@pytest.mark.parametrize(
    ("times", "words"),
    [
        (0.001, "travel is shorter than the straight line for 24 of 24 pairs"),
        (1 / 1609.344, "is distance_m in miles?"),
        (1 / 0.3048, "travel is more than 2.5 times the straight line"),
        (100.0, "is distance_m in centimetres?"),
    ],
)
def test_travel_in_another_unit_is_said_with_both_figures(times, words, rezone, tmp_path: Path) -> None:
    toy = EXAMPLE.but(zones="X x x x x x x x x x x Y", groups={"white": "9 " * 12}, poverty="1 " * 12)
    folder = toy.write(tmp_path / "d")
    read = read_district(folder)
    pairs = [(b, s) for b in range(12) for s in (0, 11)]
    value = [times * 1.3 * 500 * abs(b - s) for b, s in pairs]
    names = pd.DataFrame({"block_id": [read.block_ids[0]] * 0, "school_id": [], "distance_m": []})
    names["block_id"] = [f"r0c{b}" for b, _ in pairs]
    names["school_id"] = ["x" if s == 0 else "y" for _, s in pairs]
    names["distance_m"] = value
    names.to_csv(folder / "travel.csv", index=False)
    status, out, err = rezone("check", folder)
    assert status == 0
    assert words in err
    assert err.startswith("warning: travel.csv: ")
    assert words in out
    assert ("so that the travel limit asks nothing" in err) == (times < 1)
    names["distance_m"] = [v / times for v in value]
    names.to_csv(folder / "travel.csv", index=False)
    assert "warning" not in rezone("check", folder)[2]


@pytest.mark.parametrize(("times", "words"), [(1 / 60, "more than 150 km/h"), (60.0, "less than 1 km/h"), (1.0, "")])
def test_minutes_that_nobody_travels_are_said(times: float, words: str, tmp_path: Path) -> None:
    folder = EXAMPLE.but(zones="X x x x x x x x Y", groups={"white": "9 " * 9}, poverty="1 " * 9).write(tmp_path / "d")
    rows = [f"r0c{b},{'x' if s == 0 else 'y'},{times * abs(b - s):.6f}" for b in range(9) for s in (0, 8)]
    (folder / "travel.csv").write_text("\n".join(["block_id,school_id,minutes", *rows, ""]))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", Doubt)
        read_district(folder)
    said = [str(one.message) for one in caught]
    assert len(said) == bool(words)
    assert not words or words in said[0]


def test_schools_that_are_all_apart_from_the_blocks_are_said_by_whoever_reads_the_folder(
    good: Path, rezone, tmp_path: Path
) -> None:
    schools = TOY.schools()
    schools["lat"] = [repr(float(lat) + 0.2) for lat in schools["lat"]]
    folder, out = TOY.write(tmp_path / "d", schools=schools), tmp_path / "out"
    (tmp_path / "s.toml").write_text('district = "d"\n[options]\niterations = 5\n[[scenario]]\nname = "a"\n')
    said = "warning: schools.csv: every school is 21.9 km or more from all blocks: is one of the two in another"
    for call in (
        ("check", folder, "--json"),
        ("evaluate", folder, good / "plan.csv", "--json"),
        ("run", tmp_path / "s.toml", "--out", out),
        ("rfp", folder, good / "plan.csv", "--out", out / "rfp"),
    ):
        _, told, err = rezone(*call)
        assert err.count(said) == 1, (call, err)
        if "--json" in call:
            json.loads(told)
    assert "warning" not in rezone("check", good / "d")[2]


def test_what_meets_nothing_is_said(good: Path, rezone, tmp_path: Path) -> None:
    d = tmp_path / "d"
    shutil.copytree(good / "d", d)
    TRAVEL.to_csv(d / "travel.csv", index=False)
    far = gpd.GeoDataFrame(
        geometry=[shapely.LineString([(3e5 + 50, 4.2e6), (3e5 + 50, 4.2e6 - 500)])], crs="EPSG:32618"
    )
    far.to_file(tmp_path / "far.gpkg")
    for rule, words in (
        ("walk_zone distance=1", "no block lies within 1 of its school"),
        (f"barrier file={tmp_path / 'far.gpkg'}", "parts no neighbours"),
    ):
        status, _, err = rezone("evaluate", d, "--rule", rule)
        assert (status, words in err) == (0, True), err
    (tmp_path / "a.csv").write_text("address,lon,lat\nElm,5,5\n")
    call = ("report", good / "run", "--out", tmp_path / "r.html", "--addresses", tmp_path / "a.csv")
    status, _, err = rezone(*call)
    assert (status, "no address lies in a block" in err) == (2, True)
    (tmp_path / "a.csv").write_text("address,lon,lat\n")
    assert "holds no addresses" in rezone(*call)[2]
