"""Could a noised twin prove to the public that a plan is near the best? `python -m benchmarks.public_proof`.

Of each district a plan is found in --seconds. Then its counts by block are rounded, or noised, as a twin would have
them, and asked two things. Safe: how many counts under 10 are known to less than 10 apart (what `publish` forbids).
Useful: what the best plan's disparity may be for all that the twin says, though the sums of today's zones and of the
plan's are published exactly: A of docs/public_proof.md, and a table that agrees with all of it, in which another plan
is far better. Only figures are printed.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import lsq_linear

from benchmarks.machine import DATA, about
from optimizer import Disparity, District, Plan, optimize
from optimizer.arrays import Floats, Ints
from scenarios.folder import read_district
from scenarios.generator import generate

REAL = ("albemarle_va", "charlottesville_va", "durham_nc")
SMALL = 10.0  # what publish keeps apart
GRIDS = (5.0, 10.0, 20.0)
EPSILONS = (1.0, 0.1)
TAIL = 0.05  # of noise: what an interval leaves out
HEAVY = 1e4  # weight of sums that must hold


@dataclass(frozen=True, eq=False)
class Counts:
    """By block: people (blocks, groups) and poor (blocks,)."""

    people: Floats
    poor: Floats

    @classmethod
    def of(cls, district: District) -> Counts:
        columns = [district.column_index(f"students_{group}") for group in district.groups]
        return cls(np.asarray(district.counts[:, columns]), np.asarray(district.poverty))

    def disparity(self, school: Ints) -> float:
        """Of a plan, on these counts."""
        schools = int(school.max()) + 1
        poor = np.bincount(school, self.poor, schools)
        people = np.array([np.bincount(school, column, schools) for column in self.people.T])
        size, of_group = people.sum(0), people.sum(1)
        rate = np.divide(poor, size, out=np.zeros(schools), where=size > 0)
        met = people @ rate / np.maximum(of_group, 1e-9)
        return float(np.sqrt(max(0.0, of_group @ (met - poor.sum() / size.sum()) ** 2 / size.sum())))

    def known(self, half: float) -> float:
        """The share of counts under SMALL that somebody knows to less than SMALL apart, who knows each within `half`,
        and that it is not below 0."""
        cells = np.column_stack([self.people, self.poor]).ravel()
        cells = cells[cells < SMALL]
        return float(np.mean(cells + half - np.maximum(cells - half, 0.0) < SMALL))

    def error(self, half: float) -> float:
        """A: how far the mean exposure of a student's group may be off under some plan, counts being off by `half`."""
        blocks, groups = self.people.shape
        return blocks * half * (1 + 2 * groups) / float(self.people.sum())


def least(counts: Counts, other: Ints, told: list[Ints], half: float) -> float:
    """The disparity of the plan `other` in a table whose poverty is within `half` of the counts in each block, at least
    0 and at most all, and adds up to the true sums in every zone of the plans `told`. The least such: a lower bound
    that holds for certain is no higher."""
    people, poor = counts.people, counts.poor
    size, schools = people.sum(1), int(other.max()) + 1
    load = np.maximum(np.bincount(other, size, schools), 1e-9)
    of_group, total = np.maximum(people.sum(0), 1e-9), float(people.sum())
    mixed = np.array([np.bincount(other, column, schools) for column in people.T])
    met = (mixed / load)[:, other] / of_group[:, None]
    rows = [np.sqrt(of_group / total)[:, None] * (met - 1 / total)]
    held = [np.zeros(len(of_group))]
    for plan in told:
        zones = (plan == np.arange(int(plan.max()) + 1)[:, None]).astype(float)
        rows.append(HEAVY * zones / total)
        held.append(HEAVY * zones @ poor / total)
    low, high = np.maximum(poor - half, 0.0), np.minimum(poor + half, size)
    high = np.maximum(high, low + 1e-9)
    found = lsq_linear(np.vstack(rows), np.concatenate(held), (low, high), max_iter=200)
    return Counts(people, np.clip(found.x, 0.0, size)).disparity(other)


def noised(counts: Counts, epsilon: float, random: np.random.Generator) -> Counts:
    """Each count of each group, in poverty and not, with the noise that hides whether one child is there: the
    difference of two geometric draws. Below 0 it stays, so that sums are right on average."""
    blocks, groups = counts.people.shape
    share = 1 - np.exp(-epsilon)
    noise = random.geometric(share, (2, blocks, groups)) - random.geometric(share, (2, blocks, groups))
    return Counts(counts.people + noise.sum(0), counts.poor + noise[0].sum(1))


def plan_of_another(
    district: District, counts: Counts, half: float, seconds: float, random: np.random.Generator
) -> Ints:
    """A valid plan that is good in a table which the twin allows: poverty is as far off as may be in each block."""
    table, size = np.array(district.counts), counts.people.sum(1)
    off = np.where(random.random(district.blocks) < 0.5, -half, half)
    table[:, district.column_index("students_poverty")] = np.clip(counts.poor + off, 0.0, size)
    return optimize(replace(district, counts=table), Disparity(), time_limit=seconds, proving=0.0, seed=2).plan.school


def rows_of(district: District, seconds: float) -> Iterator[str]:
    """The figures of one district."""
    if not district.groups or not district.has_poverty:
        yield f"{district.name}: its groups or poverty are not known, so that there is no disparity"
        return
    counts = Counts.of(district)
    found = optimize(district, Disparity(), time_limit=seconds, seed=1)
    plan, random = found.plan.school, np.random.default_rng(1)
    told, value = [Plan.status_quo(district).school, plan], counts.disparity(plan)
    assert abs(value - found.objective_value) < 1e-6, "the counts are not those of the district"
    mean = float(counts.people.sum()) / district.blocks
    yield f"{district.name}: {district.blocks:,} blocks of {mean:.1f} students in {len(district.groups)} groups"
    yield f"  plan {100 * value:.2f} points, certified {100 * (found.bound or 0):.2f}"
    for grid in GRIDS:
        half = grid / 2
        second = plan_of_another(district, counts, half, seconds, random)
        worst = least(counts, second, told, half)
        safe, off = 100 * counts.known(half), counts.error(half)
        said = f"{safe:.0f} % of small counts known; A {off:.2f}; another plan may have {100 * worst:.2f}"
        yield f"  rounded to {grid:g}: {said}"
    for epsilon in EPSILONS:
        half = -np.log(TAIL) / epsilon
        draws = [noised(counts, epsilon, random) for _ in range(40)]
        values = [draw.disparity(plan) for draw in draws]
        off = np.mean([np.abs(d.poor - counts.poor).sum() + 2 * np.abs(d.people - counts.people).sum() for d in draws])
        low, high = 100 * np.quantile(values, (0.05, 0.95))
        known, off = 100 * counts.known(half), off / counts.people.sum()
        said = f"{known:.0f} % of small counts known; A {off:.2f}; the plan {low:.2f} to {high:.2f}"
        yield f"  epsilon {epsilon:g}: {said}"


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--seconds", type=float, default=20.0)
    ask.add_argument("--only", nargs="*", default=REAL)
    asked = ask.parse_args()
    print(about())
    real = (read_district(DATA / name) for name in asked.only if (DATA / name).exists())
    for district in (generate(300, 8, np.random.default_rng(1)), *real):
        for row in rows_of(district, asked.seconds):
            print(row, flush=True)


if __name__ == "__main__":
    main()
