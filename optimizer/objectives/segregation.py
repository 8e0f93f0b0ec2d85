"""Objectives of segregation: how unevenly students in poverty, or groups, are spread over the schools."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from optimizer.arrays import Floats, frozen
from optimizer.district import District
from optimizer.errors import Fault, InputError
from optimizer.measures.record import Unit
from optimizer.model import Model
from optimizer.objectives.base import Compiled
from optimizer.objectives.curves import Band, Curve, Entropy, Uneven
from optimizer.objectives.exposure import need_poverty
from optimizer.plan import Plan

BAND = 0.15  # of the district poverty rate, either way (FORMAT.md)


class OfCurve:
    """What objectives share that are one curve over the schools."""

    def curve(self, district: District) -> Curve:
        raise NotImplementedError

    def compile(self, model: Model) -> Compiled:
        return Compiled(np.zeros(len(model.pairs.index)), (self.curve(model.district),))

    def value(self, plan: Plan) -> float:
        return self.curve(plan.district).value(plan.school)


@dataclass(frozen=True)
class SegregationPoverty(OfCurve):
    """Dissimilarity of students in poverty and the others: sum_j |P_j - p N_j| / (2 N p (1 - p)), 0 to 1; 0 where all
    or none are in poverty."""

    name: ClassVar[str] = "segregation_poverty"
    unit: ClassVar[Unit] = "index"

    def curve(self, district: District) -> Uneven:
        poverty, heads = need_poverty(district, self.name), district.exposed
        everyone, rate = float(heads.sum()), float(poverty.sum() / max(heads.sum(), 1e-12))
        spread = 2 * everyone * rate * (1 - rate)
        part = (poverty - rate * heads)[:, None]
        return Uneven(self.name, frozen(part), 1 / spread if spread > 1e-12 else 0.0)

    def attributes(self, district: District) -> tuple[str, ...]:
        return ("students_poverty", *(f"students_{group}" for group in district.groups))


@dataclass(frozen=True)
class DissimilarityRace(OfCurve):
    """sum_gj t_j |p_gj - P_g| / (2 T I), I = sum_g P_g (1 - P_g), 0 to 1 (Reardon and Firebaugh 2002)."""

    name: ClassVar[str] = "dissimilarity.race"
    unit: ClassVar[Unit] = "index"

    def curve(self, district: District) -> Uneven:
        groups, share = _several(district, self.name)
        heads = groups.sum(axis=1)
        spread = 2 * float(heads.sum()) * float((share * (1 - share)).sum())
        return Uneven(self.name, frozen(groups - heads[:, None] * share), 1 / spread)

    def attributes(self, district: District) -> tuple[str, ...]:
        return tuple(f"students_{group}" for group in district.groups)


@dataclass(frozen=True)
class TheilRace(OfCurve):
    """H = sum_gj n_gj ln(p_gj / P_g) / (T E), E = sum_g P_g ln(1 / P_g), 0 to 1 (Reardon and Firebaugh 2002)."""

    name: ClassVar[str] = "theil_h.race"
    unit: ClassVar[Unit] = "index"

    def curve(self, district: District) -> Entropy:
        groups, share = _several(district, self.name)
        heads = groups.sum(axis=1)
        entropy = float((share * np.log(1 / share)).sum())
        scale = 1 / (float(heads.sum()) * entropy)
        return Entropy(self.name, frozen(groups), frozen(heads), frozen(share), scale)

    def attributes(self, district: District) -> tuple[str, ...]:
        return tuple(f"students_{group}" for group in district.groups)


@dataclass(frozen=True)
class OutsideBand(OfCurve):
    """Share of schools with students whose poverty rate lies more than 0.15 from the district's, 0 to 1."""

    name: ClassVar[str] = "outside_band"
    unit: ClassVar[Unit] = "share"

    def curve(self, district: District) -> Band:
        poverty, heads = need_poverty(district, self.name), district.exposed
        rate = float(poverty.sum() / max(heads.sum(), 1e-12))
        return Band(self.name, frozen(poverty), heads, rate, BAND)

    def attributes(self, district: District) -> tuple[str, ...]:
        return ("students_poverty", *(f"students_{group}" for group in district.groups))


def _several(district: District, name: str) -> tuple[Floats, Floats]:
    """(blocks, groups) the groups with students, and (groups,) their shares of all; at least two."""
    groups = district.group_counts if district.groups else np.zeros((district.blocks, 0))
    groups = groups[:, groups.any(axis=0)]
    if groups.shape[1] < 2:
        mend = "Give groups in district.toml and their counts, or take another objective"
        raise InputError(Fault("objective", f"{name} needs two groups with students", mend))
    return groups, groups.sum(axis=0) / groups.sum()
