"""From optimize to verify under rules of every kind, by the commands that people run."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyproj
import pytest
import shapely
from proofs import write
from toys import CRS, LEFT, SIDE, TOP, TOWN

from optimizer.errors import InputError
from scenarios.cli.main import main
from scenarios.verify import verify

PLACE = shapely.Point(LEFT + 2.5 * SIDE, TOP - 2.5 * SIDE)  # in r2c2
STREETS = ["a", None, None, "b", "b"] * 4
FURTHER = {"street": STREETS, "years": [9, 1, None, 7, 8] * 4, "goes_to": ["M", "M", "M", "N", "N"] * 4}
BACK = pyproj.Transformer.from_crs(CRS, 4326, always_xy=True)

RULES: dict[str, str] = {
    "pairs": """
[[rules]]
kind = "lock"
schools = ["z"]
[[rules]]
kind = "forbid"
pairs = [["r0c1", "y"]]
[[rules]]
kind = "recently_moved"
column = "years"
years = 2
[[rules]]
kind = "walk_zone"
distance = 400
""",
    "levels": """
[[rules]]
kind = "share"
of = "poverty"
low = 0.2
high = 0.75
[[rules]]
kind = "utilisation"
low = 0.5
high = 1.1
[[rules]]
kind = "moved"
share = 0.5
by_school = true
[[rules]]
kind = "burden"
of = "moved"
difference = 0.1
[[rules]]
kind = "burden"
of = "travel"
difference = 150
""",
    "together": """
[[rules]]
kind = "keep_together"
column = "street"
cost = 0.001
[[rules]]
kind = "feeder"
column = "goes_to"
low = 0.5
[[rules]]
kind = "shape"
measure = "cut_edges"
limit = 20
[[rules]]
kind = "travel_mean"
limit = 1000
[[rules]]
kind = "riders"
distance = 1000
share = 0.3
""",
    "schools": f"""
[[rules]]
kind = "close"
schools = ["z"]
[[rules]]
kind = "open"
school = "new"
lon = {gpd.GeoSeries([PLACE], crs=CRS).to_crs(4326)[0].x!r}
lat = {gpd.GeoSeries([PLACE], crs=CRS).to_crs(4326)[0].y!r}
capacity = 70
min_students = 10
[[rules]]
kind = "seats"
school = "y"
capacity = 120
""",
    "pair": """
[[rules]]
kind = "pair"
schools = ["y", "z"]
""",
    "barrier": """
[[rules]]
kind = "barrier"
file = "river.gpkg"
crossings = "bridge.gpkg"
""",
    "line": f"""
[[rules]]
kind = "barrier"
points = {[list(BACK.transform(LEFT + 3 * SIDE, TOP + y)) for y in (100, -2 * SIDE)]}
[[rules]]
kind = "keep_together"
blocks = ["r0c3", "r0c4"]
""",
}


def rezone(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *words: object) -> tuple[int, str]:
    """Exit status and what is printed."""
    monkeypatch.setattr(sys, "argv", ["rezone", *map(str, words)])
    with pytest.raises(SystemExit) as left:
        main()
    printed = capsys.readouterr()
    return int(left.value.code or 0), printed.out + printed.err


def layers(folder: Path) -> None:
    """A river between the third and the fourth column, with a bridge in the first row."""
    x = LEFT + 3 * SIDE
    river, bridge = shapely.LineString([(x, TOP + 100), (x, TOP - 4 * SIDE - 100)]), shapely.Point(x, TOP - SIDE / 2)
    for name, shape in (("river", river), ("bridge", bridge)):
        gpd.GeoDataFrame(geometry=[shape], crs=CRS).to_file(folder / f"{name}.gpkg")


@pytest.mark.parametrize("name", RULES)
def test_what_optimize_claims_under_rules_is_proved(name: str, tmp_path: Path, capsys, monkeypatch) -> None:
    folder, out, config = TOWN.but(extra=FURTHER).write(tmp_path / "d"), tmp_path / "out", tmp_path / "rules.toml"
    layers(tmp_path)
    monkeypatch.chdir(tmp_path)
    config.write_text("[options]\nsize_tolerance = 0.15\ntravel_increase = 0.5\n" + RULES[name])
    job = ("optimize", folder, "--out", out, "--iterations", 15_000, "--config", config)
    status, printed = rezone(capsys, monkeypatch, *job)
    assert status == 0, printed
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    status, printed = rezone(
        capsys, monkeypatch, "verify", folder, "--plan", out / "plan.csv", "--certificate", out / "certificate.json",
        "--json",
    )  # fmt: skip
    found = json.loads(printed)
    assert status == 0, found["reasons"]
    assert found["bound"] >= summary["bound"] - 1e-9
    assert 0.03 < summary["bound"] < summary["objective_value"]
    assert found["objective_value"] == pytest.approx(summary["objective_value"], rel=1e-9)
    assert found["broken_limits"] == [pytest.approx(row) for row in summary["broken_limits"]]
    assert set(found["relaxes"]) == set(summary["bound_relaxes"])
    spoil_and_refuse(folder, out, tmp_path)


def spoil_and_refuse(folder: Path, out: Path, tmp_path: Path) -> None:
    """The same certificate with a higher claim, or under fewer rules, is not proved."""
    content: dict[str, Any] = json.loads((out / "certificate.json").read_text(encoding="utf-8"))
    del content["seal"]
    assert content["format_version"] == 5
    for spoilt in (content | {"bound": content["bound"] + 1e-6}, content | {"rules": []}):
        try:
            assert not verify(folder, out / "plan.csv", write(spoilt, tmp_path / "spoilt.json")).verified
        except InputError as error:
            # Other lists are expected then, or a school of the plan is not there.
            assert str(error).startswith(("spoilt.json, column 'leaves[0]", "plan.csv, column 'school_id'"))  # noqa: PT017


def test_a_barrier_whose_layer_has_changed_is_no_longer_the_certificates(tmp_path, capsys, monkeypatch) -> None:
    folder, out, config = TOWN.write(tmp_path / "d"), tmp_path / "out", tmp_path / "rules.toml"
    layers(tmp_path)
    config.write_text(RULES["barrier"])
    job = ("optimize", folder, "--out", out, "--iterations", 2_000, "--config", config)
    assert rezone(capsys, monkeypatch, *job)[0] == 0
    proof = ("verify", folder, "--plan", out / "plan.csv", "--certificate", out / "certificate.json")
    for name in ("river", "bridge"):
        (out / f"{name}.gpkg").write_bytes((tmp_path / f"{name}.gpkg").read_bytes())  # beside the certificate
    assert rezone(capsys, monkeypatch, *proof)[0] == 0
    (out / "river.gpkg").write_bytes((tmp_path / "bridge.gpkg").read_bytes())
    monkeypatch.chdir(folder)
    status, printed = rezone(capsys, monkeypatch, *proof)
    assert status == 2
    assert "the layer 'river.gpkg' is not there, or not as it was, or is no layer of lines" in printed
