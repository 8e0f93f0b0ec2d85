"""Options: what they are, what is wrong with one, and the rules that they stand for."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, create_model

from optimizer.errors import Fault, InputError, nearest
from scenarios.asking.rule_tables import first_of_each, make_rule, or_plugin
from scenarios.reading.documents import allowed, as_toml
from scenarios.reading.most import most
from scenarios.reading.values import Table

if TYPE_CHECKING:
    from optimizer.rules import Size

NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
PlanPath = Annotated[str, Field(min_length=1)]


def _known_objective(
    spec: str | Mapping[str, object] | Sequence[str] | None,
) -> str | dict[str, float] | list[str] | None:
    """Names are checked where they are read, so that a sweep does not fail run by run."""
    from optimizer.objectives import checked_spec  # noqa: PLC0415 - takes a moment to import

    try:
        if spec is None or isinstance(spec, str | Mapping):
            return None if spec is None else checked_spec(spec)
        return [str(checked_spec(name)) for name in spec]
    except InputError as error:
        raise InputError([_perhaps_of_plugin(fault) for fault in error.faults]) from None


def _perhaps_of_plugin(fault: Fault) -> Fault:
    unknown = "is not known" in fault.problem
    return dataclasses.replace(fault, mend=fault.mend + or_plugin()) if unknown else fault


Spec = Annotated[str | dict[str, NotNegative | list[str]] | list[str] | None, AfterValidator(_known_objective)]
Slack = list[float | dict[str, float]]  # what is right about each is for `check_order` to say

# Which default minimum limits mean: FORMAT.md's, the lesser of a share of today's students and of the seats; or that of
# results that do not name it, the share of today's students alone.
DefaultMinimum = Literal["today_or_seats", "today"]
DEFAULT_MINIMUM: DefaultMinimum = "today_or_seats"
LimitValues = dict[str, float | bool | DefaultMinimum | None]  # as results name them
MINIMA: tuple[DefaultMinimum, ...] = (DEFAULT_MINIMUM, "today")
MINIMUM_KEY = "default_minimum"  # among the limits that results name

LARGEST = 2**63 - 1  # whole number that tables hold


class Limits(BaseModel):
    """What a plan must keep, as results state it."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    travel_increase: NotNegative = Field(
        0.5,
        description="A block may change school only if its new travel is at most (1 + this) times its travel today.",
    )
    travel_floor: NotNegative | None = Field(
        None,
        description="Travel up to this is near enough for any block: metres, or minutes where travel is in minutes. "
        "Default: 1000 m or 5 minutes.",
    )
    size_tolerance: NotNegative = Field(
        0.15, description="Where seats or a minimum size are not given, a school may grow or shrink by this share."
    )
    max_moved: Share | None = Field(
        None, description="At most this share of students may change school (0.1 is 10 %). Default: no limit."
    )
    contiguity: bool = Field(True, description="Zones hold together: nothing is newly cut off from its school.")


class AskedLimits(Limits):
    """The same with what stands for a rule `changed`, as which results state it; the keys of [limits] in district.toml
    and the flags of commands."""

    near: PlanPath | None = Field(None, description="A plan file: what --max-changed and the objective changed are of.")
    max_changed: Share | None = Field(
        None, description="At most this share of students may have another school than in --near. Default: no limit."
    )


class _Options(AskedLimits):
    """Options of `optimize`, but for `from`, which is no name that a class may write."""

    strict: bool = Field(False, description="Take every limit as hard, also those that today's zones break.")
    objective: Spec = Field(
        None,
        description="What to make small: disparity (default), disparity_equal, gap.<group>.<group>, "
        "segregation_poverty, dissimilarity.race, variance_ratio.<group>, theil_h.race, outside_band, travel_mean, "
        "moved, changed (with --near) or cut_edges; a mixture such as 'disparity=1,travel_mean=0.1'; or several in "
        "their order, such as 'travel_mean,disparity', each made small while those before it stay within --slack.",
    )
    slack: Slack | None = Field(
        None,
        description="With objectives in an order: how far each but the last may end above the best found, a share of "
        "it (0.02 is 2 %) or, as 'absolute=0.05', so much in its unit.",
    )
    time_limit: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = Field(
        None, description="Seconds for the whole command. Default 60, or no limit with --iterations."
    )
    iterations: Annotated[int, Field(ge=1, le=LARGEST)] | None = Field(
        None, description="Proposals of each of two lanes. The run is then repeatable: same seed, same plan anywhere."
    )
    seed: Annotated[int, Field(ge=0, le=LARGEST)] = Field(0, description="Seed of all randomness.")
    threads: Annotated[int, Field(ge=1, le=most("jobs"))] | None = Field(
        None, description="Threads to use. Default: all cores."
    )
    gap: NotNegative = Field(0.001, description="Stop when the plan is proved to be within this share of the best.")
    solver: Literal["auto", "search", "exact"] = Field("auto", description="auto, search or exact.")

    @property
    def start(self) -> str | None:
        """`from`: the path of the plan that the search begins at."""
        path: str | None = getattr(self, "from", None)
        return path


if TYPE_CHECKING:

    class Options(_Options):
        """Options of `optimize`."""

else:
    Options = create_model(
        "Options",
        __base__=_Options,
        __module__=__name__,
        __doc__="Options of `optimize`.",
        **{
            "from": (
                PlanPath | None,
                Field(None, description="A plan file to search from, valid or not. Default: today's zones."),
            )
        },
    )


@dataclass(frozen=True)
class Settings:
    """Everything that decides a run: the options, and the further rules as they were written. default_minimum: `today`
    where an older result is judged as it was."""

    options: Options
    rules: tuple[Table, ...] = ()
    default_minimum: DefaultMinimum = DEFAULT_MINIMUM


def limit_faults(limits: object) -> list[Fault]:
    """What is wrong with [limits] of a district.toml."""
    if not isinstance(limits, dict):
        return [Fault("district.toml", "limits is not a table", "Write [limits] above them", column="limits")]
    return faults_of(AskedLimits, limits, "district.toml [limits]")


def faults_of(model: type[BaseModel], values: Table, where: str) -> list[Fault]:
    """What is wrong with the values of one source. An empty `where` stands for the command line."""
    try:
        model.model_validate(values)
    except ValidationError as error:
        known, faults = tuple(model.model_fields), []
        for entry in first_of_each(error):
            key = str(entry["loc"][0]) if entry["loc"] else ""
            place, column = (where, key) if where else ("--" + key.replace("_", "-"), None)
            faults.append(key_fault(entry, known, place, column))
        return faults
    return []


def key_fault(entry: Any, known: Sequence[str], where: str, key: str | None) -> Fault:
    """In words, what pydantic found wrong with a key: one of `known` misspelt, or its value. key: None on the command
    line, where `where` is the flag."""
    name = where.removeprefix("--").replace("-", "_") if key is None else key
    if entry["type"] == "extra_forbidden":
        return Fault(where, f"the key is not known{nearest(name, known)}", f"Keys are: {', '.join(known)}", key)
    cause = entry.get("ctx", {}).get("error")
    if isinstance(cause, InputError):
        return dataclasses.replace(cause.faults[0], where=where, column=key)
    mend = MENDS.get(name, "Give a number of 0 or more")
    if entry["type"] == "missing":
        return Fault(where, "the key is missing", mend, key)
    return Fault(where, f"{as_toml(entry['input'])} cannot be used: it {allowed(entry)}", mend, key)


MENDS = {
    "max_moved": "Give a share from 0 to 1, such as 0.1 for 10 %",
    "max_changed": "Give a share from 0 to 1, such as 0.1 for 10 %",
    "near": "Give the path of a plan file as text",
    "from": "Give the path of a plan file as text",
    "contiguity": "Give true or false",
    "strict": "Give true or false",
    "objective": "Give a name, a list of names in their order, or a table of names and weights of 0 or more",
    "slack": "Give a list, such as [0.02], or [{ absolute = 0.05 }] in the objective's unit, as --slack absolute=0.05",
    "time_limit": "Give a number of seconds above 0",
    "iterations": f"Give a whole number from 1 to {LARGEST}",
    "seed": f"Give a whole number from 0 to {LARGEST}",
    "threads": f"Give a whole number from 1 to {most('jobs')}",
    "solver": "Give auto, search or exact",
    "district": "Give the path of one district's folder as text",
    "districts": 'Give a list of paths or patterns, such as ["districts/*"]',
    "options": "Write [options] above them",
    "rules": 'Write [[rules]] above each, or a list of tables such as [{ kind = "moved", share = 0.1 }]',
    "scenario": "Write [[scenario]] above each",
    "sweep": "Write [sweep] above lists of values",
    "zip": "Write [[sweep.zip]] above lists of values that are taken in step",
    "name": "Give a name as text, of one letter or more",
    "plan": "Give the path of a plan file as text",
    "baseline": "Give status_quo or nearest_school",
}


def rules_of(settings: Settings) -> tuple[Any, ...]:
    """All the rules that a run holds to, in the order in which they narrow the model."""
    from optimizer.rules import Contiguity, Moved, Travel  # noqa: PLC0415

    options = settings.options
    rules: list[Any] = [Travel(increase=options.travel_increase, floor=options.travel_floor)]
    rules.append(size_of(settings))
    if options.contiguity:
        rules.append(Contiguity())
    rules += [_as_strict(make_rule(rule), options.strict) for rule in settings.rules]
    if options.max_moved is not None:
        rules.append(Moved(options.max_moved, option=True))
    return tuple(rules)


def size_of(settings: Settings) -> Size:
    """The rule on seats and minimum sizes."""
    from optimizer.rules import Size  # noqa: PLC0415

    options = settings.options
    return Size(tolerance=options.size_tolerance, strict=options.strict, default_minimum=settings.default_minimum)


def _as_strict(rule: Any, strict: bool) -> Any:
    """The rule, with today's breaches taken as hard where --strict says so."""
    return dataclasses.replace(rule, strict=True) if strict and hasattr(rule, "strict") else rule


def limits_in_force(options: Options, unit: str, minimum: DefaultMinimum = DEFAULT_MINIMUM) -> LimitValues:
    """The limits as results name them, with the default floor of the travel unit filled in, and which default minimum
    is meant."""
    from optimizer.rules.travel import FLOOR  # noqa: PLC0415

    limits = options.model_dump(include={*Limits.model_fields, "strict"})
    if limits["travel_floor"] is None:
        limits["travel_floor"] = FLOOR[unit]
    return limits | {MINIMUM_KEY: minimum}


def minimum_meant(limits: Table, key: str = MINIMUM_KEY) -> DefaultMinimum:
    """The default minimum that the limits of a result mean, which stands under `key`: `today` where they do not name
    it, as those written before there were two. Raises InputError where they name another."""
    meant = limits.get(key)
    for known in MINIMA:
        if meant == known:
            return known
    if meant is not None:
        problem, mend = f"{str(meant)[:40]!r} is no default minimum that is known", f"It is one of: {', '.join(MINIMA)}"
        raise InputError(Fault("limits", problem, mend, column=MINIMUM_KEY))
    return "today"
