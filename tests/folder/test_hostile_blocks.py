"""Blocks that nobody should write, and every command that reads them: one clear error, never a traceback."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hostile import (
    TOY,
    UNCLOSED,
    Spoil,
    all_refuse,
    blocks,
    curves,
    device,
    feature,
    features,
    geojson,
    indexed,
    many_columns,
    raw,
    two_layers,
    wkb,
)

# What is spoilt, how, and what is said of it.
FOLDERS: dict[str, tuple[Spoil, str]] = {
    "two of blocks": (raw("blocks.gpkg", "x"), "blocks.parquet and blocks.gpkg are there"),
    "two layers": (two_layers, "holds 2 layers (one, two), 2 of them with block_id"),
    "id twice": (indexed, "the id stands more than once: r0c2"),
    "empty id": (blocks(block_id=[None, "r0c1", "r0c2", "r0c3"]), "the id is empty: row 1"),
    "blank id": (blocks(block_id=["  ", "r0c1", "r0c2", "r0c3"]), "the id is empty: row 1"),
    "next to nothing": (blocks(students_grade_k=[1e-300] * 4), "all of it adds up to 4e-300"),
    "no map": (lambda f: TOY.blocks().set_crs(4978, allow_override=True).to_parquet(f / "blocks.parquet"), "is no CRS"),
    "kilometres": (
        lambda f: (
            (b := TOY.blocks()).set_geometry(b.scale(0.001, 0.001, origin=(0, 0))).to_parquet(f / "blocks.parquet")
        ),
        "none lies among the blocks",
    ),
    "blocks device": (
        lambda f: ((f / "blocks.parquet").unlink(), device("blocks.geojson")(f)),
        "is a pipe or a device",
    ),
    "blocks of text": (raw("blocks.parquet", "hello"), "cannot be read as parquet"),
    "dates as counts": (blocks(students=pd.date_range("2026-01-01", periods=4)), "holds dates"),
    "beyond doubles": (blocks(students=[1e308, 1e308, 10, 10]), "not a number that can be used: r0c0 (1e+308)"),
    "id steers": (blocks(block_id=["a\x1b[31m", "b", "c", "d"]), "holds control characters: a\\x1b[31m"),
    "id with a line": (blocks(block_id=["a\nb", "b", "c", "d"]), "holds control characters: a\\nb"),
    "id turns": (blocks(block_id=["a\u202eb", "b", "c", "d"]), "holds control characters: a\\u202eb"),
    "id long": (blocks(block_id=["a" * 500, "b", "c", "d"]), "too long for an id or a name"),
    "column steers": (blocks(**{"a\x1b": 1}), "the name of a column holds control characters"),
    "many columns": (many_columns, "2,107 columns are too many"),
    "geojson numbers": (
        geojson(features("school_id", 1)),
        'holds numbers: ids must be text, or leading zeros are lost: 1. Write "1" and not 1',
    ),
    "geojson truth among numbers": (
        geojson(feature(1, "students_poverty", False)),
        "column 'students_poverty': true and false are not numbers: r0c1. Give numbers",
    ),
    "geojson truth among ids": (geojson(feature(1, "school_id", True)), 'lost: true. Write "true" and not true'),
    "truths": (
        blocks(students=[True] * 4),
        "column 'students': true and false are not numbers: r0c0, r0c1, r0c2, r0c3",
    ),
    "truths as ids": (blocks(school_id=[True] * 4), "ids must be text, or leading zeros are lost: true. Write"),
    "geojson floats": (geojson(features("block_id", 0.0)), 'Write "0.0" and not 0.0'),
    "geojson null": (
        geojson(lambda d: d | {"features": [*d["features"], None]}),
        "column 'features': not features: number 5",
    ),
    "geojson no feature": (geojson(lambda d: d | {"features": [{"type": "Point"}]}), "not features: number 1"),
    "geojson bare": (geojson(lambda d: d["features"][0]["geometry"]), "is a bare Polygon without columns"),
    "geojson list": (geojson(lambda d: [d]), "is JSON, and no GeoJSON"),
    "geojson text": (geojson(lambda d: "hello"), "is JSON, and no GeoJSON"),
    "geojson empty": (geojson(lambda d: d | {"features": []}), "blocks.geojson"),
    "geojson shapes": (
        geojson(lambda d: [f.update(geometry=None) for f in d["features"]] and d),
        "missing, or damaged: r0c0",
    ),
    "geojson coordinates": (
        geojson(lambda d: [f["geometry"].update(coordinates="x") for f in d["features"]] and d),
        "blocks.geojson",
    ),
    "geojson deep": (
        lambda f: ((f / "blocks.parquet").unlink(), raw("blocks.geojson", "[" * 100_000)(f)),
        "inside each other",
    ),
    "damaged shapes": (wkb(b"\x01\x03\x00"), "the geometry is missing, or damaged: r0c0"),
    "rings not closed": (wkb(UNCLOSED, UNCLOSED), "the geometry is missing, or damaged: r0c0, r0c1"),
    "lines": (curves, "the geometry is not a polygon or multipolygon: r0c0"),
    "no shapes": (
        lambda f: pd.DataFrame(TOY.blocks().drop(columns="geometry")).to_parquet(f / "blocks.parquet"),
        "no geometry",
    ),
    "shapefile of text": (
        lambda f: ((f / "blocks.parquet").unlink(), raw("blocks.gpkg", "x")(f)),
        "cannot be read as a layer",
    ),
}


@pytest.mark.parametrize("name", FOLDERS)
def test_every_command_says_what_is_wrong_with_the_blocks(name: str, good: Path, rezone, tmp_path: Path) -> None:
    spoil, words = FOLDERS[name]
    all_refuse(spoil, words, list(FOLDERS).index(name), good, rezone, tmp_path)
