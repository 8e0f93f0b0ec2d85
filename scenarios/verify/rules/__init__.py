"""The further rules, as the checker knows them: a file a family, one class a kind.

A rule that has no class here cannot be verified, and is refused by name.
"""

from __future__ import annotations

from collections.abc import Sequence

from optimizer.errors import Fault, InputError, nearest
from optimizer.listing import kinds_under
from scenarios.reading.values import Table
from scenarios.verify.ground import Ground
from scenarios.verify.rules.barrier import Barrier
from scenarios.verify.rules.base import SHARE_SLACK, SLACK, BudgetCheck, Row, RuleCheck, Sum, place_of
from scenarios.verify.rules.moves import Changed, Moved
from scenarios.verify.rules.schools import Close, Open, Pair, Seats

KINDS: dict[str, type[RuleCheck]] = kinds_under(__name__, __path__)
# The order in which rules change the ground, whatever the order in which they are written.
TURNS = (Barrier, Close, Open, Seats, Pair)
MEND = "Take the certificate or the rule as the program wrote it"


def read_rules(tables: Sequence[Table], ground: Ground, where: str) -> tuple[tuple[RuleCheck, ...], Ground]:
    """The rules of a certificate or a file, and the ground as they leave it. Raises InputError on kinds, keys and
    values that cannot be verified."""
    found: list[RuleCheck] = []
    for k, table in enumerate(tables):
        place, kind = f"rules[{k}]", _kind(table, where, f"rules[{k}]")
        allowed = KINDS[kind].keys
        unknown = [key for key in table if key not in ("kind", *allowed)]
        if unknown:
            problem = f"the key '{unknown[0]}' is not known{nearest(unknown[0], allowed)}"
            raise InputError(Fault(where, problem, f"Keys of {kind}: {', '.join(allowed)}", column=place))
        try:
            found.append(KINDS[kind].read(table, ground))
        except ValueError as error:
            raise InputError(Fault(where, str(error), MEND, column=place)) from None
    for turn in TURNS:
        now = [(k, rule) for k, rule in enumerate(found) if isinstance(rule, turn)]
        for k, rule in sorted(now, key=lambda entry: getattr(entry[1], "school", 0)):
            try:
                ground = rule.amend(ground)
            except ValueError as error:
                raise InputError(Fault(where, str(error), MEND, column=f"rules[{k}]")) from None
    return tuple(found), ground


def new_schools(tables: Sequence[Table]) -> list[str]:
    """The ids of schools that rules open, known to the folder or not."""
    named = [table.get("school") for table in tables if table.get("kind") == Open.kind]
    return [name for name in named if isinstance(name, str) and name]


def _kind(table: Table, where: str, place: str) -> str:
    kind = table.get("kind")
    if isinstance(kind, str) and kind in KINDS:
        return kind
    hint = nearest(kind, KINDS) if isinstance(kind, str) else ""
    mend = f"Those that can: {', '.join(sorted(KINDS))}. A later version may know it"
    raise InputError(Fault(where, f"rules of the kind {kind!r} cannot be verified{hint}", mend, column=place))


__all__ = [
    "KINDS",
    "MEND",
    "SHARE_SLACK",
    "SLACK",
    "BudgetCheck",
    "Changed",
    "Moved",
    "Row",
    "RuleCheck",
    "Sum",
    "new_schools",
    "place_of",
    "read_rules",
    "row",
]
