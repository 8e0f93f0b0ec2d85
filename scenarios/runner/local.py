"""Runs over the cores of this machine: worker processes that stay alive, one run at a time each."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import Counter
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from enum import Enum, auto
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from optimizer.errors import Fault, InputError
from scenarios.runner.task import Done, Task, failed

DEATHS = 3  # of its worker, after which a run is given up
STILLBORN = 5  # workers in a row that die before they are ready, after which nothing more is tried
PATIENCE = 5.0  # seconds for a worker to end by itself
LOST = f"its worker died {DEATHS} times: it was killed, or there was not enough memory"


def run_locally(tasks: Iterable[Task], jobs: int, threads: int) -> Generator[Done, None, None]:
    """The runs, each as it ends, by `jobs` workers of so many threads each. A worker that dies costs only its run,
    which is tried again. Closing the iterator ends the workers."""
    pool = _Pool(iter(tasks), threads)
    try:
        yield from pool.run(jobs)
    finally:
        pool.end()


class Said(Enum):
    """What a worker says besides its results."""

    READY = auto()
    DEAD = auto()


class _Worker:
    """One process, and what it is doing."""

    def __init__(self, task: Task, threads: int) -> None:
        start = multiprocessing.get_context("spawn")  # a fork would copy the threads' locks of this process
        self.pipe, other = start.Pipe()
        self.process: BaseProcess = start.Process(target=_work, args=(other, threads), daemon=True)
        with _deaf():  # Ctrl-C on a terminal reaches every process of it: it is for the client alone
            self.process.start()
        other.close()  # so that the pipe ends when the worker does
        self.ready, self.task = False, task
        self.give(task)

    def give(self, task: Task) -> None:
        self.task = task
        with suppress(OSError):  # it has just died, which reading from it will show
            self.pipe.send(task)

    def take(self) -> Done | Said:
        """What the worker has to say."""
        try:
            said: Done | Said = self.pipe.recv()
        except (EOFError, OSError):
            return Said.DEAD
        return said


class _Pool:
    def __init__(self, tasks: Iterator[Task], threads: int) -> None:
        self.tasks, self.threads = tasks, threads
        self.again: list[Task] = []
        self.deaths: Counter[str] = Counter()
        self.stillborn = 0
        self.workers: dict[Connection, _Worker] = {}

    def run(self, jobs: int) -> Iterator[Done]:
        for _ in range(jobs):
            self._start(self._next())
        while len(self.workers) > 0:
            for pipe in wait(list(self.workers)):
                worker = self.workers[pipe]  # type: ignore[index]  # these are the pipes that were given
                said: Done | Said | None = worker.take()
                if said is Said.READY:
                    worker.ready, self.stillborn = True, 0
                elif said is Said.DEAD:
                    said = self._bury(worker)
                else:
                    self._go_on(worker)
                if isinstance(said, Done):
                    yield said

    def _next(self) -> Task | None:
        return self.again.pop() if self.again else next(self.tasks, None)

    def _start(self, task: Task | None) -> None:
        """A worker for a run, if there is one left."""
        if task is not None:
            worker = _Worker(task, self.threads)
            self.workers[worker.pipe] = worker

    def _go_on(self, worker: _Worker) -> None:
        """The next run for a worker that has done one; without any it may go."""
        task = self._next()
        if task is not None:
            worker.give(task)
        else:
            self._let_go(worker)

    def _bury(self, worker: _Worker) -> Done | None:
        """Another worker in place of a dead one. A run whose workers keep dying is given up."""
        self._let_go(worker)
        task = worker.task
        self.deaths[task.run] += worker.ready
        self.stillborn += not worker.ready
        if self.stillborn >= STILLBORN:
            problem = f"{STILLBORN} workers in a row have died before they were ready"
            mend = 'See above why; a script must call run_study under `if __name__ == "__main__":`'
            raise InputError(Fault("the runner", problem, f"{mend}. The finished runs are kept"))
        given_up = self.deaths[task.run] >= DEATHS
        if not given_up:
            self.again.append(task)
        self._start(self._next())
        return failed(task, LOST) if given_up else None

    def _let_go(self, worker: _Worker) -> None:
        del self.workers[worker.pipe]
        worker.pipe.close()  # which ends it
        worker.process.join(PATIENCE)
        _kill(worker.process)

    def end(self) -> None:
        for worker in self.workers.values():
            _kill(worker.process)
            worker.pipe.close()
        self.workers.clear()


@contextmanager
def _deaf() -> Iterator[None]:
    """Processes that are started in the body hear no Ctrl-C, from their first instant; it waits for this one."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _kill(process: BaseProcess) -> None:
    process.kill()
    process.join()
    process.close()


def _work(pipe: Connection, threads: int) -> None:
    """The life of a worker. Ctrl-C is for the client alone, which then ends its workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    from scenarios.runner.execute import run_task  # noqa: PLC0415 - the client needs none of what it imports

    threading.Thread(target=_die_with_client, daemon=True).start()
    with suppress(EOFError, OSError):
        pipe.send(Said.READY)
        while True:
            pipe.send(run_task(pipe.recv(), threads))


def _die_with_client() -> None:
    client = multiprocessing.parent_process()
    if client is not None:
        client.join()
        os._exit(1)
