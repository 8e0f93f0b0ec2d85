"""When the process began: time limits count from there."""

import time

# As near to the start of the process as Python lets us look.
STARTED = time.monotonic() - time.process_time()
