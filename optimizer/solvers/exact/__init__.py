"""The exact solver, for small districts: see solve_exact.

- `solve`: what to call.
- `curve`, `prices`, `territory`, `listing`, `join`: objectives with a curved part, by lists of zones (compiled in
  `solvers/kernel/zones` and `join`).
- `linear`, `encoding`, `cuts`: everything else, by CP-SAT. Only these import ortools.
- `check`: what a plan is worth, and whether it is one.
"""

from optimizer.solvers.exact.solve import Exact, knows, least_excess, solve_exact

__all__ = ["Exact", "knows", "least_excess", "solve_exact"]
