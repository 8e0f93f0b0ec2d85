"""The nearest valid plan to a drawn one.

- `repair`: what to call.
- `mending`: the search for it, and its bound.
- `relaxed`: the linear programme that says where it may lie.
"""

from optimizer.repair.repair import repair

__all__ = ["repair"]
