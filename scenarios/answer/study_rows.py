"""A run as a row of a table, under FORMAT.md's names for results.parquet: of a study, or of `optimize` beside it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Self

from optimizer.measures import Measures
from optimizer.travel import Unit
from scenarios.answer.evaluation import Evaluation
from scenarios.reading.records import Summary, excess_of
from scenarios.reading.uncertainty import Uncertainty
from scenarios.reading.values import Table
from scenarios.writing.records import inlined, spread

OPTION, TODAY = "option.", "status_quo."  # before the names of options, and of measures of today's zones


@dataclass(frozen=True, kw_only=True)
class Bounded:
    """What is proved of all plans, which a search alone can say."""

    bound: float | None
    gap: float | None


@dataclass(frozen=True, kw_only=True)
class Searched(Bounded):
    """The same with what the search was."""

    solver_bound: float | None
    seed: int | None
    iterations: int | None
    threads: int


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """What redrawn counts say, by measure (`Uncertainty`)."""

    low: Mapping[str, float] = spread("low.")
    high: Mapping[str, float] = spread("high.")
    below_status_quo: Mapping[str, float] = spread("below_status_quo.")
    draws: int
    draws_model: str
    draws_sha256: str | None

    @classmethod
    def of(cls, found: Uncertainty) -> Self:
        return cls(
            low={name: ends.low for name, ends in found.intervals.items()},
            high={name: ends.high for name, ends in found.intervals.items()},
            below_status_quo=found.below_status_quo,
            draws=found.draws,
            draws_model=found.draws_model,
            draws_sha256=found.draws_sha256,
        )


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What came of a run that was done. measures: None each where there is no plan. search: None of a plan that was
    given. excess: as `excess_of` has it, None without a plan. valid_status_quo: as `is_alternative` has it."""

    measures: Mapping[str, float | None] = spread("")
    status_quo: Measures = spread(TODAY)
    search: Bounded | None = inlined()
    proof: Literal["certificate", "solver"] | None
    seconds: float | None
    valid_status_quo: bool | None
    excess: float | None
    travel_unit: Unit | None

    @classmethod
    def of(
        cls,
        found: Summary | Evaluation,
        unit: Unit | None,
        *,
        valid_status_quo: bool | None,
        search: Bounded | None = None,
        proof: Literal["certificate", "solver"] | None = None,
        seconds: float | None = None,
    ) -> Self:
        now, today = found.measures, found.measures_status_quo
        return cls(
            measures=dict.fromkeys(today) if now is None else {name: now.get(name) for name in today},
            status_quo=today,
            search=search,
            proof=proof,
            seconds=seconds,
            valid_status_quo=valid_status_quo,
            excess=None if now is None else excess_of(found.broken_limits),
            travel_unit=unit,
        )


@dataclass(frozen=True, kw_only=True)
class Sought:
    """What a study says of a run that was done besides. plan_sha256: of the plan's rows, None where there is no plan.
    drawn: None where no draws were asked for."""

    objective_value: float | None
    objective_value_status_quo: float | None
    plan_sha256: str | None
    drawn: Drawn | None = inlined()


@dataclass(frozen=True, kw_only=True)
class RunRow:
    """A run. options: by name. status: `done` also where the answer is no valid plan, which `outcome` says; `failed`
    where there was an error, which `reason` is; then `found` is None."""

    district: str
    options: Mapping[str, object] = spread(OPTION)
    status: Literal["done", "failed"]
    outcome: str | None
    reason: str | None
    rules: Sequence[Table]
    found: Measured | None = inlined()


@dataclass(frozen=True, kw_only=True)
class StudyRow(RunRow):
    """A run of a study. folder: the name of the district's. district_hash: of its content, None where it could not be
    read. repeatable: whether no time limit ends its search. sought: None as `found` is."""

    folder: str
    district_hash: str | None
    repeatable: bool
    version: str
    sought: Sought | None = inlined()

    @property
    def reduction(self) -> float:
        """By what share the objective is smaller than today's; -inf where there is no plan or nothing to reduce."""
        if self.sought is None:
            return -math.inf
        now, today = self.sought.objective_value, self.sought.objective_value_status_quo
        return 1 - now / today if now is not None and today is not None and today != 0 else -math.inf
