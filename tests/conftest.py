"""What tests of commands share."""

from __future__ import annotations

import sys
from pathlib import Path
from unittest.mock import patch

import pytest


@pytest.fixture
def rezone(monkeypatch, capsys):
    """Run the command in this process: (exit status, standard output, standard error)."""

    def run(*arguments: object) -> tuple[int, str, str]:
        from scenarios.cli import main

        monkeypatch.setattr(sys, "argv", ["rezone", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return run


@pytest.fixture
def plugins_forgotten():
    """What plugins make known in this process is gone again after the test: the tables are everyone's."""
    from optimizer.measures import MEASURES
    from optimizer.objectives import OBJECTIVES
    from optimizer.rules import RULES

    with patch.dict(MEASURES), patch.dict(OBJECTIVES), patch.dict(RULES):
        yield


@pytest.fixture(scope="session")
def good(tmp_path_factory) -> Path:
    """A folder `d`, a plan, and what optimize leaves: `run`."""
    from docs_runner import command
    from hostile import PLAN, TOY

    base = tmp_path_factory.mktemp("good")
    TOY.write(base / "d")
    (base / "plan.csv").write_text(PLAN)
    command(f"rezone optimize {base / 'd'} --out {base / 'run'} --iterations 50 --threads 1 --rule 'moved share=0.9'")
    return base
