"""A plain installation runs what the pages show: all that is imported is installed, and accounted for."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from tree import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = {"distributed", "dask-jobqueue"}  # of `--cluster`, which names the command that installs them
OWN = {"optimizer", "rezone", "scenarios"}


def named(requirement: str) -> str:
    return re.match(r"[A-Za-z0-9_.-]+", requirement).group().lower()


def pins(file: str) -> dict[str, set[str]]:
    """The lines `name==version ; marker` of a file of requirements, by name."""
    found: dict[str, set[str]] = {}
    for line in (ROOT / file).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith(" "):
            found.setdefault(named(line), set()).add(line.rstrip(" \\"))
    return found


def imported(path: Path) -> set[str]:
    """The packages that a file imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found - set(sys.stdlib_module_names) - OWN


@pytest.mark.parametrize("package", sorted(OWN - {"rezone"}))
def test_all_that_is_imported_is_installed_by_a_plain_installation(package: str) -> None:
    plain, modules = {named(line) for line in PROJECT["dependencies"]}, packages_distributions()
    files = list((ROOT / package).rglob("*.py"))
    wanted = {name: path for path in files for name in imported(path)}
    assert len(files) > 50
    assert len(wanted) > 2
    missing = {
        name: str(path)
        for name, path in wanted.items()
        if not {dist.lower().replace("_", "-") for dist in modules[name]} & (plain | EXTRAS)
    }
    assert missing == {}


def test_the_page_says_what_each_dependency_is_for_and_no_more() -> None:
    text = (ROOT / "docs/start.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z0-9-]+)` \| ([0-9.]+) \| \w", text, re.MULTILINE)
    assert {name for name, _ in rows} == {named(line) for line in PROJECT["dependencies"]}
    assert sum(float(weight) for _, weight in rows) < 1050


def test_locks_agree_and_hold_names_versions_and_hashes_alone() -> None:
    run, everything = pins("requirements.txt"), pins("requirements-dev.txt")
    assert {named(line) for line in PROJECT["dependencies"]} < set(run)
    assert all(everything[name] == lines for name, lines in run.items())
    assert len(everything) > 3 * len(run)
    for file in ("requirements.txt", "requirements-dev.txt"):
        assert "//" not in (ROOT / file).read_text(encoding="utf-8")
