"""The engine: a process beside the server that stays warm - the district in memory, kernels loaded, a search behind
it - and does one job after the other. Jobs go in by a pipe, messages come out. Where it dies, the job at work has
failed, and another is started; it ends with the server, however that ends."""

from __future__ import annotations

import multiprocessing
import os
import queue
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any, NamedTuple

from optimizer.errors import InputError
from scenarios.table.sent import Sent

if TYPE_CHECKING:
    from scenarios.table.asks.bench import Ground, Job

NICE = 5  # below the server, whose edits must not wait for a search
LAST = 2.0  # seconds that it may take to end


class Told(NamedTuple):
    """What the engine says. kind: `ready`; of a job, `progress`, `done`, or `failed`, with `lines` where the job itself
    cannot be, none where the engine has died or has a fault."""

    kind: str
    job: int = 0
    data: Sent = {}  # noqa: RUF012 - never written to


class Engine:
    """ground: what it works on. hear: told of everything, by a thread of the engine's own."""

    def __init__(self, ground: Ground, hear: Callable[[Told], None]) -> None:
        self.ground, self.hear = ground, hear
        self.lock = threading.RLock()
        self.at_work: Job | None = None
        self.closed = False
        self.waiting: list[Any] | None = []  # what is to be sent once the ground is
        self.pipe: Connection | None = None
        self.process: Any = None

    def start(self) -> None:
        """Begin to get warm; nothing where it has begun."""
        with self.lock:
            if self.closed or self.pipe is not None:
                return
            context = multiprocessing.get_context("spawn")
            self.pipe, theirs = context.Pipe()
            self.waiting = []
            self.process = context.Process(target=work, args=(theirs,), daemon=True, name="rezone engine")
            self.process.start()
            theirs.close()
            threading.Thread(target=self._listen, args=(self.process, self.pipe), daemon=True).start()

    def ask(self, job: Job) -> None:
        """One at a time: who asks sees to it."""
        with self.lock:
            self.at_work = job
            self.start()
            self._send(job)

    def stop(self, number: int) -> None:
        """End a job with what it has."""
        with self.lock:
            self._send(number)

    def close(self) -> None:
        """End it, whatever it does."""
        with self.lock:
            self.closed = True
            pipe, process, self.pipe = self.pipe, self.process, None
        if pipe is not None:
            pipe.close()
            process.terminate()
            process.join(LAST)

    def _send(self, what: Any) -> None:
        if self.waiting is not None:
            self.waiting.append(what)
        elif self.pipe is not None:
            with suppress(OSError):  # it is dying: `_listen` says so
                self.pipe.send(what)

    def _listen(self, process: Any, pipe: Connection) -> None:
        """Until it dies."""
        ready = False
        with suppress(EOFError, OSError):
            pipe.send(self.ground)
            with self.lock:
                for what in self.waiting or ():
                    pipe.send(what)
                self.waiting = None
            while True:
                told: Told = pipe.recv()
                ready = ready or told.kind == "ready"
                if told.kind in ("done", "failed"):
                    self.at_work = None
                self.hear(told)
        with self.lock:
            if self.closed:
                return
            job, self.at_work, self.pipe = self.at_work, None, None
            process.join(LAST)
            if ready:
                self.start()
        if job is not None:
            self.hear(Told("failed", job.number))


def work(pipe: Connection) -> None:
    """The engine's own process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's matter, which ends this
    with suppress(OSError, AttributeError):
        os.nice(NICE)
    from scenarios.table.asks import do  # noqa: PLC0415 - in this process alone
    from scenarios.table.asks.bench import Bench  # noqa: PLC0415

    jobs = _Jobs(pipe)
    bench = Bench.warm(jobs.first())
    jobs.send(Told("ready"))
    while True:
        job, stop = jobs.next()
        try:
            jobs.send(Told("done", job.number, do(bench, job, jobs.send, stop)))
        except InputError as error:
            jobs.send(Told("failed", job.number, {"lines": error.lines}))
        except Exception as error:  # the next job may be another matter
            jobs.send(Told("failed", job.number, {"fault": type(error).__name__}))


class _Jobs:
    """Both ends of the pipe, as the engine sees it."""

    def __init__(self, pipe: Connection) -> None:
        self.pipe, self.sending = pipe, threading.Lock()
        self.waiting: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.stops: dict[int, threading.Event] = {}
        threading.Thread(target=self._listen, daemon=True).start()

    def first(self) -> Ground:
        ground: Ground = self.waiting.get()
        return ground

    def next(self) -> tuple[Job, threading.Event]:
        job: Job = self.waiting.get()
        return job, self.stops.pop(job.number)

    def send(self, told: Told) -> None:
        with self.sending, suppress(OSError):  # the server has gone: `_listen` ends this
            self.pipe.send(told)

    def _listen(self) -> None:
        """A number stops the job that has it: also one that is being done."""
        events: dict[int, threading.Event] = {}
        try:
            while True:
                told = self.pipe.recv()
                if isinstance(told, int):
                    events.get(told, threading.Event()).set()
                    continue
                if hasattr(told, "number"):
                    events = {told.number: threading.Event()}  # one job at a time
                    self.stops |= events
                self.waiting.put(told)
        finally:
            os._exit(0)
