"""The bound against enumeration on many random districts: `python benchmarks/bounds_check.py 1000`.

Prints how many districts had a valid plan, how many bounds lay above the best one (there must be none), how many
were tight, and the mean gap of the rest. In every third, most schools are too full.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from optimizer.deadline import Deadline

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))


def main(count: int) -> int:
    """The number of bounds that are wrong."""
    from enumeration import best_plan
    from odd_districts import crowded, odd_district, random_objective, random_rules

    from optimizer.bounds.bound import Bounder
    from optimizer.model import Model

    gaps, wrong = [], 0
    for seed in range(count):
        random = np.random.default_rng([7, seed])
        district, rules = odd_district(random), random_rules(random)
        district = crowded(district, random) if seed % 3 == 2 else district
        objective = random_objective(random, district)
        model = Model.build(district, rules)
        found = best_plan(model, objective, rules)
        if found is None:
            continue
        bounder = Bounder(model, objective, np.array(found.school), found.value)
        bounder.run(Deadline(iterations=60))
        bound = bounder.finish().bound
        if bound > found.value + 1e-12:
            wrong += 1
            print(f"seed {seed}: bound {bound} above the best plan's {found.value}")
        gaps.append((found.value - bound) / found.value if found.value > 0 else 0.0)
    loose = [gap for gap in gaps if gap > 1e-6]
    print(f"{count} districts, {len(gaps)} with a valid plan, {wrong} wrong bounds")
    print(f"{len(gaps) - len(loose)} bounds within 1e-6; mean gap of the rest {np.mean(loose) if loose else 0.0:.3f}")
    return wrong


if __name__ == "__main__":
    sys.exit(min(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000), 1))
