"""Random small districts under random rules of every kind, as the program and as the checker see them."""

from __future__ import annotations

import atexit
import itertools
import math
import shutil
import tempfile
from collections.abc import Iterator
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from enumeration import candidates
from questions import LIMITS
from rule_cases import random_folder, random_rule
from toys import SIDE

from optimizer.arrays import Ints
from optimizer.bounds.bound import Bounder
from optimizer.deadline import Deadline
from optimizer.district import District
from optimizer.errors import InputError
from optimizer.model import Model
from optimizer.objectives import make_objective
from optimizer.plan import Plan
from optimizer.rules import under
from scenarios import read_district
from scenarios.asking.options import Options, Settings, rules_of
from scenarios.asking.rule_files import located
from scenarios.verify.case import Case
from scenarios.verify.validity import broken_limits, is_valid

Table = dict[str, Any]
MOST = 400  # plans
MIXTURE = {"disparity": 1.0, "cut_edges": 0.1, "travel_mean": 0.2, "moved": 0.1}
OBJECTIVES = ["disparity", "disparity_equal", "gap.white.black", "variance_ratio.white", "travel_mean", "moved"]


@lru_cache(maxsize=64)
def furnished(seed: int) -> tuple[Path, District]:
    """A random small district, read; the same folder in all of a process."""
    random, folder = np.random.default_rng(seed), Path(tempfile.mkdtemp(prefix="rezone"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    random_folder(random, folder)
    if seed % 3 == 2:
        blocks = gpd.read_parquet(folder / "blocks.parquet")
        scattered(blocks, np.random.default_rng(seed)).to_parquet(folder / "blocks.parquet")
    return folder, read_district(folder)


def scattered(blocks: gpd.GeoDataFrame, random: np.random.Generator) -> gpd.GeoDataFrame:
    """With another square below the grid for some of the blocks, away from their own."""
    west, south, east, _ = blocks.total_bounds
    places = np.arange(west, east - 1, SIDE)
    shapes = list(blocks.geometry)
    for k in random.choice(len(shapes), min(3, len(shapes)), replace=False):
        place = float(random.choice(places))
        places = places[places != place]
        square = shapely.box(place, south - SIDE, place + SIDE, south)
        if shapely.intersection(square, shapes[k]).length == 0:  # else it would be the same part
            shapes[k] = shapely.union(shapes[k], square)
    return blocks.set_geometry(shapes, crs=blocks.crs)


class Ruled:
    """A random district under random rules, as the program and as the checker see it."""

    def __init__(self, seed: int, kinds: list[str]) -> None:
        self.random = random = np.random.default_rng([seed, *map(ord, "".join(kinds))])
        folder, self.read = furnished(seed)
        limits = LIMITS | {
            "travel_floor": 6.0 if (folder / "travel.csv").exists() else 1200.0,
            "size_tolerance": float(random.choice([0.3, 1.0, 3.0])),
            "max_moved": None if random.random() < 0.6 else 0.6,
            "contiguity": bool(random.random() < 0.6),
            "strict": bool(random.random() < 0.15),
        }
        self.tables = [located(random_rule(random, kind, self.read, folder), folder) for kind in kinds]
        options = Options(**limits)
        self.rules = rules_of(Settings(options, tuple(self.tables)))
        self.district = under(self.read, self.rules)
        self.model = Model.build(self.district, self.rules)
        known = [name for name in OBJECTIVES if "." not in name or set(name.split(".")[1:]) <= set(self.read.groups)]
        self.spec: str | dict[str, float] = MIXTURE if random.random() < 0.3 else str(random.choice(known))
        self.objective = make_objective(self.spec, self.district)
        self.case = Case.of(self.read, options, self.tables, self.spec, "c.json", [folder])

    @cached_property
    def lowest(self) -> float:
        """The least objective of any valid plan; where there are many plans, of those of candidate pairs alone, and inf
        where there are too many even so."""
        ground, contiguity = self.case.ground, self.case.options.contiguity
        roots = {block: j for j, block in ground.root.items()} if contiguity else {}
        may = [[roots[i]] if i in roots else ground.takes for i in range(ground.blocks)]
        if math.prod(map(len, may)) > MOST:
            may = candidates(self.model)
        if math.prod(map(len, may)) > 4 * MOST:
            return math.inf
        plans = (np.array(plan, np.int32) for plan in itertools.product(*may))
        return min((self.case.goal.value(zone) for zone in plans if self.valid(zone)), default=math.inf)

    def valid(self, zone: Ints) -> bool:
        return is_valid(broken_limits(self.case, zone))

    def certificate(self) -> dict[str, Any]:
        """What the program proves from the plan where nobody moves who need not."""
        first = self.model.pairs.index[self.model.pairs.start[:-1]]
        school = np.where(self.district.home >= 0, self.district.home, first)
        bounder = Bounder(self.model, self.objective, school, self.objective.value(Plan(self.district, school)))
        bounder.run(Deadline(iterations=60))
        return bounder.finish().document()


def ruled(kinds: list[str], wanted: int, *, feasible: bool = False) -> Iterator[Ruled]:
    """So many random districts whose rules do not contradict each other. feasible: and that have a valid plan; fewer
    where these are rare."""
    for seed in range(40):
        try:
            found = Ruled(seed, kinds)
        except InputError:
            continue
        if not feasible or found.lowest < math.inf:
            yield found
            wanted -= 1
        if wanted == 0:
            return
