"""Plans, results, configs and words of a call that nobody should write: one clear error, never a traceback."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from hostile import left_in, well_said

from scenarios.reading.records import FORMAT

PLANS: dict[str, tuple[bytes, str]] = {
    "header alone": (b"block_id,school_id\n", "holds no rows"),
    "empty": (b"", "is empty"),
    "column twice": (b"block_id,school_id,school_id\nr0c0,x,y\n", "column 'school_id': the column stands twice"),
    "other names": (b"GEOID20,District\nr0c0,x\n", "its columns are called GEOID20 and District. A plan file has"),
    "no header": (b"r0c0,x\nr0c1,x\n", "has no header. A plan file has the columns block_id and school_id"),
    "one column": (b"block_id,zone\nr0c0,x\n", "column 'school_id': the column is missing"),
    "blocks missing": (b"block_id,school_id\nr0c0,x\n", "blocks are missing: r0c1, r0c2, r0c3"),
    "steering": (b"block_id,school_id\n\x1b[31m,x\n", "not a block of the district: \\x1b[31m"),
    "long": (b"block_id,school_id\n" + b"a" * 100_000 + b",x\n", "not a block of the district: aaaa"),
    "bytes": (bytes(range(256)) * 9, "plan.csv"),
    "not text": (b"\x89PNG\r\n\x1a\n" + bytes(99), "plan.csv"),
}


@pytest.mark.parametrize("name", PLANS)
def test_every_command_says_what_is_wrong_with_a_plan(name: str, good: Path, rezone, tmp_path: Path) -> None:
    data, words = PLANS[name]
    plan, out, folder = tmp_path / "plan.csv", tmp_path / "out", good / "d"
    plan.write_bytes(data)
    every = (
        ("evaluate", folder, plan),
        ("score", folder, plan, "--out", out),
        ("transition", folder, plan, "--out", out),
        ("verify", folder, "--plan", plan, "--certificate", good / "run" / "certificate.json"),
        ("report", plan, "--district", folder, "--out", out.with_suffix(".html")),
        ("export", plan, "--district", folder, "--out", out),
        ("rfp", folder, plan, "--out", out),
    )
    turn = list(PLANS).index(name)
    for call in (every[0], every[1 + turn % 6], every[1 + (turn + 2) % 6]):
        status, _, err = rezone(*call)
        assert (status, left_in(out)) == (2, []), (call, err)
        well_said(err)
        assert words in err, call


@pytest.mark.parametrize("kind", ["link", "folder", "pipe", "gone"])
def test_what_is_no_file_is_refused_wherever_one_is_named(kind: str, good: Path, rezone, tmp_path: Path) -> None:
    made, out, d, run = tmp_path / "x", tmp_path / "out", good / "d", good / "run"
    named: dict[str, Any] = {
        "link": lambda p: p.symlink_to(tmp_path / "nowhere"),
        "folder": lambda p: p.mkdir(),
        "pipe": os.mkfifo,
        "device": lambda p: p.symlink_to("/dev/zero"),
        "gone": lambda p: None,
    }
    words = {"pipe": "is a pipe or a device", "device": "is a pipe or a device", "link": "is a link to"}
    for ending, call in (
        (".csv", lambda p: ("evaluate", d, p)),
        (".toml", lambda p: ("evaluate", d, "--config", p)),
        (".toml", lambda p: ("run", p, "--out", out)),
        (".json", lambda p: ("verify", d, "--plan", good / "plan.csv", "--certificate", p)),
        (".gpkg", lambda p: ("score", d, p, "--out", out)),
        (".geojson", lambda p: ("score", d, p, "--out", out)),
        (".csv", lambda p: ("report", run, "--out", out.with_suffix(".html"), "--addresses", p)),
        (".geojson", lambda p: ("report", run, "--out", out.with_suffix(".html"), "--context", p)),
        (".csv", lambda p: ("rfp", d, good / "plan.csv", "--out", out, "--growth", p)),
        (".gpkg", lambda p: ("evaluate", d, "--rule", f"barrier file={p}")),
        (".csv", lambda p: ("report", p, "--district", d, "--out", out.with_suffix(".html"))),
        (".csv", lambda p: ("export", p, "--district", d, "--out", out)),
    ):
        path = made.with_suffix(ending)
        named[kind](path)
        status, _, err = rezone(*call(path))
        assert (status, left_in(out)) == (2, []), (ending, call(path), err)
        well_said(err)
        if ending != ".gpkg" or "--rule" not in call(path):
            assert words.get(kind, "x.") in err, (call(path), err)
        if kind == "folder":
            path.rmdir()
        elif kind != "gone":
            path.unlink()


DOCUMENTS: dict[str, bytes] = {
    "empty": b"",
    "list": b"[]",
    "table": b"{}",
    "text": b'"x"',
    "null": b"null",
    "cut": b'{"a": ',
    "deep": b"[" * 50_000,
    "twice": b'{"a": 1, "a": 2}',
    "NaN": b'{"a": NaN}',
    "digits": b"1" * 5000,
    "bytes": bytes(range(256)),
    "utf-16": '{"a": 1}'.encode("utf-16"),
    "format": json.dumps({"format": FORMAT}).encode(),
    "docs": json.dumps([{"format": FORMAT}] * 2).encode(),
    "parquet": b"PAR1" + bytes(20) + b"PAR1",
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_results_of_another_form_are_refused_by_whoever_reads_them(name, good: Path, rezone, tmp_path: Path) -> None:
    data, out, d = DOCUMENTS[name], tmp_path / "out", good / "d"
    turn = list(DOCUMENTS).index(name)
    every = (
        (
            "report.json",
            (("report", "--out", out.with_suffix(".html")), ("export", "--out", out), ("publish", "--out", out)),
        ),
        ("summary.json", (("compare", "--out", out),)),
        ("certificate.json", ()),
        ("transition.json", ()),
        (
            "results.parquet",
            (("compare", "--out", out), ("report", "--district", d, "--out", out.with_suffix(".html"))),
        ),
    )
    for file, calls in (every[turn % 5], every[(turn + 2) % 5]):
        run = tmp_path / file.partition(".")[0]
        shutil.copytree(good / "run", run)
        if file == "results.parquet":
            for other in ("report.json", "summary.json", "plan.csv"):  # which no folder of `run` has
                (run / other).unlink()
        (run / file).write_bytes(data)
        more = {
            "certificate.json": [("verify", d, "--plan", run / "plan.csv", "--certificate", run / file)],
            "transition.json": [("report", run, "--out", out.with_suffix(".html"), "--transition", run / file)],
        }
        for call in more.get(file, [(command, run, *words) for command, *words in calls]):
            status, _, err = rezone(*call)
            assert (status, left_in(out)) == (2, []), (call, err)
            well_said(err)
            assert file in err, call


@pytest.mark.parametrize(
    "spoilt", [b"[options]\nseed = 1\nseed = 2\n", b"seed", b"\xff\xfe", b"a = " + b"[" * 9000, b""]
)
def test_scenario_files_and_configs_of_another_form_are_refused(spoilt, good: Path, rezone, tmp_path: Path) -> None:
    file, out = tmp_path / "x.toml", tmp_path / "out"
    file.write_bytes(spoilt)
    for call in (("run", file, "--out", out), ("evaluate", good / "d", "--config", file)):
        status, _, err = rezone(*call)
        assert (status, left_in(out)) == (2, []), (call, err)
        well_said(err)
        assert "x.toml: " in err


def test_an_option_stands_once_and_a_call_comes_back_short(good: Path, rezone) -> None:
    for words in (("--seed", 1, "--seed", 2), ("--contiguity", "--no-contiguity"), ("--json", "--json")):
        status, _, err = rezone("evaluate", good / "d", *words)
        assert (status, err) == (2, f"error: {words[0]}: is given twice. Give it once\n")
    assert rezone("evaluate", good / "d", "--rule", "moved share=0.5", "--rule", "moved share=0.6")[0] == 0
    for value in ("x" * 100_000, "\x1b[31mred", "--" + "y" * 9999):
        for call in (("evaluate", good / "d", "--seed", value), ("evaluate", value), ("evaluate", good / "d", value)):
            status, _, err = rezone(*call)
            assert status == 2
            well_said(err)
