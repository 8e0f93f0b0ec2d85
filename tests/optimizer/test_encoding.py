"""CP-SAT's side of a Model: rows are rounded outward, and limits in conflict can be named."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from enumeration import valid_plans
from ortools.sat.python import cp_model
from small import small
from toys import EXAMPLE

from optimizer import Contiguity, Model, Size, Travel
from optimizer.solvers.exact import least_excess
from optimizer.solvers.exact.cuts import separators
from optimizer.solvers.exact.encoding import Encoding, Tag, rounded


def conflict(tmp_path: Path) -> Model:
    """40 students and 36 seats."""
    district = EXAMPLE.but(seats={"x": 18, "y": 18}, least={"x": 1, "y": 1}).district(tmp_path)
    return Model.build(district, (Travel(floor=5000.0), Size(strict=True), Contiguity()))


@pytest.mark.parametrize("seed", range(40))
def test_rounding_never_cuts_off_what_keeps_the_limit(seed: int) -> None:
    random = np.random.default_rng(seed)
    coef = random.normal(0, 30, 12) if seed % 2 else random.integers(-9, 20, 12).astype(float)
    for _ in range(50):
        x = random.random(12) < 0.5
        limit = float(coef[x].sum()) + random.choice([0.0, 1e-6, 0.4])
        scaled, bound, _ = rounded(coef, limit)
        assert sum(c for c, on in zip(scaled, x, strict=True) if on) <= bound


def test_assumptions_name_the_limits_in_conflict(tmp_path: Path) -> None:
    encoding = Encoding(conflict(tmp_path), "assume")
    encoding.cp.add_assumptions(list(encoding.handle.values()))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    assert solver.solve(encoding.cp) == cp_model.INFEASIBLE
    core = set(solver.sufficient_assumptions_for_infeasibility())
    named = {tag for tag, literal in encoding.handle.items() if literal.index in core}
    assert {Tag("high", "size", 0), Tag("high", "size", 1)} <= named
    assert not {tag for tag in named if tag.kind in ("low", "contiguity")}


def test_slack_says_how_much_is_missing(tmp_path: Path) -> None:
    encoding = Encoding(conflict(tmp_path), "elastic")
    high = [tag for tag in encoding.handle if tag.kind == "high"]
    for tag, slack in encoding.handle.items():
        if tag not in high:
            encoding.cp.add(slack == 0)
    encoding.cp.minimize(sum(encoding.handle[tag] for tag in high))
    solver = cp_model.CpSolver()
    assert solver.solve(encoding.cp) == cp_model.OPTIMAL
    assert {encoding.scale[tag] for tag in high} == {1.0}
    assert solver.objective_value == 4  # 40 students, 36 seats


@pytest.mark.parametrize("seed", range(8))
def test_cuts_leave_every_valid_plan_and_end_with_connected_zones(seed: int) -> None:
    from optimizer import StudentsMoved

    district = small(np.random.default_rng(seed), rows=2, columns=4, schools=2)
    rules = (Travel(floor=5000.0), Contiguity())
    model = Model.build(district, rules)
    valid = {plan.school for plan in valid_plans(district, StudentsMoved(), rules)}
    encoding, solver, seen = Encoding(model), cp_model.CpSolver(), set()
    solver.parameters.num_workers = 1
    while solver.solve(encoding.cp) != cp_model.INFEASIBLE:
        plan = encoding.plan(solver)
        if not list(separators(model, plan)):
            seen.add(tuple(map(int, plan)))
            encoding.forbid(plan)
        else:
            assert tuple(map(int, plan)) not in valid
            assert encoding.separate(plan) > 0
    assert seen == valid


def test_limits_beyond_all_counts_are_kept_within_cpsats_range(tmp_path: Path) -> None:
    district = EXAMPLE.but(least={"x": 1e12}, seats={"y": 1e12}).district(tmp_path)
    for strict, status in ((True, "infeasible"), (False, "optimal")):
        model = Model.build(district, (Travel(floor=5000.0), Size(strict=strict), Contiguity()))
        assert least_excess(model).status == status
