"""`rezone verify` and `proof_checker.py` on the same certificates: good ones, and such as somebody has changed."""

from __future__ import annotations

import copy
import csv
import json
import warnings
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
from proofs import write
from questions import random_question

from optimizer import optimize
from optimizer.errors import InputError
from scenarios import read_district, write_plan
from scenarios.answer.certifying import certify
from scenarios.asking.options import rules_of
from scenarios.asking.settling import settle
from scenarios.exports import proof_checker
from scenarios.exports.for_checker import plain_inputs, without_trees
from scenarios.verify import verify
from scenarios.verify.case import Case
from scenarios.verify.certificate import read_head

FREE = ("travel_increase", "travel_floor", "size_tolerance", "max_moved", "contiguity", "strict")


@dataclass(frozen=True)
class Made:
    """A district's folder, a plan, its certificate, and the folder of plain inputs."""

    folder: Path
    plan: Path
    content: dict[str, Any]
    plain: Path

    def statuses(self, content: dict[str, Any]) -> tuple[int, int]:
        """What both answer: 0 yes, 1 no, 2 refused. Limits of the certificate are the plain ones too."""
        path = write(content, self.plain / "certificate.json")
        limits = content["limits"] if isinstance(content["limits"], dict) else {}
        rows = [("name", "value"), *((name, json.dumps(value)) for name, value in limits.items())]
        with (self.plain / "limits.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
        with redirect_stdout(StringIO()):
            return self._verified(path), proof_checker.main([str(self.plain)])

    def _verified(self, path: Path) -> int:
        try:
            return int(not verify(self.folder, self.plan, path).verified)
        except InputError:
            return 2


def made(seed: int, base: Path) -> Made | None:
    """A random small district, what is found there and proved of it; None where there is no valid plan."""
    random = np.random.default_rng([18, seed])
    q = random_question(random, base / "district")
    objective = q.objective if isinstance(q.objective, str) else "disparity"
    asked = {name: q.limits[name] for name in FREE if q.limits[name] is not None}
    settings = settle(asked | {"iterations": 200, "objective": objective}, None, {})
    district = read_district(q.folder)
    if objective == "disparity" and not district.has_poverty:
        objective = "travel_mean"
    result = optimize(district, objective, rules_of(settings), iterations=200, seed=seed, threads=1)
    if not result.valid:
        return None
    plan, path, plain = base / "plan.csv", base / "certificate.json", base / "plain"
    write_plan(plan, result.plan)
    certify(result, q.folder, plan, path)
    head = read_head(json.loads(path.read_text(encoding="utf-8")), "certificate.json")
    with warnings.catch_warnings(action="ignore"):
        content = json.loads(without_trees(path.read_text(encoding="utf-8"), head, result.plan))
    del content["seal"]  # it is given anew whenever the file is written
    case = Case.of(district, head.limits, [], head.objective, "certificate.json", minimum=head.minimum)
    plain.mkdir()
    for name, text in plain_inputs(case, result.plan, head.inputs).items():
        (plain / name).write_text(text, encoding="utf-8")
    return Made(q.folder, plan, content, plain)


def tampered(content: dict[str, Any], random: np.random.Generator) -> tuple[dict[str, Any], str]:
    """A copy with one value changed, and where: any field alike, however much it holds."""
    found = copy.deepcopy(content)
    at: Any = found
    key: Any = random.choice(list(found))
    path = [key]
    while isinstance(at[key], list | dict) and len(at[key]) > 0 and random.random() < 0.9:
        at = at[key]
        key = random.choice(list(at)) if isinstance(at, dict) else int(random.integers(len(at)))
        path.append(key)
    _change(at, key, random)
    return found, ".".join(map(str, path))


def _change(at: Any, key: Any, random: np.random.Generator) -> None:
    value, kind = at[key], random.random()
    if kind < 0.1:
        at[key] = [None, "x", [], {}, True, -1, 10**6, 0.5][random.integers(8)]
    elif isinstance(value, bool) or value is None:
        at[key] = not value
    elif isinstance(value, int):
        at[key] = value + int(random.choice([-1, 1, 2]))
    elif isinstance(value, float):
        size = abs(value) or 1e-3
        at[key] = [value * 1.5, -value, 0.0, value + size * float(random.normal()), value * (1 + 1e-7)][
            random.integers(5)
        ]
    elif isinstance(value, str):
        at[key] = value + "x"
    elif isinstance(value, list):
        at[key] = value[:-1] if value and kind < 0.5 else [*value, *value[:1]]
    elif value and kind < 0.6:
        del value[next(iter(value))]
    else:
        value["0"] = value.get("0", [])
