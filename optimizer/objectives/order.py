"""Ordered lists of objectives: what is right about one, and how far each may fall behind its best."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from optimizer.errors import Fault, InputError

SlackSpec = float | Mapping[str, float]  # a share of the best found, or {"absolute": in the objective's unit}
EXAMPLE = "Write slack = [0.02], a share of the best found, or slack = [{ absolute = 0.05 }], in the objective's unit"


@dataclass(frozen=True)
class Slack:
    """How far above the best found an objective may end, for those after it: a share of it, or so much."""

    amount: float
    absolute: bool = False

    @classmethod
    def of(cls, spec: Any) -> Slack:
        """From a number, or {"absolute": number}. Raises InputError."""
        amount, absolute = spec, False
        if isinstance(spec, Mapping):
            amount, absolute = spec.get("absolute") if set(spec) == {"absolute"} else None, True
        if isinstance(amount, bool) or not isinstance(amount, int | float):
            raise InputError(Fault("slack", f"{_shown(spec)} is no slack", EXAMPLE))
        if not 0 <= amount < math.inf:
            raise InputError(Fault("slack", f"{_shown(spec)} cannot be used", f"Give 0 or more. {EXAMPLE}"))
        return cls(float(amount), absolute)

    @property
    def spec(self) -> float | dict[str, float]:
        """As it is written."""
        return {"absolute": self.amount} if self.absolute else self.amount

    def limit(self, best: float) -> float:
        """What the objective may be at most."""
        return best + (self.amount if self.absolute else self.amount * best)


def checked_slack(objectives: Sequence[str], slack: Any) -> tuple[Slack, ...]:
    """The slack of each objective but the last. objectives: their names. Raises InputError where they are no order, or
    the slack does not fit them."""
    twice = sorted({name for name in objectives if list(objectives).count(name) > 1})
    if twice:
        problem = f"'{twice[0]}' stands twice in the list"
        raise InputError(Fault("objective", problem, "Name each once; is another one meant?"))
    if len(objectives) < 2:
        mend = "Name two or more in their order, or one as text"
        raise InputError(Fault("objective", f"a list of {len(objectives)} is no order", mend))
    if isinstance(slack, str | Mapping) or not isinstance(slack, Sequence):
        raise InputError(Fault("slack", f"{_shown(slack)} is no list", EXAMPLE))
    if len(slack) != len(objectives) - 1:
        problem = f"has {len(slack)} entries for {len(objectives)} objectives: it has one for each but the last"
        raise InputError(Fault("slack", problem, EXAMPLE))
    return tuple(Slack.of(one) for one in slack)


def _shown(spec: Any) -> str:
    if isinstance(spec, Mapping):
        return "{ " + ", ".join(f"{key} = {value}" for key, value in spec.items()) + " }"
    return f"{spec!r}"
