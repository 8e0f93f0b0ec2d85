"""The speed specs. Run as a script, `python specs.py [--tiny] [SPEC ...]` prints one line of JSON: name to value.

It imports nothing of `benchmarks`, so that one file can measure the packages of any commit.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from inspect import signature
from pathlib import Path
from typing import Any

import numpy as np

Job = Callable[[], Any]
SIZES = {False: (2000, 40), True: (60, 3)}  # blocks and schools, by whether they are tiny
REPEATS = {False: 5, True: 1}


@dataclass(frozen=True)
class Spec:
    """make: from `tiny`, and an empty folder, to what is timed. count: of what, in one call, for a rate; None for
    seconds a call."""

    make: Callable[[bool, Path], Job]
    unit: str = "s"
    count: Callable[[bool], int] | None = None

    def value(self, tiny: bool) -> float:
        """Seconds, or a rate: of the fastest of some calls, the first being left out."""
        seconds = []
        with tempfile.TemporaryDirectory() as folder:
            job = self.make(tiny, Path(folder))
            job()
            for _ in range(REPEATS[tiny]):
                began = time.perf_counter()
                job()
                seconds.append(time.perf_counter() - began)
        return min(seconds) if self.count is None else self.count(tiny) / min(seconds)


def _district(tiny: bool) -> Any:
    from scenarios.generator import generate

    return generate(*SIZES[tiny], np.random.default_rng(1))


def _model(tiny: bool) -> Any:
    from optimizer import Model
    from optimizer.rules import DEFAULT_RULES

    return Model.build(_district(tiny), DEFAULT_RULES)


def _proposals(tiny: bool) -> int:
    return 2_000 if tiny else 1_000_000


def _search(tiny: bool, _: Path) -> Job:
    from optimizer import Disparity
    from optimizer.solvers.search import search

    model, iterations = _model(tiny), _proposals(tiny)
    return lambda: search(
        model, Disparity(), _deadline(iterations), random=np.random.default_rng(1), lanes=1, threads=1
    )


def _deadline(iterations: int) -> Any:
    """As it is called in the commit that is measured."""
    try:
        from optimizer.deadline import Deadline
    except ImportError:  # before 2026-12
        from optimizer.solvers.clock import Budget as Deadline
    return Deadline(iterations=iterations)


def _steps(tiny: bool) -> int:
    return 3 if tiny else 40


def _bound(tiny: bool, _: Path) -> Job:
    from optimizer import Disparity, Plan
    from optimizer.bounds.bound import Bounder

    model = _model(tiny)
    today = model.district.status_quo
    value = Disparity().value(Plan(model.district, today))
    steps, old = _steps(tiny), "steps" in signature(Bounder.run).parameters  # before 2026-12

    def run() -> None:
        bounder = Bounder(model, Disparity(), today, value)
        if old:
            bounder.run(steps=steps)
        else:
            bounder.run(_deadline(steps))

    return run


def _measure(tiny: bool, _: Path) -> Job:
    from optimizer import Plan, measure

    district = _district(tiny)
    return lambda: measure(Plan.status_quo(district))


def _breaches(tiny: bool, _: Path) -> Job:
    from optimizer import Plan, breaches
    from optimizer.rules import DEFAULT_RULES

    district = _district(tiny)
    return lambda: breaches(Plan.status_quo(district), DEFAULT_RULES)


def _build(tiny: bool, _: Path) -> Job:
    from optimizer import Model
    from optimizer.rules import DEFAULT_RULES

    district = _district(tiny)
    return lambda: Model.build(district, DEFAULT_RULES)


def _read(tiny: bool, folder: Path) -> Job:
    from scenarios.folder import read_district, write_district

    write_district(_district(tiny), folder)
    return lambda: read_district(folder)


def _verify(tiny: bool, folder: Path) -> Job:
    """`rezone verify` of a plan and its certificate, as a call."""
    from optimizer import Disparity, optimize
    from scenarios.answer.certificate import certificate_text
    from scenarios.asking.options import Options, limits_in_force
    from scenarios.folder import read_district, write_district
    from scenarios.folder.hashes import folder_hashes
    from scenarios.plans.file import plan_csv
    from scenarios.verify import verify

    write_district(_district(tiny), folder)
    district = read_district(folder)
    found = optimize(district, Disparity(), iterations=2_000 if tiny else 100_000, seed=1, threads=1, solver="search")
    text = plan_csv(found.plan)
    limits = limits_in_force(Options.model_validate({}), district.travel.unit)
    (folder / "best.csv").write_text(text, encoding="utf-8", newline="\n")
    proof = certificate_text(
        found.certificate,
        district=district.name,
        objective="disparity",
        limits=limits,
        rules=[],
        inputs=folder_hashes(folder),
        plan=text.encode(),
    )
    (folder / "certificate.json").write_text(proof, encoding="utf-8")

    def job() -> None:
        said = verify(folder, folder / "best.csv", folder / "certificate.json")
        assert said.verified, said.reasons

    return job


def _start(tiny: bool, _: Path) -> Job:
    """The command line up to its help, in a process of its own."""
    program = "import sys; sys.argv = ['rezone', '--help']; from scenarios.cli import main; main()"
    words = (sys.executable, "-c", program)
    path = os.pathsep.join(p for p in sys.path if p)
    return lambda: subprocess.run(words, check=True, capture_output=True, env=os.environ | {"PYTHONPATH": path})


SPECS: dict[str, Spec] = {
    "proposals": Spec(_search, "a second", _proposals),
    "bound steps": Spec(_bound, "a second", _steps),
    "model": Spec(_build),
    "measures": Spec(_measure),
    "limits": Spec(_breaches),
    "reading": Spec(_read),
    "verify": Spec(_verify),
    "help": Spec(_start),
}


def run(names: list[str], *, tiny: bool) -> dict[str, float]:
    return {name: SPECS[name].value(tiny) for name in names}


if __name__ == "__main__":
    asked = argparse.ArgumentParser()
    asked.add_argument("names", nargs="*", metavar="SPEC")
    asked.add_argument("--tiny", action="store_true")
    given = asked.parse_args()
    print(json.dumps(run(given.names or list(SPECS), tiny=given.tiny)))
