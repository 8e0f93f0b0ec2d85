"""What each share of change buys: plans from today's zones to the best, and single moves by what each is worth.

- `frontier`: what to call; gives a `Curve` (`points`), which `curve` works out: plans under caps of students moved, or
  of mean travel, each with its bound.
- `steps`: single areas that may move by themselves, ranked by gain for each student moved.
"""

from optimizer.frontier.frontier import frontier
from optimizer.frontier.points import Curve, Missing, Point
from optimizer.frontier.steps import Step, single_moves

__all__ = ["Curve", "Missing", "Point", "Step", "frontier", "single_moves"]
