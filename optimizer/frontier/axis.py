"""What a curve caps: students moved, or mean travel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from optimizer.rules import Moved, Rule
from optimizer.rules.travel_mean import MeanTravel

Axis = Literal["moved", "travel_mean"]


@dataclass(frozen=True)
class Capped:
    """What is capped. before, after: the other rules, around the cap; most: a cap that was given already."""

    name: Axis
    before: tuple[Rule, ...]
    after: tuple[Rule, ...]
    most: float | None

    @classmethod
    def of(cls, name: Axis, rules: tuple[Rule, ...]) -> Capped:
        """A cap takes the place of one that was given, else the last place but for that of students moved: the order in
        which certificates have their budgets."""
        moved = tuple(rule for rule in rules if isinstance(rule, Moved) and rule.of == "all" and not rule.by_school)
        if name == "moved":
            most = min((rule.share for rule in moved), default=None)
            return cls(name, tuple(rule for rule in rules if rule not in moved), (), most)
        kept = tuple(rule for rule in rules if not isinstance(rule, MeanTravel) and rule not in moved)
        most = min((rule.limit for rule in rules if isinstance(rule, MeanTravel)), default=None)
        return cls(name, kept, moved, most)

    def cap(self, value: float) -> Rule:
        return Moved(value) if self.name == "moved" else MeanTravel(value)

    def rules(self, cap: float | None) -> tuple[Rule, ...]:
        return (*self.before, *(() if cap is None else (self.cap(cap),)), *self.after)
