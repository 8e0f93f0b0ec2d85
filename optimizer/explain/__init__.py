"""Why there is no valid plan: the smallest set of limits in conflict, and the cheapest ways out.

- `explain`: what to call; gives an `Explanation`.
- `why_not`: the same of one block that somebody wants at another school, and what else would have to move.
- `limits`: a district's rules as single limits, each of which can be left out. `narrow`: smaller models.
- `relaxed`: a linear relaxation, whose prices prove most conflicts by plain arithmetic. `work`: time, and CP-SAT.
- `oracle`: whether limits hold together. `conflict`: the smallest that do not. `ways`, `farther`: ways out.
  `relieve`: limits that today's zones break.
"""

from optimizer.explain.conflict import Conflict, Reason
from optimizer.explain.explain import Explanation, explain
from optimizer.explain.limits import Case, Limit
from optimizer.explain.relieve import Inherited, Relief
from optimizer.explain.ways import WayOut
from optimizer.explain.why_not import WhyNot, why_not

__all__ = [
    "Case",
    "Conflict",
    "Explanation",
    "Inherited",
    "Limit",
    "Reason",
    "Relief",
    "WayOut",
    "WhyNot",
    "explain",
    "why_not",
]
