"""Doubts about the input, said on standard error in a line each; what libraries warn of is nobody's business there."""

from __future__ import annotations

import logging
import warnings
from typing import Any

import typer

from optimizer.errors import Doubt


def hear_doubts() -> None:
    """From now on: each doubt once, as `warning: …`, and nothing else of what Python's warnings and logs say."""
    said: set[str] = set()

    def show(message: Warning | str, *_: Any, **__: Any) -> None:
        if isinstance(message, Doubt) and str(message) not in said:
            said.add(str(message))
            typer.echo(f"warning: {message}", err=True)

    warnings.filterwarnings("always", category=Doubt)
    warnings.showwarning = show
    logging.lastResort = None
