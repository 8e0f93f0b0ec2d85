"""What tests of commands share."""

from __future__ import annotations

import sys
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
