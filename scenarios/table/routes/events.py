"""What happens at the table, as it happens, to every window."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from scenarios.table.routes.call import in_words
from scenarios.table.table import Table

PING = 15.0  # seconds
BEHIND = 1_000  # events that a window may be behind: then it is let go, comes back, and loads everything anew
END = ""


class Window:
    """One that listens."""

    def __init__(self, table: Table, query: Mapping[str, str]) -> None:
        self.loop = asyncio.get_running_loop()
        self.events: asyncio.Queue[str] = asyncio.Queue()
        self.leave: Callable[[], None] = table.listen(self.hear, query.get("language"), query.get("window", ""))

    def hear(self, event: str, data: str) -> None:
        """From any thread."""
        self.loop.call_soon_threadsafe(self.events.put_nowait, f"event: {event}\ndata: {data}\n\n" if event else END)

    async def told(self) -> AsyncIterator[str]:
        """Until the server ends, or the window goes."""
        try:
            yield "retry: 1000\n\nevent: ping\ndata: {}\n\n"
            while self.events.qsize() < BEHIND:
                try:
                    event = await asyncio.wait_for(self.events.get(), PING)
                except TimeoutError:
                    event = "event: ping\ndata: {}\n\n"
                if event == END:
                    return
                yield event
        finally:
            self.leave()


async def events(request: Request) -> Response:
    """Server-sent events: `edit`, `plans`, `mark`, `job`, and a `ping` now and then. A window that says which it is, as
    `window`, is told nothing of its own edits."""

    async def begin() -> Response:
        window = Window(request.app.state.table, request.query_params)
        return StreamingResponse(window.told(), media_type="text/event-stream")

    return await in_words(request, begin)


ROUTES = (Route("/api/events", events),)
