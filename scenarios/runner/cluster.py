"""Runs over many machines, by the address of a Dask scheduler."""

from __future__ import annotations

import queue
import time
from collections import Counter, deque
from collections.abc import Generator, Iterable
from concurrent.futures import CancelledError
from typing import Any, cast

from optimizer.errors import Fault, InputError
from scenarios.runner.task import Done, Task, Workers, failed

PATIENCE = 10.0  # seconds for the scheduler to answer
LOOKS = 1.0  # seconds between two looks whether it is still there
LOSSES = 5  # after which a run that the cluster has lost is not handed over again
LOST = (OSError, CancelledError, TimeoutError)  # what asking a cluster raises when a part of it has gone
AHEAD = 4  # runs that are handed over for each thread of the cluster, so that no worker waits for the client


class Cluster:
    """A scheduler that answers. Raises InputError where there is none. To be closed."""

    def __init__(self, address: str) -> None:
        try:
            import distributed  # noqa: PLC0415 - an extra
            from distributed.comm.addressing import get_address_host_port  # noqa: PLC0415
        except ImportError:
            mend = "Install it: pip install distributed"
            raise InputError(Fault("--cluster", "needs Dask, which is not installed", mend)) from None
        self.address, connect = address, cast(Any, distributed.Client)
        try:
            # A client that fails over its address is never closed, and would wait for itself at its end.
            cast(Any, get_address_host_port)(address)
            self.client = connect(address, timeout=PATIENCE, set_as_default=False)
        except (OSError, ValueError) as error:
            mend = "Start one with: dask scheduler; and name its address, such as tcp://HOST:8786"
            raise InputError(Fault("--cluster", f"no scheduler answers at '{address}' ({error})", mend)) from None
        self._look()

    def close(self) -> None:
        self.client.close(timeout=1)

    def run(self, tasks: Iterable[Task]) -> Generator[Done | Workers, None, None]:
        """The runs, each as it ends; while no worker is connected, now and then that. Dask itself tries a run whose
        worker died again, and gives it up after four. Raises InputError where the scheduler goes away."""
        from scenarios.runner.execute import run_task  # noqa: PLC0415 - it imports what workers need

        left, ended = deque(tasks), queue.SimpleQueue[Any]()
        waiting: dict[Any, Task] = {}  # by future
        lost: Counter[str] = Counter()
        while left or waiting:
            while left and len(waiting) < AHEAD * max(1, self.threads):
                task = left.popleft()
                future = self.client.submit(run_task, task, key=f"rezone-{task.run}", pure=False)
                waiting[future] = task
                future.add_done_callback(ended.put)
            try:
                future = ended.get(timeout=LOOKS)
            except queue.Empty:
                before = self.workers
                self._look()
                if self.workers == 0 or before == 0:
                    yield Workers(self.workers)
                continue
            task = waiting.pop(future)
            done = _done(future, task)
            if done is not None:
                yield done
            elif lost[task.run] < LOSSES:
                lost[task.run] += 1
                self._look()
                left.appendleft(task)
            else:
                yield failed(task, f"the cluster lost it {LOSSES + 1} times")

    def _look(self) -> None:
        """Whether the scheduler is still there, how many workers it has, and how many threads they have. One that has
        just gone may be back soon: the client itself tries to reach it again."""
        end = time.monotonic() + PATIENCE
        while self.client.status == "connecting" and time.monotonic() < end:
            time.sleep(0.1)
        try:
            threads = self.client.nthreads()  # by worker
            self.workers, self.threads = len(threads), sum(threads.values())
            gone = self.client.status != "running"
        except (*LOST, ValueError, RuntimeError):
            gone = True
        if gone:
            mend = "The finished runs are kept: start it and its workers again, and repeat the command"
            raise InputError(Fault("--cluster", f"the scheduler at '{self.address}' has gone away", mend))


def _done(future: Any, task: Task) -> Done | None:
    """The run's row; None where the cluster has lost it: the scheduler has gone, or the result died with its worker."""
    try:
        if future.status == "finished":
            done: Done = future.result()
            return done
        if future.status == "error":
            error = future.exception()
            return failed(task, f"the cluster gave it up ({type(error).__name__}: {error})")
    except LOST:
        return None
    return None
