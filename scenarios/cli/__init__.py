"""The command line: `rezone`."""

import time

# As near to the start of the process as Python lets us look: time limits count from there.
STARTED = time.monotonic() - time.process_time()

from scenarios.cli.main import main  # noqa: E402

__all__ = ["STARTED", "main"]
