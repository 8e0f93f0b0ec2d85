"""An objective is held under a limit: what an earlier objective of an ordered list becomes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import numpy as np

from optimizer.district import District
from optimizer.errors import Fault, InputError
from optimizer.model import SHARE_SLACK, STUDENT_SLACK, Borders, Budget, Ceiling, Model
from optimizer.objectives import OF_PLAN, Objective, checked_spec, objective_of
from optimizer.plan import Plan
from optimizer.rules.base import AmountUnit, Breach
from optimizer.rules.shared.names import need_range


@dataclass(frozen=True)
class AtMost:
    """The objective of this name, or any other, is at most `limit`, in its own unit. option: it is the limit of an
    earlier objective of an ordered list, and none of the rules that somebody gave."""

    kind: ClassVar[str] = "at_most"
    of: Any
    limit: float
    option: bool = field(default=False, metadata={"key": False}, compare=False)

    def __post_init__(self) -> None:
        if isinstance(self.of, str):
            _check(self.of)
        elif not callable(getattr(self.of, "compile", None)):
            raise InputError(Fault("of", f"{self.of!r} is not an objective's name", 'Write of = "travel_mean"'))
        need_range(0, np.inf, limit=self.limit)

    @property
    def name(self) -> str:
        """What errors and results call the limit."""
        return f"{self.kind}.{self.of if isinstance(self.of, str) else self.of.name}"

    def faults(self, district: District) -> list[Fault]:
        try:
            self._objective(district).value(Plan.today(district))
        except InputError as error:
            return [replace(fault, where=f"rule {self.kind}") for fault in error.faults]
        return []

    def narrow(self, model: Model) -> Model:
        """A budget or a limit on borders where the objective is one plain sum; else a ceiling."""
        compiled, slack = self._objective(model.district).compile(model), self._slack(model.district)
        limit = self.limit + slack
        if compiled.curves or (compiled.border_cost is not None and compiled.pair_cost.any()):
            return replace(model, ceilings=(*model.ceilings, Ceiling(self.name, compiled, limit, slack)))
        if compiled.border_cost is not None:
            return replace(model, borders=(*model.borders, Borders(self.name, compiled.border_cost, limit)))
        return replace(model, budgets=(*model.budgets, Budget(self.name, compiled.pair_cost, limit)))

    def excess(self, plan: Plan) -> list[Breach]:
        """One row: what the objective is beyond the limit."""
        over = self._objective(plan.district).value(plan) - self.limit
        unit = self._unit(plan.district)
        return [Breach(self.name, over, self.limit, unit=unit)] if over > self._slack(plan.district) else []

    def attributes(self, district: District) -> tuple[str, ...]:
        return self._objective(district).attributes(district)

    def _objective(self, district: District) -> Objective:
        return objective_of(self.of, district)

    def _slack(self, district: District) -> float:
        """FORMAT.md: of travel and of what is counted, and of fractions."""
        return SHARE_SLACK if self._unit(district) in ("share", "index", "") else STUDENT_SLACK

    def _unit(self, district: District) -> AmountUnit:
        objective = self._objective(district)
        match getattr(objective, "unit", None):
            case "travel":
                return "min" if district.travel.unit == "min" else "m"
            case "count":
                return "edges"
            case "points" | "share":
                return "share"
            case "index" | "square":
                return "index"
            case _:
                return ""


def _check(name: str) -> None:
    """Raises InputError where no objective has the name, or it needs a plan, which another rule holds."""
    if name in OF_PLAN:
        mend = f"Give a rule `{name}` with its plan and a share"
        raise InputError(Fault("of", f"'{name}' is held against a plan", mend))
    try:
        checked_spec(name)
    except InputError as error:
        raise InputError([replace(fault, where="of") for fault in error.faults]) from None
