"""The estimate: children by block, group and poverty that add up to each school's enrolment.

Two things are known of children at public schools: how many of each group, and how many in poverty, attend each
school. Where in its zone they live is not. The census knows where people of each group live, block by block, and what
share of an area's people is in poverty. Iterative proportional fitting (Deming and Stephan, Annals of Mathematical
Statistics 11, 1940, 427-444) finds, of all tables that add up to the first, the one nearest to the second: children
of group g in block b of zone z are people[b, g] times a factor of (z, g) and one of (z, in poverty or not). Since
factors belong to zones, it is the sums over zones that are fitted, and the factors then go to their blocks.

Groups do not meet the same poverty within an area. How much their odds differ is read from how areas' rates follow
their people (an ecological regression, held back towards no difference by a normal prior of 1 on log odds); each area
keeps its own published rate.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import least_squares
from scipy.special import expit, logit

from optimizer.arrays import Bools, Floats, Ints, Offsets

CLOSE = 1e-11  # relative: how near the fitted sums are to what is known
ROUNDS = 10_000
EDGE = 2e-3  # rates are kept as far from 0 and 1: no area's people are surely all, or none, in poverty
LEAST = 5.0  # children in poverty, and not, from which on a school tells how much odds differ
MANY = 20.0  # children and people of a zone's group, from which on its capture tells how much captures differ


@dataclass(frozen=True, eq=False)
class Known:
    """What is published. people: (blocks, groups), the shape that enrolment is laid out by. area: (blocks,) the number
    of the area whose rate is known. rate, error: (areas,) share of people in poverty and its standard error. zone:
    (blocks,) today's school. enrolled: (zones, groups). poor: (zones,), at most the enrolled. noise: standard deviation
    of what was added to each count of people to hide persons (0: nothing was)."""

    people: Floats
    area: Ints
    rate: Floats
    error: Floats
    zone: Ints
    enrolled: Floats
    poor: Floats
    noise: float = 0.0

    @property
    def zones(self) -> int:
        """How many."""
        return len(self.poor)


@dataclass(frozen=True)
class Spread:
    """How much something differs between zones. seen: variance of logs, of it `chance` by chance; freedom: zones less
    one, groups added up. uneven: the variance between zones that blocks and areas of variance 1 make."""

    seen: float
    chance: float
    freedom: int
    uneven: float

    def within(self, random: np.random.Generator | None = None) -> float:
        """The standard deviation, of blocks and of areas, that makes zones as different as they are seen; at random,
        one that would (the variance of few zones is itself a guess: scaled inverse chi-square)."""
        if self.freedom == 0:
            return 0.0
        seen = self.seen if random is None else self.seen * self.freedom / random.chisquare(self.freedom)
        return float(np.sqrt(max(seen - self.chance, 0.0) / self.uneven))


@dataclass(frozen=True, eq=False)
class Estimate:
    """children: (blocks, groups). poor: (blocks,). capture: (zones, groups), enrolled by people, nan without people.
    filled: pairs (zone, group) with children enrolled and no people, laid out by the people of all groups. odds:
    (groups,) log odds of poverty beside those of an area; odds_error: (groups, groups), their covariance. apart,
    astray: how much captures and odds of poverty differ between zones (standard deviations of logs), sampling taken
    off."""

    children: Floats
    poor: Floats
    capture: Floats
    filled: tuple[tuple[int, int], ...]
    odds: Floats
    odds_error: Floats
    apart: Spread
    astray: Spread


def estimate(known: Known) -> Estimate:
    """The most likely table. Children are fractions: they are expected, not counted."""
    people, put = filled(known)
    odds, error = group_odds(known)
    rates = block_rates(known, known.rate, odds)
    children, poor, shift = fitted(replace(known, people=people), rates)
    living = by_number(known.zone, known.people, known.zones)
    capture = np.divide(known.enrolled, living, out=np.full_like(living, np.nan), where=living > 0)
    return Estimate(children, poor, capture, put, odds, error, _apart(known, living), _astray(known, shift))


def fitted(known: Known, rates: Floats) -> tuple[Floats, Floats, Floats]:
    """(blocks, groups) children and (blocks,) poor, from (blocks, groups) people and rates; and (zones,) by how much
    the log odds of poverty at school differ from those of the areas."""
    seed = np.stack([known.people * (1 - rates), known.people * rates], axis=2)
    sums = by_number(known.zone, seed.reshape(len(seed), -1), known.zones).reshape(known.zones, -1, 2)
    either = np.column_stack([known.enrolled.sum(axis=1) - known.poor, known.poor])
    factor = np.ones_like(sums)
    for _ in range(ROUNDS):
        factor *= _ratio(either, (sums * factor).sum(axis=1))[:, None, :]
        by_group = (sums * factor).sum(axis=2)
        off = np.abs(by_group - known.enrolled) > CLOSE * np.maximum(known.enrolled, 1.0)
        factor *= _ratio(known.enrolled, by_group)[:, :, None]
        if not off.any():
            break
    else:
        raise ArithmeticError(f"the estimate does not add up to the enrolment after {ROUNDS} rounds")
    table = seed * factor[known.zone]
    with np.errstate(divide="ignore", invalid="ignore"):
        shift = np.log(factor[:, 0, 1]) - np.log(factor[:, 0, 0])
    return table.sum(axis=2), table[:, :, 1].sum(axis=1), shift


def group_odds(known: Known) -> tuple[Floats, Floats]:
    """(groups,) log odds of poverty beside an area's own level, of mean 0 over the areas, and their covariance."""
    living = by_number(known.area, known.people, len(known.rate))
    some = living.sum(axis=1) > 0
    share, rate = living[some] / living[some].sum(axis=1, keepdims=True), known.rate[some]
    size = share.mean(axis=0)  # each area counts alike: its rate is one
    level = logit(np.clip(rate.mean(), EDGE, 1 - EDGE))
    spread = np.sqrt(np.maximum(known.error[some], EDGE) ** 2 + rate.var() / 2)

    def misses(odds: Floats) -> Floats:
        told = (share * expit(level + odds)).sum(axis=1)
        return np.concatenate([(rate - told) / spread, odds])

    found = least_squares(misses, np.zeros(len(size)))
    odds = found.x - size @ found.x
    return odds, np.linalg.inv(found.jac.T @ found.jac)


def block_rates(known: Known, rate: Floats, odds: Floats, astray: Floats | float = 0.0) -> Floats:
    """(blocks, groups) rates whose mean over each area's people is its own: log odds are a level of the area plus those
    of the group, plus what a block is astray by, (blocks, 1)."""
    target = np.clip(rate, EDGE, 1 - EDGE)
    living = np.bincount(known.area, known.people.sum(axis=1), minlength=len(rate))
    level = logit(target)
    for _ in range(60):
        told = expit(level[known.area][:, None] + odds + astray)
        mean = np.bincount(known.area, (known.people * told).sum(axis=1), minlength=len(rate))
        steep = np.bincount(known.area, (known.people * told * (1 - told)).sum(axis=1), minlength=len(rate))
        step = np.divide(target * living - mean, steep, out=np.zeros_like(mean), where=steep > 0)
        level += np.clip(step, -1, 1)
        if np.abs(step).max(initial=0.0) < CLOSE:
            break
    return expit(level[known.area][:, None] + odds + astray)


def filled(known: Known) -> tuple[Floats, tuple[tuple[int, int], ...]]:
    """People, but where a zone has children of a group of whom nobody is said to live there: those of all groups, else
    one a block."""
    people = known.people.copy()
    living = by_number(known.zone, people, known.zones)
    pairs = np.argwhere((living == 0) & (known.enrolled > 0))
    for zone, group in pairs:
        own = known.zone == zone
        everybody = known.people[own].sum(axis=1)
        people[own, group] = everybody if everybody.any() else 1.0
    return people, tuple((int(zone), int(group)) for zone, group in pairs)


def by_number(number: Ints, values: Floats, many: int) -> Floats:
    """(many, columns) sums of rows of values by their number."""
    return np.column_stack([np.bincount(number, column, minlength=many) for column in values.T])


def _ratio(wanted: Floats, there: Floats) -> Floats:
    return np.divide(wanted, there, out=np.zeros_like(there), where=there > 0)


def _apart(known: Known, living: Floats) -> Spread:
    """How much the logs of captures differ between zones, within groups."""
    many: Bools = (living >= MANY) & (known.enrolled >= MANY)
    squares, chance, freedom = 0.0, 0.0, 0
    for group in range(living.shape[1]):
        own = many[:, group]
        if own.sum() > 1:
            logs = np.log(known.enrolled[own, group] / living[own, group])
            squares += float(((logs - logs.mean()) ** 2).sum())
            counted = np.maximum(1 / known.enrolled[own, group] - 1 / living[own, group], 0.0)
            chance += float((1 - 1 / own.sum()) * counted.sum())
            freedom += int(own.sum()) - 1
    some = max(freedom, 1)
    return Spread(squares / some, chance / some, freedom, _uneven(known, np.asarray(many.any(axis=1))))


def _astray(known: Known, shift: Floats) -> Spread:
    """How much the odds of poverty at school differ from those of the areas between zones. Chance: of children, and of
    the areas' samples."""
    total = known.enrolled.sum(axis=1)
    some = np.isfinite(shift) & (known.poor >= LEAST) & (total - known.poor >= LEAST)
    if some.sum() < 2:
        return Spread(0.0, 0.0, 0, 1.0)
    zone, area, share = _shares(known, known.area)
    mean = np.clip(np.bincount(zone, share * known.rate[area], known.zones), EDGE, 1 - EDGE)
    sampled = np.bincount(zone, (share * known.error[area]) ** 2, known.zones) / (mean * (1 - mean)) ** 2
    counted = 1 / known.poor[some] + 1 / (total - known.poor)[some]
    chance = float((counted + sampled[some]).mean())
    return Spread(float(shift[some].var(ddof=1)), chance, int(some.sum()) - 1, _uneven(known, some))


def _uneven(known: Known, zones: Bools) -> float:
    """The variance, between zones, of a mean of what each area, and each block, draws with variance 1."""
    each = [_shares(known, number) for number in (known.area, np.arange(len(known.area), dtype=np.int32))]
    uneven = np.sum([np.bincount(zone, share**2, known.zones) for zone, _, share in each], axis=0)
    return float(uneven[zones].mean()) if zones.any() else 1.0


def _shares(known: Known, number: Ints) -> tuple[Offsets, Offsets, Floats]:
    """Of every zone and area, or block, that meet: both their numbers, and the area's share of the zone's people."""
    many = int(number.max()) + 1
    pair, at = np.unique(known.zone.astype(np.int64) * many + number, return_inverse=True)
    living: Floats = np.bincount(at, known.people.sum(axis=1)).astype(np.float64)
    zone = pair // many
    whole: Floats = np.bincount(zone, living, known.zones).astype(np.float64)
    return zone, pair % many, _ratio(living, whole[zone])
