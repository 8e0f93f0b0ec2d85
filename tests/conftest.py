"""What tests of commands share."""

from __future__ import annotations

import sys

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
