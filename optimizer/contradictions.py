"""Rules that cannot hold together, found before any solving; and blocks that no school can take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Bools, Csr, Ints, frozen
from optimizer.district import District
from optimizer.errors import Fault, InputError
from optimizer.model import Model
from optimizer.rules.base import Rule
from optimizer.rules.shared.amend import under

LOOKED_AT = 2000  # blocks without a school of which the reasons are sought: with that many, they repeat
SETS = 5  # sets of blocks kept together that an error is made for
LIMITS = ("travel", "contiguity")  # what takes schools from a block without anybody having asked for it by name
NAMES = {"travel": "travel_increase"}  # kinds whose limit people know under another name
MEND = "Change or take out one of them, or leave these blocks out of it"


@dataclass(frozen=True, eq=False)
class Ready:
    """model: of all rules, over the amended district. nowhere: (n,) blocks that no school can take, in order of their
    ids: with any, there is no valid plan, and no solver may have the model."""

    model: Model
    nowhere: Ints


def contradictions(district: District, rules: Sequence[Rule]) -> list[Fault]:
    """What is wrong with the rules before any solving: what they name and the district has not, and which of them
    contradict each other, with the blocks or schools. Blocks of closed schools that no school can take are no fault."""
    try:
        ready(district, rules)
    except InputError as error:
        return list(error.faults)
    return []


def ready(district: District, rules: Sequence[Rule]) -> Ready:
    """The model to solve. Raises InputError with what `contradictions` names."""
    rules = tuple(rules)
    district = under(district, rules)
    model = Model.build(district, rules)
    none = _without(model.pairs)
    faults = [*_size_faults(district, rules), *_range_faults(rules), *_block_faults(district, rules, none)]
    faults += [] if len(none) else _set_faults(model, rules)
    if faults:
        raise InputError(faults)
    if len(none) == 0 and any(hasattr(rule, "amend") for rule in rules):
        from optimizer.solvers.connected import connected  # noqa: PLC0415 - solvers import rules

        none = _without(connected(model).pairs)
    return Ready(model, none)


def nearest_candidates(question: Ready) -> Ints:
    """(blocks,) a plan to show where there is no valid one: blocks that no school can take stay at today's; each of the
    others stays where it may, else goes to the nearest school that may take it."""
    model, pairs = question.model, question.model.pairs
    district = model.district
    order = np.lexsort((pairs.index, district.travel.of(pairs), ~model.stay, pairs.rows))
    school = district.status_quo.copy()
    some = np.setdiff1d(np.arange(district.blocks), question.nowhere)
    school[some] = pairs.index[order][pairs.start[some]]
    return frozen(school)


def _without(pairs: Csr) -> Ints:
    """The rows that have no entry."""
    return np.flatnonzero(np.diff(pairs.start) == 0).astype(np.int32)


def _size_faults(district: District, rules: Sequence[Rule]) -> list[Fault]:
    """Schools that a rule gives fewer seats than their smallest size."""
    faults = []
    for kind in ("open", "seats"):
        ids = {getattr(rule, "school", "") for rule in rules if rule.kind == kind}
        least, seats = district.min_students, district.capacity
        wrong = [j for j in np.flatnonzero(least > seats) if district.school_ids[j] in ids]
        if wrong:
            first = wrong[0]
            problem = f"contradict each other: {seats[first]:g} seats are fewer than min_students {least[first]:g}"
            names = tuple(district.school_ids[j] for j in wrong)
            mend = f"Give min_students in the rule {kind} too, or more seats"
            faults.append(Fault(f"rule {kind} and min_students", problem, mend, ids=names))
    return faults


def _range_faults(rules: Sequence[Rule]) -> list[Fault]:
    """Two rules on the same share of which one asks for more than the other allows."""
    ranges: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for rule in rules:
        if rule.kind in ("share", "utilisation"):
            low, high = getattr(rule, "low", None), getattr(rule, "high", None)
            side = (0.0 if low is None else low, np.inf if high is None else high)
            ranges.setdefault((rule.kind, getattr(rule, "of", "")), []).append(side)
    faults = []
    for (kind, of), sides in ranges.items():
        low, high = max(side[0] for side in sides), min(side[1] for side in sides)
        if low > high:
            what = f" of {of}" if of else ""
            problem = f"contradict each other: one asks for at least {low:g}{what}, one for at most {high:g}"
            faults.append(Fault(f"rules {kind} and {kind}", problem, "Change or take out one of them", column="low"))
    return faults


@dataclass(frozen=True, eq=False)
class _Tried:
    """What each rule alone leaves of all pairs of some blocks whose travel is known. left: by rule, (pairs,)."""

    model: Model
    rules: tuple[Rule, ...]
    left: tuple[Bools, ...]

    @classmethod
    def of(cls, district: District, rules: tuple[Rule, ...], blocks: Ints) -> _Tried:
        limit = np.full(district.blocks, -np.inf)
        limit[blocks] = np.where(np.isfinite(district.travel_current[blocks]), np.finfo(float).max, -np.inf)
        near = district.travel.within(limit, district.open)
        stays = blocks[district.home[blocks] >= 0]
        rows, index = np.concatenate([near.rows, stays]), np.concatenate([near.index, district.home[stays]])
        model = Model(district, Csr.of_pairs(rows, index, district.blocks))
        key = _keys(model.pairs, district.schools)
        narrowed = [_keys(rule.narrow(model).pairs, district.schools) for rule in rules]
        return cls(model, rules, tuple(np.isin(key, kept) for kept in narrowed))

    def culprits(self, blocks: Ints) -> tuple[int, ...]:
        """The fewest rules, limits set aside first, that together leave no school that takes all of `blocks`. Empty
        where none is needed for that."""
        pairs = self.model.pairs
        at = np.flatnonzero(np.isin(pairs.rows, blocks))
        ours = pairs.index[at]
        core = [k for k, left in enumerate(self.left) if not left[at].all()]

        def none_left(chosen: Sequence[int]) -> bool:
            kept = ours[np.logical_and.reduce([self.left[k][at] for k in chosen] or [np.ones(len(at), bool)])]
            return not (np.bincount(kept, minlength=1) == len(blocks)).any()

        for k in sorted(core, key=lambda k: (*(self.rules[k].kind != kind for kind in LIMITS), -k)):
            rest = [other for other in core if other != k]
            if none_left(rest):
                core = rest
        return tuple(core)


def _keys(pairs: Csr, schools: int) -> Ints:
    return np.asarray(pairs.rows.astype(np.int64) * schools + pairs.index)


def _block_faults(district: District, rules: tuple[Rule, ...], blocks: Ints) -> list[Fault]:
    """Blocks to which rules leave no school, by the rules that do; not those of closed schools that are just too far
    from all others."""
    if len(blocks) == 0:
        return []
    blocks = blocks[:LOOKED_AT]
    tried = _Tried.of(district, rules, blocks)
    at_root = {int(root): j for j, root in enumerate(district.root) if root >= 0 and district.home[root] != j}
    by_names: dict[tuple[str, ...], list[str]] = {}
    for block in blocks:
        kinds = {rules[k].kind for k in tried.culprits(np.array([block]))}
        if district.home[block] < 0 and kinds <= set(LIMITS) and int(block) not in at_root:
            continue
        names = _names(district, rules, int(block), kinds, at_root)
        by_names.setdefault(names, []).append(district.block_ids[block])
    return [_fault(names, ids) for names, ids in by_names.items()]


def _names(
    district: District, rules: tuple[Rule, ...], block: int, kinds: set[str], at_root: dict[int, int]
) -> tuple[str, ...]:
    """The rules to name for a block without a school: the culprits, and those that close, open or pair its schools."""
    names = {NAMES.get(kind, kind) for kind in kinds}
    if district.home[block] < 0:
        names.add("close")
    if block in at_root and "contiguity" in kinds:
        names = names - {"contiguity"} | {"open"}
    wanted = {
        school
        for rule in rules
        if rule.kind == "require"
        for name, school in getattr(rule, "pairs", ())
        if name == district.block_ids[block]
    }
    for rule in rules:
        if kinds == {"require"} and rule.kind == "close" and wanted & set(getattr(rule, "schools", ())):
            names.add("close")
        if kinds == {"require"} and rule.kind == "pair" and wanted & set(getattr(rule, "schools", ())[1:]):
            names.add("pair")
    return tuple(sorted(names))


def _fault(names: tuple[str, ...], ids: Sequence[str]) -> Fault:
    if len(names) < 2:
        mend = "Name a school that takes blocks, or take the rule out"
        return Fault(f"rule {''.join(names)}", "leaves no school to blocks", mend, ids=tuple(ids))
    where = f"rules {', '.join(names[:-1])} and {names[-1]}"
    return Fault(where, "contradict each other: together they leave no school to blocks", MEND, ids=tuple(ids))


def _set_faults(model: Model, rules: tuple[Rule, ...]) -> list[Fault]:
    """Sets of blocks that must go to one school, and have none in common."""
    if model.together is None:
        return []
    district, pairs, unit = model.district, model.pairs, model.together
    inside = unit[pairs.rows] >= 0
    wide = district.schools
    key, times = np.unique(unit[pairs.rows[inside]].astype(np.int64) * wide + pairs.index[inside], return_counts=True)
    size = np.bincount(unit[unit >= 0])
    able = np.zeros(len(size), bool)
    able[(key // wide)[times == size[key // wide]]] = True
    faults = []
    for lost in np.flatnonzero(~able & (size > 0))[:SETS]:
        blocks = np.flatnonzero(unit == lost).astype(np.int32)
        kinds = {rules[k].kind for k in _Tried.of(district, rules, blocks).culprits(blocks)}
        names = tuple(sorted({NAMES.get(kind, kind) for kind in kinds} | {"keep_together"}))
        bound = np.diff(pairs.start)[blocks] == 1  # those that say where the set would have to go
        ids = [district.block_ids[i] for i in (blocks[bound] if bound.any() else blocks)]
        faults.append(_set_fault(names, ids))
    return faults


def _set_fault(names: tuple[str, ...], ids: Sequence[str]) -> Fault:
    others = " and ".join(name for name in names if name != "keep_together") or "keep_together"
    problem = "contradict each other: no school may take all blocks of a set; of the set, blocks"
    mend = "Leave the set's cell of one of these blocks empty, or change the other rule"
    return Fault(f"rules keep_together and {others}", problem, mend, ids=tuple(ids))
