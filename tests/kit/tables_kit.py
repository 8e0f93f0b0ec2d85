"""Tables for tests: one on a toy, asked as the page asks it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from starlette.types import ASGIApp
from toys import TOWN, Toy

from scenarios import read_district
from scenarios.asking.options import Settings
from scenarios.asking.settling import settle
from scenarios.table.app import application
from scenarios.table.guard import Access
from scenarios.table.opened import laid
from scenarios.table.table import Table

ADDRESS = "127.0.0.1:8642"


def lay(
    folder: Path,
    toy: Toy = TOWN,
    settings: Settings | None = None,
    language: str = "en",
    addresses: Path | None = None,
) -> Table:
    """A table on the toy, whose district and plans lie in the folder; again on the same plans where it is there."""
    district = folder / "district"
    if not district.is_dir():
        toy.write(district)
    plans = folder / "plans"
    plans.mkdir(exist_ok=True)
    return laid(read_district(district), settings or settle({}), language, plans, source=district, addresses=addresses)


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode()

    def json(self) -> Any:
        return json.loads(self.content)


@dataclass
class Client:
    """Asks an application, as a browser on its own page does, without a network."""

    app: ASGIApp
    headers: Mapping[str, str] = field(default_factory=dict)

    def get(self, path: str, **more: Any) -> Answer:
        return self.ask("GET", path, **more)

    def delete(self, path: str, **more: Any) -> Answer:
        return self.ask("DELETE", path, **more)

    def post(self, path: str, json: Any = None, content: bytes | None = None, **more: Any) -> Answer:
        body = content if content is not None else dumped(json)
        return self.ask("POST", path, body=body, **more)

    def ask(
        self, method: str, path: str, *, body: bytes = b"", headers: Mapping[str, str | None] | None = None
    ) -> Answer:
        """headers: over the usual ones; None takes one away."""
        usual = {"host": ADDRESS, "content-type": "application/json", "content-length": str(len(body))}
        sent = {**usual, **self.headers, **{name.lower(): text for name, text in (headers or {}).items()}}
        at = urlsplit(path)
        scope = {
            "type": "http", "method": method, "path": at.path, "raw_path": at.path.encode(), "root_path": "",
            "query_string": at.query.encode(), "scheme": "http", "http_version": "1.1", "client": ("127.0.0.1", 5),
            "server": ("127.0.0.1", 8642),
            "headers": [(name.encode(), text.encode()) for name, text in sent.items() if text is not None],
        }  # fmt: skip
        return asyncio.run(_asked(self.app, scope, body))


async def _asked(app: ASGIApp, scope: dict[str, Any], body: bytes) -> Answer:
    parts: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        parts.append(message)

    await app(scope, receive, send)  # type: ignore[arg-type]
    head = {name.decode(): text.decode() for name, text in parts[0]["headers"]}
    return Answer(parts[0]["status"], head, b"".join(part.get("body", b"") for part in parts[1:]))


def dumped(data: Any) -> bytes:
    return json.dumps(data).encode()


def client(table: Table, token: str | None = None) -> Client:
    """A browser on the table's own page."""
    app = application(table, Access(frozenset({ADDRESS}), 8642, token=token))
    return Client(app, {"origin": f"http://{ADDRESS}"})


def assign(seq: int, blocks: list[int], schools: list[int], window: str = "w") -> dict[str, Any]:
    """The body of an edit."""
    return {"seq": seq, "window": window, "kind": "assign", "data": {"blocks": blocks, "schools": schools}}


def locks(seq: int, blocks: list[int], on: bool = True, window: str = "w") -> dict[str, Any]:
    return {"seq": seq, "window": window, "kind": "lock", "data": {"blocks": blocks, "on": on}}
