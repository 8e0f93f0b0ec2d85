"""A plain installation runs what the pages show: all that is imported is installed, and accounted for."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from tree import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
# Of `--cluster` and of `serve`, which name the command that installs them.
EXTRAS = {"distributed", "dask-jobqueue", "starlette", "uvicorn"}
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


BUILD = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    """What a wheel of this tree installs, built in a copy that holds nothing else."""
    base = tmp_path_factory.mktemp("wheel")
    source, made, there = base / "source", base / "made", base / "there"
    no_caches = shutil.ignore_patterns("__pycache__")
    for package in OWN:
        shutil.copytree(ROOT / package, source / package, ignore=no_caches)
    for file in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / file, source)
    made.mkdir()
    subprocess.run([sys.executable, "-c", BUILD, str(made)], cwd=source, check=True, capture_output=True)
    (wheel,) = made.glob("rezone-*.whl")
    zipfile.ZipFile(wheel).extractall(there)
    return there


def files_of(folder: Path) -> set[str]:
    """Of the packages, caches left out."""
    paths = [path for package in OWN for path in (folder / package).rglob("*") if "__pycache__" not in path.parts]
    return {path.relative_to(folder).as_posix() for path in paths if path.is_file()}


def test_the_wheel_holds_every_file_of_the_packages(installed: Path) -> None:
    there = files_of(installed)
    assert sorted(files_of(ROOT) - there) == []
    assert {"rezone/py.typed", "scenarios/instances/known/instances.json"} < there
    assert len([name for name in there if name.startswith("scenarios/demo/district/")]) > 2


def test_a_submission_is_checked_by_what_is_installed(installed: Path, tmp_path: Path) -> None:
    mine = tmp_path / "usual-0040.mine.csv"
    shutil.copy(installed / "scenarios" / "instances" / "known" / "usual-0040.csv", mine)
    given = [sys.executable, "-m", "scenarios.instances", "check", str(mine)]
    done = subprocess.run(given, cwd=installed, check=True, capture_output=True, text=True)
    assert done.stdout.startswith("usual-0040: valid, disparity 6.71851 points; best known 6.71851")
