"""The plain way over HTTP: one operation in JSON, read whole and answered whole.

Nearly every request takes it, and takes it without Starlette's Request and Response, which know
much that is not asked here.
"""

from types import NoneType
from typing import Any, Final, cast

import orjson
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive, Scope, Send

_JSON: Final = b"application/json"
_TYPE: Final = (b"content-type", _JSON)

Headers = dict[bytes, bytes]


class TooLarge(Exception):
    """More came than is read of one request."""


def is_plain(headers: Headers) -> bool:
    """Whether it is JSON, and may be answered as a whole: many clients take streams, too."""
    accepted = headers.get(b"accept", b"")
    streams = b"multipart/mixed" in accepted or b"text/event-stream" in accepted
    return headers.get(b"content-type", b"").startswith(_JSON) and (
        not streams or b"json" in accepted or b"*/*" in accepted
    )


def counted(receive: Receive, most: int) -> Receive:
    """The same, until too much has come: a body in chunks does not say its length before."""
    read = 0

    async def counting() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > most:
            raise TooLarge
        return message

    return counting


async def body(receive: Receive, most: int) -> bytearray:
    """All of it. Raises TooLarge, and ClientDisconnect where the caller left before its end."""
    # bytes would be copied at each chunk, however small
    read, more = bytearray(), True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        read += message.get("body", b"")
        if len(read) > most:
            raise TooLarge
        more = message.get("more_body", False)
    return read


class Malformed(Exception):
    """The body is no operation; the message says why, and repeats nothing of it."""


def operation(text: bytearray) -> dict[str, Any]:
    """What is asked. Raises Malformed where it is not one well-formed operation."""
    try:
        found: object = orjson.loads(text)
    except orjson.JSONDecodeError as problem:
        message = f"The body is no JSON, from line {problem.lineno}, column {problem.colno} on"
        raise Malformed(message) from None
    if isinstance(found, list):
        raise Malformed("There is no batching here, each request is one operation")
    if not isinstance(found, dict):
        raise Malformed("The body is no JSON object")
    asked = cast("dict[str, Any]", found)
    for name, kinds in _MEMBERS:
        if type(asked.get(name)) not in kinds:
            raise Malformed(f"`{name}` is {_WANTED[kinds[0]]} where it is given")
    return asked


_MEMBERS: Final[tuple[tuple[str, tuple[type, ...]], ...]] = (
    ("query", (str, NoneType)),
    ("documentId", (str, NoneType)),
    ("variables", (dict, NoneType)),
    ("operationName", (str, NoneType)),
    ("extensions", (dict, NoneType)),
)


_WANTED: Final[dict[type, str]] = {str: "a text", dict: "an object"}


class Answer:
    """Status 200 and this JSON, as an ASGI application."""

    __slots__ = ("_text",)

    def __init__(self, text: bytes) -> None:
        self._text = text

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-length", b"%d" % len(self._text)), _TYPE]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": self._text})
