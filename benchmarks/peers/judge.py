"""From a cell's answer to a row of figures: every plan judged by the program's own check, whoever made it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from benchmarks.machine import ROOT
from benchmarks.peers.cell import Cell, district_of
from benchmarks.peers.question import Question
from optimizer import Plan, breaches, is_valid, measure
from optimizer.rules import DEFAULT_RULES

SPARE = 240.0  # seconds beyond its budget after which a cell is given up: starting, loading, and late ends


@dataclass(frozen=True)
class Row:
    """value: None without a plan. broken: the limits that the plan breaks, with how often. race: racial
    dissimilarity. progress: of seconds and
    values. lost: why there is no plan."""

    cell: Cell
    value: float | None = None
    valid: bool = False
    broken: str = ""
    race: float | None = None
    bound: float | None = None
    took: float = 0.0
    memory: float = 0.0
    progress: tuple[tuple[float, float], ...] = ()
    lost: str = ""


@cache
def question(name: str) -> Question:
    return Question(district_of(name))


def race(plan: Plan) -> float | None:
    """Racial dissimilarity, which stands beside every disparity; None where race is not known."""
    return measure(plan).get("dissimilarity.race")


def today(name: str) -> tuple[float, float | None]:
    """Disparity and racial dissimilarity of today's zones."""
    asked = question(name)
    return asked.value(asked.today), race(Plan.status_quo(asked.district))


def played(cell: Cell) -> Row:
    """Run the cell in a process of its own, and judge what it says."""
    words = (sys.executable, "-m", "benchmarks.peers.cell", json.dumps(vars(cell)))
    try:
        done = subprocess.run(
            words, cwd=ROOT, capture_output=True, text=True, timeout=cell.seconds + SPARE, check=False
        )
    except subprocess.TimeoutExpired:
        return Row(cell, lost="did not end")
    if done.returncode:
        return Row(cell, lost=(done.stderr.strip().splitlines() or ["died"])[-1][:80])
    return judged(cell, json.loads(done.stdout.splitlines()[-1]))


def judged(cell: Cell, answer: dict[str, Any]) -> Row:
    if answer["absent"]:
        return Row(cell, lost=f"{answer['absent']} is not installed")
    figures = {"bound": answer["bound"], "took": answer["took"], "memory": answer["memory"]}
    progress = tuple((float(s), float(v)) for s, v in answer["progress"])
    if answer["school"] is None:
        return Row(cell, lost="no plan", progress=progress, **figures)
    asked = question(cell.district)
    plan = Plan(asked.district, np.array(answer["school"], np.int32))
    rows = breaches(plan, DEFAULT_RULES)
    broken = ", ".join(f"{n} {limit}" for limit, n in Counter(row.limit for row in rows if not row.inherited).items())
    return Row(cell, asked.value(plan.school), is_valid(rows), broken, race(plan), progress=progress, **figures)
