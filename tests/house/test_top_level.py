"""What one imports: every name is there, told and typed, and `import rezone` loads nothing heavy."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path
from typing import get_type_hints

import pytest
from tree import ROOT

import optimizer
import rezone
import scenarios
from optimizer.objectives import OBJECTIVES, OF_GROUPS, OF_PLAN
from optimizer.rules import RULES

NAMES = [(package, name) for package in (optimizer, scenarios) for name in package.__all__]
TABLES = {"DEFAULT_RULES", "OBJECTIVES", "RULES"}  # which are told where they are made
HEAVY = ("geopandas", "numba", "numpy", "ortools", "pandas", "scipy", "shapely")


def fresh(code: str) -> str:
    """What Python prints that has imported nothing yet."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    return done.stdout.strip()


@pytest.mark.parametrize(("package", "name"), NAMES, ids=lambda part: getattr(part, "__name__", part))
def test_every_name_is_there_told_and_typed(package, name: str) -> None:
    found = getattr(package, name)
    assert getattr(rezone, name) is found
    assert not inspect.ismodule(found)
    if name in TABLES:
        return
    assert inspect.getdoc(found)
    if inspect.isfunction(found):
        hints = set(inspect.get_annotations(found))
        assert hints == {*inspect.signature(found).parameters, "return"}
    elif hasattr(found, "__dataclass_fields__"):
        assert set(found.__dataclass_fields__) <= set(get_type_hints(found, vars(sys.modules[found.__module__])))


def test_rezone_holds_what_both_hold_and_no_name_twice() -> None:
    names = [name for _, name in NAMES]
    assert sorted(names) == rezone.__all__ == dir(rezone)
    assert len(set(names)) == len(names)
    code = [line for line in Path(rezone.__file__).read_text(encoding="utf-8").splitlines() if line.strip()]
    assert len(code) <= 16  # its docstring and 15 lines
    with pytest.raises(AttributeError, match="module 'rezone' has no attribute 'nothing'"):
        rezone.nothing  # noqa: B018


def test_every_rule_and_objective_has_its_name_at_the_top() -> None:
    made = [*RULES.values(), *OBJECTIVES.values(), *OF_PLAN.values(), *(maker for _, maker in OF_GROUPS.values())]
    assert [kind.__name__ for kind in made if getattr(optimizer, kind.__name__, None) is not kind] == []


@pytest.mark.parametrize("package", ["rezone", "scenarios"])
def test_importing_costs_nothing(package: str) -> None:
    assert fresh(f"import sys; import {package}; print([m for m in {HEAVY} if m in sys.modules])") == "[]"


def test_a_name_is_a_function_whatever_was_imported_before() -> None:
    """`frontier` and `verify` are also the names of the packages that hold them."""
    before = "import optimizer.frontier, optimizer.frontier.curve, scenarios.verify, scenarios.verify.verdict"
    said = "import inspect; print(*map(inspect.isfunction, (frontier, verify, rz.frontier, rz.verify)))"
    given = "import rezone as rz; from optimizer import frontier; from scenarios import verify"
    assert fresh(f"{before}; {given}; {said}") == fresh(f"{given}; {said}") == "True True True True"
