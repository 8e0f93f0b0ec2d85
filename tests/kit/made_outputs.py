"""Folders that commands leave, of one small district with all that makes figures go wrong."""

from __future__ import annotations

import contextlib
import io
import json
import re
import sys
from pathlib import Path
from typing import Any

import checker
import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from checker_outputs import Question, zones_of

from scenarios.folder import write_district
from scenarios.generator import generate

LIMITS = {"travel_increase": 3.0, "travel_floor": 6000.0, "size_tolerance": 0.6}
# The files whose numbers are worked out again, and those that are not read, each with why.
FILES = (
    *(r"(summary|report|frontier|sensitivity|score|transition)\.json", r"(frontier|moves|sensitivity|score)\.csv"),
    *(r"(transition|years|distance|moved_by_grade|options|projections|pupils_by_grade|race_and_poverty)\.csv",),
    *(r"(plans|zones)(-[a-z_]+)?\.(gpkg|geojson|shp\.zip)", r"tables/(measures|schools|groups|moves)\.csv"),
    r"(score|rfp|plans|compare)\.xlsx",
)
UNREAD = {
    r".*\.(html|svg)": "drawn from the figures beside them",
    r"plan\.(csv|gpkg)|plans/[0-9a-z_]+\.csv": "the plans themselves",
    r"manifest\.json|(certificate|certificates/\d+)\.json": "hashes and proofs, which `verify` works out",
    r"district\.parquet": "the district itself, which its own tests read back",
    r"(README|checklist)\.txt": "words",
    r"tables/broken_limits\.csv": "rows of report.json, which are",
}


def call(*words: object) -> str:
    """Run the command in this process; its standard output."""
    from scenarios.cli import main

    old, out = sys.argv, io.StringIO()
    sys.argv = ["rezone", *map(str, words)]
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()), pytest.raises(SystemExit) as e:
            main()
    finally:
        sys.argv = old
    assert not e.value.code, f"{words}: {out.getvalue()[-2000:]}"
    return out.getvalue()


def write_folder(path: Path) -> None:
    """Fractions of students, a school over its seats, one without any given, other students, a detached piece."""
    path.mkdir()
    random = np.random.default_rng(5)
    write_district(generate(32, 5, random), path)
    blocks, schools = gpd.read_parquet(path / "blocks.parquet"), pd.read_csv(path / "schools.csv")
    factor = random.uniform(1.2, 2.4, len(blocks))
    for name in [name for name in blocks.columns if name.startswith("students")]:
        blocks[name] *= factor
    load = blocks.groupby("school_id")["students"].sum()
    share = dict(zip(schools["school_id"], (0.93, 1.7, 1.6, 1.8, 1.7), strict=True))
    schools["capacity"] = [round(load[s] * share[s]) for s in schools["school_id"]]
    schools["capacity"] = schools["capacity"].where(schools["school_id"] != schools["school_id"][3])
    schools["min_students"], schools["other_students"] = [20.0, *[None] * 4], [3, 0, 2, 1, 0]
    schools.to_csv(path / "schools.csv", index=False)
    raw = checker.Folder(path)
    inner = [b for b in raw.blocks if b not in raw.root.values()]
    lone = next(b for b in inner if len({raw.zone[o] for o in raw.neighbours[b]} | {raw.zone[b]}) == 1)
    blocks.loc[blocks["block_id"] == lone, "school_id"] = next(s for s in raw.schools if s != raw.zone[lone])
    blocks.to_parquet(path / "blocks.parquet")
    assert len(checker.Folder(path).detached(checker.Folder(path).zone)) == 1


class Made:
    """A question with the folders that commands left, each made when it is first asked for."""

    def __init__(self, root: Path, folder: Path, closed: bool) -> None:
        self.root, self.folder = root, folder
        rules: list[dict[str, Any]] = [{"kind": "close", "schools": ["S03"]}]
        self.rules = [*rules, {"kind": "seats", "school": "S05", "capacity": 140}] if closed else []
        root.mkdir()
        lines = ["[options]", *(f"{k} = {v}" for k, v in LIMITS.items())]
        for rule in self.rules:
            lines += ["[[rules]]", *(f"{k} = {json.dumps(v)}" for k, v in rule.items())]
        (root / "ask.toml").write_text("\n".join([*lines, ""]))
        self.ask = Question(folder, self.rules, **LIMITS)
        self.limits = ("--config", root / "ask.toml")
        self.work = (*self.limits, "--iterations", 300, "--threads", 1)
        self.run = self.out("optimize", folder, *self.work, name="chosen")
        self.plan = zones_of(self.run / "plan.csv")
        self.side = self.ask.side(self.plan)
        assert self.plan != self.ask.folder.zone

    def out(self, *words: object, name: str | None = None) -> Path:
        path = self.root / (name or str(words[0]))
        if not path.exists():
            call(*words, "--out", path)
        known = [*FILES, *UNREAD]
        others = [str(file.relative_to(path)) for file in path.rglob("*") if file.is_file()]
        assert not [name for name in others if not any(re.fullmatch(p, name) for p in known)], (
            "a file that no test reads"
        )
        return path
