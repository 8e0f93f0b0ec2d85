"""What a request may be answered instead of what it asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scenarios.table.sent import Sent


class RefusedError(Exception):
    """A request that is not done. status: of HTTP. code: by which a program knows it. what, mend: for people. more:
    what stands beside them in the answer."""

    def __init__(
        self, status: int, code: str, what: str, mend: str = "", more: Mapping[str, Any] | None = None
    ) -> None:
        self.status, self.code, self.what, self.mend = status, code, what, mend
        self.more = more or {}
        super().__init__(what)

    @property
    def answer(self) -> Sent:
        return {"error": {"what": self.what, "mend": self.mend, "code": self.code}, **self.more}


def unknown(what: str) -> RefusedError:
    """There is no such thing."""
    return RefusedError(404, "unknown", f"There is no {what} here", "Load the page again")
