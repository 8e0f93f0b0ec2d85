"""What is said of one of several objectives in their order."""

from __future__ import annotations

from dataclasses import dataclass

from scenarios.reading.values import Known, Name, Number


@dataclass(frozen=True, kw_only=True)
class OrderedObjective:
    """One of several objectives in their order. value: the least that was found under the limits of those before it,
    bound: what no valid plan under them is below, both None without a plan, and in public. slack: as asked for, None
    for the last; limit_value: what it allows those after. plan_value: of the plan that was found in the end."""

    name: Name
    value: Known = None
    bound: Known = None
    slack: Number | dict[Name, Number] | None = None
    limit_value: Known = None
    plan_value: Known = None
