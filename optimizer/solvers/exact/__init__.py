"""The exact solver, for small districts: see solve_exact.

- `solve`: what to call.
- `curve`, `prices`, `territory`, `listing`, `join`: objectives of one curve of exposures, by lists of zones (compiled
  in `solvers/kernel/zones` and `join`).
- `zones`, `columns`, `partition`, `choice`: other curves, and borders, splits and checks of zones beside any curve, by
  lists of all zones.
- `linear`, `encoding`, `further`, `whole`, `cuts`: everything else, by CP-SAT. Only these import ortools.
- `check`: what a plan is worth, and whether it is one.

Blocks that must stay together are drawn together before (`solvers/contract`), whichever way is taken.
"""

from optimizer.solvers.exact.solve import Exact, knows, least_excess, solve_exact, way_of

__all__ = ["Exact", "knows", "least_excess", "solve_exact", "way_of"]
