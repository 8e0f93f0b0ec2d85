"""One run: all that it needs, its name, which is the hash of everything that decides its result, and its row."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from optimizer.errors import InputError
from optimizer.optimize import TIME_LIMIT
from scenarios.answer.study_rows import Measured, Sought, StudyRow
from scenarios.asking.near import with_near
from scenarios.asking.options import MINIMUM_KEY, AskedLimits, Options, Settings
from scenarios.asking.order import slack_text
from scenarios.asking.plugins import load_plugins, plugin_hash
from scenarios.folder import read_inputs
from scenarios.folder.draws import need_draws
from scenarios.folder.hashes import byte_hashes, draws_hash
from scenarios.folder.head import Head, read_head
from scenarios.folder.tables import Faults
from scenarios.plans.file import rows_hash
from scenarios.reading.values import NOTHING, Table
from scenarios.scenario_file import Planned, Study
from scenarios.version import rezone_version
from scenarios.writing.staging import sha256_of

NAME = 32  # hexadecimal digits of a run's name
JUDGING = (*AskedLimits.model_fields, "strict", "objective")  # the options that matter where a plan is given


@dataclass(frozen=True)
class Task:
    """What a worker gets. run: the name. folder: of the district, a path that the worker can reach. district: its name.
    inputs: `District.inputs`, or hashes of its bytes where it cannot be read. plan: a path, with plan_hash the SHA-256
    of its rows. plugins: Python files that the worker runs first, with codes, their SHA-256. draws: on how many
    redrawn counts the plan is measured besides, and the SHA-256 of the folder's draws, None where a model draws.
    start_hash: the SHA-256 of the rows of the plan that the search begins at.
    """

    run: str
    scenario: str
    folder: Path
    district: str
    inputs: Mapping[str, str]
    settings: Settings
    version: str
    plan: Path | None = None
    plan_hash: str | None = None
    baseline: str | None = None
    plugins: tuple[Path, ...] = ()
    codes: tuple[str, ...] = ()
    draws: tuple[int, str | None] | None = None
    start_hash: str | None = None

    @property
    def searched(self) -> bool:
        """Whether the plan is sought, not given."""
        return self.plan is None and self.baseline is None

    @property
    def time_limited(self) -> bool:
        return self.searched and _time_limited(self.settings.options)

    @property
    def deciding(self) -> Table:
        """The options that decide the result, by name."""
        return _deciding(self.settings.options, self.searched)

    @property
    def district_hash(self) -> str | None:
        """The hash of the content of the district's files, which tells districts of one name apart; None where they
        could not be read."""
        return _name(self.inputs) if self.inputs else None


def tasks_of(study: Study, plugins: tuple[Path, ...] = (), draws: int | None = None) -> Iterator[Task]:
    """The runs of a study, in its order; two may have one name. Every file is hashed once. A district that cannot be
    read gives runs that will fail and say why. plugins: files of the user's own code, which decide results too. draws:
    see `Task`. Raises InputError where a folder holds fewer."""
    version = rezone_version()
    about, plan_hash, drawn = cache(_about), cache(_plan_hash), cache(_draws)
    load_plugins(plugins)
    codes = tuple(plugin_hash(file) for file in plugins)
    for planned in study:
        head, inputs = about(planned.folder)
        settings = _settings(study, planned, head)
        searched = planned.plan is None and planned.baseline is None
        given = None if planned.plan is None else plan_hash(planned.plan)
        start = settings.options.start if searched else None
        begins = None if start is None else plan_hash(Path(start))
        redrawn = None if draws is None else (draws, drawn(planned.folder, draws))
        deciding = {
            "version": version,
            "district": inputs or {"unreadable": planned.folder.name},
            "options": _by_content(_deciding(settings.options, searched), begins),
            MINIMUM_KEY: settings.default_minimum,
            "rules": settings.rules,  # with the SHA-256 of files that they name, and the plan that `near` names
            "plan": given or planned.baseline,
            **({"plugins": list(codes)} if codes else {}),
            **({} if redrawn is None else {"draws": list(redrawn)}),
        }
        yield Task(
            run=_name(deciding),
            scenario=planned.scenario,
            folder=planned.folder.absolute(),
            district=head.name or planned.folder.absolute().name,
            inputs=inputs,
            settings=settings,
            version=version,
            plan=None if planned.plan is None else planned.plan.absolute(),
            plan_hash=given,
            baseline=planned.baseline,
            plugins=tuple(file.absolute() for file in plugins),
            codes=codes,
            draws=redrawn,
            start_hash=begins,
        )


def _settings(study: Study, planned: Planned, head: Head) -> Settings:
    """Paths of plans are relative to the file that names them: the study's, or the district's."""
    options = Options.model_validate({**head.limits, **planned.options})
    own = study.path.parent.absolute()
    near = own if "near" in planned.options else planned.folder.absolute()
    return with_near(options, planned.rules, {"near": near, "from": own})


def _by_content(options: Table, start: str | None) -> Table:
    """Options as a run's hash knows them: plans by what they hold. That of `near` stands in a rule."""
    known = {name: value for name, value in options.items() if name not in (*PLANS, "max_changed")}
    return known if start is None else known | {"from": start}


def _about(folder: Path) -> tuple[Head, dict[str, str]]:
    """What a district's head says, and what identifies its content, or, where it cannot be read, its bytes."""
    faults = Faults()
    try:
        head = read_head(faults, folder)
        faults.stop()
    except (InputError, OSError):
        return Head(), {}
    try:
        return read_inputs(folder)
    except (InputError, OSError):
        return head, _bytes_of(folder)


def _bytes_of(folder: Path) -> dict[str, str]:
    """What identifies a folder that cannot be read as a district, if anything does."""
    try:
        return byte_hashes(folder)
    except (InputError, OSError):
        return {}


def _draws(folder: Path, number: int) -> str | None:
    need_draws(folder, number)
    return draws_hash(folder)


def _plan_hash(path: Path) -> str:
    """By its rows; of what is no plan, by its bytes: the run will fail, and say why."""
    try:
        return rows_hash(path)
    except InputError:
        return sha256_of(path)


def _name(deciding: Table) -> str:
    text = json.dumps(deciding, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:NAME]


def _deciding(options: Options, searched: bool) -> Table:
    if not searched:
        return options.model_dump(include=set(JUDGING))
    if options.time_limit is None and options.iterations is None:
        return options.model_dump() | {"time_limit": TIME_LIMIT}
    if _time_limited(options):
        return options.model_dump()
    return options.model_dump(exclude={"time_limit", "threads"})


def _time_limited(options: Options) -> bool:
    return options.time_limit is not None or options.iterations is None


FILES = ("file", "crossings")  # keys of rules that may name a file
PLANS = ("near", "from")  # options that do
LONGEST = 2000  # characters of a reason
PATH = re.compile(r"(?<![\w.])(?:[A-Za-z]:)?[/\\](?:[^\s/\\'\",;]+[/\\])+")


@dataclass(frozen=True)
class Done:
    """A run that has ended. row: its line in the table. plan: the text of its plan file, or None. doubts: what the
    worker was warned of on reading its district."""

    run: str
    row: StudyRow
    plan: str | None = None
    doubts: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        return self.row.status == "failed"


@dataclass(frozen=True)
class Workers:
    """News of a cluster: how many workers are connected."""

    connected: int


def failed(task: Task, reason: str) -> Done:
    """The row of a run that could not be done. No machine's paths are in it."""
    text = PATH.sub("", "; ".join(reason.splitlines()).replace(f"{task.folder.parent}/", ""))
    return Done(task.run, row_of(task, status="failed", reason=text[:LONGEST]))


def row_of(
    task: Task,
    *,
    status: Literal["done", "failed"] = "done",
    outcome: str | None = None,
    reason: str | None = None,
    options: Table = NOTHING,
    found: Measured | None = None,
    sought: Sought | None = None,
) -> StudyRow:
    """The row of a run. options: those that are known only once it is done."""
    objective = objective_text(task.settings.options.objective)
    deciding = {**task.deciding, "objective": objective, "slack": slack_text(task.settings.options.slack)}
    asked = {**dict.fromkeys(Options.model_fields), **deciding, **options}
    asked |= {name: Path(str(asked[name])).name for name in PLANS if asked[name] is not None}
    return StudyRow(
        district=task.district,
        options=asked,
        status=status,
        outcome=outcome,
        reason=reason,
        rules=[_pathless(rule) for rule in task.settings.rules],
        found=found,
        sought=sought,
        folder=task.folder.name,
        district_hash=task.district_hash,
        repeatable=not task.time_limited,
        version=task.version,
    )


def objective_text(spec: str | Mapping[str, object] | Sequence[str] | None) -> str | None:
    """An objective as --objective takes it."""
    if spec is None or isinstance(spec, str):
        return spec
    parts = [f"{name}={weight:.12g}" for name, weight in spec.items()] if isinstance(spec, Mapping) else spec
    return ",".join(parts)


def _pathless(rule: Table) -> dict[str, object]:
    """A rule as it was written, but for where its files lie."""
    return {key: Path(value).name if key in FILES and isinstance(value, str) else value for key, value in rule.items()}
