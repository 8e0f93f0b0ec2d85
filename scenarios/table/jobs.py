"""Jobs: what is asked of the engine, one at a time, and what windows are told of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from scenarios.paper.words import words
from scenarios.table.asks.bench import Ground, Job
from scenarios.table.engine import Engine, Told
from scenarios.table.refusals import RefusedError, unknown
from scenarios.table.sent import Sent

KEPT = 50  # jobs that are remembered


@dataclass
class Doing:
    """A job as it stands. told: what was said of it last."""

    job: Job
    plan: int
    seq: int
    state: str = "working"
    stopping: bool = False
    began: float = field(default_factory=time.monotonic)
    ended: float | None = None
    told: Sent = field(default_factory=dict)

    @property
    def shown(self) -> Sent:
        """As windows are told."""
        seconds = (time.monotonic() if self.ended is None else self.ended) - self.began
        about = {"job": self.job.number, "what": self.job.what, "plan": self.plan, "seq": self.seq}
        nothing = {"value": None, "bound": None, "best": None, "answer": None, "error": None}
        return about | nothing | self.told | {"state": self.state, "seconds": seconds}


class Jobs:
    """publish: to every window. The engine begins when it is first needed, or `start`ed."""

    def __init__(self, ground: Ground, publish: Callable[[str, Sent], None]) -> None:
        self.publish = publish
        self.engine = Engine(ground, self.hear)
        self.lock = threading.RLock()
        self.doing: dict[int, Doing] = {}
        self.number = 0
        self.warm = threading.Event()

    def start(self) -> None:
        """Let the engine get warm."""
        self.engine.start()

    def close(self) -> None:
        self.engine.close()

    def ask(self, make: Callable[[int], Job], plan: int, seq: int) -> int:
        """The number of the job. Raises RefusedError where one is at work."""
        with self.lock:
            job = make(self.number + 1)
            busy = next((one for one in self.doing.values() if one.state == "working"), None)
            if busy is not None:
                raise RefusedError(409, "busy", more={"job": busy.job.number, "asked": busy.job.what})
            self.number += 1
            self.doing[job.number] = Doing(job, plan, seq)
            while len(self.doing) > KEPT:
                del self.doing[next(iter(self.doing))]
        self.publish("job", self.doing[job.number].shown)
        self.engine.ask(job)
        return job.number

    def job(self, number: int) -> Sent:
        """Raises RefusedError where there is none of this number."""
        with self.lock:
            return self._known(number).shown

    def stop(self, number: int) -> Sent:
        """End it with what it has."""
        with self.lock:
            doing = self._known(number)
            doing.stopping = doing.state == "working"
            self.engine.stop(number)
            return doing.shown

    def hear(self, told: Told) -> None:
        """From the engine."""
        if told.kind == "ready":
            self.warm.set()
            return
        with self.lock:
            doing = self.doing.get(told.job)
            if doing is None or doing.state != "working":
                return
            self._take(doing, told)
            shown = doing.shown
        self.publish("job", shown)

    def _take(self, doing: Doing, told: Told) -> None:
        if told.kind == "progress":
            doing.told = told.data
            return
        doing.ended = time.monotonic()
        if told.kind == "done":
            doing.state = "stopped" if doing.stopping else "done"
            doing.told = doing.told | {"answer": told.data}
            return
        doing.state = "failed"
        lines = told.data.get("lines")
        key = "table.engine_fault" if "fault" in told.data else "table.engine_died"
        what = " ".join(lines) if lines else str(words(doing.job.language)(key, kind=told.data.get("fault", "")))
        doing.told = {"error": {"what": what, "mend": "", "code": "input" if lines else "engine"}}

    def _known(self, number: int) -> Doing:
        if number not in self.doing:
            raise unknown("job")
        return self.doing[number]
