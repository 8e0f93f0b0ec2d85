"""The member `crs` of GeoJSON: read, or one clear error, in every layer that a command reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from toys import EXAMPLE

from optimizer.errors import InputError
from scenarios import read_district
from scenarios.reading.layers import read_layer

LINE = {"type": "LineString", "coordinates": [[-75.0, 39.0], [-75.0, 39.1]]}


def layer(path: Path, crs: Any) -> Path:
    features = [{"type": "Feature", "properties": {}, "geometry": LINE}]
    path.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": features}))
    return path


def named(name: Any) -> dict[str, Any]:
    return {"type": "name", "properties": {"name": name}}


NONSENSE = [
    *(
        named("EPSG:999999"),
        named("nowhere"),
        named(""),
        named(4326),
        named(None),
        {"type": "name"},
        {},
        [],
        "EPSG:4326",
    ),
    *(4326, True, {"type": "link", "properties": {"href": "crs.prj", "type": "esriwkt"}}),
    {"type": "name", "properties": "EPSG:4326"},
]


@pytest.mark.parametrize("crs", NONSENSE, ids=str)
def test_nonsense_is_one_error(crs: Any, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"a\.geojson, column 'crs': .*(is not a CRS|does not name a)") as raised:
        read_layer(layer(tmp_path / "a.geojson", crs))
    assert len(raised.value.lines) == 1
    assert "or take `crs` out: GeoJSON is WGS 84" in raised.value.lines[0]


@pytest.mark.parametrize(
    ("crs", "code"),
    [
        (None, 4326),
        *((named(name), 4326) for name in ("EPSG:4326", "urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:EPSG::4326")),
        *((named(name), 32618) for name in ("EPSG:32618", "urn:ogc:def:crs:EPSG::32618")),
    ],
)
def test_what_can_be_read_is_read(crs: Any, code: int, tmp_path: Path) -> None:
    assert read_layer(layer(tmp_path / "a.geojson", crs)).crs.to_epsg() == code


def test_blocks_barriers_and_zones_say_so(rezone, tmp_path: Path) -> None:
    folder, wrong = EXAMPLE.write(tmp_path / "d"), layer(tmp_path / "line.geojson", named("nowhere"))
    said = "'nowhere' is not a CRS"
    out = tmp_path / "out"
    for words in (
        ("score", folder, wrong, "--out", out),
        ("bound", folder, "--rule", f"barrier file={wrong}", "--iterations", 100),
    ):
        status, _, err = rezone(*words)
        assert (status, said in err) == (2, True), err
    read_district(folder)
    for blocks in folder.glob("blocks.*"):
        blocks.unlink()
    layer(folder / "blocks.geojson", named("nowhere"))
    status, _, err = rezone("check", folder)
    assert (status, said in err) == (2, True), err
