"""docs/house.md names every room that there is, and its picture is what its command draws of the code as it is."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest
from docs_runner import DOCS, ROOT

sys.path.insert(0, str(DOCS / "_ext"))
import house


def _named(package: str) -> list[str]:
    text = (DOCS / "house.md").read_text(encoding="utf-8")
    section = text.split(f"## The rooms of `{package}`")[1].split("\n## ")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    return sorted(name for row in rows for name in re.findall(r"`([^`]+)`", row))


@pytest.mark.parametrize("package", ["optimizer", "scenarios"])
def test_every_room_is_named_once(package: str) -> None:
    rooms = {path.parent.name for path in (ROOT / package).glob("*/__init__.py")}
    files = {path.stem for path in (ROOT / package).glob("*.py")} - {"__init__"}
    own = {"entry", "interrupts", "version"} if package == "scenarios" else set()  # the way in, no rooms
    assert _named(package) == sorted(rooms | files - own)


def _bodies(path: Path) -> dict[str, int]:
    """Of each function in a file, how many lines its body has, beside what it takes and what it says of itself."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    starts = [node.body[1:] if ast.get_docstring(node) else node.body for node in functions]
    return {
        f"{path.name}: {node.name}": (node.end_lineno or 0) - start[0].lineno + 1
        for node, start in zip(functions, starts, strict=True)
        if start
    }


@pytest.mark.parametrize("package", ["optimizer", "scenarios", "rezone"])
def test_files_and_functions_stay_short(package: str) -> None:
    files = list((ROOT / package).rglob("*.py"))
    assert files
    most = {"proof_checker.py": 400}  # a program of its own, that must be one file
    assert not {p.name: n for p in files if (n := len(p.read_text("utf-8").splitlines())) > most.get(p.name, 300)}
    assert not {name: n for path in files for name, n in _bodies(path).items() if n > 50}


def test_documents_are_records_and_what_a_measure_is_called_stands_in_few_places() -> None:
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "scenarios").rglob("*.py")]
    assert sum(text.count("[str, Any]") for text in texts) <= 80
    assert sum("dissimilarity.race" in text for text in texts) <= 8


def test_the_picture_is_what_its_command_draws() -> None:
    assert house.PICTURE.read_text(encoding="utf-8") == house.drawn(), "run .venv/bin/python docs/_ext/house.py"


def test_a_stop_that_the_code_has_not_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = house.Stop("optimizer.plan:Gone", ("", ""))
    monkeypatch.setattr(house, "WAYS", {"a way": (gone,)})
    with pytest.raises(LookupError, match=r"optimizer\.plan:Gone"):
        house.drawn()
