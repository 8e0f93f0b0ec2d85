"""Who may ask, and how much at once: the one gate before all routes. Nothing that a page of another site can make a
browser send gets past it."""

from __future__ import annotations

import hmac
import json
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from ipaddress import ip_address
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scenarios.table.refusals import RefusedError, words_for

BODY = 4_000_000  # bytes at most
WRITES = 50.0  # a second, of one client
READS = ("GET", "HEAD")
BY_HAND = "x-rezone"  # a header that no page of another site can send without being asked first
HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
}


@dataclass(frozen=True)
class Access:
    """hosts: what the Host header may be, with the port. any_address: whether it may also be any address in numbers:
    of a server that listens everywhere. token: None on loopback, where whoever can ask may. cookie: what
    it is kept in, since cookies know no ports."""

    hosts: Collection[str]
    port: int
    any_address: bool = False
    token: str | None = None
    cookie: str = "rezone"

    def ours(self, host: str) -> bool:
        """Whether a Host header, or what follows the scheme of an Origin, means this server."""
        if host in self.hosts:
            return True
        try:
            parts = urlsplit(f"//{host}")
            ip_address(parts.hostname or "")
            return self.any_address and (parts.port or 80) == self.port
        except ValueError:
            return False


@dataclass
class Rates:
    """A bucket for each client, which fills with time."""

    now: Callable[[], float] = time.monotonic
    left: dict[str, tuple[float, float]] = field(default_factory=dict)

    def take(self, client: str) -> bool:
        """Whether this client may write once more now."""
        at = self.now()
        had, since = self.left.pop(client, (WRITES, at))
        has = min(WRITES, had + WRITES * (at - since))
        self.left[client] = (max(has - 1, 0.0), at)
        while len(self.left) > 1_000:
            del self.left[next(iter(self.left))]
        return has >= 1


class Guard:
    """Around the application."""

    def __init__(self, app: ASGIApp, access: Access, language: str = "en") -> None:
        """language: of what is refused, where a request asks for none."""
        self.app, self.access, self.language, self.rates = app, access, language, Rates()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        try:
            if (given := self._let_in(scope)) is not None:
                await _answer(send, 303, b"", {"location": "/", "set-cookie": given})
                return
            _need_known(scope, self.access)
            if scope["method"] not in READS:
                self._need_own(scope)
            await self.app(scope, _measured(receive), _with_headers(send))
        except RefusedError as error:
            asked = parse_qs(scope["query_string"].decode("latin-1")).get("language", [""])[0]
            text = json.dumps(error.answer(words_for(asked, self.language))).encode()
            await _answer(send, error.status, text, {"content-type": "application/json"})

    def _let_in(self, scope: Scope) -> str | None:
        """The cookie for who comes with the token, which then leaves the address. Raises RefusedError where the host is
        another, whatever is asked."""
        if not self.access.ours(Headers(scope=scope).get("host", "")):
            raise RefusedError(421, "host")
        token = self.access.token
        if token is None or scope["path"] != "/" or not scope["query_string"]:
            return None
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        if not hmac.compare_digest(given.encode(), token.encode()):
            raise _no_token()
        return f"{self.access.cookie}={token}; Path=/; HttpOnly; SameSite=Strict"

    def _need_own(self, scope: Scope) -> None:
        """Raises RefusedError where the request to change something may come from elsewhere, or comes too often."""
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        own = BY_HAND in headers if origin is None else self.access.ours(origin.partition("://")[2])
        if not own:
            raise RefusedError(403, "origin")
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if scope["method"] != "DELETE" and kind != "application/json":
            raise RefusedError(415, "type")
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > BODY:
            raise _too_large()
        if not self.rates.take((scope.get("client") or ("",))[0]):
            raise RefusedError(429, "rate")


def _need_known(scope: Scope, access: Access) -> None:
    """Raises RefusedError where a token is asked for, and the cookie does not hold it."""
    if access.token is None:
        return
    try:
        cookie = SimpleCookie(Headers(scope=scope).get("cookie", ""))
    except CookieError:
        raise _no_token() from None
    held = cookie[access.cookie].value if access.cookie in cookie else ""
    if not hmac.compare_digest(held.encode(), access.token.encode()):
        raise _no_token()


def _no_token() -> RefusedError:
    return RefusedError(403, "token")


def _too_large() -> RefusedError:
    return RefusedError(413, "size", n=BODY)


def _measured(receive: Receive) -> Receive:
    """What a request holds, counted as it comes, whatever its head says."""
    held = 0

    async def counted() -> Message:
        nonlocal held
        message = await receive()
        held += len(message.get("body", b""))
        if held > BODY:
            raise _too_large()
        return message

    return counted


def _with_headers(send: Send) -> Send:
    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return guarded


async def _answer(send: Send, status: int, body: bytes, headers: dict[str, str]) -> None:
    raw = [(name.encode(), value.encode()) for name, value in (HEADERS | headers).items()]
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*raw, length]})
    await send({"type": "http.response.body", "body": body})
