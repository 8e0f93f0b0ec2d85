"""A scenario file that has been read, and the runs that it stands for."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from scenarios.asking.options import Options
from scenarios.asking.rule_files import located
from scenarios.reading.values import Table
from scenarios.scenario_file.models import Scenario, ScenarioFile

Setting = dict[str, object]  # of options, by name
BASE = "base"  # the scenario of a file that names none


@dataclass(frozen=True)
class Planned:
    """One run as the file asks for it.

    folder: of the district. options: as given, without the district's own limits and the defaults. plan, baseline: what
    is scored as it is; without either a plan is sought. differs: what sets the run apart from the file's [options].
    """

    scenario: str
    folder: Path
    options: Table
    rules: tuple[Table, ...] = ()
    plan: Path | None = None
    baseline: str | None = None
    differs: Table = field(default_factory=dict)


@dataclass(frozen=True)
class Study:
    """path: of the file. folders: of the districts, in order. Iterating gives the runs, district by district."""

    path: Path
    file: ScenarioFile
    folders: tuple[Path, ...]

    @property
    def scenarios(self) -> tuple[Scenario, ...]:
        return tuple(self.file.scenario) or (Scenario.model_validate({"name": BASE}),)

    @cached_property
    def axes(self) -> tuple[tuple[Setting, ...], ...]:
        """What is combined: for every swept option, and for all of a zip together, its settings one by one."""
        swept = self.file.sweep.model_dump(exclude_unset=True)
        zips = swept.pop("zip", [])
        grid = [tuple({name: value} for value in values) for name, values in swept.items()]
        return (*grid, *(_in_step(lists) for lists in zips if lists))

    def __len__(self) -> int:
        """How many runs there are, without spreading them out."""
        combinations = math.prod(len(axis) for axis in self.axes)
        each = sum(combinations if scenario.searched else 1 for scenario in self.scenarios)
        return len(self.folders) * each

    def __iter__(self) -> Iterator[Planned]:
        for folder in self.folders:
            for scenario in self.scenarios:
                yield from self._runs(folder, scenario)

    def rules_of(self, scenario: Scenario) -> tuple[Table, ...]:
        """Those of the file, and then its own."""
        return tuple(located(rule, self.path.parent) for rule in (*self.file.rules, *scenario.rules))

    def _runs(self, folder: Path, scenario: Scenario) -> Iterator[Planned]:
        base = self.file.options.model_dump(exclude_unset=True)
        rules = self.rules_of(scenario)
        plan = None if scenario.plan is None else self.path.parent / scenario.plan
        for settings in itertools.product(*(self.axes if scenario.searched else ())):
            differs = dict(scenario.given)
            for setting in settings:
                differs |= setting
            options = {name: value for name, value in (base | differs).items() if name in Options.model_fields}
            yield Planned(scenario.name, folder, options, rules, plan, scenario.baseline, differs)


def _in_step(lists: Mapping[str, Sequence[object]]) -> tuple[Setting, ...]:
    """The settings of a zip: the first of each list, the second of each, ..."""
    return tuple(dict(zip(lists, values, strict=True)) for values in zip(*lists.values(), strict=True))
