"""`generate --raw`: a synthetic district as files to import, which become that district again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from optimizer.measures import measure
from optimizer.plan import Plan
from optimizer.rules import DEFAULT_RULES, breaches, is_valid
from scenarios import read_district
from scenarios.generator import generate
from scenarios.generator.board import drawn, evener, shorter

SIZE = ("--blocks", 120, "--schools", 5, "--seed", 3)
CORRECTED = {
    "# keep = ": 'keep = { neighbourhood = "NBHD" }',
    "# minimum = ": 'minimum = "MIN_ENR"',
    "# other = ": 'other = "TRANSFERS_IN"',
    "# [mend]": "[mend]",
    "# coverage = ": "coverage = 1.0",
}


def _corrected(draft: str) -> str:
    """The draft after a user has corrected five lines."""
    lines = draft.splitlines()
    assert all(sum(line.startswith(old) for line in lines) == 1 for old in CORRECTED)
    return "\n".join(next((new for old, new in CORRECTED.items() if line.startswith(old)), line) for line in lines)


def test_an_offices_files_become_the_district_by_five_corrections(tmp_path: Path, rezone) -> None:
    assert rezone("generate", *SIZE, tmp_path / "truth")[0] == 0
    assert rezone("generate", *SIZE, "--raw", "office", tmp_path / "files")[0] == 0
    files = [tmp_path / "files" / name for name in ("units.shp", "zones.geojson", "schools.csv", "students.csv")]
    mapping = tmp_path / "mapping.toml"
    assert rezone("import", "gis", "--guess", *files, "--out", mapping)[0] == 0
    mapping.write_text(_corrected(mapping.read_text()))
    code, out, err = rezone("import", "gis", mapping, "--out", tmp_path / "made")
    assert (code, err) == (0, "")
    assert "Borders of 3 blocks moved" in out
    assert "3 of 1,299 students are in no block" in out
    made, truth = read_district(tmp_path / "made"), read_district(tmp_path / "truth")
    assert made.block_ids == truth.block_ids
    assert made.school_names == truth.school_names
    assert made.status_quo.tolist() == truth.status_quo.tolist()
    for name in made.columns:
        assert made.counts[:, made.column_index(name)].tolist() == truth.counts[:, truth.column_index(name)].tolist()
    for name in ("capacity", "min_students", "other_students"):
        assert np.array_equal(getattr(made, name), getattr(truth, name), equal_nan=True)
    assert (made.adjacency.rows.tolist(), made.adjacency.index.tolist()) == (
        truth.adjacency.rows.tolist(),
        truth.adjacency.index.tolist(),
    )
    assert made.attributes["neighbourhood"].tolist() == truth.attributes["neighbourhood"].tolist()


def test_the_same_seed_gives_the_same_files(tmp_path: Path, rezone) -> None:
    made = []
    for _ in range(2):
        assert rezone("generate", *SIZE, "--raw", "office", tmp_path / "files")[0] == 0
        made.append({path.name: path.read_bytes() for path in (tmp_path / "files").iterdir()})
    assert made[0] == made[1]


@pytest.mark.parametrize("blocks", [1, 3, 40])
@pytest.mark.parametrize("raw", ["office", "public"])
def test_small_districts_have_files_too(tmp_path: Path, rezone, raw: str, blocks: int) -> None:
    code, _, err = rezone("generate", "--blocks", blocks, "--schools", 1, "--raw", raw, tmp_path / "files")
    assert (code, err) == (0, "")


def test_files_of_another_kind_are_refused(tmp_path: Path, rezone) -> None:
    code, _, err = rezone("generate", *SIZE, "--raw", "pdf", tmp_path / "files")
    assert code == 2
    assert "Give office or public" in err


def test_options_of_the_board_keep_what_plans_keep() -> None:
    truth = generate(400, 9, np.random.default_rng(7))
    now = measure(Plan.status_quo(truth))
    for gain in (evener(truth), shorter(truth)):
        plan = Plan(truth, drawn(truth, gain))
        assert is_valid(breaches(plan, DEFAULT_RULES))
        assert 0.02 < plan.moved_share < 0.06
    even, short = (measure(Plan(truth, drawn(truth, gain))) for gain in (evener(truth), shorter(truth)))
    assert even["dissimilarity.poverty"] < now["dissimilarity.poverty"]
    assert even["dissimilarity.race"] > now["dissimilarity.race"]
    assert short["travel_mean"] < now["travel_mean"]
