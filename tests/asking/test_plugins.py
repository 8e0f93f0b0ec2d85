"""Rules and objectives from files outside the packages: the two examples work, and wrong files are named."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from toys import EXAMPLE
from tree import ROOT

from optimizer import optimize as run_optimizer
from optimizer.errors import InputError
from scenarios.asking.plugins import load_plugins
from scenarios.demo import demo_folder
from scenarios.folder import read_district
from scenarios.plans.file import read_plan

pytestmark = pytest.mark.usefixtures("plugins_forgotten")
EXAMPLES = ROOT / "examples" / "plugins"
REZONE = str(Path(sys.executable).with_name("rezone"))


def optimize(out: Path, *words: str) -> dict:
    call = [REZONE, "optimize", str(demo_folder()), "--out", str(out), "--iterations", "20000", *words]
    done = subprocess.run(call, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads((out / "summary.json").read_text())


def test_an_objective_of_ones_own_is_minimised_and_bounded(tmp_path: Path) -> None:
    plugin = str(EXAMPLES / "exposure_of.py")
    found = optimize(tmp_path, "--plugin", plugin, "--objective", "exposure_of_first")
    first = read_district(demo_folder()).groups[0]
    assert found["objective_value"] == pytest.approx(found["exposure"][first])
    assert found["objective_value_status_quo"] == pytest.approx(found["exposure_status_quo"][first])
    assert 0.9 * found["objective_value"] < found["bound"] <= found["objective_value"]
    assert found["objective_value"] < found["objective_value_status_quo"]
    assert f"students_{first}" in found["attributes_used"]


def test_a_measure_of_ones_own_stands_in_the_summary_and_on_the_page(tmp_path: Path) -> None:
    found = optimize(tmp_path, "--plugin", str(EXAMPLES / "longest_ride.py"))
    plan = read_plan(tmp_path / "plan.csv", read_district(demo_folder()))
    far = plan.district.students[plan.travel > 2000].sum() / plan.district.students.sum()
    assert found["measures"]["far_share"] == pytest.approx(far)
    assert "Students who go far" in (tmp_path / "report.html").read_text()


def test_a_rule_of_ones_own_holds(tmp_path: Path) -> None:
    plugin = str(EXAMPLES / "farthest.py")
    found = optimize(tmp_path, "--plugin", plugin, "--rule", "farthest distance=1500")
    plan = read_plan(tmp_path / "plan.csv", read_district(demo_folder()))
    assert plan.moved.any()
    assert plan.travel[plan.moved].max() <= 1500
    assert found["rules"] == [{"kind": "farthest", "distance": 1500.0}]
    assert found["valid"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1", "lists no RULES, no OBJECTIVES and no MEASURES"),
        ("1 / 0", "cannot be run \\(ZeroDivisionError: division by zero\\)"),
        ("def (", "cannot be run \\(SyntaxError"),
        ("class A: kind = 'a'\nRULES = [A]", "A in wrong.py has no narrow, excess, attributes"),
        ("class A: pass\nOBJECTIVES = [A]", "A in wrong.py has no name"),
        (
            "class A:\n name = 'disparity'\n compile = value = attributes = print\nOBJECTIVES = [A]",
            "the name 'disparity' of wrong.py is there already",
        ),
    ],
)
def test_wrong_files_are_named(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "wrong.py").write_text(text)
    with pytest.raises(InputError, match=message):
        load_plugins([tmp_path / "wrong.py"])


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--plugin: there is no file"):
        load_plugins([tmp_path / "none.py"])


def test_no_toml_file_can_name_one(tmp_path: Path) -> None:
    config = tmp_path / "study.toml"
    config.write_text(f'[options]\nplugin = "{EXAMPLES / "farthest.py"}"\n')
    call = [REZONE, "evaluate", str(demo_folder()), "none.csv", "--config", str(config)]
    done = subprocess.run(call, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "column 'plugin': the key is not known" in done.stderr


def test_a_sweep_takes_plugins_to_its_workers(tmp_path: Path) -> None:
    study = tmp_path / "study.toml"
    study.write_text(
        f'district = "{demo_folder()}"\n[options]\niterations = 5000\n'
        '[[scenario]]\nname = "near"\nrules = [{ kind = "farthest", distance = 1500 }]\n'
    )
    call = [REZONE, "run", str(study), "--out", str(tmp_path / "out"), "--plugin", str(EXAMPLES / "farthest.py")]
    done = subprocess.run(call, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    row = pd.read_parquet(tmp_path / "out/results.parquet").iloc[0]
    plan = read_plan(tmp_path / f"out/plans/{row['run']}.csv", read_district(demo_folder()))
    assert plan.travel[plan.moved].max() <= 1500
    assert subprocess.run(call[:-2], capture_output=True, check=False).returncode == 2


TWICE = """
import numpy as np
from optimizer.objectives import Compiled

class Twice:
    name = "twice"

    def compile(self, model):
        return Compiled(np.where(model.stay, 0.0, 1.0))

    def value(self, plan):
        return 2.0 * {counted}

    def attributes(self, district):
        return ()

OBJECTIVES = [Twice]
"""


@pytest.mark.parametrize(
    ("counted", "words"),
    [
        ("(plan.moved.sum() + 1)", "by what it compiles, of one plan. Make its `value` and `compile` agree"),
        (
            "plan.movd.sum()",
            "error: --plugin: twice.py, line 12, in value: AttributeError: 'Plan' object has no attribute",
        ),
    ],
)
def test_an_objective_that_contradicts_itself_or_fails_is_named(counted: str, words: str, tmp_path, rezone) -> None:
    file = tmp_path / "twice.py"
    file.write_text(TWICE.format(counted=counted))
    call = ("--plugin", file, "--objective", "twice", "--iterations", 200, "--out", tmp_path / "out")
    status, _, err = rezone("optimize", demo_folder(), *call)
    assert status == 2
    assert words in err
    assert not (tmp_path / "out" / "summary.json").exists()


def test_an_objective_may_be_named_in_python() -> None:
    found = run_optimizer(read_district(demo_folder()), {"moved": 1, "travel_mean": 0.5}, iterations=200)
    assert found.objective.name != "disparity"
    assert found.valid


def test_a_district_without_what_a_plugin_asks_for_is_named(tmp_path: Path, rezone) -> None:
    folder = EXAMPLE.but(groups={}, poverty=None, students="10 10 10 10").write(tmp_path / "d")
    call = ("--plugin", EXAMPLES / "exposure_of.py", "--objective", "exposure_of_first", "--iterations", 100)
    status, _, err = rezone("optimize", folder, "--out", tmp_path / "o", *call)
    assert status == 2
    assert "error: --plugin: exposure_of.py, line " in err
    what = "or mend it: toy has no groups and no counts of poverty"
    assert f"Ask 'exposure_of_first' of a district that has what it needs, {what}" in err
