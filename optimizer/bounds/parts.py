"""What of an objective bounds make use of: docs/certificate.md says how, part by part."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.objectives.base import Compiled
from optimizer.objectives.curves import BAND_SLACK, Band, Entropy, Exposures, Uneven, zone_sums

SHORT = 1e-9  # prices of soft sums keep this far from their limits, relative: a checker may round the limits otherwise
FARTHEST = 60.0  # units that a price of shares goes, either way: beyond it shares are below 1e-26


@dataclass(frozen=True, eq=False)
class Parts:
    """The curved parts of an objective that bounds know. uneven: all. exposures, entropy, band: one each, if there is
    one; the band where the rates are those of the exposures."""

    exposures: Exposures | None
    uneven: tuple[Uneven, ...]
    entropy: Entropy | None
    band: Band | None
    beyond: tuple[str, ...]

    @classmethod
    def of(cls, compiled: Compiled) -> Parts:
        exposures = compiled.exposures
        uneven = tuple(curve for curve in compiled.curves if isinstance(curve, Uneven))
        entropy = next((curve for curve in compiled.curves if isinstance(curve, Entropy)), None)
        band = next((curve for curve in compiled.curves if isinstance(curve, Band)), None)
        if band is not None and exposures is not None and not _same_rates(band, exposures):
            band = None
        known = (exposures, *uneven, entropy, band)
        rest = [curve.name for curve in compiled.curves if all(curve is not one for one in known)]
        return cls(exposures, uneven, entropy, band, tuple(rest))

    @property
    def rated(self) -> Exposures | Band | None:
        """What says whose share of a zone the intervals are about; None where rates play no part."""
        return self.exposures or self.band

    @property
    def load(self) -> Floats:
        """(soft sums, blocks) what a block adds to each: those of the uneven parts, then the groups of the entropy,
        negative."""
        rows = [curve.part.T for curve in self.uneven]
        if self.entropy is not None:
            rows.append(-self.entropy.counts.T)
        return np.concatenate(rows) if rows else np.zeros((0, 0))

    @property
    def most(self) -> Floats:
        """(soft sums,) how far the price of each may go, either way."""
        far = [np.full(curve.part.shape[1], curve.scale * (1 - SHORT)) for curve in self.uneven]
        if self.entropy is not None:
            far.append(np.full(self.entropy.counts.shape[1], FARTHEST * self.entropy.scale))
        return np.concatenate(far) if far else np.zeros(0)

    @property
    def fee(self) -> float:
        """What all schools outside the band cost."""
        return 0.0 if self.band is None else self.band.scale

    @property
    def within(self) -> Floats:
        """(2,) the lowest and the highest rate that may count as within the band."""
        if self.band is None:
            return np.zeros(2)
        far = self.band.width + 2 * BAND_SLACK
        return np.array([self.band.rate - far, self.band.rate + far])

    @property
    def worth(self) -> float:
        """What the students' places in the soft sums cost at full price: the magnitude that prices have."""
        sizes = [curve.scale * float(np.abs(curve.part).sum()) for curve in self.uneven]
        return sum(sizes, 0.0 if self.entropy is None else self.entropy.scale * float(self.entropy.heads.sum()))

    def marginal(self, school: Ints) -> Floats:
        """(blocks,) what each block adds to the soft part of the objective where a plan has it, to first order."""
        total = np.zeros(len(school))
        for curve in self.uneven:
            side = np.sign(zone_sums(school, curve.part))
            total += curve.scale * (side[school] * curve.part).sum(axis=1)
        if self.entropy is not None:
            e = self.entropy
            zones = zone_sums(school, e.counts)
            even = zone_sums(school, e.heads)[:, None] * e.share
            away = np.log(np.divide(zones, even, out=np.ones(zones.shape), where=(zones > 0) & (even > 0)))
            total += e.scale * (away[school] * e.counts).sum(axis=1)
        return total


def _same_rates(band: Band, exposures: Exposures) -> bool:
    return np.array_equal(band.heads, exposures.heads) and np.array_equal(band.poverty, exposures.poverty)
