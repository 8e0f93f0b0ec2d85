"""A synthetic twin of a district: the published counts of today's zones, and invention inside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from optimizer.arrays import Floats, Ints
from optimizer.district import District
from optimizer.measures import SchoolRow
from scenarios.generator.people import field
from scenarios.reading.records import Document

CLUSTER = 1.0  # how strongly students alike live together inside a zone, against chance
UNEVEN = 0.8  # of the blocks' sizes: deviation of their logarithm


def twin_of(district: District, doc: Document, random: np.random.Generator) -> District:
    """A district with the blocks, schools, seats and travel of `district`, and invented counts.

    doc: a public report: the twin's zones of today have its counts, whole, wherever it gives them; where it does not,
    the averages of what it gives. Nothing else about students is read. Further columns of the blocks are left out.
    """
    assert district.geography is not None
    rows = doc.by_school.status_quo
    middle = shapely.get_coordinates(shapely.point_on_surface(district.geography.polygon))
    smooth = field(middle, random)
    groups = list(district.groups)
    sizes = _filled([row.counted for row in rows], _blocks(district), doc.students)
    parts = _parts(rows, groups, sizes)
    poor = _poor(rows, sizes) if district.has_poverty else np.zeros(len(rows), int)
    columns = ["students", *(f"students_{group}" for group in groups)]
    columns += ["students_poverty"] if district.has_poverty else []
    counts = np.zeros((district.blocks, len(columns)))
    for j in np.unique(district.status_quo):
        blocks = np.flatnonzero(district.status_quo == j).astype(np.int32)
        counts[blocks] = _zone(blocks, (smooth, parts[j], int(poor[j])), len(columns), random)
    other = np.array([row.other_students or 0.0 for row in rows])
    seats, least = np.array([(row.capacity, row.min_students) for row in rows], np.float64).T
    return replace(
        district,
        name=f"{district.name} (synthetic twin)",
        columns=tuple(columns),
        counts=counts,
        capacity=seats,
        min_students=least,
        other_students=other,
        attributes={},
    )


def _blocks(district: District) -> Ints:
    return np.bincount(district.status_quo, minlength=district.schools).astype(np.int32)


def _filled(given: Sequence[float | None], weight: Ints, total: float | None) -> Ints:
    """Whole numbers: those given; for the others what is left of the total, by weight, or without it the mean."""
    known = np.array([value is not None for value in given])
    values = np.array([0.0 if value is None else value for value in given])
    if (~known & (weight > 0)).any():
        share = np.where(known, 0, weight) / max(float(weight[~known].sum()), 1.0)
        mean = float(values.sum()) / max(float(weight[known].sum()), 1.0) * float(weight[~known].sum())
        values += share * (max(total - float(values.sum()), 0.0) if total is not None else mean)
    return np.where(weight > 0, np.rint(values), 0).astype(np.int32)


def _parts(rows: Sequence[SchoolRow], groups: Sequence[str], sizes: Ints) -> list[Ints]:
    """By zone, (groups,) whole numbers that add up to its size; (1,) without groups."""
    if not groups:
        return [np.array([size], np.int32) for size in sizes]
    known = np.array([[row.groups[group] for group in groups] for row in rows], np.float64)
    average = np.nan_to_num(np.nansum(known, axis=0)) + 1.0
    found = []
    for given, size in zip(known, sizes, strict=True):
        hidden = np.isnan(given)
        own = np.where(hidden, 0.0, given)
        left = max(float(size) - float(own.sum()), 0.0)
        own = own + np.where(hidden, average, 0.0) / max(float(average[hidden].sum()), 1.0) * left
        found.append(_whole(own, int(size)))
    return found


def _whole(values: Floats, total: int) -> Ints:
    """Whole numbers in proportion to the values that add up to the total: largest remainders."""
    scaled = values / values.sum() * total if values.sum() > 0 else np.full(len(values), total / len(values))
    low = np.floor(scaled + 1e-9).astype(np.int32)
    low[np.argsort(low - scaled, kind="stable")[: total - int(low.sum())]] += 1
    return low


def _poor(rows: Sequence[SchoolRow], sizes: Ints) -> Ints:
    known = [(row.poverty, row.counted) for row in rows if row.poverty is not None and row.counted]
    rate = sum(poor for poor, _ in known) / max(sum(whole for _, whole in known), 1.0) if known else 0.5
    found = [rate * size if row.poverty is None else row.poverty for row, size in zip(rows, sizes, strict=True)]
    return np.minimum(np.rint(found), sizes).astype(np.int32)


def _zone(blocks: Ints, zone: tuple[Floats, Ints, int], columns: int, random: np.random.Generator) -> Floats:
    """(blocks, columns) counts of one zone: its students dealt out to blocks of uneven size, those alike near each
    other."""
    smooth, parts, poor = zone
    total = int(parts.sum())
    group: NDArray[Any] = np.repeat(np.arange(len(parts)), parts)
    in_poverty = np.zeros(total, bool)
    in_poverty[random.permutation(total)[:poor]] = True
    leaning = random.standard_normal(len(parts))[group] + in_poverty
    students = np.argsort(CLUSTER * leaning + random.standard_normal(total))
    weight = random.lognormal(0, UNEVEN, len(blocks))
    held = random.multinomial(total, weight / weight.sum())
    order = np.argsort(smooth[blocks] + 0.5 * random.standard_normal(len(blocks)))
    home: NDArray[Any] = np.repeat(order, held[order])
    counts = np.zeros((len(blocks), columns))
    counts[:, 0] = held
    if columns > len(parts) + 1 or len(parts) > 1:
        np.add.at(counts, (home, 1 + group[students]), 1.0)
    if columns == len(parts) + 2:
        counts[:, columns - 1] = np.bincount(home, in_poverty[students], len(blocks))
    return counts
