"""What may be asked at the table, one file an ask: each does its work in the engine's process, with `optimizer` and
`scenarios` as every command has it, and answers in plain values, words among them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from importlib import import_module
from typing import Any

from scenarios.table.asks.bench import Bench, Job
from scenarios.table.sent import Sent

WHAT = ("improve", "repair", "headroom", "why", "best", "frontier", "wish", "draws", "prices")


def do(bench: Bench, job: Job, send: Callable[[Any], None], stop: threading.Event) -> Sent:
    """The answer. send: takes what is told on the way. Raises InputError where what is asked cannot be."""
    from scenarios.table.asks.telling import Telling  # noqa: PLC0415

    asked = bench.on(job)
    answer: Sent = import_module(f"scenarios.table.asks.{job.what}").answer(asked, Telling(asked, send), stop)
    return answer
