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
  `optimize` puts them together and gives a `Result`.
- `errors`: InputError, with everything that is wrong with the input.
"""

from optimizer.district import District
from optimizer.errors import Fault, InputError
from optimizer.measures import measure
from optimizer.model import Model
from optimizer.objectives import Disparity, Mixture, Objective, StudentsMoved, TravelMean, make_objective
from optimizer.optimize import optimize
from optimizer.plan import Plan
from optimizer.result import Progress, Result
from optimizer.rules import Breach, Contiguity, Moved, Rule, Size, Travel, breaches, is_valid

__all__ = [
    "Breach",
    "Contiguity",
    "Disparity",
    "District",
    "Fault",
    "InputError",
    "Mixture",
    "Model",
    "Moved",
    "Objective",
    "Plan",
    "Progress",
    "Result",
    "Rule",
    "Size",
    "StudentsMoved",
    "Travel",
    "TravelMean",
    "breaches",
    "is_valid",
    "make_objective",
    "measure",
    "optimize",
]
