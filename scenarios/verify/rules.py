"""The further rules, as the checker knows them: one class a kind, and a line in KINDS.

A rule that this list does not hold cannot be verified, and is refused by name.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from optimizer.arrays import Bools, Floats, Ints
from optimizer.district import District
from optimizer.errors import Fault, InputError, nearest
from scenarios.verify.counts import column
from scenarios.verify.rounding import UNIT

Row = dict[str, Any]  # one entry of broken_limits
SHARE_SLACK = 1e-9


@dataclass(frozen=True, eq=False)
class Budget:
    """Over the whole plan, the costs of the chosen pairs add up to `limit` at most.

    moving: (blocks,) what a block costs at every school but today's, where it costs nothing.
    """

    moving: Floats
    limit: float


class RuleCheck:
    """A rule as the checker sees it. What a kind does not override it leaves alone."""

    kind: ClassVar[str]
    keys: ClassVar[tuple[str, ...]]

    @classmethod
    def read(cls, table: Mapping[str, Any], district: District) -> RuleCheck:
        """From [[rules]] as it is written. Raises ValueError saying what is wrong."""
        raise NotImplementedError

    def narrow(self, district: District, school: int, may: Bools) -> Bools:
        """(blocks,) which of the blocks that may go to `school` still may under this rule."""
        return may

    def budgets(self, district: District) -> list[Budget]:
        return []

    def broken(self, district: District, zone: Ints) -> list[Row]:
        """A row for each way in which a plan breaks the rule."""
        return []


@dataclass(frozen=True)
class Moved(RuleCheck):
    """At most `share` of the students of a column change school."""

    kind: ClassVar[str] = "moved"
    keys: ClassVar[tuple[str, ...]] = ("share", "of")
    share: float
    of: str = "all"

    @classmethod
    def read(cls, table: Mapping[str, Any], district: District) -> Moved:
        share, of = table.get("share"), table.get("of", "all")
        if not (isinstance(share, int | float) and type(share) is not bool and 0 <= share <= 1):
            raise ValueError("share is not a number from 0 to 1")
        if not isinstance(of, str) or column_name(of, district) not in district.columns:
            raise ValueError(f"the blocks have no column for {of!r}")
        return cls(float(share), of)

    def budgets(self, district: District) -> list[Budget]:
        students = column(district, column_name(self.of, district))
        limit = (self.share + SHARE_SLACK) * math.fsum(students.tolist())
        # A hair more, so that a plan at the limit by rounded sums is not ruled out by exact ones.
        return [Budget(students, limit * (1 + (len(students) + 8) * 2 * UNIT))]

    def broken(self, district: District, zone: Ints) -> list[Row]:
        students = column(district, column_name(self.of, district))
        total = math.fsum(students.tolist())
        moved = math.fsum(students[zone != district.status_quo].tolist())
        over = moved / total - self.share if total > 0 else 0.0
        name = "max_moved" if self.of == "all" else f"moved.{self.of}"
        return [row(name, over, self.share)] if over > SHARE_SLACK else []


KINDS: dict[str, type[RuleCheck]] = {rule.kind: rule for rule in (Moved,)}


def row(
    limit: str, amount: float, value: float, *, now: float = 0.0, inherited: bool = False, **place: str | None
) -> Row:
    """An entry of broken_limits. place: `school` or `block`, or both."""
    return {"limit": limit, **place, "amount": amount, "limit_value": value} | {
        "status_quo_amount": now,
        "inherited": inherited,
    }


def column_name(of: str, district: District) -> str:
    """The column that a rule means by `of`."""
    if of in ("all", "poverty"):
        return {"all": "students", "poverty": "students_poverty"}[of]
    return f"students_{of}" if of in district.groups else of


def read_rules(tables: Sequence[Mapping[str, Any]], district: District, where: str) -> tuple[RuleCheck, ...]:
    """The rules of a certificate or a file. Raises InputError on kinds, keys and values that cannot be verified."""
    found: list[RuleCheck] = []
    for k, table in enumerate(tables):
        kind, place = table.get("kind"), f"rules[{k}]"
        if not isinstance(kind, str) or kind not in KINDS:
            hint = nearest(kind, KINDS) if isinstance(kind, str) else ""
            mend = f"Those that can: {', '.join(sorted(KINDS))}. A later version may know it"
            raise InputError(Fault(where, f"rules of the kind {kind!r} cannot be verified{hint}", mend, column=place))
        allowed = KINDS[kind].keys
        unknown = [key for key in table if key not in ("kind", *allowed)]
        if unknown:
            problem = f"the key '{unknown[0]}' is not known{nearest(unknown[0], allowed)}"
            raise InputError(Fault(where, problem, f"Keys of {kind}: {', '.join(allowed)}", column=place))
        try:
            found.append(KINDS[kind].read(table, district))
        except ValueError as error:
            mend = "Take the certificate or the rule as the program wrote it"
            raise InputError(Fault(where, str(error), mend, column=place)) from None
    return tuple(found)
