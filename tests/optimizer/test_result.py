"""What a run says of its plan: rounding is no gap."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from test_search import example

from optimizer.objectives import Disparity
from optimizer.plan import Plan
from optimizer.result import Result


@dataclass(frozen=True)
class Fixed(Disparity):
    """An objective that gives one value."""

    is_: float = 0.0

    def value(self, plan: Plan) -> float:
        return self.is_


@pytest.mark.parametrize(("value", "shown", "gap"), [(1.5e-17, 0.0, 0.0), (-1.5e-17, 0.0, 0.0), (1e-9, 1e-9, 1.0)])
def test_a_value_of_rounding_alone_is_nought_and_proved(value: float, shown: float, gap: float) -> None:
    result = Result(Plan.status_quo(example()), Fixed(value), (), seed=0, iterations=0, seconds=0.0, solver_bound=value)
    assert (result.objective_value, result.gap) == (shown, gap)
    assert result.proof == ("certificate" if shown == 0 else "solver")


def test_what_a_notebook_shows_is_short() -> None:
    plan = Plan.status_quo(example())
    result = Result(plan, Disparity(), (), seed=0, iterations=0, seconds=1.0)
    assert repr(plan.district).startswith("<District 'example': ")
    assert repr(plan) == f"<Plan of 'example': 0 of {plan.district.blocks} blocks moved>"
    assert repr(result).startswith("<Result: disparity 0.")
    assert len(repr(result)) < 200
