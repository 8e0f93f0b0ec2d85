"""What a rule is: it narrows a Model, and says in plain numbers how a plan breaks it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, Protocol

import numpy as np

from optimizer.arrays import Bools
from optimizer.district import District
from optimizer.model import Model
from optimizer.plan import Plan

# What a limit is counted in: `share` is a fraction, `index` a number without a unit; "" is not said.
AmountUnit = Literal["students", "m", "min", "share", "blocks", "schools", "edges", "index", ""]


@dataclass(frozen=True)
class Breach:
    """One limit that a plan breaks.

    limit: the rule's name for people (`capacity`, `travel_increase`, ...). school, block: the id it happens at, or
    None. amount: by how much, in `unit`. limit_value: the limit. status_quo_amount: by how much today's zones break it.
    inherited: today's zones break it at least as much, so that a valid plan may. kind, rule: the rule's kind, and its
    place among those given besides travel, size and contiguity; `breaches` fills them in.
    """

    limit: str
    amount: float
    limit_value: float | None
    school: str | None = None
    block: str | None = None
    status_quo_amount: float = 0.0
    inherited: bool = False
    unit: AmountUnit = ""
    kind: str = ""
    rule: int | None = None


class Rule(Protocol):
    """One rule. `narrow` writes it into a Model for the solvers; `excess` checks a plan without sharing any code with
    them. Further methods that a rule may have:

    - faults(district) -> list[Fault]: what in the rule does not fit the district: ids and columns that it has not, with
      the nearest name; values that cannot be used. All rules' faults are raised as one InputError before any of them is
      asked to narrow or to check (`optimizer.model.check`), so that both may take the rule to fit;
    - reach(district) -> (blocks,): the farthest that any block may go, of a rule that limits travel;
    - children: ClassVar[bool] = False: what its breaches say counts blocks, borders or one block's travel, and no
      students, so that it may be published (`counts_children`);
    - text: ClassVar[str]: what people call its limit, where the catalogues have no `limit_KIND`;
    - amend(district) -> District: of a rule that changes what schools there are, their seats, or which blocks are
      neighbours; applied twice it must change nothing more.
    """

    kind: ClassVar[str]

    def narrow(self, model: Model) -> Model: ...

    def excess(self, plan: Plan) -> list[Breach]: ...

    def attributes(self, district: District) -> tuple[str, ...]:
        """The count columns that the rule looks at."""
        ...


def at_blocks(limit: str, plan: Plan, wrong: Bools) -> list[Breach]:
    """A row for each block where `wrong` (blocks,) is true, with the school that the plan gives it; amount 1."""
    district = plan.district
    return [
        Breach(limit, 1.0, 0.0, school=district.school_ids[plan.school[i]], block=district.block_ids[i], unit="blocks")
        for i in np.flatnonzero(wrong)
    ]
