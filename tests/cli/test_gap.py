"""Bounds and gaps: none is below 0 by rounding, wherever one is held."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from toys import EXAMPLE

from optimizer.baselines.baseline import Baseline
from optimizer.bounds.certificate import Certificate, Cuts
from optimizer.gap import relative_gap
from optimizer.objectives import Disparity
from optimizer.plan import Plan
from optimizer.result import Result

NO_CUTS = Cuts(*[np.zeros(0, np.int32)] * 2, np.zeros(1, np.int64), np.zeros(0, np.int32))


def held(kind: str, bound: float | None, folder: Path) -> float | None:
    if kind == "baseline":
        return Baseline(None, bound).bound
    if kind == "certificate":
        return Certificate(bound or 0.0, (), NO_CUTS, ()).bound
    plan = Plan.status_quo(EXAMPLE.district(folder))
    return Result(plan, Disparity(), (), seed=0, iterations=0, seconds=0.0, solver_bound=bound).solver_bound


@pytest.mark.parametrize("kind", ["baseline", "certificate", "result"])
@pytest.mark.parametrize(("bound", "shown"), [(-1e-12, "0.0"), (-0.0, "0.0"), (0.0, "0.0"), (0.25, "0.25")])
def test_no_bound_is_below_nought(kind: str, bound: float, shown: str, tmp_path: Path) -> None:
    assert json.dumps(held(kind, bound, tmp_path)) == shown


def test_a_bound_that_is_not_known_stays_so(tmp_path: Path) -> None:
    assert held("baseline", None, tmp_path) is held("result", None, tmp_path) is None


@pytest.mark.parametrize(
    ("value", "bound", "gap"), [(0.2, 0.2 + 1e-17, 0), (0.1, np.nextafter(0.1, 1), 0), (0, 0, 0), (0.2, 0.1, 0.5)]
)
def test_no_gap_is_below_nought(value: float, bound: float, gap: float) -> None:
    assert relative_gap(value, bound) == gap
