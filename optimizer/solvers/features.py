"""What zones add up in the compiled search: one column for each count that sums, curved parts and checks ask for."""

from __future__ import annotations

from typing import Any

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.model import Compact, Largest, Model
from optimizer.objectives.base import Compiled
from optimizer.objectives.curves import Band, Curve, Entropy, Exposures, Roundness, Uneven, roundness, zone_sums
from optimizer.solvers.kernel.curves import BAND, COMPACT, ENTROPY, INNER, LARGEST, NORM, ROUND, UNEVEN


class Features:
    """Gathers columns; equal ones are kept once. perimeter: the column of zones' perimeters, -1 where nobody asks."""

    def __init__(self, model: Model, compiled: Compiled) -> None:
        self.model, self.compiled = model, compiled
        self._columns: list[Floats] = []
        self.perimeter = -1
        self._curves = [self._curve(curve) for curve in (*compiled.curves, *_steering(model))]
        self._checks = [self._largest(row) for row in model.largest]
        self._checks += [self._compact(row) for row in model.compact if row.low > 0]
        for s in model.sums:
            self.of_column(s.part)
            if s.whole != -1:
                self.of_column(s.whole)

    def of_column(self, column: int) -> int:
        """The place of a count column of the district."""
        return self._one(self.model.district.amount(column))

    def columns(self) -> Floats:
        """(blocks, columns)."""
        if not self._columns:
            return np.zeros((self.model.district.blocks, 0))
        return np.ascontiguousarray(np.column_stack(self._columns), np.float64)

    def curves(self) -> dict[str, Any]:
        """The arrays of Instance that describe the curved parts."""
        at: list[list[int]] = []
        weight: list[float] = []
        aim: list[float] = []
        for _, places, _, weights, aims in self._curves:
            at.append([*places, len(weight), len(weights)])
            weight += weights
            aim += aims
        kinds = [kind for kind, *_ in self._curves]
        return {
            "curve_kind": np.array(kinds, np.int32),
            "curve_at": np.array(at, np.int32).reshape(len(kinds), 6),
            "curve_number": np.array([numbers for _, _, numbers, *_ in self._curves]).reshape(len(kinds), 3),
            "curve_weight": np.array(weight, np.float64),
            "curve_aim": np.array(aim, np.float64),
        }

    def checks(self, slack: float) -> dict[str, Any]:
        """The arrays of Instance that describe the checks of zones."""
        size = len(self._checks)
        return {
            "check_kind": np.array([kind for kind, _, _ in self._checks], np.int32),
            "check_at": np.array([places for _, places, _ in self._checks], np.int32).reshape(size, 4),
            "check_number": np.array([numbers for _, _, numbers in self._checks], np.float64).reshape(size, 2),
            "check_slack": np.full(size, slack),
        }

    @staticmethod
    def shortfall(model: Model, school: Ints) -> float:
        """How far the zones fall short of their checks, as the kernel weighs it."""
        total = 0.0
        for row in model.largest:
            largest = zone_sums(school, row.part).max(axis=1)
            total += float(np.maximum(row.low * zone_sums(school, row.whole) - largest, 0).sum())
        for zone in model.compact:
            shape = roundness(school, zone.area, zone.around, model.district.adjacency, zone.shared)
            total += _unit(model) * float(np.maximum(zone.low - shape, 0).sum())
        return total

    def _one(self, column: Floats) -> int:
        for k, known in enumerate(self._columns):
            if np.array_equal(known, column):
                return k
        self._columns.append(column)
        return len(self._columns) - 1

    def _many(self, columns: Floats) -> int:
        """The place of the first of columns that lie in a row."""
        first = len(self._columns)
        self._columns += list(columns.T)
        return first

    def _around(self, around: Floats) -> int:
        if self.perimeter < 0:
            self.perimeter = self._many(around[:, None])
        return self.perimeter

    def _curve(self, curve: Curve) -> tuple[int, list[int], list[float], list[float], list[float]]:
        """Kind; first x, how many, y, z; scale and two numbers; weights and aims of the inner values."""
        if isinstance(curve, Exposures):
            x, y, z = self._many(curve.counts / curve.total), self._one(curve.poverty), self._one(curve.heads)
            places = [x, curve.counts.shape[1], y, z]
            return NORM, places, [curve.scale, 0.0, 0.0], curve.weight.tolist(), curve.aim.tolist()
        if isinstance(curve, Uneven):
            places = [self._many(curve.part), curve.part.shape[1], -1, -1]
            return UNEVEN, places, [curve.scale, 0.0, 0.0], *_blank(UNEVEN)
        if isinstance(curve, Entropy):
            size = curve.counts.shape[1]
            places = [self._many(curve.counts), size, -1, self._one(curve.heads)]
            # One inner value; the shares lie where its weights would.
            return ENTROPY, places, [curve.scale, 0.0, 0.0], curve.share.tolist(), [0.0] * size
        if isinstance(curve, Band):
            places = [-1, 0, self._one(curve.poverty), self._one(curve.heads)]
            return BAND, places, [curve.scale, curve.rate, curve.width], *_blank(BAND)
        places = [-1, 0, self._one(curve.area), self._around(curve.around)]
        return ROUND, places, [curve.scale, 0.0, 0.0], *_blank(ROUND)

    def _largest(self, row: Largest) -> tuple[int, list[int], list[float]]:
        places = [self._many(row.part), row.part.shape[1], self._one(row.whole), -1]
        return LARGEST, places, [row.low, 1.0]

    def _compact(self, row: Compact) -> tuple[int, list[int], list[float]]:
        return COMPACT, [-1, 0, self._one(row.area), self._around(row.around)], [row.low, _unit(self.model)]


def _steering(model: Model) -> list[Roundness]:
    """Shape costs of rules, as curved parts that lead the search beside the objective."""
    adjacency = model.district.adjacency
    return [
        Roundness(row.name, row.area, row.around, adjacency, row.shared, row.cost)
        for row in model.compact
        if row.cost > 0
    ]


def _unit(model: Model) -> float:
    """Students that a zone's whole lack of compactness weighs as excess."""
    return float(model.district.students.sum()) / max(1, int(model.district.open.sum()))


def _blank(kind: int) -> tuple[list[float], list[float]]:
    return [0.0] * INNER[kind], [0.0] * INNER[kind]
