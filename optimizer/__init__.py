"""The mathematics of school attendance zones: arrays in, arrays out; no files, no network, no printing.

    from optimizer import Contiguity, Disparity, Size, Travel, optimize
    from scenarios import read_district

    district = read_district("scenarios/demo/district")
    result = optimize(district, Disparity(), [Travel(increase=0.5), Size(), Contiguity()], time_limit=10, seed=1)
    print(result.disparity, result.bound, result.plan.moved_share)

What there is, in the order in which to read it:

- `District`: the data of one district. `Plan`: a school for each block, and cheap questions about it.
- `measures`: from a plan to numbers; `measure(plan)` gives them all by name.
- `rules`: what a plan must keep. Each narrows the Model, and says on its own how a plan breaks it.
- `objectives`: what to make small.
- `model`: the small algebra that all rules compile to and all solvers read.
- `solvers`: the compiled search, and the exact model. `bounds`: what no valid plan is below, with its proof.
  `optimize` puts them together and gives a `Result`; `repair` the nearest valid plan to a drawn one; `frontier` a
  plan for each share of change, a `Curve`.
- `deadline`: when any of them stops: time, iterations, gap, or somebody who asks.
- `errors`: InputError, with everything that is wrong with the input.

All that one needs from Python has its name here; nothing here loads a compiled kernel before it is called.
"""

from optimizer.bounds.certificate import Certificate
from optimizer.district import District
from optimizer.errors import Doubt, Fault, InputError
from optimizer.frontier import Curve, Missing, Point, Step, frontier, single_moves
from optimizer.headroom import Headroom, headroom
from optimizer.measures import measure
from optimizer.model import Model
from optimizer.objectives import (
    OBJECTIVES,
    CutEdges,
    Disparity,
    DisparityEqual,
    DissimilarityRace,
    Gap,
    Mixture,
    Objective,
    OutsideBand,
    SegregationPoverty,
    StudentsChanged,
    StudentsMoved,
    TheilRace,
    TravelMean,
    VarianceRatio,
    make_objective,
)
from optimizer.optimize import optimize
from optimizer.plan import Plan
from optimizer.prices import Checked, Prices, checked, prices
from optimizer.repair import repair
from optimizer.result import Progress, Result
from optimizer.rules import (
    DEFAULT_RULES,
    RULES,
    AtMost,
    Barrier,
    Breach,
    Burden,
    Changed,
    Close,
    Contiguity,
    Feeder,
    Forbid,
    KeepTogether,
    Lock,
    MeanTravel,
    Moved,
    Open,
    Pair,
    Reach,
    RecentlyMoved,
    Require,
    Riders,
    Rule,
    Seats,
    Shape,
    Share,
    Size,
    Travel,
    Utilisation,
    WalkZone,
    breaches,
    is_valid,
    pinned,
)
from optimizer.single import Move, best_moves

__all__ = [
    "DEFAULT_RULES",
    "OBJECTIVES",
    "RULES",
    "AtMost",
    "Barrier",
    "Breach",
    "Burden",
    "Certificate",
    "Changed",
    "Checked",
    "Close",
    "Contiguity",
    "Curve",
    "CutEdges",
    "Disparity",
    "DisparityEqual",
    "DissimilarityRace",
    "District",
    "Doubt",
    "Fault",
    "Feeder",
    "Forbid",
    "Gap",
    "Headroom",
    "InputError",
    "KeepTogether",
    "Lock",
    "MeanTravel",
    "Missing",
    "Mixture",
    "Model",
    "Move",
    "Moved",
    "Objective",
    "Open",
    "OutsideBand",
    "Pair",
    "Plan",
    "Point",
    "Prices",
    "Progress",
    "Reach",
    "RecentlyMoved",
    "Require",
    "Result",
    "Riders",
    "Rule",
    "Seats",
    "SegregationPoverty",
    "Shape",
    "Share",
    "Size",
    "Step",
    "StudentsChanged",
    "StudentsMoved",
    "TheilRace",
    "Travel",
    "TravelMean",
    "Utilisation",
    "VarianceRatio",
    "WalkZone",
    "best_moves",
    "breaches",
    "checked",
    "frontier",
    "headroom",
    "is_valid",
    "make_objective",
    "measure",
    "optimize",
    "pinned",
    "prices",
    "repair",
    "single_moves",
]

# Type checkers know the rules that are imported above; at run time all have their names here.
globals().update({rule.__name__: rule for rule in RULES.values()})
