"""The scenario file: what it stands for, and what is said of one that is wrong."""

from __future__ import annotations

import itertools
import json
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from toys import EXAMPLE
from tree import ROOT

from optimizer import InputError
from optimizer.rules import RULES
from scenarios.asking.config import read_config
from scenarios.asking.options import Options
from scenarios.runner import tasks_of
from scenarios.scenario_file import Study, read_study
from scenarios.scenario_file.read import line_of
from scenarios.scenario_file.schema import scenario_schema


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A folder with three districts, one of them faulty, a folder that is none, and a plan."""
    for name in ("one", "two"):
        EXAMPLE.write(tmp_path / "districts" / name)
    (tmp_path / "districts" / "notes").mkdir()
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans" / "a.csv").write_text("block_id,school_id\nr0c0,x\nr0c1,y\nr0c2,y\nr0c3,y\n")
    return tmp_path


def study(base: Path, text: str) -> Study:
    (base / "study.toml").write_text(text, encoding="utf-8")
    return read_study(base / "study.toml")


def faults(base: Path, text: str) -> list[str]:
    with pytest.raises(InputError) as wrong:
        study(base, text)
    return str(wrong.value).splitlines()


FORMATS = """
districts = ["districts/*"]
[options]
time_limit = 5
seed = 1
objective = { disparity = 1, travel_mean = 0.1 }
[[rules]]
kind = "moved"
share = 0.5
[[scenario]]
name = "modest"
max_moved = 0.05
[[scenario]]
name = "few of one group"
rules = [{ kind = "moved", of = "black", share = 0.1 }]
[[scenario]]
name = "option A"
plan = "plans/a.csv"
[sweep]
travel_increase = [0.25, 0.5]
seed = [1, 2, 3]
"""


def test_the_example_of_the_format_spreads_out_as_it_says(base: Path) -> None:
    runs = list(study(base, FORMATS))
    assert len(runs) == len(study(base, FORMATS)) == 2 * (6 + 6 + 1)
    assert [run.folder.name for run in runs] == ["one"] * 13 + ["two"] * 13
    modest = [run for run in runs if run.scenario == "modest" and run.folder.name == "one"]
    assert {(run.options["travel_increase"], run.options["seed"]) for run in modest} == set(
        itertools.product((0.25, 0.5), (1, 2, 3))
    )
    assert all(run.options["max_moved"] == 0.05 and run.options["time_limit"] == 5 for run in modest)
    assert [rule["share"] for rule in next(run for run in runs if run.scenario == "few of one group").rules] == [
        0.5,
        0.1,
    ]
    (plan,) = (run for run in runs if run.scenario == "option A" and run.folder.name == "two")
    assert plan.plan == base / "plans" / "a.csv"
    assert plan.options["seed"] == 1


def test_a_file_without_scenarios_stands_for_its_options(base: Path) -> None:
    (run,) = study(base, 'district = "districts/one"\n[options]\niterations = 10')
    assert (run.scenario, run.options, run.plan) == ("base", {"iterations": 10}, None)


def test_zipped_lists_are_taken_in_step_and_times_the_grid(base: Path) -> None:
    text = """
    district = "districts/one"
    [sweep]
    seed = [1, 2]
    [[sweep.zip]]
    max_moved = [0.1, 0.2, 0.3]
    iterations = [100, 200, 300]
    [[sweep.zip]]
    contiguity = [true, false]
    """
    keys = ("seed", "max_moved", "iterations", "contiguity")
    found = {tuple(run.options[key] for key in keys) for run in study(base, text)}
    assert found == {
        (seed, *step, whole)
        for seed in (1, 2)
        for step in ((0.1, 100), (0.2, 200), (0.3, 300))
        for whole in (True, False)
    }  # fmt: skip


@given(
    st.dictionaries(
        st.sampled_from(["seed", "iterations", "threads"]), st.lists(st.integers(1, 99), min_size=1, max_size=4)
    )
)
def test_the_number_of_runs_is_known_without_spreading_them_out(grid: dict[str, list[int]]) -> None:
    from scenarios.scenario_file.models import ScenarioFile

    scenarios = [{"name": "a"}, {"name": "b", "baseline": "status_quo"}]
    file = ScenarioFile.model_validate({"district": "d", "scenario": scenarios, "sweep": grid})
    made = Study(Path("s.toml"), file, (Path("d"), Path("e")))
    assert len(list(made)) == len(made)


def test_a_billion_runs_are_counted_at_once(base: Path) -> None:
    values = ", ".join(map(str, range(1, 1001)))
    text = f'district = "districts/one"\n[sweep]\nseed = [{values}]\niterations = [{values}]\nthreads = [{values}]'
    assert len(study(base, text)) == 10**9


def test_district_limits_stand_below_the_file(base: Path) -> None:
    EXAMPLE.but(head="[limits]\nsize_tolerance = 0.3\nmax_moved = 0.9\n").write(base / "districts" / "one")
    text = ONE + "[options]\nmax_moved = 0.5\n" + A + '[[scenario]]\nname = "b"\nmax_moved = 0.1\n'
    a, b = tasks_of(study(base, text))
    assert [task.settings.options.max_moved for task in (a, b)] == [0.5, 0.1]
    assert {task.settings.options.size_tolerance for task in (a, b)} == {0.3}


def test_a_scenario_file_serves_as_config(base: Path) -> None:
    options, rules = read_config(study(base, FORMATS).path, "few of one group")
    assert options["time_limit"] == 5
    assert rules == ({"kind": "moved", "share": 0.5}, {"kind": "moved", "of": "black", "share": 0.1})


ONE = 'district = "districts/one"\n'
A = '[[scenario]]\nname = "a"\n'
RULE = '[[rules]]\nkind = "moved"\n'


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('distrct = "districts/one"', 1, "column 'distrct': the key is not known (did you mean 'district'?)"),
        (ONE + "[option]\nseed = 1", 2, "column 'option': the key is not known (did you mean 'options'?)"),
        (ONE + "[options]\nseed = 1\nmax_movd = 0.1", 4, "the key is not known (did you mean 'max_moved'?)"),
        (ONE + A + '\n[[scenario]]\nname = "b"\nobjctive = "moved"', 7, "(did you mean 'objective'?)"),
        (ONE + A + 'plans = "p"', 4, "'plans': the key is not known (did you mean 'plan'?)"),
        (ONE + "[sweep]\nseeds = [1]", 3, "column 'seeds': the key is not known (did you mean 'seed'?)"),
        (ONE + "[sweep]\nseed = [1]\n[[sweep.zip]]\ngap = [1]\nmax_move = [1]", 6, "(did you mean 'max_moved'?)"),
        (ONE + RULE + "share = 1\n" + RULE + "shares = 1", 7, "(did you mean 'share'?)"),
        (ONE + A + 'rules = [{ kind = "moved", shae = 1 }]', 4, "(did you mean 'share'?)"),
        (ONE + A + 'rules = [{ kind = "mved", share = 1 }]', 4, "(did you mean 'moved'?)"),
        (ONE + "[options]\nseed = -1", 3, "-1 cannot be used"),
        (ONE + '[options]\nobjective = 3 # objective = "x"', 3, "Give a name, a list of names in their order, or"),
        (ONE + A + 'objective = "disparty"', 4, "'disparty' is not known (did you mean 'disparity'?)"),
        (ONE + '[sweep]\nobjective = ["moved", { moovd = 1 }]', 3, "'moovd' is not known (did you mean 'moved'?)"),
        (ONE + '[options]\nobjective = { gap = "a" }', 3, "Give a name, a list of names in their order, or"),
        (ONE + '[options]\nobjective = { gap = 1, of = ["a"] }', 3, 'Write gap = 1, of = ["a", "b"]'),
        (ONE + '[options]\nobjective = { gap = ["a"] }', 3, "the weight of 'gap' is ['a']"),
        (ONE + "[options]\nobjective = {}", 3, "is empty. Give a name, or a table of names and weights"),
        (ONE + '[options]\nobjective = "gap.white"', 3, "'gap.white' does not name 2 groups, each once"),
        (ONE + '[options]\nobjective = "gap.a.b.c"', 3, "Write it like gap.a.b, with ids of the district's groups"),
        (ONE + '[options]\nobjective = "variance_ratio"', 3, "'variance_ratio' does not name 1 group."),
        (ONE + '[options]\nobjective = { gap = 1, of = ["a", "a"] }', 3, "does not name 2 groups, each once"),
        (ONE + '[options]\nobjective = { gap = 1, "gap.a.b" = 5, of = ["a", "b"] }', 3, "'gap.a.b' stands twice"),
        (ONE + "[options]\nseed = 9223372036854775808", 3, "whole number from 0 to 9223372036854775807"),
        (ONE + "options.seed = 1\noptions.iteratons = 5", 3, "(did you mean 'iterations'?)"),
        (ONE + "options = { seed = 1, iteratons = 5 }", 2, "(did you mean 'iterations'?)"),
        (ONE + 'scenario = [\n{ name = "a" },\n{ nam = "b", name = "c" }]', 4, "(did you mean 'name'?)"),
        (ONE + "[sweep]\nmax_moved = [0.1, 2]", 3, "2 cannot be used"),
        (ONE + "[sweep]\nmax_moved = 0.1", 3, "0.1 cannot be used: it must be a list"),
        (ONE + "[sweep]\nmax_moved = []", 3, "it must not be empty"),
        (ONE + "scenario = 3", 2, "Write [[scenario]] above each"),
        (ONE + '[[scenario]]\nname = ""', 3, "Give a name as text"),
        (ONE + "[[scenario]]\nseed = 3", 2, "column 'name': the key is missing. Give a name as text"),
        (ONE + A + '[[scenario]]\nname = "a"', 5, "the name 'a' stands twice"),
        (ONE + A + 'plan = "plans/b.csv"', 4, "there is no file 'plans/b.csv'"),
        (ONE + A + 'plan = "plans/a.csv"\nbaseline = "status_quo"', 5, "cannot have both"),
        (ONE + A + 'baseline = "today"', 4, "Give status_quo or nearest_school"),
        (ONE + A + 'seed = 3\n[sweep]\nseed = [1]', 4, "the sweep sets it too"),
        (ONE + "[[sweep.zip]]\nseed = [1, 2]\ngap = [0.1]", 3, "the lists differ in length: seed 2, gap 1"),
        (ONE + "[sweep]\nseed = [1]\n[[sweep.zip]]\nseed = [2]", 5, "the sweep sets it more than once"),
        ('district = "districts/three"', 1, "there is no folder 'districts/three'"),
        ('districts = ["districts/one", "elsewhere/*"]', 1, "nothing matches 'elsewhere/*'"),
        (ONE + 'districts = ["districts/*"]', 1, "there must be one of district and districts"),
    ],
)  # fmt: skip
def test_a_fault_names_its_line_and_the_mend(text: str, line: int, words: str, base: Path) -> None:
    (found,) = faults(base, text)
    assert found.startswith(f"study.toml, line {line}, column '")
    assert words in found


def test_all_faults_are_listed_in_the_order_of_lines(base: Path) -> None:
    text = "[options]\nsed = 1\n" + A + 'rules = [{ kind = "moved", shar = 1 }]\nplans = "x"\n[sweep]\nseed = [-1]'
    lines = [int(fault.split("line ")[1].split(",")[0]) for fault in faults(base, text)]
    assert lines == [2, 5, 6, 8]


def test_a_gap_may_name_its_groups_beside_it(base: Path) -> None:
    (run,) = study(base, ONE + '[options]\nobjective = { gap = 2, of = ["white", "black"] }')
    assert run.options["objective"] == {"gap.white.black": 2.0}


def test_a_file_that_is_not_toml_or_not_there(base: Path) -> None:
    assert "cannot be read as TOML" in faults(base, "district = ")[0]
    with pytest.raises(InputError, match=r"none\.toml: is not there"):
        read_study(base / "none.toml")


@given(st.integers(0, 3), st.integers(0, 3), st.booleans())
def test_lines_are_counted_within_the_right_section(which: int, before: int, quoted: bool) -> None:
    key = '"wrong"' if quoted else "wrong"
    sections = []
    for k in range(4):
        lines = ["[[scenario]]  # one", f'name = "wrong = {k}"  # wrong = 1', *["seed = 1"] * before]
        sections += [*lines, *([f"{key} = 1"] if k == which else []), "[scenario.sub]", "x = 1"]
    text = "\n".join(["wrong = 0", *sections, "[sweep]", "wrong = [1]"])
    expected = 1 + sum(4 + before + (k == which) for k in range(which)) + 3 + before
    assert line_of(text, ("scenario", which), "wrong") == expected
    assert line_of(text, ("scenario", (which + 1) % 4), "wrong") != expected
    assert line_of(text, ("", 0), "wrong") == 1
    assert line_of(text, ("sweep", 0), "wrong") == len(text.splitlines())
    assert line_of(text, ("options", 0), "wrong") is None


def test_the_published_schema_is_the_code() -> None:
    renew = "renew it: python -m scenarios.scenario_file.schema docs/scenario.schema.json"
    published = json.loads((ROOT / "docs" / "scenario.schema.json").read_text(encoding="utf-8"))
    assert published == scenario_schema(), renew


def test_the_schema_names_every_option_and_rule_and_knows_no_null() -> None:
    schema = scenario_schema()
    shapes = schema["$defs"]
    assert set(schema["properties"]) == {"district", "districts", "options", "rules", "scenario", "sweep"}
    assert set(shapes["Options"]["properties"]) == set(Options.model_fields)
    assert set(shapes["Scenario"]["properties"]) == {*Options.model_fields, "name", "plan", "baseline", "rules"}
    assert set(shapes["Zip"]["properties"]) == set(Options.model_fields)
    assert {rule["properties"]["kind"]["const"] for rule in shapes["Rule"]["anyOf"]} == set(RULES)
    assert '"null"' not in json.dumps(schema)
    assert shapes["Sweep"]["properties"]["max_moved"]["items"] == {"type": "number", "minimum": 0, "maximum": 1}
    assert not any(shape.get("additionalProperties") for shape in shapes.values())


def test_names_hang_on_what_decides_the_result_and_on_nothing_else(base: Path) -> None:
    def name(text: str, where: str = "districts/one") -> str:
        (task,) = tasks_of(study(base, f'district = "{where}"\n{text}'))
        return task.run

    limited, fixed = "[options]\ntime_limit = 2\n", "[options]\niterations = 100\n"
    today = A + 'baseline = "status_quo"\n'
    same = [
        (fixed, fixed + "threads = 2\n"),
        ("", "[options]\ntime_limit = 60\n"),
        (fixed, fixed + '[[scenario]]\nname = "other"\n'),
        (today, limited + today + "seed = 3\n"),
    ]  # fmt: skip
    for one, other in same:
        assert name(one) == name(other), (one, other)
    rule = '[[rules]]\nkind = "moved"\nshare = 0.5\n'
    plan = A + 'plan = "plans/a.csv"\n'
    different = [
        "", limited, fixed, fixed + "time_limit = 2\n", limited + "threads = 2\n", fixed + "seed = 1\n", fixed + rule,
        fixed + 'objective = "moved"\n', fixed + "max_moved = 0.1\n", plan, plan + "max_moved = 0.1\n",
        today, today.replace("status_quo", "nearest_school"),
    ]  # fmt: skip
    assert len({name(text) for text in different}) == len(different)
    shutil.copytree(base / "districts" / "one", base / "copy")
    assert name(fixed, "copy") == name(fixed)
    before = name(plan)
    (base / "plans" / "a.csv").write_text("block_id,school_id\nr0c0,x\nr0c1,x\nr0c2,y\nr0c3,y\n")
    assert name(plan) != before
    schools = base / "copy" / "schools.csv"
    schools.write_text(schools.read_text().replace("School X", "School Z"))
    assert name(fixed, "copy") != name(fixed)


def test_the_example_in_the_repository_is_sound() -> None:
    if "close" not in RULES:
        pytest.skip("the rule close is not in this version yet")
    names = [task.scenario for task in tasks_of(read_study(ROOT / "examples" / "closing.toml"))]
    assert names[:2] == ["today", "nearest school"]
    assert len(names) == 8
