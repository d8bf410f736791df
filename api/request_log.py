"""Each request has an id, leaves one line in the log, and never shows a bug from the inside."""

import re
from collections.abc import Callable, Collection, Iterable
from typing import Any, Final

import orjson
import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.execution.masking import internal, log_bug

_LOG: Final = structlog.get_logger("rapport.requests")
# free text could be somebody's name or number
_ID: Final = re.compile(
    rb"req_[0-7][0-9a-hjkmnp-tv-z]{25}"
    rb"|[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}"
)
_METHODS: Final = frozenset(
    {"WEBSOCKET", "GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"}
)
_HEADER: Final = b"x-request-id"
_UNANSWERED: Final = 499


def request_id(scope: Scope) -> str:
    """The id of the request that this scope belongs to."""
    found: str = scope["state"]["request_id"]
    return found


class RequestLog:
    """ASGI middleware, to be put around everything else.

    An ``X-Request-ID`` that is a UUID or one of ours is taken over, else one is made; the answer
    carries it. The line holds method, path (of ``paths`` only: others may hold anything), status,
    milliseconds, and what was bound on the way, such as ``operation`` and ``key_id``. Whatever
    escapes the application is logged without its message and answered with status 500.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        paths: Collection[str],
        new_id: Callable[[], str],
        seconds: Callable[[], float],
    ) -> None:
        """``seconds``: a clock that never goes back."""
        self._app = app
        self._paths = frozenset(paths)
        self._new_id = new_id
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        identity = _given(scope["headers"]) or self._new_id()
        scope.setdefault("state", {})["request_id"] = identity
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=identity)
        await self._answer(_Exchange(identity, send), scope, receive)

    async def _answer(self, exchange: "_Exchange", scope: Scope, receive: Receive) -> None:
        started = self._seconds()
        try:
            await self._app(scope, receive, exchange.send)
        except Exception as error:  # noqa: BLE001 - the server would log it with its message
            log_bug(error, exchange.identity)
            await exchange.fail(scope["type"])
        finally:
            method: str = scope.get("method", "WEBSOCKET")
            _LOG.info(
                "request",
                method=method if method in _METHODS else "other",
                path=scope["path"] if scope["path"] in self._paths else "other",
                status=exchange.status,
                ms=round((self._seconds() - started) * 1000, 2),
            )


class _Exchange:
    """One answer on its way out; ``status`` is 499 until it began."""

    def __init__(self, identity: str, send: Send) -> None:
        self.identity = identity
        self.status = _UNANSWERED
        self._send = send

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers: Iterable[Any] = message.get("headers", ())
            message["headers"] = [*headers, (_HEADER, self.identity.encode())]
        elif message["type"] == "websocket.accept":
            self.status = 101
        await self._send(message)

    async def fail(self, kind: str) -> None:
        """Says that something broke, if there is still somebody to say it to."""
        if self.status != _UNANSWERED or kind != "http":
            return
        body = orjson.dumps({"errors": [internal(self.identity).formatted]})
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        await self.send({"type": "http.response.start", "status": 500, "headers": headers})
        await self._send({"type": "http.response.body", "body": body})


def _given(headers: Iterable[tuple[bytes, bytes]]) -> str | None:
    for name, value in headers:
        if name == _HEADER and _ID.fullmatch(value):
            return value.decode()
    return None
