"""The server's own loop: it begins, says where, and ends when it is asked to."""

from __future__ import annotations

import asyncio
import errno
import secrets
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from optimizer.errors import Fault, InputError
from scenarios.table.guard import Access

USUAL = 8642  # the port, where none is asked for and it is free
LOOPBACK = ("127.0.0.1", "localhost", "::1")
EVERYWHERE = ("0.0.0.0", "::")
LOOK = 0.1  # seconds between looks at whether to end
LAST = 1  # seconds for what is being answered then
TAKEN = (errno.EADDRINUSE, errno.EACCES, errno.EADDRNOTAVAIL)


def listening(host: str, port: int | None) -> socket.socket:
    """A socket there. port: 0 any that is free; None the usual one, else any. Raises InputError where it cannot be."""
    ports = [USUAL, 0] if port is None else [port]
    for k, one in enumerate(ports):
        try:
            return socket.create_server((host, one), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
        except OSError as error:
            if k + 1 < len(ports) and error.errno in TAKEN:
                continue
            if (error.errno or 0) < 0 or error.errno == errno.EADDRNOTAVAIL:  # below 0: no such name
                problem = f"'{host}' is no address of this machine"
                raise InputError(Fault("--host", problem, "Give one that it has, or leave it out")) from None
            if error.errno not in TAKEN:
                raise
            problem = f"{one} cannot be listened at ({error.strerror})"
            raise InputError(Fault("--port", problem, "Give another, or 0 for any that is free")) from None
    raise AssertionError


def access_of(bound: socket.socket, host: str | None) -> Access:
    """Who may ask there. host: as it was asked for; None is loopback, without a token."""
    port = int(bound.getsockname()[1])
    if host is None:
        names = LOOPBACK
    else:
        names = (*((host,) if host not in EVERYWHERE else ()), socket.gethostname(), *LOOPBACK)
    hosts = [f"[{name}]:{port}" if ":" in name else f"{name}:{port}" for name in names]
    hosts += [host.rpartition(":")[0] for host in hosts] if port == 80 else []
    return Access(frozenset(hosts), port, host in EVERYWHERE, None if host is None else secrets.token_urlsafe(24))


def address_of(access: Access, host: str | None) -> str:
    """What to open: with the token, where there is one."""
    name = "127.0.0.1" if host is None else socket.gethostname() if host in EVERYWHERE else host
    name = f"[{name}]" if ":" in name else name
    token = "" if access.token is None else f"?token={access.token}"
    return f"http://{name}:{access.port}/{token}"


class _Server(uvicorn.Server):
    """began: called once it answers. leaving: called when it is to end, before windows that listen are let go."""

    def __init__(
        self, config: uvicorn.Config, stop: threading.Event, began: Callable[[], None], leaving: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self.stop, self.began, self.leaving = stop, began, leaving

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are the command's own matter."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.began()
        self.watch = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        while not self.stop.is_set():
            await asyncio.sleep(LOOK)
        self.leaving()
        self.should_exit = True


def serve(
    app: ASGIApp,
    bound: socket.socket,
    stop: threading.Event,
    *,
    began: Callable[[], None],
    leaving: Callable[[], None] = lambda: None,
) -> None:
    """Answer until `stop` is set."""
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="none",
        server_header=False,
        loop="asyncio",
        http="h11",
        timeout_graceful_shutdown=LAST,
    )
    _Server(config, stop, began, leaving).run(sockets=[bound])
