"""The public bundle: small counts cannot be worked out, by linear programming or by looking; what is left is true."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from adversary import Adversary
from click.testing import Result
from toys import TOWN, Toy
from typer.testing import CliRunner

from optimizer import InputError
from optimizer.measures import measure
from optimizer.plan import Plan
from scenarios import read_district, write_district
from scenarios.asking.settling import settle
from scenarios.cli.main import app
from scenarios.exports import Run, read_runs
from scenarios.generator import generate
from scenarios.plans.file import write_plan
from scenarios.publish import protect, write_bundle
from scenarios.publish.agree import plans_of
from scenarios.publish.twin import twin_of
from scenarios.reading.pack import unpack
from scenarios.report import render
from scenarios.report.given import Ask
from scenarios.report.sources import read_sources

THRESHOLD = 10.0
ASK = Ask(settle({}, None, {}))
CLOSE = {"kind": "close", "schools": ["S01"]}


def moved(district, random, times: int) -> Plan:
    """Today's zones with border blocks moved at random, as an office might redraw them."""
    school = district.status_quo.copy()
    for _ in range(times):
        block = int(random.integers(district.blocks))
        others = [k for k in district.adjacency.row(block) if school[k] != school[block]]
        if others:
            school[block] = school[others[0]]
    return Plan(district, school)


def runs_of(folder: Path, *, blocks: int, schools: int, seed: int, plans: int, close: bool = False) -> list[Run]:
    random = np.random.default_rng(seed)
    made = generate(blocks, schools, random)
    (folder / "d").mkdir(parents=True)
    write_district(made, folder / "d")
    district = read_district(folder / "d")
    files = []
    for k in range(plans):
        files.append(folder / f"p{k}.csv")
        plan = moved(district, random, blocks // 2)
        if close:  # the first school's blocks go to the second, and further ones move
            plan = Plan(district, np.where((plan.school == 0) | (district.status_quo == 0), 1, plan.school))
        write_plan(files[-1], plan)
    ask = replace(ASK, settings=replace(ASK.settings, rules=(CLOSE,) if close else ()))
    return read_runs(files, district, ask)


def bundle(folder: Path, runs: list[Run], threshold: float = THRESHOLD) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    write_bundle(folder, runs, protect(runs, threshold=threshold))
    return folder


def small_atoms(runs: list[Run]) -> list[tuple[np.ndarray, str, float]]:
    """The blocks that are in one zone of every plan together, and their counts under the threshold, by plain loops."""
    district = runs[0].plan.district
    parts = dict(zip(district.groups, district.group_counts.T, strict=True)) | {"poverty": district.poverty}
    parts |= {"students": district.exposed, "not_poverty": district.exposed - district.poverty}
    keys = [(int(district.status_quo[b]), *(int(run.plan.school[b]) for run in runs)) for b in range(district.blocks)]
    found = []
    for key in sorted(set(keys)):
        mask = np.array([one == key for one in keys])
        found += [(mask, name, float(v[mask].sum())) for name, v in parts.items() if v[mask].sum() < THRESHOLD]
    return found


@pytest.mark.parametrize(
    ("blocks", "schools", "plans", "seed", "close"),
    [(40, 3, 1, 1, False), (60, 4, 2, 2, False), (50, 4, 3, 3, False), (90, 5, 1, 4, False), (60, 4, 2, 2, True)],
)
def test_no_small_count_can_be_worked_out(
    tmp_path: Path, blocks: int, schools: int, plans: int, seed: int, close: bool
) -> None:
    runs = runs_of(tmp_path, blocks=blocks, schools=schools, seed=seed, plans=plans, close=close)
    adversary = Adversary(bundle(tmp_path / "out", runs), runs[0].plan.district)
    small = small_atoms(runs)
    assert len(small) > 10
    for k in np.random.default_rng(0).permutation(len(small))[:25]:
        mask, name, value = small[k]
        low, high = adversary.range(adversary.part(mask, name))
        assert low - 1e-4 <= value <= high + 1e-4, "the adversary must not be misled either"
        assert high - low >= THRESHOLD - 1e-3, (name, value, low, high)


def test_single_blocks_cannot_be_worked_out(tmp_path: Path) -> None:
    runs = runs_of(tmp_path, blocks=60, schools=4, seed=5, plans=2)
    district = runs[0].plan.district
    adversary = Adversary(bundle(tmp_path / "out", runs), district)
    random = np.random.default_rng(1)
    for b in random.permutation(district.blocks)[:12]:
        name = str(random.choice([*district.groups, "poverty", "students"]))
        low, high = adversary.range(adversary.part(np.arange(district.blocks) == b, name))
        assert high - low >= THRESHOLD - 1e-3, (district.block_ids[b], name, low, high)


def test_the_adversary_finds_what_is_not_protected(tmp_path: Path) -> None:
    """With the small counts put back into the tables, the same adversary pins them: the test above can fail."""
    runs = runs_of(tmp_path, blocks=60, schools=4, seed=2, plans=2)
    adversary = Adversary(bundle(tmp_path / "out", runs, threshold=1e-9), runs[0].plan.district)
    ranges = [adversary.range(adversary.part(mask, name)) for mask, name, _ in small_atoms(runs)[:40]]
    assert sum(high - low < THRESHOLD for low, high in ranges) >= 10


@pytest.mark.parametrize("close", [False, True], ids=["as they are", "one closed"])
def test_what_is_published_is_true(close: bool, tmp_path: Path) -> None:
    runs = runs_of(tmp_path, blocks=90, schools=5, seed=6, plans=2, close=close)
    assert all((run.plan.moved_counted < run.plan.moved_share) == close for run in runs)
    found = protect(runs)
    told = 0
    for run in runs:
        doc, true = found.docs[run.name], measure(run.plan)
        for name, value in doc.measures.items():
            off = doc.summary.off_by["measures"][name]
            if value is not None and true[name] is not None:
                assert abs(value - true[name]) <= off + 1e-9, name
        for row, full in zip(doc.by_school.plan, run.doc.by_school.plan, strict=True):
            for key in ("students", "poverty", "counted"):
                value = getattr(row, key)
                assert value is None or value == pytest.approx(getattr(full, key), abs=0.5)
                told += value is not None
            for group, value in row.groups.items():
                assert value is None or value == pytest.approx(full.groups[group], abs=0.5)
                assert value is None or value >= THRESHOLD or row.blocks == 0
                told += value is not None
        for row, full in zip(doc.burden, run.doc.burden, strict=True):
            change = row.moved_travel_change
            assert change is None or abs(change - full.moved_travel_change) <= 100 + 1e-9
            told += change is not None
    assert told > 20, "not everything may be left out"


def test_tables_all_agree_with_what_is_published(tmp_path: Path) -> None:
    """Each table kept is a district that would have given the same counts, and the cells are far apart in them."""
    runs = runs_of(tmp_path, blocks=60, schools=4, seed=2, plans=2)
    found = protect(runs).suppression
    cells, values = found.cells, np.array(found.tables)
    sums = np.array([cells.sets @ table for table in values])
    assert np.abs(sums - sums[0])[:, found.told].max() < 1e-4
    assert values.min() > -1e-6
    small = cells.value < THRESHOLD
    assert (np.ptp(values, axis=0)[small] >= THRESHOLD - 1e-6).all()
    # Not linear, so beyond the linear programs: every measure published holds for each of the tables too.
    docs = list(protect(runs).docs.values())
    for plans in plans_of(found):
        for doc, plan in zip(docs, plans[1:], strict=True):
            off = doc.summary.off_by["measures"]
            for name, value in measure(plan).items():
                told = doc.measures[name]
                assert told is None or abs(told - value) <= off[name] * (1 + 1e-3) + 1e-6, name


def test_no_count_by_block_is_in_any_file(tmp_path: Path) -> None:
    runs = runs_of(tmp_path, blocks=60, schools=4, seed=7, plans=1)
    district = runs[0].plan.district
    out = bundle(tmp_path / "out", runs)
    for path in out.rglob("*.csv"):
        head = path.read_text(encoding="utf-8").splitlines()[0]
        assert "block_id" not in head or head == "block_id,school_id", path
    doc = json.loads((out / "report.json").read_text(encoding="utf-8"))
    blocks = unpack(doc["map"])["blocks"]
    assert {v for key in ("students", "counted", "poverty") for v in blocks[key]} == {None}
    assert {v for part in blocks["groups"] for v in part} == {None}
    with sqlite3.connect(out / "zones.gpkg") as base:
        names = [n for (n,) in base.execute("select table_name from gpkg_contents")]
        assert {"status_quo", "p0", "scores", "provenance"} == set(names)
        for name in names:
            columns = [row[1] for row in base.execute(f'pragma table_info("{name}")')]
            assert "block_id" not in columns
            assert base.execute(f'select count(*) from "{name}"').fetchone()[0] < 400
        assert base.execute("select count(*) from p0").fetchone()[0] == len(np.unique(runs[0].plan.school))
    base.close()
    ids = [block for block in district.block_ids if len(block) > 2]
    for path in out.iterdir():
        if path.suffix in (".geojson", ".gpkg"):
            data = path.read_bytes()
            assert not [block for block in ids if f'"{block}"'.encode() in data], path


def test_the_manifest_covers_every_file(tmp_path: Path) -> None:
    runs = runs_of(tmp_path, blocks=60, schools=4, seed=2, plans=2)
    out = bundle(tmp_path / "out", runs)
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    there = {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()} - {"manifest.json"}
    assert set(manifest["files"]) == there
    for name, row in manifest["files"].items():
        assert hashlib.sha256((out / name).read_bytes()).hexdigest() == row["sha256"]
    assert manifest["suppressed"]["p0"] > 0
    assert "counts left out" in (out / "README.txt").read_text(encoding="utf-8")


def test_the_public_page_says_what_it_is(tmp_path: Path) -> None:
    runs = runs_of(tmp_path, blocks=300, schools=6, seed=8, plans=1)
    docs = list(protect(runs).docs.values())
    page = render(docs)
    assert "10" in page
    assert docs[0].public.threshold == THRESHOLD
    assert str(docs[0].public.suppressed) in page
    assert "suppressed" in page.lower() or "left out" in page.lower()


def test_small_numbers_from_outside_the_zones_are_kept_too(tmp_path: Path) -> None:
    toy = TOWN.but(other={"x": 5, "y": 40}, seats={"x": 90, "y": 140})
    district = toy.district(tmp_path / "d")
    write_plan(tmp_path / "p.csv", moved(district, np.random.default_rng(0), 8))
    runs = read_runs([tmp_path / "p.csv"], district, ASK)
    rows = protect(runs).docs["p"].by_school.plan
    assert [row.other_students for row in rows] == [None, 40, 0]
    assert rows[0].utilisation is None


def test_a_twin_keeps_zone_totals_and_invents_the_rest(tmp_path: Path) -> None:
    runs = runs_of(tmp_path, blocks=120, schools=4, seed=9, plans=1)
    doc = protect(runs).docs["p0"]
    twin = twin_of(runs[0].plan.district, doc, np.random.default_rng(0))
    (tmp_path / "twin").mkdir()
    write_district(twin, tmp_path / "twin")
    back = read_district(tmp_path / "twin")
    now, real = Plan.status_quo(back), runs[0].plan.district
    sums = now.sums(back.counts)
    for j, row in enumerate(doc.by_school.status_quo):
        named = [row.counted, *row.groups.values(), row.poverty]
        if None not in named:
            assert sums[j].tolist() == named
        if row.counted is not None:
            assert sums[j, 0] == row.counted
    columns = [back.column_index(name) for name in back.columns]
    same = (back.counts[:, columns] == real.counts[:, [real.column_index(n) for n in back.columns]]).mean()
    assert same < 0.6, "chance agreement of small counts is fine, a copy is not"
    assert twin_of(real, doc, np.random.default_rng(0)).counts.tolist() == twin.counts.tolist()


def test_the_command_makes_a_bundle_with_a_twin_that_can_be_solved(tmp_path: Path) -> None:
    def call(*words: object) -> Result:
        return CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)

    call("generate", "--blocks", 120, "--schools", 4, "--seed", 3, tmp_path / "d")
    found = call("optimize", tmp_path / "d", "--out", tmp_path / "r", "--iterations", 3000)
    assert found.exit_code == 0, found.output
    found = call("publish", tmp_path / "r", "--out", tmp_path / "b", "--district", tmp_path / "d", "--twin")
    assert found.exit_code == 0, found.output
    assert "counts are left out" in found.stdout
    assert not (tmp_path / "b/certificate.json").exists(), "prices by block are made of counts"
    assert call("check", tmp_path / "b/twin").exit_code == 0
    solved = call("optimize", tmp_path / "b/twin", "--out", tmp_path / "t", "--iterations", 3000)
    assert solved.exit_code == 0, solved.output
    # Again into the same folder, now without a twin: nothing of the earlier bundle may stay.
    call("publish", tmp_path / "r", "--out", tmp_path / "b")
    assert not (tmp_path / "b/twin/blocks.parquet").exists()
    (tmp_path / "b/notes.txt").write_text("private")
    with pytest.raises(
        InputError, match=r"holds other files, which would be published too: notes\.txt\. Name a folder"
    ):
        call("publish", tmp_path / "r", "--out", tmp_path / "b")


def test_nothing_of_the_run_goes_along_but_what_is_meant_to(rezone, tmp_path: Path) -> None:
    """The folder of a run holds every count: whatever it comes to hold, these are the files that are published."""
    TOWN.write(tmp_path / "d")
    quick = ("--iterations", 300, "--threads", 1)
    status, _, err = rezone("optimize", tmp_path / "d", "--out", tmp_path / "run", *quick)
    assert status == 0, err
    (tmp_path / "run" / "notes.csv").write_text("child,address\n", encoding="utf-8")
    assert {"district.parquet", "certificate.json"} <= {path.name for path in (tmp_path / "run").iterdir()}
    status, _, err = rezone("publish", tmp_path / "run", "--out", tmp_path / "open", "--threshold", 3)
    assert status == 0, err
    there = {p.relative_to(tmp_path / "open").as_posix() for p in (tmp_path / "open").rglob("*") if p.is_file()}
    tables = ("measures", "schools", "groups", "moves", "broken_limits")
    zones = {"zones.gpkg", "zones-status_quo.geojson", "zones-run.geojson"}
    wanted = {"README.txt", "manifest.json", "plan.csv", "report.html", "report.json", *zones}
    assert there == wanted | {f"tables/{name}.csv" for name in tables}


def test_runs_that_cannot_be_published_say_why(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"is not a finished run with a plan .* Name a folder that rezone optimize or"):
        read_runs([tmp_path])
    (tmp_path / "p.csv").write_text("block_id,school_id\n")
    with pytest.raises(
        InputError, match=r"is a plan file, which says nothing of the district\. Name the district's folder"
    ):
        read_runs([tmp_path / "p.csv"])


def test_seats_that_hold_a_small_zone_are_left_out_too(tmp_path: Path) -> None:
    """Eight children in a school of eight seats: with its seats published, no moves or totals left out would help."""
    toy = Toy(
        "X x x y Y y z Z z",
        groups={"white": "30 30 30 40 40 40 1 2 1", "black": "20 20 20 30 30 30 2 1 1"},
        poverty="20 20 20 10 10 10 1 1 1",
        seats={"x": 400, "y": 400, "z": 8},
        least={"z": 5},
    )
    district = toy.district(tmp_path / "d")
    school = district.status_quo.copy()
    school[5] = 2
    school[6] = 1
    write_plan(tmp_path / "p.csv", Plan(district, school))
    runs = read_runs([tmp_path / "p.csv"], district, ASK)
    found = protect(runs)
    for row in found.docs["p"].by_school.status_quo:
        hidden = row.school_id == "z"
        assert (row.capacity is None) == hidden
        assert (row.utilisation is None) == hidden or row.students is None
    adversary = Adversary(bundle(tmp_path / "o", runs), district)
    for mask, name, _ in small_atoms(runs):
        low, high = adversary.range(adversary.part(mask, name))
        assert high - low >= THRESHOLD - 1e-3


def test_a_bundle_of_several_plans_is_read_again_in_another_language(tmp_path: Path) -> None:
    runs = runs_of(tmp_path, blocks=90, schools=5, seed=6, plans=2)
    bundle(tmp_path / "bundle", runs)
    found = read_sources([tmp_path / "bundle"], None, ASK)
    assert [doc.name for doc in found.docs] == ["p0", "p1"]
    assert all(doc.public for doc in found.docs)
    assert 'lang="es"' in render(found.docs, language="es")
