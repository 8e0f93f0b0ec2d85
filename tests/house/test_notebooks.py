"""Every notebook runs from top to bottom, its asserts hold, it is short, and it carries no stored outputs."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from tree import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_runs(path: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("MPLBACKEND", "agg")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    names: dict[str, object] = {}
    for k, cell in enumerate(_code(path)):
        exec(compile("".join(cell["source"]), f"{path.name}, cell {k + 1}", "exec"), names)
    if "plt" in names:
        _pictures(names["plt"])


def _pictures(plt) -> None:
    """Each can be drawn, and has something in it."""
    assert plt.get_fignums()
    for number in plt.get_fignums():
        figure = plt.figure(number)
        figure.canvas.draw()
        assert any(axis.has_data() for axis in figure.axes)
    plt.close("all")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_is_short_and_bare(path: Path) -> None:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in _code(path))
    assert any("assert " in "".join(cell["source"]) for cell in _code(path))
    assert len(cells) <= 25
    assert sum(len(cell["source"]) for cell in cells) <= 120


def _code(path: Path) -> list[dict]:
    return [c for c in json.loads(path.read_text(encoding="utf-8"))["cells"] if c["cell_type"] == "code"]
