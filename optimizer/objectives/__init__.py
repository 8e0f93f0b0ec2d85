"""The objectives: one file a family. A new one is a new file and a line here."""

import math
from collections.abc import Callable, Mapping
from typing import Any

from optimizer.district import District
from optimizer.errors import Fault, InputError, nearest
from optimizer.measures.record import Unit
from optimizer.objectives.base import Compiled, Given, Objective
from optimizer.objectives.curves import Band, Curve, Entropy, Exposures, Roundness, Uneven
from optimizer.objectives.exposure import Disparity, DisparityEqual, Gap, VarianceRatio
from optimizer.objectives.linear import StudentsChanged, StudentsMoved, TravelMean
from optimizer.objectives.mixture import Mixture
from optimizer.objectives.segregation import DissimilarityRace, OutsideBand, SegregationPoverty, TheilRace
from optimizer.objectives.shape import CutEdges
from optimizer.plan import NamedPlan, Plan

OBJECTIVES: dict[str, Callable[[], Objective]] = {
    objective.name: objective
    for objective in (
        Disparity,
        DisparityEqual,
        SegregationPoverty,
        DissimilarityRace,
        TheilRace,
        OutsideBand,
        TravelMean,
        StudentsMoved,
        CutEdges,
    )
}
# Objectives of groups: the name, and the groups after it.
OF_GROUPS: dict[str, tuple[int, Callable[..., Objective]]] = {"gap": (2, Gap), "variance_ratio": (1, VarianceRatio)}
OF_PLAN: dict[str, Callable[[NamedPlan], Objective]] = {"changed": StudentsChanged}  # held against a second plan

Spec = str | Mapping[str, Any] | None


def make_objective(spec: Spec, district: District, near: NamedPlan | None = None) -> Objective:
    """From a name, a mixture {name: weight}, or None: disparity where poverty is known, else mean travel. near: the
    plan that `changed` is against.

    Names of groups follow an objective's: `variance_ratio.black`, `gap.black.white`; `gap` with `of = [a, b]` beside it
    means the same. Raises InputError on names that are not known, and where the district has no data for them.
    """
    if spec is None:
        return Disparity() if district.has_poverty else TravelMean()
    named = checked_spec(spec)
    if isinstance(named, str):
        objective = _named(named, district, near)
    else:
        objective = Mixture(tuple((weight, _named(name, district, near)) for name, weight in named.items()))
    objective.value(Plan.today(district))  # what the district has no data for is found here
    return objective


def unit_of(name: str) -> Unit | None:
    """What an objective of this name is counted in; None where that is not said, as of a mixture."""
    family = name.partition(".")[0]
    known = OBJECTIVES.get(name) or OF_PLAN.get(name) or (OF_GROUPS[family][1] if family in OF_GROUPS else None)
    return getattr(known, "unit", None)


def objective_of(wanted: Objective | Spec, district: District) -> Objective:
    """An objective as it is; one made from anything else that names it."""
    return make_objective(wanted, district) if wanted is None or isinstance(wanted, str | Mapping) else wanted


def checked_spec(spec: str | Mapping[str, Any]) -> str | dict[str, float]:
    """What is right about a specification before any district is known: its names, with `of` put behind `gap`. Raises
    InputError on names that are not known."""
    if isinstance(spec, str):
        _check(spec)
        return spec
    named = _with_groups(spec)
    if not named:
        raise InputError(Fault("objective", "is empty", "Give a name, or a table of names and weights"))
    for name in named:
        _check(name)
    return named


def _with_groups(spec: Mapping[str, Any]) -> dict[str, float]:
    """A mixture as a table writes it, `of` put behind `gap`."""
    of = spec.get("of")
    if of is not None and not (
        "gap" in spec and isinstance(of, list | tuple) and len(of) == 2 and all(isinstance(g, str) for g in of)
    ):
        raise InputError(Fault("objective", f"of = {of!r} goes with no objective", 'Write gap = 1, of = ["a", "b"]'))
    weights = {name: weight for name, weight in spec.items() if name != "of"}
    for name, weight in weights.items():
        if not isinstance(weight, int | float) or not 0 <= weight < math.inf:
            raise InputError(Fault("objective", f"the weight of '{name}' is {weight!r}", "Give a number of 0 or more"))
    gap = None if of is None else f"gap.{of[0]}.{of[1]}"
    if gap is not None and gap in weights:
        raise InputError(Fault("objective", f"'{gap}' stands twice, once with `of`", "Give it one weight"))
    return {gap if gap is not None and name == "gap" else name: float(weight) for name, weight in weights.items()}


def _check(name: str) -> None:
    """Raises InputError where no objective has the name, or no district could have its groups."""
    family, *groups = name.split(".")
    if name in OBJECTIVES or name in OF_PLAN:
        return
    if family in OF_GROUPS:
        wanted = OF_GROUPS[family][0]
        whole = len(set(groups)) == len(groups) == wanted and all(groups)
        # Without any, a district of two groups has both of a gap.
        if not whole and (groups or wanted != 2 or family != name):
            example = ".".join([family, *("a", "b")[:wanted]])
            mend = f"Write it like {example}, with ids of the district's groups"
            problem = f"'{name}' does not name {wanted} group{'s, each once' if wanted > 1 else ''}"
            raise InputError(Fault("objective", problem, mend))
        return
    known = [*OBJECTIVES, *OF_PLAN, *(family + ".<group>" * wanted for family, (wanted, _) in OF_GROUPS.items())]
    mend = f"Objectives of this version: {', '.join(known)}"
    raise InputError(Fault("objective", f"'{name}' is not known{nearest(name, known)}", mend))


def _named(name: str, district: District, near: NamedPlan | None) -> Objective:
    """The objective of a name that has been checked."""
    if name in OBJECTIVES:
        return OBJECTIVES[name]()
    if name in OF_PLAN:
        if near is None:
            mend = "Name it with --near PLAN, or give a rule `changed`; in Python, give StudentsChanged(plan)"
            raise InputError(Fault("objective", f"'{name}' is held against a plan, and none is given", mend))
        return OF_PLAN[name](near)
    family, *groups = name.split(".")
    wanted, make = OF_GROUPS[family]
    if not groups and wanted == len(district.groups) == 2:
        groups = list(district.groups)
    if len(groups) != wanted:
        example = ".".join([family, *(district.groups or ("a", "b"))[:wanted]])
        raise InputError(Fault("objective", f"'{name}' needs {wanted} groups after its name", f"Write {example}"))
    return make(*groups)


__all__ = [
    "OBJECTIVES",
    "OF_GROUPS",
    "OF_PLAN",
    "Band",
    "Compiled",
    "Curve",
    "CutEdges",
    "Disparity",
    "DisparityEqual",
    "DissimilarityRace",
    "Entropy",
    "Exposures",
    "Gap",
    "Given",
    "Mixture",
    "Objective",
    "OutsideBand",
    "Roundness",
    "SegregationPoverty",
    "Spec",
    "StudentsChanged",
    "StudentsMoved",
    "TheilRace",
    "TravelMean",
    "Uneven",
    "VarianceRatio",
    "checked_spec",
    "make_objective",
    "objective_of",
    "unit_of",
]
