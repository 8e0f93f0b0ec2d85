"""Benchmarks' `same`: what must differ is passed over, one figure in any kind of file is seen, every rule is asked."""

from __future__ import annotations

import json
import sqlite3
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter
from tree import ROOT

from optimizer.rules import RULES

sys.path.insert(0, str(ROOT))

from benchmarks.same import RECORD, main
from benchmarks.same_cases import GENERATED, LANGUAGES, SEARCH, calls


def _text(file: Path, figure: float) -> None:
    file.write_text(
        f"<p>\nin {file.parent}, 2026-01-0{file.parent.name[-1]} 10:00</p>\n<b>{figure}</b>", encoding="utf-8"
    )


def _json(file: Path, figure: float) -> None:
    at = float(file.parent.name[-1])
    said = {"seconds": at, "files": {"a.html": file.parent.name[-1] * 64}, "rows": [{"disparity": figure}], "none": []}
    file.write_text(json.dumps(said), encoding="utf-8")


def _parquet(file: Path, figure: float) -> None:
    pd.DataFrame({"disparity": [0.1, figure], "seconds": float(file.parent.name[-1])}).to_parquet(file)


def _workbook(file: Path, figure: float) -> None:
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "disparity")
        sheet.write(1, 0, figure)


def _sqlite(file: Path, figure: float) -> None:
    with sqlite3.connect(file) as base:
        base.execute("CREATE TABLE zones (name TEXT, disparity REAL)")
        base.execute("INSERT INTO zones VALUES ('S01', ?)", (figure,))
    base.close()


def _archive(file: Path, figure: float) -> None:
    day = bytes((int(file.parent.name[-1]), 1, 1))
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("zones.dbf", b"\x03" + day + str(figure).encode())


KINDS: dict[str, tuple[Callable[[Path, float], None], str]] = {
    "page.html": (_text, "line 3: '<b>0.1234</b>' | '<b>0.1235</b>'"),
    "summary.json": (_json, ".rows[0].disparity: '0.1234' | '0.1235'"),
    "results.parquet": (_parquet, "disparity[1]: '0.1234' | '0.1235'"),
    "plans.xlsx": (_workbook, "xl/worksheets/sheet1.xml A2: '0.1234 (style None, type None)' | '0.1235 "),
    "plans.gpkg": (_sqlite, "zones[0].disparity: '0.1234' | '0.1235'"),
    "plans.shp.zip": (_archive, "zones.dbf: byte 0: "),
}


def _made(place: Path, name: str, figure: float) -> Path:
    place.mkdir()
    KINDS[name][0](place / name, figure)
    (place / RECORD).write_text(json.dumps({"tree": "/tree", "out": str(place), "version": "1"}), encoding="utf-8")
    return place


@pytest.mark.parametrize("name", KINDS)
def test_one_figure_is_seen_and_what_must_differ_is_not(name: str, tmp_path: Path, capsys) -> None:
    one, two, other = (_made(tmp_path / f"made{k}", name, 0.1234 + 0.0001 * (k == 3)) for k in (1, 2, 3))
    assert main(["compare", str(one), str(two)]) == 0
    assert capsys.readouterr().out == "1 the same, 0 allowed, 0 different\n"
    assert main(["compare", str(one), str(other)]) == 1
    said = capsys.readouterr().out
    assert f"{name}: 1 differences\n    {KINDS[name][1]}" in said
    assert said.endswith("0 the same, 0 allowed, 1 different\n")


def test_what_is_listed_by_name_may_differ(tmp_path: Path, capsys) -> None:
    one, other = _made(tmp_path / "made1", "page.html", 0.1), _made(tmp_path / "made2", "page.html", 0.2)
    (other / "new.csv").write_text("", encoding="utf-8")
    allowed = tmp_path / "allowed"
    allowed.write_text("# pages\n\n*.html a word was put right\n", encoding="utf-8")
    assert main(["compare", str(one), str(other), "--allow", str(allowed)]) == 1
    said = capsys.readouterr().out
    assert "page.html: 1 differences (allowed: a word was put right)" in said
    assert f"new.csv: 1 differences\n    only in {other}" in said
    allowed.write_text("*.html pages\nnew.csv\n", encoding="utf-8")
    with pytest.raises(SystemExit, match=r"no reason is given for new\.csv\. Write it behind the pattern"):
        main(["compare", str(one), str(other), "--allow", str(allowed)])


def test_every_kind_of_rule_is_asked_in_one_of_twenty_districts() -> None:
    assert len({case.name for case in GENERATED}) == len(GENERATED) == 20
    text = "".join(case.rules for case in GENERATED)
    assert {kind for kind in RULES if f'{{r}}"{kind}"' not in text} == set()


def test_calls_have_names_of_their_own_and_searches_that_repeat() -> None:
    for case in GENERATED:
        asked = dict(calls(case))
        assert len(asked) == len(list(calls(case)))
        assert {"optimize", "verify", "frontier", "transition", "publish", "rfp", "run"} <= set(asked)
        for words in asked.values():
            assert words[0] not in ("optimize", "bound", "frontier", "score", "sensitivity") or set(SEARCH) <= set(
                words
            )
    assert {f"report_{language}" for language in LANGUAGES} <= {name for name, _ in calls(GENERATED[0])}
