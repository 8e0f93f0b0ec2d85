"""The district as the page asks for it: worked out beside whoever starts the server, packed once a language, and not
sent again to who has it."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Self

from starlette.responses import Response

PACKING = 1  # of gzip: more takes five times as long, for a tenth less


@dataclass(frozen=True, eq=False)
class Packed:
    """An answer as it is, and compressed. tag: by which a browser says that it has it."""

    plain: bytes
    packed: bytes
    tag: str

    @classmethod
    def of(cls, plain: bytes) -> Self:
        return cls(plain, gzip.compress(plain, PACKING, mtime=0), f'"{hashlib.sha256(plain).hexdigest()[:32]}"')

    def answer(self, headers: Mapping[str, str], kind: str) -> Response:
        """headers: of the request."""
        about = {"etag": self.tag, "cache-control": "private, no-cache", "vary": "accept-encoding"}
        if self.tag in headers.get("if-none-match", ""):
            return Response(status_code=304, headers=about)
        if "gzip" not in headers.get("accept-encoding", ""):
            return Response(self.plain, headers=about, media_type=kind)
        return Response(self.packed, headers=about | {"content-encoding": "gzip"}, media_type=kind)


class Once:
    """By name, what is made in a thread of its own when it is first wanted; who asks meanwhile waits for it."""

    def __init__(self, make: Callable[[str], bytes]) -> None:
        self.make = make
        self.pool = ThreadPoolExecutor(1, "about")
        self.made: dict[str, Future[Packed]] = {}

    def want(self, name: str) -> Future[Packed]:
        """Called by one thread at a time."""
        if name not in self.made:
            self.made[name] = self.pool.submit(lambda: Packed.of(self.make(name)))
        return self.made[name]

    def close(self) -> None:
        self.pool.shutdown(wait=False, cancel_futures=True)
