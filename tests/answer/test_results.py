"""Folders with parts of two runs are refused by every command that reads them; what was merely saved again is not."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from toys import TOWN

from optimizer import Disparity, optimize
from optimizer.errors import InputError
from optimizer.objectives import TravelMean
from scenarios.answer.results import plan_of, read_run
from scenarios.answer.summary import summarise_run
from scenarios.asking.options import rules_of
from scenarios.asking.settling import settle
from scenarios.comparison import read_results
from scenarios.exports import read_runs
from scenarios.folder import read_district
from scenarios.report.given import Ask
from scenarios.report.output import Answer
from scenarios.report.sources import read_sources
from scenarios.writing.staging import writing


def made(district, out: Path, seed: int, moved: float = 1.0) -> Path:
    settings = settle({"iterations": 400, "max_moved": moved, "seed": seed}, None, {})
    result = optimize(district, Disparity(), rules_of(settings), iterations=400, seed=seed, threads=1, proving=0)
    out.mkdir()
    with writing(out, "optimize") as new:
        Answer(result, summarise_run(result, settings, 1.0)).write(new)
    return out


@pytest.fixture(scope="module")
def runs(tmp_path_factory) -> tuple[Path, Path]:
    """Two runs of one district, whose plans differ."""
    folder = tmp_path_factory.mktemp("runs")
    district = read_district(TOWN.write(folder / "d"))
    one, two = made(district, folder / "one", 1), made(district, folder / "two", 2, moved=0.1)
    assert (one / "plan.csv").read_text() != (two / "plan.csv").read_text()
    return one, two


READERS = {
    "read_run": read_run,
    "rfp": plan_of,
    "compare": read_results,
    "export, publish": lambda folder: read_runs([folder]),
    "report": lambda folder: read_sources([folder], None, Ask(settle({}, None, {}))),
}


def without_record(folder: Path) -> None:
    """As an earlier version left it."""
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    del summary["files"]
    (folder / "summary.json").write_text(json.dumps(summary), encoding="utf-8")


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("record", [True, False])
@pytest.mark.parametrize("part", ["plan.csv", "report.json", "summary.json"])
def test_parts_of_two_runs_are_refused(part: str, record: bool, reader: str, runs, tmp_path: Path) -> None:
    mixed = shutil.copytree(runs[0], tmp_path / "mixed")
    if not record:
        without_record(mixed)
    READERS[reader](mixed)
    shutil.copy(runs[1] / part, mixed / part)
    if not record and part == "summary.json":
        without_record(mixed)
    with pytest.raises(InputError, match=r"of different runs|is not the file that rezone optimize wrote there"):
        READERS[reader](mixed)


@pytest.mark.parametrize("reader", READERS)
def test_a_summary_without_a_plan_beside_an_old_plan_is_refused(reader: str, runs, tmp_path: Path) -> None:
    mixed = shutil.copytree(runs[0], tmp_path / "mixed")
    summary = json.loads((mixed / "summary.json").read_text(encoding="utf-8"))
    nothing = {"valid": False, "status": "infeasible", "measures": None, "files": {}}
    (mixed / "summary.json").write_text(json.dumps(summary | nothing), encoding="utf-8")
    with pytest.raises(InputError, match=r"says that no valid plan was found: .* are of another run"):
        READERS[reader](mixed)


@pytest.mark.parametrize("reader", READERS)
def test_what_is_being_written_is_refused(reader: str, runs, tmp_path: Path) -> None:
    mixed = shutil.copytree(runs[0], tmp_path / "mixed")
    (mixed / ".writing-x.placing").mkdir()
    with pytest.raises(InputError, match="is being written, or the command that wrote it was killed"):
        READERS[reader](mixed)


def test_a_plan_that_a_spreadsheet_saved_again_is_the_same(runs, tmp_path: Path) -> None:
    again = shutil.copytree(runs[0], tmp_path / "again")
    lines = (again / "plan.csv").read_text(encoding="utf-8").splitlines()
    (again / "plan.csv").write_text("\ufeff" + "\r\n".join([lines[0], *lines[:0:-1], ""]), encoding="utf-8", newline="")
    (again / "report.html").write_text("another page")  # nobody reads it
    for read in READERS.values():
        read(again)


def test_a_plan_that_is_gone_is_said(runs, tmp_path: Path) -> None:
    gone = shutil.copytree(runs[0], tmp_path / "gone")
    (gone / "plan.csv").unlink()
    with pytest.raises(InputError, match=r"holds no plan: its plan\.csv is gone"):
        plan_of(gone)


@pytest.mark.parametrize("poverty", [TOWN.poverty, None], ids=["poverty", "nothing"])
@pytest.mark.parametrize("reader", READERS)
def test_a_run_without_groups_is_read_as_it_was_written(reader: str, poverty: str | None, tmp_path: Path) -> None:
    bare = TOWN.but(groups={}, students=" ".join(["10"] * 20), poverty=poverty)
    district, out = bare.district(tmp_path / "d"), tmp_path / "run"
    settings = settle({"iterations": 400, "objective": "travel_mean"}, None, {})
    result = optimize(district, TravelMean(), rules_of(settings), iterations=400, threads=1, proving=0)
    out.mkdir()
    with writing(out, "optimize") as new:
        Answer(result, summarise_run(result, settings, 1.0)).write(new)
    READERS[reader](out)
