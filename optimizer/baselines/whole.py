"""From a solution that splits units to one that does not."""

from __future__ import annotations

import numpy as np

from optimizer.arrays import Bools, Floats, Offsets
from optimizer.baselines.program import Part, Program, Solved, priced_sides, reduced, rounded

IN_DOUBT = (400, 4), (1600, 12), (1600, 36)  # tries of a mixed-integer programme: its pairs, at least and a split unit
EASY = 50  # units a row from which on they are so small that the last try takes no longer than the others
WHOLE_NODES, WHOLE_GAP = 20, 3e-4  # its branches and relative gap


def nearest_whole(program: Program, solved: Solved) -> Offsets:
    """(units,) a choice near a solution: over the pairs that its prices leave most in doubt, what a mixed-integer
    programme finds; else the solution's own. It misses no rows where the solution does not."""
    cost = reduced(program, priced_sides(program, solved.price))
    regret = np.where(np.isfinite(cost), cost - program.least(cost)[program.unit], np.inf)
    own = np.zeros(len(cost), bool)
    own[rounded(program, solved.share)] = True
    order = np.argsort(np.where(own, -1.0, np.where(solved.share > 0, 0.0, regret)), kind="stable")
    split = int((program.least(-solved.share) > -1 + 1e-6).sum())
    small = len(program.start) >= EASY * len(program.low)
    for least, each in IN_DOUBT if small else IN_DOUBT[:-1]:
        some = own.copy()
        some[order[: len(program.start) + max(least, each * split)]] = True
        share = _whole_over(program, some & np.isfinite(cost), soft=solved.lack > 1e-6)
        if share is not None:
            return rounded(program, share)
    return rounded(program, solved.share)


def _whole_over(program: Program, some: Bools, *, soft: bool) -> Floats | None:
    """(pairs,) shares of 0 or 1 over some pairs, None where none were found. soft: whether rows may be missed."""
    from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415 - takes a moment to import

    part = Part.of(program, some)
    cost, beyond, right, whole, most = part.arrays(program)
    most[len(part.at) :] *= soft
    ones, least = np.ones(whole.shape[0]), np.full(len(right), -np.inf)
    found = milp(
        cost,
        integrality=np.arange(len(most)) < len(part.at),
        bounds=Bounds(np.zeros(len(most)), most),
        constraints=[LinearConstraint(beyond, least, right), LinearConstraint(whole, ones, ones)],
        options={"node_limit": WHOLE_NODES, "mip_rel_gap": WHOLE_GAP},
    )
    return None if found.x is None else part.filled(found.x)
