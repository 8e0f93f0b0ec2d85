"""What a request may be answered instead of what it asked for, in the language of who asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scenarios.paper.words import Words, languages, words
from scenarios.table.figures import plain_text
from scenarios.table.sent import Sent


class RefusedError(Exception):
    """A request that is not done. status: of HTTP. code: by which a program knows it. key: of its words in the
    catalogues, `refused.KEY`, and of what mends it, `refused.KEY_mend`; the code, where it is left out. more: what
    stands beside them in the answer. values: what is set into the words, a number `n` that they are counted by."""

    def __init__(
        self, status: int, code: str, key: str = "", *, more: Mapping[str, Any] | None = None, **values: Any
    ) -> None:
        self.status, self.code, self.key, self.more, self.values = status, code, key or code, more or {}, values
        super().__init__(self.key)

    def answer(self, t: Words) -> Sent:
        """What is sent."""
        key = f"refused.{self.key}"
        what = t.count(key, **self.values) if "n" in self.values else t(key, **self.values)
        mend = t(f"{key}_mend", **self.values) if f"{key}_mend" in t.texts else ""
        return {"error": {"what": plain_text(what), "mend": plain_text(mend), "code": self.code}, **self.more}


def unknown(what: str) -> RefusedError:
    """There is no such thing: `refused.no_WHAT`."""
    return RefusedError(404, "unknown", f"no_{what}")


def words_for(asked: str | None, usual: str) -> Words:
    """In the language that a request asks for, where there is one of that name; else the server's own."""
    return words(asked if asked in languages() else usual)
