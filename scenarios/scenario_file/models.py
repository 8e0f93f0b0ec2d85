"""What a scenario file may hold: the models that the file, its errors and its JSON Schema are made from, and the runs
that it stands for."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from scenarios.asking.options import Options
from scenarios.asking.order import laid_over
from scenarios.asking.rule_files import located
from scenarios.reading.values import Table

Rule = dict[str, object]  # a kind and its keys: the rules themselves say which
Text = Annotated[str, Field(min_length=1)]
Baseline = Literal["status_quo", "nearest_school"]


class OwnKeys(BaseModel):
    """A table of the file: nothing but its own keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Scenario(Options):
    """One candidate. Any option of `optimize` stands beside its name, and takes the place of the one in [options]."""

    name: Text = Field(description="What the candidate is called; each name once.")
    plan: Text | None = Field(
        None, description="A plan file, relative to the scenario file: scored as it is, one run a district."
    )
    baseline: Baseline | None = Field(
        None,
        description="A plan that nobody searched for, scored as it is: today's zones, or each block to its nearest "
        "school within seats.",
    )
    rules: list[Rule] = Field([], description="Rules of this scenario, added to those of the file.")

    @property
    def given(self) -> dict[str, object]:
        """The options that the scenario itself sets."""
        return {name: getattr(self, name) for name in Options.model_fields if name in self.model_fields_set}

    @property
    def searched(self) -> bool:
        """Whether the plan is sought, not given."""
        return self.plan is None and self.baseline is None


def _lists() -> dict[str, tuple[Any, Any]]:
    """For every option a list of its values."""
    fields: dict[str, tuple[Any, Any]] = {}
    for name, own in Options.model_fields.items():
        value: Any = Annotated[(own.annotation, Field(), *own.metadata)]
        values = Annotated[list[value], Field(min_length=1)]
        fields[name] = (values | None, Field(None, description=f"Values to try. {own.description}"))
    return fields


if TYPE_CHECKING:

    class Zip(OwnKeys):
        """Lists of one length, taken in step: the first of each, the second of each, and so on."""

    class Sweep(OwnKeys):
        """Every scenario whose plan is sought, times every combination of these values."""

        zip: list[Zip]

else:
    Zip = create_model(
        "Zip", __base__=OwnKeys, __doc__="Lists of one length: the first of each together, the second.", **_lists()
    )
    Sweep = create_model(
        "Sweep",
        __base__=OwnKeys,
        __doc__="Every scenario whose plan is sought, times every combination of these values.",
        zip=(list[Zip], Field([], description="Lists that are taken in step.")),
        **_lists(),
    )


class ScenarioFile(OwnKeys):
    """Scenarios of `rezone run`: districts, options and rules for all, named scenarios, and a sweep over options."""

    district: Text | None = Field(None, description="The folder of the district, relative to this file.")
    districts: Annotated[list[Text], Field(min_length=1)] | None = Field(
        None, description='Folders of districts, or patterns such as "districts/*". Relative to this file.'
    )
    options: Options = Field(
        Options.model_validate({}), description="Options of `rezone optimize`, for every scenario."
    )
    rules: list[Rule] = Field([], description="Rules for every scenario.")
    scenario: list[Scenario] = Field([], description="The candidates. Without any there is one, called base.")
    sweep: Sweep = Field(Sweep.model_validate({}), description="Values of options to combine.")


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
                differs = laid_over(differs, setting)
            options = {k: value for k, value in laid_over(base, differs).items() if k in Options.model_fields}
            yield Planned(scenario.name, folder, options, rules, plan, scenario.baseline, differs)


def _in_step(lists: Mapping[str, Sequence[object]]) -> tuple[Setting, ...]:
    """The settings of a zip: the first of each list, the second of each, ..."""
    return tuple(dict(zip(lists, values, strict=True)) for values in zip(*lists.values(), strict=True))
