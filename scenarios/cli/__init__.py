"""The command line: `rezone`."""

from scenarios.cli.started import STARTED

# isort: split
from scenarios.cli.main import main  # after it: what it imports takes time

__all__ = ["STARTED", "main"]
