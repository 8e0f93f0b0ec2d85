"""A rule of one's own: nobody is sent farther than so many metres (or minutes), whatever the way today."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from optimizer.rules import Breach


@dataclass(frozen=True)
class Farthest:
    kind: ClassVar[str] = "farthest"
    distance: float

    def narrow(self, model):
        """For the solvers: candidate pairs that are near enough, or that change nothing."""
        return model.keep_pairs((model.district.travel.of(model.pairs) <= self.distance) | model.stay)

    def excess(self, plan):
        """For the check of every plan, on its own."""
        far = plan.moved & (plan.travel > self.distance + 1e-6)
        ids = plan.district.block_ids
        over = plan.travel - self.distance
        return [Breach("farthest", float(over[b]), self.distance, block=ids[b]) for b in np.flatnonzero(far)]

    def attributes(self, district):
        return ()


RULES = [Farthest]
