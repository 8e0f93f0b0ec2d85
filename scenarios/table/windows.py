"""Who is told of what happens at a table: the windows that listen."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from scenarios.writing.records import as_json

Hear = Callable[[str, str], None]  # takes an event's name and its data, as JSON
Told = Mapping[str, Any] | Callable[[str], Mapping[str, Any]]  # or what gives it in a language


class Listener(NamedTuple):
    """window: its name, where it has one."""

    hear: Hear
    language: str
    window: str


class Windows:
    """lock: of what they are told of."""

    def __init__(self, lock: threading.RLock) -> None:
        self.lock, self.listeners = lock, list[Listener]()

    def tell(self, event: str, data: Told, by: str = "") -> None:
        """by: the window that did it, which knows."""
        with self.lock:
            told: dict[str, str] = {}
            for hear, language, window in tuple(self.listeners):
                if by and window == by:
                    continue
                if language not in told:
                    told[language] = as_text(data(language) if callable(data) else data)
                hear(event, told[language])

    def add(self, listener: Listener) -> Callable[[], None]:
        """From now on. The answer ends it."""
        with self.lock:
            self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)

    def let_go(self) -> None:
        for listener in tuple(self.listeners):
            listener.hear("", "")


def as_text(data: Any) -> str:
    """JSON in one line."""
    return as_json(data, indent=None)
