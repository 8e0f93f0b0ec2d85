"""The race-neutral twin of a question: the same district, objective and rules with poverty alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from optimizer.district import District
from optimizer.errors import InputError
from optimizer.objectives import Disparity, Gap, Mixture, Objective, SegregationPoverty
from optimizer.rules import Rule


@dataclass(frozen=True, eq=False)
class Neutral:
    """district: without groups, so that exposure is that of students in poverty and the others. left_out: rules that
    name a group, and so have no place here."""

    district: District
    objective: Objective
    rules: tuple[Rule, ...]
    left_out: tuple[Rule, ...]


def race_columns(district: District) -> tuple[str, ...]:
    """The count columns of racial groups."""
    return tuple(f"students_{group}" for group in district.groups)


def race_neutral(district: District, objective: Objective, rules: Sequence[Rule]) -> Neutral:
    """The question without any count by race, in objective or limits.

    Disparity and the gap of two groups become the disparity of students in poverty and the others; segregation by race
    becomes segregation by poverty. Rules that compare groups compare students in poverty with the others; rules that
    name a group are left out.
    """
    columns = set(race_columns(district))
    index = [k for k, column in enumerate(district.columns) if column not in columns]
    names = tuple(district.columns[k] for k in index)
    bare = replace(district, groups=(), columns=names, counts=district.counts[:, index])
    kept = tuple(rule for rule in rules if _fits(rule, bare))
    left = tuple(rule for rule in rules if rule not in kept)
    return Neutral(bare, _twin(objective, bare), kept, left)


def _fits(rule: Rule, bare: District) -> bool:
    try:
        known = set(rule.attributes(bare)) <= set(bare.columns)
    except InputError:
        return False
    faults = getattr(rule, "faults", None)
    return known and not (faults(bare) if faults is not None else [])


def _twin(objective: Objective, bare: District) -> Objective:
    if isinstance(objective, Mixture):
        parts: dict[str, tuple[float, Objective]] = {}
        for weight, part in objective.parts:
            twin = _twin(part, bare)
            parts[twin.name] = (weight + parts.get(twin.name, (0.0, twin))[0], twin)
        return Mixture(tuple(parts.values())) if len(parts) > 1 else next(iter(parts.values()))[1]
    if isinstance(objective, Gap):
        return Disparity()
    if objective.name in ("dissimilarity.race", "theil_h.race") or objective.name.startswith("variance_ratio."):
        return SegregationPoverty()
    return objective
