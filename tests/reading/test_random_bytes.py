"""Random files, and files with a few bytes changed: read, or said to be wrong, never a traceback."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from hostile import FEW, PLAIN, refused_or_read, well_said
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.errors import Doubt, Fault, InputError, cut
from scenarios import read_district
from scenarios.folder.carried import read_carried
from scenarios.plans.file import read_plan
from scenarios.reading.documents import parse_json, read_json, read_toml
from scenarios.reading.layers import read_layer
from scenarios.reading.pack import pack, unpack
from scenarios.reading.results import read_report, read_runs_table, read_summary, read_years
from scenarios.reading.tables import read_csv, read_parquet


@FEW
@given(st.binary(max_size=400))
def test_random_bytes_are_read_or_refused(tmp_path: Path, data: bytes) -> None:
    for name, read in (
        ("a.csv", read_csv),
        ("a.toml", read_toml),
        ("a.json", read_json),
        ("a.parquet", read_parquet),
        ("b.parquet", read_layer),
        ("a.geojson", read_layer),
        ("a.gpkg", read_layer),
        ("a.zip", read_layer),
    ):
        (tmp_path / name).write_bytes(data)
        refused_or_read(lambda read=read, name=name: read(tmp_path / name))


@settings(FEW, max_examples=10)
@given(st.data())
def test_changed_bytes_are_read_or_refused(good: Path, tmp_path: Path, data) -> None:
    district = read_district(good / "d")
    for name, read in (
        ("d/blocks.parquet", read_layer),
        ("run/plan.gpkg", read_layer),
        ("d/schools.csv", read_csv),
        ("plan.csv", lambda path: read_plan(path, district)),
        ("d/district.toml", read_toml),
        ("run/summary.json", read_summary),
        ("run/report.json", read_report),
        ("run/district.parquet", read_carried),
    ):
        raw_ = bytearray((good / name).read_bytes())
        for _ in range(data.draw(st.integers(1, 4))):
            at = data.draw(st.integers(0, len(raw_) - 1))
            raw_[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
        path = tmp_path / Path(name).name
        path.write_bytes(bytes(raw_))
        refused_or_read(lambda read=read, path=path: read(path))


def places_of(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where something stands in a document, the first and last of lists alone."""
    keys = list(value) if isinstance(value, dict) else [0, len(value) - 1] if isinstance(value, list) and value else []
    return [path, *(place for key in keys for place in places_of(value[key], (*path, key)))]


@FEW
@given(st.data())
def test_a_report_with_a_part_changed_is_drawn_or_refused(good: Path, tmp_path: Path, data) -> None:
    from scenarios.exports.runs import read_runs
    from scenarios.exports.tables import tables_of
    from scenarios.report import render

    doc = json.loads((good / "run" / "report.json").read_text(encoding="utf-8"))
    doc["map"] = unpack(doc["map"])
    place = data.draw(st.sampled_from([place for place in places_of(doc) if place and place != ("map",)]))
    inner = doc
    for key in place[:-1]:
        inner = inner[key]
    if data.draw(st.booleans()):
        inner[place[-1]] = data.draw(PLAIN.filter(lambda v: "NaN" not in json.dumps(v) and "Inf" not in json.dumps(v)))
    elif isinstance(inner, dict):
        del inner[place[-1]]
    doc["map"] = pack(doc["map"]) if doc.get("map") is not None else None
    (tmp_path / "report.json").write_text(json.dumps(doc))
    for name in ("plan.csv", "district.parquet"):
        shutil.copy(good / "run" / name, tmp_path / name)

    def read() -> None:
        render(read_report(tmp_path / "report.json"))
        tables_of({run.name: run.doc for run in read_runs([tmp_path])})

    refused_or_read(read)


@FEW
@given(st.dictionaries(st.sampled_from(["run", "scenario", "district", "status", "rules", "bound", "x"]), PLAIN))
def test_tables_of_results_are_read_or_refused(tmp_path: Path, row: dict[str, Any]) -> None:
    try:
        pd.DataFrame([row | {"run": "a", "scenario": "b", "district": "c", "status": "done"}, row]).to_parquet(
            tmp_path / "results.parquet"
        )
    except (pa.ArrowException, OverflowError, ValueError):
        return  # no such table can be written
    refused_or_read(lambda: read_runs_table(tmp_path))


def test_messages_are_short_whatever_they_name() -> None:
    fault = Fault("w" * 999, "p\x1b" * 500, "m" * 999, "c" * 999, tuple("i" * 999 for _ in range(99)))
    many = InputError([fault] * 50)
    well_said(str(many))
    assert many.lines[-1] == "and 41 more faults. Mend these first"
    assert len(str(Doubt("d\n" * 999))) <= 300
    assert cut("\u202e" * 9, 20) == "\\u202e\\u202…02e\\u202e" or len(cut("\u202e" * 9, 20)) == 20
    with pytest.raises(InputError, match="is not a number"):
        parse_json(b"[Infinity]", "x.json")
    with pytest.raises(InputError, match="holds no years"):
        read_years_of_nothing()


def read_years_of_nothing() -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "transition.json").write_text('{"years": [{"year": 0, "school_year": null}]}')
        read_years(Path(folder) / "transition.json")
