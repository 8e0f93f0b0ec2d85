"""What a rule is: it narrows a Model, and says in plain numbers how a plan breaks it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Protocol

from optimizer.district import District
from optimizer.model import Model
from optimizer.plan import Plan


@dataclass(frozen=True)
class Breach:
    """One limit that a plan breaks.

    limit: the rule's name for people (`capacity`, `travel_increase`, ...). school, block: the id it happens at, or
    None. amount: by how much, in the limit's own unit. limit_value: the limit. status_quo_amount: by how much today's
    zones break it. inherited: today's zones break it at least as much, so that a valid plan may.
    """

    limit: str
    amount: float
    limit_value: float | None
    school: str | None = None
    block: str | None = None
    status_quo_amount: float = 0.0
    inherited: bool = False


class Rule(Protocol):
    """One rule. `narrow` writes it into a Model for the solvers; `excess` checks a plan without sharing any code with
    them. Further methods that a rule may have:

    - reach(district) -> (blocks,): the farthest that any block may go, of a rule that limits travel;
    - amend(district) -> District: of a rule that changes what schools there are, their seats, or which blocks are
      neighbours; applied twice it must change nothing more;
    - relaxes: True where bounds make no use of the rule, so that they name it.
    """

    kind: ClassVar[str]

    def narrow(self, model: Model) -> Model: ...

    def excess(self, plan: Plan) -> list[Breach]: ...

    def attributes(self, district: District) -> tuple[str, ...]:
        """The count columns that the rule looks at."""
        ...
