"""Plans that nobody searched for: what every other plan is held against. Each is what its name says as far as its
bound proves it.

- `status_quo`: today's zones. `nearest_school`: nearest school within seats; with what is proved of it,
  `nearest_within_seats`. `least_travel`: least travel within all limits.
- `program`: linear programmes over candidate pairs, and the bound by their prices; `cuts`: what contiguity asks of
  them; `tree`: branch and bound over them, on small districts.
"""

from optimizer.baselines.baseline import Baseline
from optimizer.baselines.least import least_travel
from optimizer.baselines.nearest import Nearest, nearest_school, nearest_within_seats, status_quo

__all__ = ["Baseline", "Nearest", "least_travel", "nearest_school", "nearest_within_seats", "status_quo"]
