"""The rules: one file each. A new rule is a new file; only to type checkers its name must be told, by an import."""

from collections.abc import Iterable
from dataclasses import replace

from optimizer.listing import kinds_under
from optimizer.model import check
from optimizer.plan import Plan
from optimizer.rules.at_most import AtMost
from optimizer.rules.barrier import Barrier
from optimizer.rules.base import Breach, Rule
from optimizer.rules.burden import Burden
from optimizer.rules.changed import Changed
from optimizer.rules.close import Close
from optimizer.rules.contiguity import Contiguity
from optimizer.rules.feeder import Feeder
from optimizer.rules.forbid import Forbid, Require, pinned
from optimizer.rules.keep_together import KeepTogether
from optimizer.rules.lock import Lock
from optimizer.rules.moved import Moved
from optimizer.rules.open import Open
from optimizer.rules.pair import Pair
from optimizer.rules.reach import Reach
from optimizer.rules.recently_moved import RecentlyMoved
from optimizer.rules.seats import Seats
from optimizer.rules.shape import Shape
from optimizer.rules.share import Share
from optimizer.rules.shared.amend import under
from optimizer.rules.size import Size
from optimizer.rules.travel import Travel
from optimizer.rules.travel_mean import MeanTravel, Riders
from optimizer.rules.utilisation import Utilisation
from optimizer.rules.walk_zone import WalkZone

ALWAYS_THERE: tuple[type[Rule], ...] = (Reach, Travel, Size, Contiguity)
ALWAYS = tuple(rule.kind for rule in ALWAYS_THERE)
# What [[rules]] of a scenario file may name. Those that are always there are set by options.
RULES: dict[str, type[Rule]] = {k: rule for k, rule in kinds_under(__name__, __path__).items() if k not in ALWAYS}
DEFAULT_RULES: tuple[Rule, ...] = (Travel(), Size(), Contiguity())


def breaches(plan: Plan, rules: tuple[Rule, ...]) -> list[Breach]:
    """Every limit that the plan breaks, inherited breaches included: the check run on each plan that leaves the
    program, whoever made it. Raises InputError with all that the rules name and the district has not."""
    check(plan.district, rules)
    return broken_by(plan, (Reach(), *rules))


def broken_by(plan: Plan, rules: Iterable[Rule]) -> list[Breach]:
    """What of these rules alone the plan breaks, each breach with its rule's kind, and with the place of a rule that
    somebody gave among those."""
    found, place = [], 0
    for rule in rules:
        given = rule.kind not in ALWAYS and not getattr(rule, "option", False)
        rows = _beside_today(plan, rule) if given else rule.excess(plan)
        found += [replace(row, kind=rule.kind, rule=place if given else None) for row in rows]
        place += given
    return found


def _beside_today(plan: Plan, rule: Rule) -> list[Breach]:
    """The rule's breaches, each with what today's zones break of the same, also where that is no excuse: a mean travel
    that was too long before is not news."""
    rows = rule.excess(plan)
    if all(row.status_quo_amount > 0 for row in rows):
        return rows
    before = {_place(row): row.amount for row in rule.excess(Plan.status_quo(plan.district))}
    return [
        row if row.status_quo_amount > 0 else replace(row, status_quo_amount=before.get(_place(row), 0.0))
        for row in rows
    ]


def _place(row: Breach) -> tuple[str, str | None]:
    """What a limit is about: a block wherever it goes, else a school, else the district."""
    return row.limit, row.school if row.block is None else row.block


def counts_children(kind: str) -> bool:
    """Whether what a breach of this kind says counts students, so that it may give a small count away: of a rule that
    does not say so, it may."""
    known = RULES | {rule.kind: rule for rule in ALWAYS_THERE}
    return getattr(known.get(kind), "children", True)


def is_valid(rows: list[Breach]) -> bool:
    """Whether the breaches found allow the plan: none, or only what today's zones break as much."""
    return all(row.inherited for row in rows)


__all__ = [
    "DEFAULT_RULES",
    "RULES",
    "AtMost",
    "Barrier",
    "Breach",
    "Burden",
    "Changed",
    "Close",
    "Contiguity",
    "Feeder",
    "Forbid",
    "KeepTogether",
    "Lock",
    "MeanTravel",
    "Moved",
    "Open",
    "Pair",
    "Reach",
    "RecentlyMoved",
    "Require",
    "Riders",
    "Rule",
    "Seats",
    "Shape",
    "Share",
    "Size",
    "Travel",
    "Utilisation",
    "WalkZone",
    "breaches",
    "broken_by",
    "counts_children",
    "is_valid",
    "pinned",
    "under",
]
