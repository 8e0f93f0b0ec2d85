"""What zones add up in the compiled search: one column for each count that sums, curved parts and checks ask for."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.model import Compact, Largest, Model
from optimizer.objectives.base import Compiled
from optimizer.objectives.curves import Band, Curve, Entropy, Exposures, Roundness, Uneven, roundness, zone_sums
from optimizer.solvers.kernel.layout import (
    BAND,
    CHECK_NUMBERS,
    CHECK_PLACES,
    COMPACT,
    CURVE_NUMBERS,
    CURVE_PLACES,
    ENTROPY,
    FIRST_INNER,
    INNER,
    LARGEST,
    LEAST,
    MANY,
    NORM,
    RATE,
    ROUND,
    SCALE,
    UNEVEN,
    WEIGHT,
    WIDTH,
    X,
    Y,
    Z,
)


class _Curve(NamedTuple):
    """One row of the arrays of curved parts. places: the columns of check_at. weight, aim: of its inner
    values."""

    kind: int
    places: Ints
    numbers: Floats
    weight: Floats
    aim: Floats


class _Check(NamedTuple):
    """One row of the arrays of checks."""

    kind: int
    places: Ints
    numbers: Floats


class Features:
    """Gathers columns; equal ones are kept once. perimeter: the column of zones' perimeters, -1 where nobody asks."""

    def __init__(self, model: Model, compiled: Compiled) -> None:
        self.model, self.compiled = model, compiled
        self._columns: list[Floats] = []
        self.perimeter = -1
        own = [(curve, -1) for curve in (*compiled.curves, *_steering(model))]
        held = [(curve, ceiling) for ceiling, one in enumerate(model.ceilings) for curve in one.worth.curves]
        self._curves = [self._curve(curve) for curve, _ in (*own, *held)]
        self._held = [ceiling for _, ceiling in (*own, *held)]
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

    def curves(self, budgets: int) -> dict[str, Floats | Ints]:
        """The arrays of Instance that describe the curved parts. budgets: how many there are before the ceilings."""
        parts, size = self._curves, len(self._curves)
        at = np.zeros((size, CURVE_PLACES), np.int32)
        at[:, :CHECK_PLACES] = np.array([part.places for part in parts]).reshape(size, CHECK_PLACES)
        at[:, FIRST_INNER] = np.cumsum([0, *(len(part.weight) for part in parts)])[:-1]
        return {
            "curve_kind": np.array([part.kind for part in parts], np.int32),
            "curve_budget": np.array([budgets + k if k >= 0 else -1 for k in self._held], np.int32),
            "curve_at": at,
            "curve_number": np.array([part.numbers for part in parts]).reshape(size, CURVE_NUMBERS),
            "curve_weight": np.concatenate([np.zeros(0), *(part.weight for part in parts)]),
            "curve_aim": np.concatenate([np.zeros(0), *(part.aim for part in parts)]),
        }

    def checks(self, slack: float) -> dict[str, Floats | Ints]:
        """The arrays of Instance that describe the checks of zones."""
        checks, size = self._checks, len(self._checks)
        return {
            "check_kind": np.array([check.kind for check in checks], np.int32),
            "check_at": np.array([check.places for check in checks], np.int32).reshape(size, CHECK_PLACES),
            "check_number": np.array([check.numbers for check in checks]).reshape(size, CHECK_NUMBERS),
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

    def _curve(self, curve: Curve) -> _Curve:
        if isinstance(curve, Exposures):
            x, y, z = self._many(curve.counts / curve.total), self._one(curve.poverty), self._one(curve.heads)
            places = _places(x, curve.counts.shape[1], y=y, z=z)
            return _Curve(NORM, places, _scale(curve), curve.weight, curve.aim)
        if isinstance(curve, Uneven):
            places = _places(self._many(curve.part), curve.part.shape[1])
            return _Curve(UNEVEN, places, _scale(curve), *_blank(UNEVEN))
        if isinstance(curve, Entropy):
            size = curve.counts.shape[1]
            places = _places(self._many(curve.counts), size, z=self._one(curve.heads))
            # One inner value; the shares lie where its weights would.
            return _Curve(ENTROPY, places, _scale(curve), curve.share, np.zeros(size))
        if isinstance(curve, Band):
            numbers = _scale(curve)
            numbers[RATE], numbers[WIDTH] = curve.rate, curve.width
            places = _places(y=self._one(curve.poverty), z=self._one(curve.heads))
            return _Curve(BAND, places, numbers, *_blank(BAND))
        places = _places(y=self._one(curve.area), z=self._around(curve.around))
        return _Curve(ROUND, places, _scale(curve), *_blank(ROUND))

    def _largest(self, row: Largest) -> _Check:
        places = _places(self._many(row.part), row.part.shape[1], y=self._one(row.whole))
        return _Check(LARGEST, places, _limit(row.low, 1.0))

    def _compact(self, row: Compact) -> _Check:
        places = _places(y=self._one(row.area), z=self._around(row.around))
        return _Check(COMPACT, places, _limit(row.low, _unit(self.model)))


def _places(x: int = -1, many: int = 0, *, y: int = -1, z: int = -1) -> Ints:
    """The columns of features that a part or a check reads; -1 for none."""
    places = np.zeros(CHECK_PLACES, np.int32)
    places[X], places[MANY], places[Y], places[Z] = x, many, y, z
    return places


def _scale(curve: Curve) -> Floats:
    numbers = np.zeros(CURVE_NUMBERS)
    numbers[SCALE] = curve.scale
    return numbers


def _limit(least: float, weight: float) -> Floats:
    numbers = np.zeros(CHECK_NUMBERS)
    numbers[LEAST], numbers[WEIGHT] = least, weight
    return numbers


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


def _blank(kind: int) -> tuple[Floats, Floats]:
    return np.zeros(INNER[kind]), np.zeros(INNER[kind])
