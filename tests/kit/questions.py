"""Small districts with limits, rules and an objective, and all their valid plans by enumeration: plain code over
`checker`, which shares nothing with the program."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import checker
import numpy as np
from toys import Toy

LIMITS = {
    "travel_increase": 0.5, "travel_floor": 1000.0, "size_tolerance": 0.15, "max_moved": None, "contiguity": True,
    "strict": False,
}  # fmt: skip


@dataclass
class Question:
    """A district folder with limits, rules and an objective, as a certificate states them."""

    folder: Path
    limits: dict[str, Any]
    rules: list[dict[str, Any]]
    objective: Any

    def __post_init__(self) -> None:
        self.raw = checker.Folder(self.folder)
        self.blocks, self.schools = self.raw.blocks, self.raw.schools
        raw = self.raw
        poor = raw.poor or dict.fromkeys(raw.blocks, 0.0)
        sides = raw.group or {"poor": poor, "rest": {b: raw.students[b] - poor[b] for b in raw.blocks}}
        self.n = np.array([[part[b] for part in sides.values()] for b in raw.blocks])
        self.poor, self.whole = np.array([poor[b] for b in raw.blocks]), self.n.sum(axis=1)
        self.students = np.array([raw.students[b] for b in raw.blocks])
        self.today = np.array([self.schools.index(raw.zone[b]) for b in raw.blocks])

    def zones(self, plan: tuple[int, ...]) -> dict[str, str]:
        return {b: self.schools[j] for b, j in zip(self.blocks, plan, strict=True)}

    def may(self, i: int, j: int) -> bool:
        """Candidate pairs by FORMAT.md's words."""
        block, school = self.blocks[i], self.schools[j]
        if self.today[i] == j:
            return True
        if self.limits["contiguity"] and block in self.raw.root.values():
            return False
        now, new = self.raw.travel(block, self.raw.zone[block]), self.raw.travel(block, school)
        most = max((1 + self.limits["travel_increase"]) * now, self.limits["travel_floor"])
        return math.isfinite(now) and math.isfinite(new) and school in self.raw.root and new <= most + 1e-6

    def valid_plans(self) -> Iterator[tuple[int, ...]]:
        for plan in itertools.product(
            *[[j for j in range(len(self.schools)) if self.may(i, j)] for i in range(len(self.blocks))]
        ):
            if all(inherited for _, _, inherited in checker.broken(self.raw, self.zones(plan), **self.limits)) and all(
                self.moved(plan, rule["of"]) <= rule["share"] + 1e-9 for rule in self.rules
            ):
                yield plan

    def moved(self, plan: tuple[int, ...], of: str = "all") -> float:
        counts = self.counts(of)
        total = counts.sum()
        return float(counts[np.array(plan) != self.today].sum() / total) if total else 0.0

    def counts(self, of: str) -> np.ndarray:
        raw = self.raw
        return np.array([{"all": raw.students, "poverty": raw.poor, **raw.group}[of][b] for b in self.blocks])

    def parts(self) -> dict[str, float]:
        """The weight of each part of the objective, divided by its value today in a mixture."""
        if isinstance(self.objective, str):
            return {self.objective: 1.0}
        today = {name: self.part(name, tuple(self.today)) for name in self.objective}
        return {k: w / (today[k] if today[k] > 1e-12 else 1.0) for k, w in self.objective.items()}

    def value(self, plan: tuple[int, ...]) -> float:
        return sum(weight * self.part(name, plan) for name, weight in self.parts().items())

    def part(self, name: str, plan: tuple[int, ...]) -> float:
        if name == "moved":
            return self.moved(plan)
        if name == "travel_mean":
            return float(sum(self.share_reached()[i] * self.far(i, j) for i, j in enumerate(plan)))
        zone, p = np.array(plan), self.poor.sum() / self.whole.sum()
        met = np.zeros(self.n.shape[1])
        for j in set(plan):
            if self.whole[zone == j].sum() > 0:
                met += self.n[zone == j].sum(axis=0) * self.poor[zone == j].sum() / self.whole[zone == j].sum()
        size = self.n.sum(axis=0)
        some = size > 0
        return float(np.sqrt((size[some] / size.sum() * (met[some] / size[some] - p) ** 2).sum()))

    def far(self, i: int, j: int) -> float:
        travel = self.raw.travel(self.blocks[i], self.schools[j])
        return travel if math.isfinite(travel) else 0.0

    def share_reached(self) -> np.ndarray:
        known = [math.isfinite(self.raw.travel(b, self.raw.zone[b])) for b in self.blocks]
        students = np.where(known, self.students, 0.0)
        return students / (students.sum() or 1.0)

    def reach(self, j: int, avoiding: set[int]) -> set[int]:
        """The blocks that a walk from the root of j gets to through candidates of j, around `avoiding`."""
        index = {b: i for i, b in enumerate(self.blocks)}
        root = index[self.raw.root[self.schools[j]]]
        seen, ahead = {root}, [root]
        while ahead:
            for b in self.raw.neighbours[self.blocks[ahead.pop()]]:
                i = index[b]
                if i not in seen and i not in avoiding and self.may(i, j):
                    seen.add(i)
                    ahead.append(i)
        return seen

    def candidates(self) -> dict[int, list[int]]:
        found = {}
        for j in sorted(set(self.today.tolist())):
            found[j] = [i for i in range(len(self.blocks)) if self.may(i, j)]
            if self.limits["contiguity"]:
                near = self.reach(j, set())
                found[j] = [i for i in found[j] if i in near or self.today[i] == j]
        return found

    def sizes(self, j: int) -> tuple[float, float]:
        school, tolerance = self.schools[j], self.limits["size_tolerance"]
        now = self.students[self.today == j].sum()
        seats, least = self.raw.capacity[school], self.raw.least[school]
        high = (1 + tolerance) * now if seats is None else seats - self.raw.other[school]
        low = checker.least_by_default(now, None if seats is None else high, tolerance) if least is None else least
        if not self.limits["strict"]:
            low, high = min(low, now), max(high, now)
        return low - 1e-6, high + 1e-6

    def budgets(self) -> list[tuple[np.ndarray, float]]:
        rules = [(rule["of"], rule["share"]) for rule in self.rules]
        if self.limits["max_moved"] is not None:
            rules.append(("all", self.limits["max_moved"]))
        return [(self.counts(of), (share + 1e-9) * self.counts(of).sum()) for of, share in rules]

    def curved(self) -> float:
        return self.parts().get("disparity", 0.0) if self.whole.sum() > 0 else 0.0

    def cost(self, i: int, j: int) -> float:
        parts = self.parts()
        moved = self.students[i] / (self.students.sum() or 1.0) * (self.today[i] != j)
        return (
            parts.get("travel_mean", 0.0) * self.share_reached()[i] * self.far(i, j) + parts.get("moved", 0.0) * moved
        )

    def unit(self, direction: np.ndarray) -> tuple[np.ndarray, float]:
        """c_i = a/N sum_r u'_r n_ri, and the constant a p sum_r w_r u'_r."""
        w, a = self.n.sum(axis=0) / self.whole.sum(), self.curved()
        u = direction / np.sqrt((w * direction**2).sum())
        return a / self.whole.sum() * self.n @ u, a * self.poor.sum() / self.whole.sum() * (w * u).sum()


def random_district(random: np.random.Generator, folder: Path, schools: int | None = None) -> Path:
    """A folder of 6 to 9 blocks and 2 or 3 schools, with all that FORMAT.md allows now and then: fractional counts,
    blocks without students, students that differ from the groups' sum, no groups, seats, minima, other students,
    detached pieces, travel tables with gaps."""
    rows, columns = [(1, 6), (2, 3), (2, 4), (3, 3), (1, 7)][random.integers(5)]
    size, schools = rows * columns, int(random.integers(2, 4)) if schools is None else schools
    letters = random.choice(list("xyz"[:schools]), size)
    homes = random.choice(size, schools, replace=False)
    for j, home in enumerate(homes):
        letters[home] = "XYZ"[j]
    whole = random.random() < 0.5
    n = random.uniform(0, 9, (size, int(random.integers(1, 4)))) * random.choice([0, 1], (size, 1), p=[0.1, 0.9])
    n = np.round(n) if whole else n
    if n.sum() == 0:
        n[0] = 1
    poor = n.sum(axis=1) * random.choice([0.0, 0.3, 1.0], size) * random.uniform(0, 1, size)
    students = n.sum(axis=1) + (random.uniform(-0.4, 0.4, size) if random.random() < 0.3 else 0)
    students = np.maximum(students, 0)
    groups = {"white": 0, "black": 1, "asian": 2} if random.random() < 0.8 else {}
    groups = {name: _text(n[:, k]) for name, k in groups.items() if k < n.shape[1]}

    def some(low: float, high: float) -> dict[str, float]:
        return {"xyz"[j]: float(random.uniform(low, high)) for j in range(schools) if random.random() < 0.5}

    mean = students.sum() / schools
    toy = Toy(
        "\n".join(" ".join(letters[r * columns : (r + 1) * columns]) for r in range(rows)),
        groups=groups,
        poverty=_text(np.minimum(poor, n.sum(axis=1) if groups else students)),
        students=_text(students),
        seats=some(0.7 * mean, 1.8 * mean),
        least=some(0.2 * mean, 1.1 * mean),
        other=some(0, 3),
    )
    toy.write(folder)
    if random.random() < 0.4:
        _travel_table(random, toy, folder)
    return folder


def _text(values: np.ndarray) -> str:
    return " ".join(repr(float(value)) for value in values)


def _travel_table(random: np.random.Generator, toy: Toy, folder: Path) -> None:
    pairs = itertools.product(toy.blocks().block_id, toy.schools().school_id)
    rows = [f"{block},{school},{random.uniform(1, 9):.3f}" for block, school in pairs if random.random() < 0.85]
    (folder / "travel.csv").write_text("\n".join(["block_id,school_id,minutes", *rows, ""]))


def random_question(random: np.random.Generator, folder: Path) -> Question:
    """A random district with random limits, rules and objective."""
    random_district(random, folder)
    limits = LIMITS | {
        "travel_floor": 5.0 if (folder / "travel.csv").exists() else float(random.choice([600.0, 1000.0])),
        "travel_increase": float(random.choice([0.1, 0.5, 2.0])),
        "size_tolerance": float(random.choice([0.15, 0.6, 1.5])),
        "max_moved": None if random.random() < 0.6 else float(random.uniform(0.1, 0.6)),
        "contiguity": bool(random.random() < 0.75),
        "strict": bool(random.random() < 0.2),
    }
    rules = [{"of": "poverty", "share": 0.5}] if random.random() < 0.3 else []
    mixture = {"disparity": 1.0, "travel_mean": 0.2, "moved": 0.1}
    objective = random.choice(np.array(["disparity", "disparity", "disparity", "travel_mean", "moved", None], object))
    return Question(folder, limits, rules, mixture if objective is None else str(objective))
