"""A measure, a rule and an objective that are made up at run time stand wherever those of the program do, and no page
is touched for it."""

from __future__ import annotations

import json
import re
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

import numpy as np
import pandas as pd
import pytest

from optimizer import Breach, District, Model, Plan
from optimizer.measures import MEASURES, Measure
from optimizer.model import Budget
from optimizer.objectives import OBJECTIVES, Compiled
from optimizer.rules import RULES
from scenarios.demo import demo_folder

pytestmark = pytest.mark.usefixtures("plugins_forgotten")
NAME, SAID = "crowded_share", "Students at schools with more than 300"


def crowded(plan: Plan) -> dict[str, float | None]:
    load = plan.load
    return {"": float(load[load > 300].sum() / load.sum())}


@dataclass(frozen=True)
class Few:
    """At most `share` of the blocks change school."""

    kind: ClassVar[str] = "few_blocks"
    share: float

    def narrow(self, model: Model) -> Model:
        cost = (~model.stay).astype(float)
        return replace(model, budgets=(*model.budgets, Budget(self.kind, cost, self.share * model.district.blocks)))

    def excess(self, plan: Plan) -> list[Breach]:
        over = float(plan.moved.mean()) - self.share
        return [Breach(self.kind, over, self.share, unit="share")] if over > 1e-9 else []

    def attributes(self, district: District) -> tuple[str, ...]:
        return ()


class BlocksMoved:
    """Share of the blocks that change school."""

    name: ClassVar[str] = "blocks_moved"

    def compile(self, model: Model) -> Compiled:
        return Compiled((~model.stay).astype(float) / model.district.blocks)

    def value(self, plan: Plan) -> float:
        return float(plan.moved.mean())

    def attributes(self, district: District) -> tuple[str, ...]:
        return ()


@pytest.fixture
def run(rezone, tmp_path: Path):
    MEASURES[NAME] = Measure(NAME, crowded, "share", better="more", text=SAID)
    RULES[Few.kind] = Few
    OBJECTIVES[BlocksMoved.name] = BlocksMoved
    status, _, err = rezone(
        *("optimize", demo_folder(), "--out", tmp_path / "run", "--iterations", 3000, "--threads", 1),
        *("--rule", "few_blocks share=0.2"),
    )
    assert status == 0, err
    return tmp_path / "run"


def test_the_measure_is_in_every_output(run: Path, rezone, tmp_path: Path) -> None:
    summary = json.loads((run / "summary.json").read_text())
    assert 0 <= summary["measures"][NAME] <= 1
    shown = f"{100 * summary['measures'][NAME]:.1f}"
    page = (run / "report.html").read_text()
    assert SAID in page
    assert shown in page
    for language in ("es", "zh-Hant"):
        assert rezone("report", run, "--out", tmp_path / f"{language}.html", "--language", language)[0] == 0
        assert SAID in (tmp_path / f"{language}.html").read_text()
    status, out, _ = rezone("evaluate", demo_folder(), run / "plan.csv", "--json")
    assert (status, json.loads(out)["measures"][NAME]) == (0, summary["measures"][NAME])
    assert SAID in rezone("evaluate", demo_folder(), run / "plan.csv")[1]
    assert rezone("compare", run, "--out", tmp_path / "compared")[0] == 0
    table = pd.read_csv(tmp_path / "compared" / "compare.csv")
    row = table[table["plan"] != "status quo"].iloc[0]
    assert row[NAME] == pytest.approx(summary["measures"][NAME])
    # More is better: the plan's rank says so.
    now, before = summary["measures"][NAME], summary["measures_status_quo"][NAME]
    assert row[f"rank.{NAME}"] == (1 if now >= before else 2)
    assert SAID in (tmp_path / "compared" / "compare.html").read_text()


def test_it_is_in_sheets_and_in_what_is_published_it_is_rounded(run: Path, rezone, tmp_path: Path) -> None:
    assert rezone("export", run, "--out", tmp_path / "exported")[0] == 0
    with zipfile.ZipFile(tmp_path / "exported" / "plans.xlsx") as book:
        text = "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))
    assert NAME in text
    status, _, err = rezone("publish", run, "--out", tmp_path / "public")
    assert status == 0, err
    measures = pd.read_csv(tmp_path / "public" / "tables" / "measures.csv")
    assert NAME in measures.to_csv()
    public = json.loads((tmp_path / "public" / "report.json").read_text())
    value = (public[0] if isinstance(public, list) else public)["summary"]["measures"][NAME]
    true = json.loads((run / "summary.json").read_text())["measures"][NAME]
    assert value is None or (abs(value - true) < 0.05 and round(value, 3) == value)


def test_what_publish_does_not_know_it_leaves_out(run: Path, rezone, tmp_path: Path) -> None:
    del MEASURES[NAME]
    status, _, err = rezone("publish", run, "--out", tmp_path / "public")
    assert status == 0, err
    public = json.loads((tmp_path / "public" / "report.json").read_text())
    assert (public[0] if isinstance(public, list) else public)["summary"]["measures"][NAME] is None


def test_the_rule_is_kept_shown_and_named_where_it_is_broken(run: Path, rezone) -> None:
    assert "few_blocks" in (run / "report.html").read_text()
    summary = json.loads((run / "summary.json").read_text())
    assert summary["valid"]
    call = ("evaluate", demo_folder(), run / "plan.csv", "--rule", "few_blocks share=0")
    rows = json.loads(rezone(*call, "--json")[1])["broken_limits"]
    assert [(row["kind"], row["unit"]) for row in rows] == [("few_blocks", "share")]
    assert re.search(r"few_blocks\s+: by [\d.]+ points", rezone(*call)[1])


def test_the_objective_is_made_small(rezone, tmp_path: Path) -> None:
    OBJECTIVES[BlocksMoved.name] = BlocksMoved
    out = tmp_path / "run"
    call = ("optimize", demo_folder(), "--out", out, "--iterations", 2000, "--threads", 1)
    assert rezone(*call, "--objective", "blocks_moved")[0] == 0
    summary = json.loads((out / "summary.json").read_text())
    assert summary["objective"] == "blocks_moved"
    assert summary["bound"] <= summary["objective_value"] <= 0.2


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_measure_that_is_not_finite_is_named(value: float, rezone) -> None:
    MEASURES["broken"] = Measure("broken", lambda plan: {"": value}, "index")
    status, _, err = rezone("evaluate", demo_folder(), "--json")
    assert status == 2
    assert "'broken' of" in err
    assert "Give None where it is not defined" in err
