"""The benchmarks at tiny sizes: peers are asked what we are asked, judged as we are, and the library holds."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tree import ROOT

from optimizer import Disparity, Plan, breaches, is_valid
from optimizer.rules import DEFAULT_RULES, Contiguity
from scenarios.folder import write_district
from scenarios.generator import generate
from scenarios.plans.file import write_plan
from scenarios.verify import verify

sys.path.insert(0, str(ROOT))

from benchmarks.instances import END, PAGE, START
from benchmarks.peers import PEERS, Question
from benchmarks.peers.__main__ import cells
from benchmarks.peers.__main__ import main as peers
from benchmarks.peers.cell import Cell, district_of, packed, whole_name
from benchmarks.peers.cpsat_cuts import pieces
from benchmarks.peers.greedy import Zones
from benchmarks.peers.judge import Row, judged
from benchmarks.peers.question import Answer, eased
from benchmarks.peers.rows import rows_csv
from benchmarks.peers.table import peers_table, quality
from benchmarks.real import DATA, district_row, over_seats, plan_rows
from benchmarks.speed.compare import in_pairs, interval, sign_test, unpack, verdict
from benchmarks.speed.rows import COLUMNS, add, plot, read
from benchmarks.speed.specs import SPECS, run
from scenarios.instances.__main__ import main as instances
from scenarios.instances.library import INSTANCES, fingerprint, instance_called
from scenarios.instances.shelf import HOME, Shelf, judge, proved, race
from scenarios.instances.table import table

ASKED = Question(eased(generate(120, 5, np.random.default_rng(3))))
BREAKS_LIMITS = ("METIS", "CP-SAT, published")  # what they cannot express, they may break
SMALL = [instance for instance in INSTANCES if instance.blocks <= 300]


@pytest.mark.parametrize("name", PEERS)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_each_peer_answers_what_it_is_asked(name: str) -> None:
    answer = PEERS[name].solve(ASKED, 8.0 if name == "rezone" else 0.7, 1)  # its kernels may have to be loaded
    if answer.absent:
        pytest.skip(f"{answer.absent} is not installed")
    assert answer.school is not None
    plan = Plan(ASKED.district, answer.school)
    if name in BREAKS_LIMITS:
        assert PEERS[name].cannot
    else:
        assert is_valid(breaches(plan, DEFAULT_RULES))
        assert ASKED.value(answer.school) < ASKED.value(ASKED.today) or name.startswith("CP-SAT")
    if answer.bound is not None and is_valid(breaches(plan, DEFAULT_RULES)):
        assert answer.bound <= ASKED.value(answer.school) + 1e-4
    values = [value for _, value in answer.progress]
    assert values == sorted(values, reverse=True)


def test_todays_zones_keep_every_limit_that_peers_are_given() -> None:
    rough = generate(120, 4, np.random.default_rng(1))
    assert breaches(Plan.status_quo(rough), DEFAULT_RULES)
    assert not breaches(Plan.status_quo(eased(rough)), DEFAULT_RULES)


@given(st.integers(0, 10**6))
@settings(max_examples=25, deadline=None)
def test_peers_see_the_values_and_limits_that_the_checker_sees(seed: int) -> None:
    """Random walks over border moves: sums kept by the way, and the test of a move, against measures and rules."""
    random, zones = np.random.default_rng(seed), Zones(ASKED)
    for _ in range(20):
        block = int(random.integers(ASKED.district.blocks))
        beside = sorted({zones.school[o] for o in ASKED.neighbours[block]} - {zones.school[block]})
        if not beside:
            continue
        to = int(random.choice(beside))
        after = np.array(zones.school, np.int32)
        after[block] = to
        assert zones.value_after(block, to) == pytest.approx(Disparity().value(Plan(ASKED.district, after)), abs=1e-12)
        allowed = is_valid(breaches(Plan(ASKED.district, after), DEFAULT_RULES))
        assert zones.allows(block, to) == allowed
        assert bool(pieces(ASKED, after)) == bool(
            [row for row in Contiguity().excess(Plan(ASKED.district, after)) if row.amount and not _root(row)]
        )
        if allowed:
            zones.move(block, to)


def _root(row) -> bool:
    roots = [ASKED.district.block_ids[root] for root in ASKED.district.root]
    return row.block in roots


def test_plans_are_judged_by_the_checker_and_not_by_their_makers() -> None:
    cell, plan = Cell("120/5", "greedy", 1.0, 1), np.zeros(120, np.int32)
    row = judged(cell, packed(Answer(plan, 0.1)) | {"took": 1.0, "memory": 0.5})
    assert not row.valid
    assert "contiguity" in row.broken
    assert judged(cell, packed(Answer(absent="spopt")) | {"took": 0.0, "memory": 0.0}).lost == "spopt is not installed"


def test_the_table_says_who_needs_how_long_for_the_same() -> None:
    ours = Row(Cell("120/5", "rezone", 1.0, 1), 0.02, True, race=0.2, bound=0.015, progress=((0.0, 0.05), (0.4, 0.02)))
    late = Row(Cell("120/5", "greedy", 60.0, 1), 0.02, True, progress=((0.0, 0.05), (12.0, 0.02)), memory=0.3)
    lame = Row(Cell("120/5", "METIS", 1.0, 1), 0.01, False, "3 travel_increase")
    text = quality([ours, late, lame], "120/5")
    assert "| greedy |  | 2.000 | 12.0 s | 0.4 s | 0.30 GB | none |" in text
    assert "not valid (1.00; breaks 3 travel_increase)" in text
    assert "1.500, certified | 0.200 |" in text
    assert "racial dissimilarity" in text
    assert rows_csv([lame]).splitlines()[1] == "120/5,METIS,1.0,1,0.01,False,3 travel_increase,,,0.0,0.0,"


def test_cells_are_every_district_peer_budget_and_seed_longest_first() -> None:
    made = cells(["300/8"], ["rezone", "greedy"], {1.0: 2, 60.0: 1})
    assert [(c.peer, c.seconds, c.seed) for c in made][:3] == [("rezone", 60, 1), ("greedy", 60, 1), ("rezone", 1, 1)]
    assert len(made) == len(set(made)) == 6


def test_districts_are_sizes_instances_and_any_folder(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "mine").mkdir()
    write_district(generate(60, 3, np.random.default_rng(1)), tmp_path / "mine")
    monkeypatch.chdir(tmp_path)
    assert whole_name("60/3") == "60/3"
    assert whole_name("usual-0040") == "usual-0040"
    assert whole_name("mine") == str(tmp_path / "mine")
    assert [district_of(whole_name(name)).blocks for name in ("60/3", "usual-0040", "mine")] == [60, 40, 60]
    row = Row(Cell(whole_name("mine"), "greedy", 1.0, 1), 0.02, True)
    assert quality([row], whole_name("mine")).startswith("### mine: today")


@pytest.mark.parametrize("name", ["usual-004", "300/0", "300", "nowhere/8x", "/"])
def test_a_district_that_is_none_is_refused_before_any_run(name: str, capsys) -> None:
    assert peers(["--districts", name]) == 2
    said = capsys.readouterr().err
    assert f"--districts: '{name}' is no district" in said
    assert "Give blocks/schools such as 300/8, a district's folder, or an instance: usual-0040" in said


def test_help_quotes_the_names_of_peers(capsys) -> None:
    with pytest.raises(SystemExit):
        peers(["--help"])
    assert '"CP-SAT, published"' in " ".join(capsys.readouterr().out.split())


def test_the_docs_list_every_peer_and_what_it_cannot_express() -> None:
    assert peers_table() in (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")


def test_the_library_is_graded_named_once_and_small() -> None:
    assert len({instance.name for instance in INSTANCES}) == len(INSTANCES) >= 20
    assert set(Shelf().known()) == {instance.name for instance in INSTANCES}
    assert sum(file.stat().st_size for file in HOME.iterdir()) < 5_000_000


@pytest.mark.parametrize("name", [instance.name for instance in SMALL])
def test_best_known_plans_and_bounds_are_what_they_are_said_to_be(name: str) -> None:
    shelf, instance = Shelf(), instance_called(name)
    known, district, plan = shelf.known()[name], shelf.district(instance), shelf.plan(instance)
    assert fingerprint(district) == known.fingerprint
    assert not breaches(Plan.status_quo(district), DEFAULT_RULES)
    assert judge(district, plan) == (True, pytest.approx(known.value, abs=1e-9))
    assert race(plan) == pytest.approx(known.race, abs=1e-9)
    bound = proved(district, shelf.certificate(instance), name)
    assert bound == pytest.approx(known.bound, abs=1e-9)
    assert bound <= known.value


def test_the_page_states_what_the_library_holds() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert text.split(START)[1].split(END)[0].strip() == table(Shelf())


def test_a_library_begun_written_out_checked_and_improved(tmp_path: Path, capsys) -> None:
    shelf, out = Shelf(tmp_path / "shelf"), tmp_path / "district"
    shelf.home.mkdir()
    assert instances(["solve", "usual-0040", "--seconds", "1"], shelf) == 0
    assert "a new best plan and a new best bound" in capsys.readouterr().out
    assert instances(["write", "usual-0040", str(out)], shelf) == 0
    assert "best_plan.csv, blocks.parquet, certificate.json" in capsys.readouterr().out
    assert instances(["write", "usual-0040", str(out)], shelf) == 2
    assert "holds files already. Name a folder that is empty, or not there yet" in capsys.readouterr().err
    assert verify(out, out / "best_plan.csv", out / "certificate.json").verified
    capsys.readouterr()
    _pretend_worse(shelf)
    given = ["check", str(out / "best_plan.csv"), "--instance", "usual-0040", "--keep"]
    assert instances(given, shelf) == 0
    assert "A new best plan." in capsys.readouterr().out
    assert instances([*given, "--certificate", str(out / "certificate.json")], shelf) == 0
    said = capsys.readouterr().out
    assert "Not better than the best known plan." in said
    assert "not better." in said


def test_what_cannot_be_a_submission_says_why(tmp_path: Path, capsys) -> None:
    shelf = Shelf()
    assert instances(["check", str(tmp_path / "usual-0040.csv")]) == 2
    assert "usual-0040.csv: is not there" in capsys.readouterr().err
    write_plan(tmp_path / "mine.csv", shelf.plan(instance_called("usual-0040")))
    assert instances(["check", str(tmp_path / "mine.csv")]) == 2
    said = capsys.readouterr().err
    assert "mine.csv: its name begins with no instance's. Call it usual-0040.mine.csv or the like" in said
    assert "name it with --instance: usual-0040, usual-0120" in said
    other = tmp_path / "other.json"
    other.write_text(json.dumps(shelf.certificate(instance_called("tight-0120"))))
    given = ["check", str(tmp_path / "mine.csv"), "--instance", "usual-0040", "--certificate", str(other)]
    assert instances(given) == 2
    assert (
        "other.json: is for another district, 'tight-0120'. Give a certificate of usual-0040" in capsys.readouterr().err
    )


def _pretend_worse(shelf: Shelf) -> None:
    file = shelf.home / "instances.json"
    rows = json.loads(file.read_text())
    rows["usual-0040"]["value"] = 0.5
    file.write_text(json.dumps(rows))


def test_plans_that_break_limits_and_names_that_are_not_there(tmp_path: Path, capsys) -> None:
    district = instance_called("usual-0040").district()
    file = tmp_path / "usual-0040.mine.csv"
    rows = [f"{block},{district.school_ids[0]}" for block in district.block_ids]
    file.write_text("\n".join(["block_id,school_id", *rows]) + "\n")
    assert instances(["check", str(file)]) == 1
    assert "NOT valid" in capsys.readouterr().out
    assert instances(["solve", "usual-004"]) == 2
    assert "there is no instance 'usual-004'" in capsys.readouterr().err
    file.with_name("usual-0040.short.csv").write_text("\n".join(["block_id,school_id", *rows[:3]]) + "\n")
    assert instances(["check", str(file.with_name("usual-0040.short.csv"))]) == 2
    assert "blocks are missing" in capsys.readouterr().err


def test_another_district_than_the_librarys_is_refused(tmp_path: Path, capsys) -> None:
    shelf = Shelf(tmp_path)
    known = json.loads((HOME / "instances.json").read_text())
    known["usual-0040"]["fingerprint"] = "0" * 64
    (tmp_path / "instances.json").write_text(json.dumps(known))
    assert instances(["write", "usual-0040", str(tmp_path / "out")], shelf) == 2
    assert "usual-0040 comes out otherwise than in the library" in capsys.readouterr().err


@pytest.mark.parametrize("name", SPECS)
def test_each_speed_spec_runs(name: str) -> None:
    value = run([name], tiny=True)[name]
    assert 0 < value < math.inf


def test_rows_are_added_dated_and_drawn(tmp_path: Path) -> None:
    file, picture = tmp_path / "rows.csv", tmp_path / "speed.svg"
    add({"proposals": 2e6, "model": 0.01}, file)
    add({"proposals": 3e6}, file)
    rows = read(file)
    assert [row["spec"] for row in rows] == ["proposals", "model", "proposals"]
    assert all(row[column] for row in rows for column in COLUMNS)
    plot(rows, picture)
    assert "<svg" in picture.read_text()


def test_noise_is_told_from_a_difference() -> None:
    random = np.random.default_rng(1)
    noise = random.normal(0, 0.05, 12).tolist()
    assert verdict(noise, random).startswith("noise")
    assert verdict([x + 0.3 for x in noise], random).startswith("slower: +3")
    assert verdict([x - 0.3 for x in noise], random).startswith("faster: -2")
    assert verdict([0.001 + x / 1000 for x in noise], random).startswith("noise")
    low, high = interval(noise, random)
    assert low < math.exp(np.median(noise)) < high < 1.1


@given(st.lists(st.floats(-1, 1).filter(bool), min_size=1, max_size=15))
@settings(deadline=None)
def test_sign_test_is_the_binomial_one(logs: list[float]) -> None:
    from scipy.stats import binomtest

    up = sum(x > 0 for x in logs)
    assert sign_test(logs) == pytest.approx(binomtest(up, len(logs)).pvalue, abs=1e-12)


def test_two_folders_are_measured_in_pairs() -> None:
    found = in_pairs(ROOT, ROOT, ["model"], 2, tiny=True)
    assert len(found["model"]) == 2
    assert all(math.isfinite(x) for x in found["model"])


def test_a_commit_is_laid_out_beside_the_repository(tmp_path: Path) -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git repository")
    unpack("HEAD", tmp_path)
    assert (tmp_path / "optimizer" / "__init__.py").is_file()


def test_students_over_seats() -> None:
    toy = generate(60, 3, np.random.default_rng(1))
    load = np.bincount(toy.status_quo, toy.students, toy.schools) + toy.other_students
    by_hand = sum(max(0.0, n - c) for n, c in zip(load, toy.capacity, strict=True) if not math.isnan(c))
    assert over_seats(Plan.status_quo(toy)) == pytest.approx(by_hand)


def test_real_districts_beside_their_own_plans() -> None:
    if not (DATA / "baltimore_county_sw_md").is_dir():
        pytest.skip("the real districts are not there")
    rows = plan_rows(DATA / "baltimore_county_sw_md", 0.5)
    today, first = next(rows), next(rows)
    assert today[1:5] == ["319", "1066.55", "0.0 %", "none"]
    assert first[0] == "nov18_opt1"
    assert float(first[7].split()[0]) <= float(first[3].split()[0])
    assert district_row(DATA / "charlottesville_va", 1.0)[2:4] == ["disparity, points", "2.551"]
