"""One peer, one district, one budget, one seed, in a process of its own: `python -m benchmarks.peers.cell '{...}'`.

Prints one line of JSON. Reading the district, imports and loading of compiled code come before the clock.
"""

from __future__ import annotations

import json
import re
import resource
import sys
import time
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.machine import DATA
from benchmarks.peers import PEERS, Answer, Question
from benchmarks.peers.question import eased
from optimizer import District
from optimizer.errors import Fault, InputError, nearest
from scenarios.generator import generate
from scenarios.instances import INSTANCES, instance_called

SEED = 1  # of generated districts, as in the other benchmarks
SIZE = re.compile(r"([1-9][0-9]*)/([1-9][0-9]*)")


@dataclass(frozen=True)
class Cell:
    """district: as `whole_name` gives it."""

    district: str
    peer: str
    seconds: float
    seed: int


def whole_name(name: str) -> str:
    """The name as a run elsewhere knows it: `300/8` for a generated district, an instance of the library, a real
    district's folder by its name, or another folder's whole path. Raises InputError where it is none of these."""
    known = [instance.name for instance in INSTANCES]
    if SIZE.fullmatch(name) or name in known:
        return name
    if (Path(name) / "district.toml").is_file():
        return str(Path(name).resolve())
    if (DATA / name / "district.toml").is_file():
        return name
    problem = f"'{name}' is no district{nearest(name, known)}"
    mend = f"Give blocks/schools such as 300/8, a district's folder, or an instance: {', '.join(known)}"
    raise InputError(Fault("--districts", problem, mend))


def district_of(name: str) -> District:
    """With the limits that every peer is given. name: as `whole_name` gives it."""
    size = SIZE.fullmatch(name)
    if size:
        blocks, schools = map(int, size.groups())
        return eased(generate(blocks, schools, np.random.default_rng(SEED)))
    if name in [instance.name for instance in INSTANCES]:
        return eased(instance_called(name).district())
    from scenarios import read_district

    return eased(read_district(DATA / name))


def run(cell: Cell) -> dict[str, Any]:
    """The answer as JSON can hold it, with `took` (seconds) and `memory` (GB, the most of the whole process)."""
    peer = PEERS[cell.peer]
    peer.solve(Question(generate(30, 2, np.random.default_rng(0))), 0.5, 0)
    question = Question(district_of(cell.district))
    question.model, question.may, question.neighbours, question.loose  # noqa: B018 - prepared before the clock
    began = time.monotonic()
    answer = peer.solve(question, cell.seconds, cell.seed)
    took = time.monotonic() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return packed(answer) | {"took": took, "memory": memory}


def packed(answer: Answer) -> dict[str, Any]:
    return {
        "school": None if answer.school is None else answer.school.tolist(),
        "bound": answer.bound,
        "progress": [list(step) for step in answer.progress],
        "absent": answer.absent,
    }


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    print(json.dumps(run(Cell(**json.loads(sys.argv[1])))))
