"""Ctrl-C, and whoever else asks the process to end: heard from the first instant, and never in the middle of a file.

Only the program's own process listens here (`listen`): what calls these packages from Python keeps its own ways. Until
there is something to keep, a signal ends the process at once, with one line. From `hold` on a plan is in hand: a signal
only sets `stop`, which every search looks at, and what was found is written; a second one changes nothing. Light to
import: it comes before everything else.
"""

from __future__ import annotations

import atexit
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

SIGNALS = (signal.SIGINT, signal.SIGTERM)
WORDS = "stopped before there was a plan"
STATUS = {signal.SIGINT: 130, signal.SIGTERM: 143}  # 128 and the signal's number, as shells have it


class _State:
    """stop: set when somebody asks to end. held: a signal ends nothing any more. raising: it is raised, once, as
    KeyboardInterrupt. shields: how many parts of the program may not be interrupted now. asked: while they lasted."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.listening = False
        self.reset()

    def reset(self) -> None:
        self.stop = threading.Event()
        self.held = self.raising = self.asked = False
        self.shields = 0
        self.drop: list[Callable[[], None]] = []


_state = _State()


def listen() -> None:
    """Hear signals from now on. A signal that the process was told to ignore, as in the background, stays ignored."""
    if _state.listening:
        return
    _state.listening = True
    heard = [one for one in SIGNALS if signal.getsignal(one) is not signal.SIG_IGN]
    end, start = os.pipe()
    os.set_blocking(start, False)
    # Python runs handlers between two steps of the main thread alone, which may be long inside a library: a thread
    # hears signals there too.
    signal.set_wakeup_fd(start, warn_on_full_buffer=False)
    threading.Thread(target=_watch, args=(end,), daemon=True, name="signals").start()
    for one in heard:
        signal.signal(one, _handle)
        atexit.register(signal.signal, one, signal.SIG_IGN)  # the answer stands: Python would die of it while it ends


def begin() -> None:
    """A new command: nothing is in hand, and nobody has asked it to stop."""
    _state.reset()


def stop() -> threading.Event:
    """Set when somebody asks the command to end: what searches look at."""
    return _state.stop


def hold() -> None:
    """From now on there is something to keep: signals only set `stop`."""
    with _state.lock:
        _state.held = True


def listening() -> bool:
    """Whether this is the program's own process."""
    return _state.listening


@contextmanager
def raised() -> Iterator[None]:
    """In the body the first signal is raised as KeyboardInterrupt; further ones, and those after it, change nothing."""
    with _state.lock:
        _state.raising = True
    try:
        yield
    finally:
        with _state.lock:
            _state.raising, _state.held = False, True


@contextmanager
def shielded() -> Iterator[None]:
    """In the body nothing is raised: what is asked meanwhile is raised at its end."""
    _state.shields += 1
    try:
        yield
    finally:
        _state.shields -= 1
        if _state.asked and not _state.shields and _state.raising:
            _raise_once()


def on_leaving(drop: Callable[[], None]) -> None:
    """What is to be done before a signal ends the process."""
    _state.drop.append(drop)


def _handle(*_: Any) -> None:
    """In the main thread, between two of its steps."""
    _state.stop.set()
    _state.asked = True
    if _state.raising and not _state.shields:
        _raise_once()


def _raise_once() -> None:
    with _state.lock:
        _state.raising, _state.held, _state.asked = False, True, False
    raise KeyboardInterrupt


def _watch(end: int) -> None:
    """In a thread of its own: leave at once, where there is nothing to keep."""
    while data := os.read(end, 1):
        status = STATUS.get(signal.Signals(data[0]))
        with _state.lock:
            if status is not None and not (_state.held or _state.raising):
                leave(status)


def leave(status: int) -> None:
    """End the process with one line, now."""
    for drop in _state.drop:
        drop()
    with suppress(OSError):  # nobody reads it any more
        os.write(2, f"{WORDS}\n".encode())
    os._exit(status)
