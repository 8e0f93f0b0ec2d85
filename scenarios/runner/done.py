"""What is left of a run that has ended. Light to import: the client of a sweep needs no more."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scenarios.asking.options import Options
from scenarios.reading.values import Table
from scenarios.runner.task import Task

FILES = ("file", "crossings")  # keys of rules that may name a file
LONGEST = 2000  # characters of a reason
PATH = re.compile(r"(?<![\w.])(?:[A-Za-z]:)?[/\\](?:[^\s/\\'\",;]+[/\\])+")

Row = dict[str, Any]


@dataclass(frozen=True)
class Done:
    """A run that has ended. row: its line in the table, as plain values. plan: the text of its plan file, or None.
    doubts: what the worker was warned of on reading its district."""

    run: str
    row: Row
    plan: str | None = None
    doubts: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        return bool(self.row["status"] == "failed")

    @property
    def reduction(self) -> float:
        """By what share the objective is smaller than today's; -inf where there is no plan or nothing to reduce."""
        now, today = self.row.get("objective_value"), self.row.get("objective_value_status_quo")
        return 1 - now / today if now is not None and today else -math.inf


@dataclass(frozen=True)
class Workers:
    """News of a cluster: how many workers are connected."""

    connected: int


def failed(task: Task, reason: str) -> Done:
    """The row of a run that could not be done. No machine's paths are in it."""
    text = PATH.sub("", "; ".join(reason.splitlines()).replace(f"{task.folder.parent}/", ""))
    return Done(task.run, {**head_of(task), "status": "failed", "reason": text[:LONGEST]})


def head_of(task: Task) -> Row:
    """What is known of a run before it is done."""
    objective = objective_text(task.settings.options.objective)
    options = {**dict.fromkeys(Options.model_fields), **task.deciding, "objective": objective}
    return {
        "district": task.district,
        "folder": task.folder.name,
        "district_hash": task.district_hash,
        **{f"option.{name}": value for name, value in options.items()},
        "rules": [_pathless(rule) for rule in task.settings.rules],
        "status": "done",
        "outcome": None,
        "reason": None,
        "repeatable": not task.time_limited,
        "version": task.version,
    }


def objective_text(spec: str | Mapping[str, object] | None) -> str | None:
    """An objective as --objective takes it."""
    return ",".join(f"{name}={weight:.12g}" for name, weight in spec.items()) if isinstance(spec, Mapping) else spec


def _pathless(rule: Table) -> Table:
    """A rule as it was written, but for where its files lie."""
    return {key: Path(value).name if key in FILES and isinstance(value, str) else value for key, value in rule.items()}
