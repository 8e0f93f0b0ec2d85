"""Parts of an objective that a proof bounds by soft sums: sums of a zone that may be anything, at a price.

docs/certificate.md, "Soft sums". What is computed here with rounding is moved to the safe side: prices are kept a hair
nearer to 0, or lower, than they might be.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Floats
from optimizer.district import District
from scenarios.verify.counts import Exposed
from scenarios.verify.evenness import BAND, BAND_SLACK, NOTHING, POVERTY, RACE, THEIL

HAIR = 1e-12  # more than rounding does to the limits of prices, relative


@dataclass(frozen=True, eq=False)
class Soft:
    """load: (n, blocks) what blocks add to each sum; size: the same of the absolute values of its terms. most: (n,) how
    far a price may go, either way. share: of all students, those of each of the last sums, which are the groups of an
    entropy; unit: what it weighs."""

    load: Floats
    size: Floats
    most: Floats
    share: Floats
    unit: float

    @classmethod
    def of(cls, weights: Mapping[str, float], district: District) -> Soft:
        """Of the parts of an objective and what they weigh: sums of absolute values first."""
        found = [cls.of_nothing(district.blocks)]
        found += [_apart(name, weight, district) for name, weight in weights.items() if name in (POVERTY, RACE)]
        found += [_entropy(weights[THEIL], district)] if THEIL in weights else []
        load, size, most = (np.concatenate([getattr(one, key) for one in found]) for key in ("load", "size", "most"))
        return cls(load, size, most, found[-1].share, found[-1].unit)

    @classmethod
    def of_nothing(cls, blocks: int) -> Soft:
        return cls(np.zeros((0, blocks)), np.zeros((0, blocks)), np.zeros(0), np.zeros(0), 1.0)

    def held(self, prices: Floats) -> Floats:
        """(n, intervals) prices that prove something: those within the limits as they are, others brought there."""
        held = np.clip(prices, -self.most[:, None], self.most[:, None])
        if len(self.share):
            held[-len(self.share) :] = self._lowered(prices[-len(self.share) :])
        return np.asarray(held)

    def _lowered(self, prices: Floats) -> Floats:
        """All groups' prices alike, so that sum of share exp(price / unit) is at most 1."""
        total = (self.share[:, None] * np.exp(prices / self.unit)).sum(axis=0)
        spare = HAIR * (2 * self.unit + np.abs(prices).max(axis=0))
        return np.asarray(prices - np.maximum(self.unit * np.log(total) + spare, 0.0))


def _apart(name: str, weight: float, district: District) -> Soft:
    """Of a dissimilarity: the students of each kind less their share of the zone."""
    exposed = Exposed.of(district)
    kinds = [exposed.poor] if name == POVERTY else _groups(exposed)
    counts, total = np.array(kinds), math.fsum(exposed.whole.tolist())
    sums = [math.fsum(kind.tolist()) for kind in kinds]
    others = [math.fsum([*exposed.whole.tolist(), *(-kind).tolist()]) for kind in kinds]
    spread = 2 * math.fsum(n * rest for n, rest in zip(sums, others, strict=True)) / max(total, NOTHING)
    most = weight / spread * (1 - HAIR) if spread > NOTHING else 0.0
    even = np.array(sums)[:, None] / max(total, NOTHING) * exposed.whole
    return Soft(counts - even, counts + even, np.full(len(kinds), most), np.zeros(0), 1.0)


def _entropy(weight: float, district: District) -> Soft:
    """Of the index of Theil: the students of each group, negative. A price may be anything: see `_lowered`."""
    exposed = Exposed.of(district)
    counts, total = np.array(_groups(exposed)), math.fsum(exposed.whole.tolist())
    share = np.array([math.fsum(kind.tolist()) for kind in counts]) / total
    rest = [math.fsum([*exposed.whole.tolist(), *(-kind).tolist()]) / total for kind in counts]
    # Of a group that nearly all belong to, the logarithm is had from those who do not.
    terms = [p * (math.log1p(-q) if p > 0.5 else math.log(p)) for p, q in zip(share.tolist(), rest, strict=True)]
    unit = weight / (total * -math.fsum(terms))
    return Soft(-counts, counts, np.full(len(counts), np.inf), share, unit)


def _groups(exposed: Exposed) -> list[Floats]:
    """Those with students."""
    return [group for group in exposed.groups.T if group.any()]


@dataclass(frozen=True)
class Fee:
    """What a zone costs besides whose rate lies wholly below `low` or above `high`."""

    amount: float = 0.0
    low: float = 0.0
    high: float = 0.0

    @classmethod
    def of(cls, weight: float, district: District, schools: int) -> Fee:
        """Of the share of schools outside the band, where so many may have students."""
        far, rate = BAND + 1.5 * BAND_SLACK, Exposed.of(district).rate
        return cls(weight / schools * (1 - HAIR), rate - far, rate + far)

    def of_intervals(self, low: Floats, high: Floats) -> Floats:
        """(intervals,) of rates from `low` to `high`."""
        return np.where((low > self.high) | (high < self.low), self.amount, 0.0)
