"""Two checkers on the same certificates: `python -m benchmarks.checkers 1000`.

So many random small districts are solved; `rezone verify` and `proof_checker.py` are asked of each certificate, and of
one copy of it in which one value is changed, with a seal that fits again. Prints how often both said yes, both said no
or refused, and every case in which one said yes and the other did not.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "kit"))


def main(count: int) -> int:
    """How often they disagreed."""
    from two_checkers import made, tampered

    said, apart, seed = {"good": Counter[tuple[int, int]](), "changed": Counter[tuple[int, int]]()}, 0, 0
    while said["good"].total() < count:
        with tempfile.TemporaryDirectory() as folder:
            found = made(seed, Path(folder))
            seed += 1
            if found is None:
                continue
            content, where = tampered(found.content, np.random.default_rng([81, seed]))
            for name, one in (("good", found.content), ("changed", content)):
                both = found.statuses(one)
                said[name][both] += 1
                if (both[0] == 0) != (both[1] == 0):
                    apart += 1
                    print(f"seed {seed - 1}, {name} {where}: verify {both[0]}, proof_checker.py {both[1]}")
    for name, counts in said.items():
        rows = ", ".join(f"{one} and {other}: {n}" for (one, other), n in sorted(counts.items()))
        print(f"{name}: {counts.total()} certificates; exit status of verify and of proof_checker.py: {rows}")
    return apart


if __name__ == "__main__":
    sys.exit(min(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000), 1))
