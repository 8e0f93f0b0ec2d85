"""The objectives: one file a family. A new one is a new file and a line here."""

from collections.abc import Mapping

from optimizer.district import District
from optimizer.errors import Fault, InputError, nearest
from optimizer.objectives.base import Compiled, Exposures, Objective
from optimizer.objectives.exposure import Disparity
from optimizer.objectives.linear import StudentsMoved, TravelMean
from optimizer.objectives.mixture import Mixture

OBJECTIVES: dict[str, type[Objective]] = {
    objective.name: objective for objective in (Disparity, TravelMean, StudentsMoved)
}


def make_objective(spec: str | Mapping[str, float] | None, district: District) -> Objective:
    """From a name, a mixture {name: weight}, or None: disparity where poverty is known, else mean travel."""
    if spec is None:
        return Disparity() if district.has_poverty else TravelMean()
    if isinstance(spec, str):
        objective = _named(spec)
    else:
        objective = Mixture(tuple((float(weight), _named(name)) for name, weight in spec.items()))
    if "students_poverty" in objective.attributes(district) and not district.has_poverty:
        Disparity().exposures(district)  # the one place that words this error
    return objective


def _named(name: str) -> Objective:
    if name not in OBJECTIVES:
        mend = f"Objectives of this version: {', '.join(OBJECTIVES)}"
        raise InputError(Fault("objective", f"'{name}' is not known{nearest(name, OBJECTIVES)}", mend))
    return OBJECTIVES[name]()


__all__ = [
    "OBJECTIVES",
    "Compiled",
    "Disparity",
    "Exposures",
    "Mixture",
    "Objective",
    "StudentsMoved",
    "TravelMean",
    "make_objective",
]
