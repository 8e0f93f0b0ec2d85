"""The booleans of a model's pairs in CP-SAT, and rows and clauses over them, each with a tag.

`assume` and `elastic` are for finding limits in conflict: with `assume` every group of constraints holds only where its
literal in `handle` is true, ready for CpModel.add_assumptions and sufficient_assumptions_for_infeasibility (one
worker); with `elastic` every group may be broken by the integer variable in `handle`, in units of 1 / scale[tag], whose
weighted sum can be made small.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

import numpy as np
from ortools.sat.python import cp_model

from optimizer.arrays import Floats
from optimizer.model import Model
from optimizer.solvers.exact.whole import LARGE, Tag, rounded, scale_of

Mode = Literal["hard", "assume", "elastic"]


class Booleans:
    """cp: the CP-SAT model. x: (pairs,) its booleans. handle, scale: by tag, as said above; empty where `hard`."""

    def __init__(self, model: Model, mode: Mode = "hard") -> None:
        self.model, self.mode, self.cp = model, mode, cp_model.CpModel()
        self.x: list[cp_model.IntVar] = [self.cp.new_bool_var("") for _ in model.pairs.index]
        self.handle: dict[Tag, cp_model.IntVar] = {}
        self.scale: dict[Tag, float] = {}

    def at_most(self, tag: Tag, terms: list[cp_model.IntVar], coef: Floats, hard: float) -> None:
        """sum of coef over the terms that are true <= hard; one such row for each tag."""
        # A limit that no sum comes near may be too large for CP-SAT; what is missing is of interest where slack is.
        least = float(np.abs(coef).sum()) + 1
        lowest = -least if self.mode != "elastic" else -LARGE / scale_of(coef)
        whole, limit, scale = rounded(coef, max(hard, lowest))
        total: Any = cp_model.LinearExpr.weighted_sum(terms, whole)
        if self.mode == "elastic":
            most = int(np.abs(np.array(whole, np.float64)).sum()) + abs(limit) + 1
            self.handle[tag] = self.cp.new_int_var(0, most, "")
            self.scale[tag] = scale
            total = total - self.handle[tag]
        constraint = self.cp.add_linear_constraint(total, -(2**62), limit)
        if self.mode == "assume":
            constraint.only_enforce_if(self.literal(tag))

    def clause(self, tag: Tag, literals: Iterable[Any]) -> None:
        """One of the literals, unless the group is broken."""
        if self.mode == "hard":
            self.cp.add_bool_or(literals)
        elif self.mode == "assume":
            self.cp.add_bool_or(literals).only_enforce_if(self.literal(tag))
        else:
            self.scale[tag] = 1.0
            self.cp.add_bool_or([*literals, self.literal(tag)])

    def literal(self, tag: Tag) -> cp_model.IntVar:
        if tag not in self.handle:
            self.handle[tag] = self.cp.new_bool_var("")
        return self.handle[tag]

    def pair(self, block: int, school: int) -> int:
        """Where a candidate pair stands."""
        row = self.model.pairs.row(block)
        return int(self.model.pairs.start[block] + np.searchsorted(row, school))

    def pairs_of(self, block: int, school: int) -> list[int]:
        """Where the pair stands, if it is a candidate."""
        return [self.pair(block, school)] if school in self.model.pairs.row(block) else []
