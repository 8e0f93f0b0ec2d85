"""The rules: one file each. A new rule is a new file and a line here."""

from dataclasses import replace

from optimizer.district import District
from optimizer.plan import Plan
from optimizer.rules.base import Breach, Rule
from optimizer.rules.contiguity import Contiguity
from optimizer.rules.moved import Moved
from optimizer.rules.reach import Reach
from optimizer.rules.size import Size
from optimizer.rules.travel import Travel

# What [[rules]] of a scenario file may name. Travel, Size and Contiguity are always there, set by options.
RULES: dict[str, type[Rule]] = {rule.kind: rule for rule in (Moved,)}
DEFAULT_RULES: tuple[Rule, ...] = (Travel(), Size(), Contiguity())


def under(district: District, rules: tuple[Rule, ...]) -> District:
    """The district as the rules have it: schools closed, opened or paired, seats changed. The same district where no
    rule does any of that, or where they have been applied already."""
    amended = district
    for rule in rules:
        amend = getattr(rule, "amend", None)
        if amend is not None:
            amended = amend(amended)
    return amended if amended is district else replace(amended, amended_from=district.original)


def breaches(plan: Plan, rules: tuple[Rule, ...]) -> list[Breach]:
    """Every limit that the plan breaks, inherited breaches included: the check run on each plan that leaves the
    program, whoever made it."""
    return [row for rule in (Reach(), *rules) for row in rule.excess(plan)]


def is_valid(rows: list[Breach]) -> bool:
    """Whether the breaches found allow the plan: none, or only what today's zones break as much."""
    return all(row.inherited for row in rows)


__all__ = [
    "DEFAULT_RULES",
    "RULES",
    "Breach",
    "Contiguity",
    "Moved",
    "Reach",
    "Rule",
    "Size",
    "Travel",
    "breaches",
    "is_valid",
    "under",
]
